package simulator_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

// atOnce is how many callers the load has: the SDK keeps ten connections open.
const atOnce = 8

// loaded is a double that keeps most messages and delivers at once, with a set whose events are counted by id.
func loaded(t testing.TB, most int) (d double, heard *sync.Map) {
	t.Helper()
	d = startWithClock(t, simulator.Options{AutoDeliver: true, MaxMessages: most, Now: time.Now})
	for _, c := range []call{newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll)} {
		if err := c(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	heard = &sync.Map{}
	d.Subscribe(topic, func(_ context.Context, n simulator.Notification) { heard.Store(n.MessageID, true) })
	return d, heard
}

func oneOfManySends(ctx context.Context, d double) error {
	_, err := d.client.SendTextMessage(ctx, &api.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(person), OriginationIdentity: aws.String(ourNumber), MessageBody: aws.String("hello"),
		ConfigurationSetName: aws.String("alerts"), Context: map[string]string{"outbox": "42"},
	})
	return err
}

// sendMany makes so many sends over HTTP with the SDK.
func sendMany(t *testing.T, d double, sends int64) {
	t.Helper()
	var left atomic.Int64
	left.Store(sends)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for left.Add(-1) >= 0 {
				if err := oneOfManySends(t.Context(), d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
}

// Ten thousand sends lose none of their thirty thousand events, and memory grows no further once as much is kept as may
// be. It runs by itself, because it measures. [BenchmarkLoad] measures the rate.
func TestLoad(t *testing.T) {
	const kept, sends = 1000, 10_000
	d, heard := loaded(t, kept)
	count := func() (events int) {
		heard.Range(func(any, any) bool { events++; return true })
		heard.Clear()
		return events
	}
	sendMany(t, d, 2*kept)
	events := count()
	before := heap()
	began := time.Now()
	sendMany(t, d, sends-2*kept)
	t.Logf("%.0f sends/s", float64(sends-2*kept)/time.Since(began).Seconds())
	if events += count(); events != 3*sends {
		t.Errorf("%d events of %d sends", events, sends)
	}
	// Kept whole, 8000 sends with their events and calls are some 40 MB.
	if grown := int64(heap()) - int64(before); grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if len(d.Sent()) != kept || len(d.Published()) != kept || len(d.Calls()) != kept || len(d.PendingEvents()) != 0 {
		t.Errorf("kept %d sends, %d notifications, %d calls", len(d.Sent()), len(d.Published()), len(d.Calls()))
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkLoad is sends with their three events each, over HTTP with the SDK, which takes the larger part of the time:
// client and double share the machine.
func BenchmarkLoad(b *testing.B) {
	d, _ := loaded(b, 1000)
	heard := atomic.Int64{}
	d.Subscribe(topic, func(context.Context, simulator.Notification) { heard.Add(1) })
	b.SetParallelism(atOnce)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if err := oneOfManySends(b.Context(), d); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	if heard.Load() != 3*int64(b.N) {
		b.Errorf("%d events of %d sends", heard.Load(), b.N)
	}
}
