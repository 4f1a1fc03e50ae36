package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/bundle"
	"github.com/heedsms/heed/internal/dossier"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

type explainCommand struct {
	Contact string `arg:"" help:"The phone number, in any form that names its country."`
	Program string `help:"Only this program." placeholder:"P"`
	Since   string `help:"Only what happened from then on: a time (RFC 3339), a date (UTC), or how long ago (7d, 24h)." placeholder:"T"`
	Until   string `help:"Only what happened before." placeholder:"T"`
	At      string `help:"Also say whether they could be texted at that moment." placeholder:"T"`
	Zone    string `help:"Write times in this zone. JSON keeps UTC." placeholder:"America/New_York"`
	Limit   *int   `help:"The newest N entries, 0 for all. Left out: 1000 on a terminal or as text, all with --json and --bundle." placeholder:"N"`
	JSON    bool   `name:"json" help:"The whole document as JSON."`
	Bundle  string `help:"Write an evidence bundle, for a complaint." placeholder:"FILE.zip"`
	Force   bool   `help:"Write the bundle over a file that is there."`
}

// Help is shown by heed explain --help.
func (explainCommand) Help() string {
	return `First whether the contact may be texted for each program, and why; then everything in the order of time: their texts and what they were taken to mean, changes of consent with their evidence, what heed did and what AWS said to it, what became of messages to them.

Each text is read again under the ruleset that decided it. Where that comes to another verdict today, it says so: heed's word lists have grown.

The bundle is a zip file with the document as a page and as JSON, the ledger's rows with what is needed to compute their hashes again, the rules that decided, and the sha256 of every file. README.txt in it says how to check all that. Keep the fingerprint that is printed somewhere else: it proves later that the bundle is the same.

The exit code is 1 when nothing is known of the contact, or when a row of the ledger does not match its own hash.

  heed explain +14255550101
  heed explain "1 (425) 555-0101" --program acme-alerts --since 30d --zone America/Los_Angeles
  heed explain +14255550101 --at 2026-11-20T12:00:00Z
  heed explain +14255550101 --bundle complaint-1234.zip
  heed explain +14255550101 --json | jq -r '.entries[] | select(.kind == "text") | .text.body'`
}

// legible is how many entries are shown to people who did not say how many.
const legible = 1000

// Run tells what is known.
func (c explainCommand) Run(ctx context.Context, t terminal) error {
	now := time.Now().UTC().Truncate(time.Second)
	question, zone, err := c.question(now)
	if err != nil {
		return err
	}
	if err := c.mayWrite(); err != nil {
		return err
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	known, err := db.Known(ctx, question)
	if err != nil {
		return err
	}
	if !known.Anything {
		fmt.Fprintf(t.err, "heed: nothing is known of %s\n", printable(string(question.Contact)))
		return errNo
	}
	newRereader(known.Rulesets).readAll(known.Texts)
	d := known.Assemble(question, version(), optout.ListVersion, now)
	if err := c.tell(t, d, zone); err != nil {
		return err
	}
	if len(d.Broken) > 0 {
		fmt.Fprintf(t.err, "heed: rows of the ledger do not match their own hashes, they were changed: events %v; heed consent verify walks it all\n", d.Broken)
		return errNo
	}
	return nil
}

// tell writes the dossier as it was asked for.
func (c explainCommand) tell(t terminal, d *dossier.Dossier, zone bundle.Zone) error {
	if c.Bundle != "" {
		return c.write(t, d, zone)
	}
	out := bufio.NewWriter(t.out)
	var err error
	if c.JSON {
		err = bundle.JSON(out, d)
	} else {
		story{out, d, zone}.tell()
	}
	return written(errors.Join(err, out.Flush()))
}

// written wraps what went wrong while the answer was written.
func written(err error) error {
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// question is what the command was asked.
func (c explainCommand) question(now time.Time) (q dossier.Question, zone bundle.Zone, err error) {
	q = dossier.Question{Contact: sms.ParsePhone(c.Contact), Program: c.Program}
	if q.Contact == "" {
		return q, zone, wrongUse("a contact is needed")
	}
	if strings.ContainsAny(c.Contact, "0123456789") { // else it is a name: some carriers let people text under one
		if q.Contact, err = contactOf(c.Contact); err != nil {
			return q, zone, err
		}
	}
	for _, x := range []struct {
		name, word string
		at         *time.Time
	}{{"--since", c.Since, &q.Since}, {"--until", c.Until, &q.Until}, {"--at", c.At, &q.At}} {
		if x.word == "" {
			continue
		}
		if *x.at, err = moment(x.word, now); err != nil {
			return q, zone, wrongUse("%s: %w", x.name, err)
		}
	}
	if !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return q, zone, wrongUse("--since has to be before --until")
	}
	switch {
	case c.Limit != nil && *c.Limit < 0:
		return q, zone, wrongUse("--limit is a number of entries, 0 for all")
	case c.Limit != nil:
		q.Limit = *c.Limit
	case !c.JSON && c.Bundle == "":
		q.Limit = legible
	}
	if zone.Location, err = time.LoadLocation(c.Zone); err != nil {
		return q, zone, wrongUse("--zone: %w", err)
	}
	return q, zone, nil
}

// mayWrite says before the work whether the bundle would be refused.
func (c explainCommand) mayWrite() error {
	if c.Bundle == "" {
		if c.Force {
			return wrongUse("--force is for use with --bundle")
		}
		return nil
	}
	if c.JSON {
		return wrongUse("--json or --bundle: the bundle has the JSON in it")
	}
	_, err := os.Lstat(c.Bundle)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && c.Force:
		return nil
	case err != nil:
		return wrongUse("--bundle: %w", err)
	}
	return wrongUse("--bundle: %s is there already; --force writes over it", c.Bundle)
}

// write writes the bundle: the whole file, or none.
func (c explainCommand) write(t terminal, d *dossier.Dossier, zone bundle.Zone) error {
	beside, err := os.CreateTemp(filepath.Dir(c.Bundle), "."+filepath.Base(c.Bundle)+".*") // 0600: it is about a person
	if err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	out := bufio.NewWriter(beside)
	fingerprint, err := bundle.Write(out, d, zone)
	if err = errors.Join(err, out.Flush(), beside.Sync(), beside.Close()); err == nil {
		err = os.Rename(beside.Name(), c.Bundle)
	}
	if err != nil {
		_ = os.Remove(beside.Name()) // a half is of no use
		return fmt.Errorf("write the bundle: %w", err)
	}
	fmt.Fprintf(t.out, "%s: %d entries, %d rows of the ledger, by heed %s\n", c.Bundle, len(d.Entries), len(d.Ledger), d.Heed)
	fmt.Fprintf(t.out, "sha256 of MANIFEST.sha256: %s\n", fingerprint)
	for _, h := range d.Heads {
		fmt.Fprintf(t.out, "newest link of %s: %d %x\n", printable(h.Program), h.Seq, []byte(h.Hash))
	}
	return nil
}

// version is that of this program, as it was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	v := cmp.Or(info.Main.Version, "(devel)")
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v == "(devel)" {
			v = s.Value
		}
	}
	return v
}
