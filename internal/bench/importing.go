package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// importBench imports a list with the command itself, from file to result file.
type importBench struct {
	url   string
	rand  *rand.Rand
	short bool
	tell  func(string)
}

// importResult is what was measured. changed says whether the repeat changed anything.
type importResult struct {
	rows                int
	first, repeat       float64 // rows a second
	bytesOfMost         int64   // of memory, of the two runs
	size                int64   // of the file
	recorded, unchanged int
	changed             bool
}

func (b *importBench) run(ctx context.Context) (r importResult, err error) {
	r.rows = 1_000_000
	if b.short {
		r.rows = 200_000
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "heed-bench-")
	if err != nil {
		return r, fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b.tell("import: building")
	heed := filepath.Join(dir, "heed")
	build := exec.CommandContext(ctx, "go", "build", "-o", heed, "./cmd/heed")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		return r, fmt.Errorf("build cmd/heed: %w\n%s", err, output)
	}
	list := filepath.Join(dir, "people.csv")
	if r.size, err = b.write(list, r.rows); err != nil {
		return r, err
	}
	// The program has an opt-out list at AWS: it has to follow.
	if err := (&inboundBench{url: b.url}).apply(ctx); err != nil {
		return r, err
	}
	b.tell(fmt.Sprintf("import: %d rows", r.rows))
	first, most, err := b.once(ctx, heed, list)
	if err != nil {
		return r, err
	}
	was, err := b.fingerprint(ctx)
	if err != nil {
		return r, err
	}
	b.tell("import: the same again")
	second, again, err := b.once(ctx, heed, list)
	if err != nil {
		return r, err
	}
	is, err := b.fingerprint(ctx)
	r.first, r.repeat = first.rate, second.rate
	r.recorded, r.unchanged = first.Recorded, second.Unchanged
	r.bytesOfMost, r.changed = max(most, again), is != was
	return r, err
}

// write makes a list of people in no order, as an export by time of consent is.
func (b *importBench) write(name string, rows int) (size int64, err error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, fmt.Errorf("write the list: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	to := bufio.NewWriter(f)
	fmt.Fprintln(to, "contact,program,state,said_at,reason")
	now := time.Now().UTC()
	for n, person := range b.rand.Perm(rows) {
		state := []string{"opted_out", "opted_in"}[n%2]
		saidAt := now.Add(-time.Duration(b.rand.IntN(1_000_000)) * time.Second)
		fmt.Fprintf(to, "+1303%07d,acme-alerts,%s,%s,web form\n", person, state, saidAt.Format(time.RFC3339))
	}
	if err := to.Flush(); err != nil {
		return 0, fmt.Errorf("write the list: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("write the list: %w", err)
	}
	return info.Size(), nil
}

// importTold is what the command says of a run.
type importTold struct {
	Recorded  int `json:"recorded"`
	Unchanged int `json:"unchanged"`
	Rows      int `json:"rows"`
	rate      float64
}

// once runs the command. The rate is by the clock of who waits for it: from its start to its end.
func (b *importBench) once(ctx context.Context, heed, list string) (told importTold, peak int64, err error) {
	cmd := exec.CommandContext(ctx, heed, "consent", "import", list, "--json", "--actor", "bench")
	cmd.Env = append(os.Environ(), "DATABASE_URL="+b.url)
	cmd.Stderr = os.Stderr
	var out bytes.Buffer
	cmd.Stdout = &out
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return told, 0, fmt.Errorf("import: %w", err)
	}
	most := peakMemory(cmd.Process.Pid)
	err = cmd.Wait()
	took := time.Since(begun)
	peak = most()
	if err != nil {
		return told, 0, fmt.Errorf("import: %w\n%s", err, out.Bytes())
	}
	if err := json.Unmarshal(out.Bytes(), &told); err != nil {
		return told, 0, fmt.Errorf("read what the import said: %w\n%s", err, out.Bytes())
	}
	told.rate = float64(told.Rows) / took.Seconds()
	return told, peak, nil
}

// fingerprint is of all that an import can change.
func (b *importBench) fingerprint(ctx context.Context) (all string, err error) {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	err = conn.QueryRow(ctx, `
SELECT string_agg(t.print, ' ') FROM (
    SELECT count(*) || ':' || sum(hashtextextended(r::text, 0)) AS print FROM heed.consent_event r
    UNION ALL SELECT count(*) || ':' || sum(hashtextextended(r::text, 0)) FROM heed.consent r
    UNION ALL SELECT count(*) || ':' || sum(hashtextextended(r::text, 0)) FROM heed.consent_chain r
    UNION ALL SELECT count(*) || ':' || sum(hashtextextended(r::text, 0)) FROM heed.outbox r) t`).Scan(&all)
	if err != nil {
		return "", fmt.Errorf("read ledger and register: %w", err)
	}
	return all, nil
}
