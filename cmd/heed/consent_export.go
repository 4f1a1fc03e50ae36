package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/heedsms/heed/internal/roster"
)

type consentExport struct {
	Program string `help:"Only this program." placeholder:"P"`
	State   string `help:"Only who stands so: opted_in, opted_out or held." enum:",opted_in,opted_out,held" default:"" placeholder:"S"`
	Since   string `help:"Only who stands so since then or later: a time (RFC 3339), a date (UTC), or how long ago (7d)." placeholder:"T"`
	Format  string `help:"Layout of the list: heed, aws (opt-outs only) or twilio." enum:"heed,aws,twilio" default:"heed" placeholder:"F"`
	Output  string `help:"Write to this file. Without it, to standard output." short:"o" placeholder:"FILE"`
}

// Help is shown by heed consent export --help.
func (consentExport) Help() string {
	return `Writes the register as CSV, program by program. A list of format heed can be imported again: in the database that it came from that changes nothing, in another it makes the same register.

Left out, and counted on standard error: people who were forgotten, of whom only a keyed hash is left; what is no phone number; and whom the format has no word for. aws has opt-outs only, twilio nobody who is held until somebody decides: do not text them because they are in no list. sender_id of twilio is empty: it is Twilio's name for the sender, fill it in.

  heed consent export --program acme-alerts --state opted_out > optouts.csv
  heed consent export --format twilio --program acme-alerts --output consents.csv`
}

// Run writes the list.
func (c consentExport) Run(ctx context.Context, t terminal) error {
	since, err := momentOr(c.Since, time.Now(), time.Time{})
	if err != nil {
		return err
	}
	db, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	write := func(to io.Writer) error {
		list := roster.NewWriter(to, roster.Format(c.Format))
		var written, left int64
		err := db.Stands(ctx, c.Program, c.State, since, func(s roster.Stand) error {
			if list.Add(s) {
				written++
			} else {
				left++
			}
			return nil
		})
		if err = errors.Join(err, list.Flush()); err == nil && left > 0 {
			fmt.Fprintf(t.err, "heed: %s written, %d left out: forgotten, no phone number, or a state that format %s has no word for\n",
				counted(written, "row", "rows"), left, c.Format)
		}
		return err
	}
	if c.Output == "" {
		return write(t.out)
	}
	return writeFile(c.Output, write)
}

// writeFile has a file written whole: until it is, the one of before stays.
func writeFile(name string, write func(io.Writer) error) error {
	beside := name + ".part"
	f, err := os.OpenFile(beside, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it holds people's numbers
	if err != nil {
		return wrongUse("%w", err)
	}
	if err = errors.Join(write(f), f.Close()); err == nil {
		err = os.Rename(beside, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(beside))
	}
	return nil
}
