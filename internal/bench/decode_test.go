package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkDecode is the handler without its database: envelopes off, payloads read, batch folded.
func BenchmarkDecode(b *testing.B) {
	for _, batch := range []int{10, 500} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			events := batches(r, deliveryEvents(r, 20*batch, batch, time.Now()), batch, sqsEnvelope)[:20]
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				h := eventsHandler(&folded{})
				if _, err := h.Invoke(b.Context(), events[n%len(events)]); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*batch), "ns/event")
		})
	}
}
