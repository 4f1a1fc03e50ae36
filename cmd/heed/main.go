// Command heed is the operator's command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are heed's commands. Each is in the file of its name.
type commands struct {
	Demo       demoCommand       `cmd:"" help:"Play the main job on this machine: throw-away Postgres, local double of AWS, scripted people."`
	Dev        devCommand        `cmd:"" help:"The demo, left running: reports, conversations and the review queue in a browser, and the HTTP API."`
	Simulate   simulateCommand   `cmd:"" help:"Serve a local double of the SMS Voice v2 API."`
	Text       textCommand       `cmd:"" help:"Be a person who texts a number of the local double."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database schema up to date."`
	Check      checkCommand      `cmd:"" help:"Check a heed.yaml: errors and advice."`
	Plan       planCommand       `cmd:"" help:"Say what heed apply would change at AWS and in the database."`
	Apply      applyCommand      `cmd:"" help:"Make AWS and the ruleset in force what a heed.yaml says."`
	Classify   classifyCommand   `cmd:"" help:"Say what texts mean."`
	Reclassify reclassifyCommand `cmd:"" help:"Replay a ruleset over recorded texts: who would be decided otherwise."`
	Replay     replayCommand     `cmd:"" help:"Hand inputs to heed once more: dead letters, what was parked, the archive in S3, files."`
	LegalHold  legalHoldCommand  `cmd:"" help:"Keep the data of a contact from retention and erasure."`
	Retention  retentionCommand  `cmd:"" help:"Say what is older than it is kept, and goes next."`
	Consent    consentCommand    `cmd:"" help:"Consent of contacts: look up, set, import, review, verify."`
	Explain    explainCommand    `cmd:"" help:"Everything about a contact in the order of time, with the evidence for each decision."`
	Report     reportCommand     `cmd:"" help:"Reports: delivery, failures, latency, cost, Unicode, opt-outs, texts, and the health of the data."`
	Message    messageCommand    `cmd:"" help:"One message's life, event by event."`
	Reconcile  reconcileCommand  `cmd:"" help:"Make the register and AWS's opt-out lists agree, both ways."`
	Doctor     doctorCommand     `cmd:"" help:"Say what is wrong with settings, database, AWS account and set-up, and how to mend it."`

	Version kong.VersionFlag `help:"Say which version this is."`
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// The exit codes: 0 done, 1 the answer is no or faults were found, 2 wrong use.
const (
	exitNo    = 1
	exitUsage = 2
)

// errNo ends a command whose answer is no. What there is to say has been said.
var errNo = errors.New("the answer is no")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is main without its side effects on the process.
func run(ctx context.Context, args []string, t terminal) (code int) {
	var c commands
	exited := -1
	build, _ := debug.ReadBuildInfo()
	parser, err := kong.New(&c,
		kong.Name("heed"),
		kong.Description("The inbound half of texting on AWS: answers keywords, honours STOP, keeps consent and delivery state in Postgres."),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
		kong.Vars{"version": versionLine(release, build), "double": defaultDouble},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(t.err, "heed:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	switch {
	case exited >= 0:
		return exited
	case err != nil:
		fmt.Fprintf(t.err, "heed: %v\nheed: see heed --help\n", err)
		return exitUsage
	}
	err = parsed.Run()
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return exitNo
	case errors.As(err, &usage):
		fmt.Fprintln(t.err, "heed:", err)
		return exitUsage
	}
	fmt.Fprintln(t.err, "heed:", err)
	return exitNo
}

// usageError is a fault of how the command was called.
type usageError struct{ error }

func wrongUse(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
