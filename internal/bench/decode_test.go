package main

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkDecode is the handler without its database: envelopes off, payloads read, batch folded.
func BenchmarkDecode(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const batch = 500
	events := batches(r, deliveryEvents(r, 10*batch, batch, time.Now()), batch, sqsEnvelope)
	n := 0
	for b.Loop() {
		h := eventsHandler(&folded{})
		if _, err := h.Invoke(b.Context(), events[n%10]); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*batch), "ns/event")
}
