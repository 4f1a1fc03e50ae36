package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"time"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/phone"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/report/httpapi"
	"github.com/heedsms/heed/internal/store"
)

type devCommand struct {
	Listen  string `default:"127.0.0.1:8480" help:"The address to serve on: of this machine only."`
	Open    bool   `default:"true" negatable:"" help:"Open the page in a browser."`
	Verbose bool   `short:"v" help:"Show the workers' logs and the requests."`

	Functions string `type:"existingdir" help:"Run the Lambda binaries of this directory as the workers, each a process of its own: DIR/inbound/bootstrap and so on. make dev builds them." placeholder:"DIR"`
}

// Help is shown by heed dev --help.
func (devCommand) Help() string {
	return `Plays the demo once on a throw-away Postgres (see heed demo) and goes on until it is interrupted: phones to text from at /phone, with what heed decides beside them; reports at /; the HTTP API at /v1/, its description at /openapi.json. Topics, queues and the relay run as they do at AWS. Nobody has to say who they are, so it listens on this machine only. Nothing is kept.

  heed dev
  heed dev --listen 127.0.0.1:9000 --no-open
  heed dev --functions bin/functions
  curl http://127.0.0.1:8480/v1/reports/delivery?by=status`
}

// Run serves until it is interrupted.
func (c devCommand) Run(ctx context.Context, t terminal) error {
	listener, err := c.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	server, err := localdb.Start(ctx, localdb.Options{})
	if err != nil {
		return err
	}
	defer server.Stop() //nolint:errcheck,contextcheck // it is thrown away with what it held, interrupted or not
	quiet := t
	if quiet.out = io.Discard; c.Verbose {
		quiet.out = t.err
	}
	s, err := newStage(ctx, server, quiet, c.Verbose)
	if err != nil {
		return err
	}
	defer s.close()
	for _, scene := range scenes() {
		if err := scene.play(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", scene.title, err)
		}
	}
	// The review queue is nothing to look at while it is empty.
	_, _, _, eve, _ := people()
	if err := s.text(ctx, eve, "this is harassment"); err != nil {
		return err
	}
	if err := countAnew(ctx, terminal{err: io.Discard}, s.db, 0); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if c.Verbose {
		log = slog.New(slog.NewTextHandler(t.err, nil))
	}
	w := ownWorkers(s)
	if c.Functions != "" {
		logs := io.Discard
		if c.Verbose {
			logs = t.err
		}
		if w, err = binaryWorkers(ctx, c.Functions, s, logs); err != nil {
			return err
		}
	}
	defer w.close()
	running, stop := context.WithCancel(ctx)
	l, wait := playLive(running, s, w, log)
	defer func() {
		stop()
		wait()
	}()
	pages, done, err := serveLive(ctx, l)
	if err != nil {
		return err
	}
	defer done()
	address := "http://" + listener.Addr().String() + "/"
	fmt.Fprintf(t.out, "heed dev: %s\nPhones to text from: %sphone. Postgres: %s. AWS: a local double. Ctrl-C ends it and removes everything.\n", address, address, server.Describe())
	if c.Open && isTerminal(t.out) {
		openBrowser(ctx, t, address+"phone")
	}
	return serveUntilDone(ctx, listener, pages)
}

// listen refuses an address that others could reach: here nobody is asked who they are.
func (c devCommand) listen(ctx context.Context) (net.Listener, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, wrongUse("--listen %s is no address of this machine alone: write 127.0.0.1:8480", c.Listen)
	}
	return listenAt(ctx, c.Listen)
}

// listenAt listens at an address of --listen.
func listenAt(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, wrongUse("%w: write another after --listen, as 127.0.0.1:0 for any that is free", err)
	}
	return listener, nil
}

// serveLive is the phones, and the API and the page over the demo's database, through connections of their own: a page
// asks several questions at once.
func serveLive(ctx context.Context, l *live) (h http.Handler, done func(), err error) {
	const connections = 8
	db, err := store.Open(ctx, store.Options{URL: l.url, Connections: connections, Cancel: true})
	if err != nil {
		return nil, nil, err
	}
	rules := &inbound.Rules{Documents: db, Log: l.log}
	api := httpapi.New(httpapi.Options{
		Store: db, Auth: httpapi.Loopback{}, Write: true, Phone: true, Timeout: 10 * time.Second, Log: l.log, Now: time.Now,
		Rules: func(ctx context.Context, now time.Time) (*program.Ruleset, error) {
			inForce, err := rules.Current(ctx, now)
			if err != nil {
				return nil, err
			}
			return inForce.Ruleset, nil
		},
	})
	phones, err := phone.Page{Stage: l, Records: db, Program: demoProgram, Number: demoNumber, Log: l.log, Now: time.Now}.Handler()
	if err == nil {
		err = api.AddPage()
	}
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/phone", fromHere(phones))
	mux.Handle("/phone/", fromHere(phones))
	mux.Handle("/", api)
	return mux, db.Close, nil
}

// fromHere refuses what a page of the web could ask for by giving this machine a name, as the API does.
func fromHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := (httpapi.Loopback{}).Authenticate(r); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serveUntilDone ends requests with ctx: a page that is told of what changes would never end by itself.
func serveUntilDone(ctx context.Context, listener net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	<-ended
	return nil
}

// openBrowser is a convenience: where there is none, the address was told.
func openBrowser(ctx context.Context, t terminal, address string) {
	program, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		program = "open"
	case "windows":
		program, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	command := exec.CommandContext(ctx, program, args...)
	if err := command.Start(); err != nil {
		fmt.Fprintln(t.err, "heed: open it in a browser")
		return
	}
	go command.Wait() //nolint:errcheck // how the browser ends is its own affair
}
