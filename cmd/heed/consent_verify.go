package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/heedsms/heed/internal/ledger"
)

type consentVerify struct {
	Program string `help:"Only this program's chain." placeholder:"P"`
	Against string `type:"existingfile" help:"Heads that were noted earlier (--heads): the chains have to pass through them." placeholder:"FILE"`
	Heads   string `help:"Write the heads of the chains to this file, for --against. - is standard output." placeholder:"FILE"`
	JSON    bool   `name:"json" help:"Findings as JSON, a line each; the last line is the summary."`
}

// Help is shown by heed consent verify --help.
func (consentVerify) Help() string {
	return `Each consent event carries a fingerprint (SHA-256) of itself and of the event before it in its program. The walk recomputes every one by heed's own code: an event that was edited, removed or slipped in shows, whoever did it and by whatever right. The exit code is 1 when something is found.

Who can write to the database as its owner could write a whole chain anew, with its head. Against that, note the heads where the database's owner cannot write (--heads), and hold later walks against them (--against): each chain has to pass through every head that was noted.

  heed consent verify
  heed consent verify --heads heads-2026-11.json
  heed consent verify --against heads-2026-11.json --json`
}

// verified is the last line of --json.
type verified struct {
	Verified  bool          `json:"verified"`
	Events    int64         `json:"events"`
	Forgotten int64         `json:"forgotten"`
	Programs  int           `json:"programs"`
	Findings  int           `json:"findings"`
	Heads     []ledger.Head `json:"heads"`
}

// Run walks the chains.
func (c consentVerify) Run(ctx context.Context, t terminal) error {
	var noted []ledger.Head
	if c.Against != "" {
		document, err := os.ReadFile(c.Against)
		if err != nil {
			return wrongUse("read the heads: %w", err)
		}
		if err := json.Unmarshal(document, &noted); err != nil {
			return wrongUse("%s holds no heads as --heads writes them: %w", c.Against, err)
		}
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	sum := verified{Heads: []ledger.Head{}}
	tell := func(findings []ledger.Finding) error {
		for _, f := range findings {
			sum.Findings++
			if err := c.tell(t, f); err != nil {
				return err
			}
		}
		return nil
	}
	var walk *ledger.Verifier
	progress := every(t, 3*time.Second)
	err = db.WalkLedger(ctx, c.Program, func(heads []ledger.Head) {
		sum.Heads = append(sum.Heads, heads...)
		walk = ledger.NewVerifier(heads, c.ofProgram(noted))
	}, func(l *ledger.Link) error {
		progress(func() string { return fmt.Sprintf("%d events", walk.Events) })
		return tell(walk.Walk(l))
	})
	if err != nil {
		return err
	}
	if err := tell(walk.Close()); err != nil {
		return err
	}
	if c.Program != "" && walk.Programs == 0 && sum.Findings == 0 {
		return wrongUse("the ledger has no program %q", c.Program)
	}
	sum.Verified, sum.Events, sum.Forgotten, sum.Programs = sum.Findings == 0, walk.Events, walk.Forgotten, walk.Programs
	if err := c.sum(t, sum); err != nil {
		return err
	}
	if sum.Findings > 0 {
		return errNo
	}
	return c.writeHeads(t, sum.Heads)
}

func (c consentVerify) ofProgram(noted []ledger.Head) []ledger.Head {
	if c.Program == "" {
		return noted
	}
	var of []ledger.Head
	for _, h := range noted {
		if h.Program == c.Program {
			of = append(of, h)
		}
	}
	return of
}

func (c consentVerify) tell(t terminal, f ledger.Finding) error {
	if c.JSON {
		return writeJSON(t.out, f)
	}
	what := fmt.Sprintf("%s, event %d of the chain", f.Program, f.Seq)
	if f.EventID != 0 {
		what += fmt.Sprintf(" (id %d)", f.EventID)
	}
	_, err := fmt.Fprintf(t.out, "%s: %s: %s\n", what, f.Fault, f.Detail)
	return err
}

func (c consentVerify) sum(t terminal, sum verified) error {
	if c.JSON {
		return writeJSON(t.out, sum)
	}
	forgotten := ""
	if sum.Forgotten > 0 {
		forgotten = fmt.Sprintf(", of %d of them the words were removed on request", sum.Forgotten)
	}
	if sum.Findings > 0 {
		_, err := fmt.Fprintf(t.out, "%s in %s%s\n", counted(int64(sum.Findings), "finding", "findings"), counted(sum.Events, "event", "events"), forgotten)
		return err
	}
	_, err := fmt.Fprintf(t.out, "verified: %s in %s, every one as it was recorded%s\n",
		counted(sum.Events, "event", "events"), counted(int64(sum.Programs), "chain", "chains"), forgotten)
	return err
}

// writeHeads notes the heads of chains that hold: those of a broken one prove nothing.
func (c consentVerify) writeHeads(t terminal, heads []ledger.Head) error {
	if c.Heads == "" {
		return nil
	}
	document, err := json.MarshalIndent(heads, "", "  ")
	if err != nil {
		return err
	}
	document = append(document, '\n')
	if c.Heads == "-" {
		_, err = t.out.Write(document)
		return err
	}
	if err := os.WriteFile(c.Heads, document, 0o600); err != nil {
		return fmt.Errorf("write the heads: %w", err)
	}
	return nil
}
