package main

import (
	"fmt"
	"text/tabwriter"
)

const wantFold = 0.60

func (r *report) large(l largeResult) {
	fmt.Fprintf(r.out, "\na month: %d messages, %d delivery events, %d texts in %d days, %.1f GB\n", l.load.messages, l.load.events, l.load.texts, l.days, float64(l.load.bytes)/1e9)
	fmt.Fprintf(r.out, "loaded in %.0f s; counted in %.1f s (%d quarters of an hour), failures and latencies in %.1f s; vacuumed in %.0f s\n\n",
		l.load.took.Seconds(), l.rebuilt.counted.Seconds(), l.rebuilt.quarters, l.rebuilt.details.Seconds(), l.load.vacuumed.Seconds())
	t := tabwriter.NewWriter(r.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "table\trows\tMB\t")
	for _, s := range l.sizes {
		fmt.Fprintf(t, "%s\t%d\t%d\t\n", s.name, s.rows, s.bytes/1_000_000)
	}
	_ = t.Flush()
	fmt.Fprintln(r.out)
	t = tabwriter.NewWriter(r.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "warm, one connection\truns\tp50 ms\tp99 ms\t")
	for _, w := range append(append(l.waits, l.minute), l.dropped...) {
		fmt.Fprintf(t, "%s\t%d\t%.2f\t%.2f\t\n", w.what, w.runs, ms(w.p50), ms(w.p99))
		if w.want > 0 {
			r.want(target{what: w.what + ", p99 ms", got: ms(w.p99), want: ms(w.want), atMost: true, format: tenths})
		}
	}
	_ = t.Flush()
	fmt.Fprintf(r.out, "\nin that minute %d messages changed, of 40 quarters of an hour\n", l.changed)
	fmt.Fprintf(r.out, "\nfolding, batches of %d, %d%% of the events late (events/s, medians, in turns)\n\n", foldBatch, lateShare)
	t = tabwriter.NewWriter(r.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "connections\tinto the month\tempty tables\tshare\t")
	for _, f := range l.folds {
		fmt.Fprintf(t, "%d\t%.0f\t%.0f\t%.0f%%\t\n", f.connections, f.beside, f.empty, 100*f.share())
		r.want(target{what: fmt.Sprintf("folding beside a month, of empty tables, %d connections", f.connections), got: f.share(), want: wantFold, format: percent})
	}
	_ = t.Flush()
	r.want(target{what: "dead rows that dropping days left", got: float64(l.dead), want: 0, atMost: true, format: whole})
}

func tenths(f float64) string { return fmt.Sprintf("%.1f", f) }
