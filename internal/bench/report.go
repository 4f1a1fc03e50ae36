package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/localdb"
)

// The targets.
const (
	wantOverNaive500 = 20.0        // at batch 500, one connection
	wantOverNaive10  = 8.0         // at batch 10, one connection
	wantOverBare     = 0.70        // at batch 500, one connection
	wantInbound      = 2000        // texts a second at batch 10, four connections
	wantCanSend      = 0.5         // milliseconds, p99
	wantImport       = 50_000      // rows a second, from file to result file
	wantImportMemory = 200_000_000 // bytes of the command at most
	wantCold         = 3.0         // times a function that does nothing
	wantBytes        = 14_000_000
)

// report prints what was measured and remembers whether it was enough.
type report struct {
	out     io.Writer
	short   bool
	targets []target
}

// target is one number with its bound.
type target struct {
	what      string
	got, want float64
	atMost    bool
	format    func(float64) string
}

func (t *target) reached(slack float64) bool {
	if t.atMost {
		return t.got <= t.want*slack
	}
	return t.got*slack >= t.want
}

// machine says what the numbers were measured on.
func (r *report) machine(ctx context.Context, server *localdb.Server, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("ask Postgres for its settings: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	names := []string{"fsync", "synchronous_commit", "full_page_writes", "wal_level", "wal_sync_method", "shared_buffers", "jit"}
	var settings []string
	promised := true
	for i, name := range names {
		var value string
		if err := conn.QueryRow(ctx, `SELECT current_setting($1)`, name).Scan(&value); err != nil {
			return fmt.Errorf("ask Postgres for %s: %w", name, err)
		}
		settings = append(settings, name+"="+value)
		promised = promised && (i > 1 || value == "on")
	}
	fmt.Fprintf(r.out, "heed bench\n%s, %d cores, %s/%s; handler and Postgres share them\n%s\n%s\n",
		runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, server.Describe(), strings.Join(settings, " "))
	if !promised {
		fmt.Fprintln(r.out, "WARNING: this server does not keep what it commits; the numbers say nothing of one that does")
	}
	return nil
}

func (r *report) canSend(c canSendResult) {
	fmt.Fprintf(r.out, "\nheed.can_send, %d rows, one connection, sender scope\n%d questions: p50 %.3f ms, p99 %.3f ms; %d rows read beside the index\n",
		c.rows, c.calls, float64(c.p50)/float64(time.Millisecond), float64(c.p99)/float64(time.Millisecond), c.fetched)
	r.want(target{what: "heed.can_send, p99 in milliseconds", got: float64(c.p99) / float64(time.Millisecond), want: wantCanSend, atMost: true, format: thousandths})
	// A page or two that a vacuum could not mark as seen by all is no other plan.
	r.want(target{what: "heed.can_send, rows read beside the index, a question", got: float64(c.fetched) / float64(c.calls), want: 0.01, atMost: true, format: thousandths})
}

func (r *report) imported(i importResult) {
	again := "nothing"
	if i.changed {
		again = "SOMETHING"
	}
	fmt.Fprintf(r.out, "\nheed consent import, %d rows (%d MB), the numbers in no order; the command from start to end\n", i.rows, i.size/1_000_000)
	fmt.Fprintf(r.out, "first %.0f rows/s (%d recorded), again %.0f rows/s (%d unchanged; %s changed), at most %d MB of memory\n",
		i.first, i.recorded, i.repeat, i.unchanged, again, i.bytesOfMost/1_000_000)
	r.want(target{what: "import, rows/s", got: i.first, want: wantImport, format: whole})
	r.want(target{what: "import, bytes of memory", got: float64(i.bytesOfMost), want: wantImportMemory, atMost: true, format: whole})
	r.want(target{what: "import, rows recorded", got: float64(i.recorded), want: float64(i.rows), format: whole})
	changed := 0.0
	if i.changed {
		changed = 1
	}
	r.want(target{what: "import, tables that the repeat changed", got: changed, want: 0, atMost: true, format: whole})
}

func (r *report) events(cells []cell) {
	for _, table := range []struct {
		title string
		way   int
	}{
		{"delivery events, SQS with SNS envelopes: bytes in, committed out (events/s, medians)", throughSQS},
		{"delivery events, Firehose: the same load in the same run (naive reads its own SQS envelopes)", throughFirehose},
	} {
		fmt.Fprintf(r.out, "\n%s\n\n", table.title)
		t := tabwriter.NewWriter(r.out, 0, 0, 3, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "connections\tbatch\thandler\tnaive\tbare\thandler/naive\thandler/bare\t")
		for i := range cells {
			c := &cells[i]
			fmt.Fprintf(t, "%d\t%d\t%.0f\t%.0f\t%.0f\t%.1fx\t%.0f%%\t\n", c.connections, c.batch, c.rates[table.way],
				c.rates[rowByRow], c.rates[bareStatement], c.overNaive(table.way), 100*c.overBare(table.way))
		}
		_ = t.Flush()
	}
	for i := range cells {
		c := &cells[i]
		if c.connections != 1 {
			continue
		}
		switch c.batch {
		case 10:
			r.want(target{what: "events over naive, batch 10, 1 connection", got: c.overNaive(throughSQS), want: wantOverNaive10, format: times})
		case 500:
			r.want(target{what: "events over naive, batch 500, 1 connection", got: c.overNaive(throughSQS), want: wantOverNaive500, format: times})
			r.want(target{what: "events of the bare statement, batch 500, 1 connection", got: c.overBare(throughSQS), want: wantOverBare, format: percent})
		}
	}
}

func (r *report) inbound(cells []inboundCell) {
	fmt.Fprintf(r.out, "\ninbound texts: decided, committed, answered, AWS stubbed at zero delay (texts/s, medians)\n\n")
	t := tabwriter.NewWriter(r.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "connections\tbatch\ttexts/s\tAWS calls a text\t")
	for _, c := range cells {
		fmt.Fprintf(t, "%d\t%d\t%.0f\t%.2f\t\n", c.connections, c.batch, c.rate, c.calls)
		if c.batch == 10 && c.connections == 4 {
			r.want(target{what: "inbound texts/s, batch 10, 4 connections", got: c.rate, want: wantInbound, format: whole})
		}
	}
	_ = t.Flush()
}

func (r *report) cold(c coldResult) {
	fmt.Fprintf(r.out, "\ncold start: exec to the first request for an event (medians)\n\n")
	fmt.Fprintf(r.out, "  hello-world %.1f ms, cmd/events %.1f ms\n", ms(c.hello), ms(c.events))
	r.want(target{what: "cold start of cmd/events over hello-world", got: float64(c.events) / float64(c.hello), want: wantCold, atMost: true, format: times})
	for _, s := range c.sizes {
		r.want(target{what: "bytes of cmd/" + s.name + " for arm64, stripped", got: float64(s.bytes), want: wantBytes, atMost: true, format: whole})
	}
}

func (r *report) want(t target) { r.targets = append(r.targets, t) }

// verdict prints a line a target. In the short run only a collapse (a third) counts: few rounds on a busy machine miss by more
// than a little.
func (r *report) verdict(took time.Duration) bool {
	fmt.Fprintf(r.out, "\ntargets\n\n")
	slack, good := 1.0, true
	if r.short {
		slack = 3
	}
	for i := range r.targets {
		t := &r.targets[i]
		word, sign := "PASS", ">="
		if t.atMost {
			sign = "<="
		}
		if !t.reached(1) {
			word = "FAIL"
			if t.reached(slack) {
				word = "FAIL (within the margin of a short run)"
			}
		}
		good = good && t.reached(slack)
		fmt.Fprintf(r.out, "  %-55s %10s   %s %-10s %s\n", t.what, t.format(t.got), sign, t.format(t.want), word)
	}
	fmt.Fprintf(r.out, "\n%.0f s in all\n", took.Seconds())
	return good
}

func thousandths(f float64) string { return fmt.Sprintf("%.3f", f) }

func times(v float64) string   { return fmt.Sprintf("%.1fx", v) }
func percent(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }
func whole(v float64) string   { return fmt.Sprintf("%.0f", v) }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
