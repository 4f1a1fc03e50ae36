package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/localdb/dbtest"
)

// What the demo left can be looked at in a browser and asked for over HTTP, until it is interrupted.
func TestDev(t *testing.T) {
	t.Parallel()
	dbtest.Server(t) // skips where there is no Postgres
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, []string{"dev", "--listen", "127.0.0.1:0", "--no-open"}, terminal{strings.NewReader(""), write, write})
		_ = write.Close()
		ended <- code
	}()
	lines := bufio.NewScanner(read)
	if !lines.Scan() {
		t.Fatalf("it said nothing: exit %d", <-ended)
	}
	address, ok := strings.CutPrefix(lines.Text(), "heed dev: ")
	if !ok {
		t.Fatal(lines.Text())
	}
	go func() {
		for lines.Scan() { // what it says besides
		}
	}()
	for path, want := range map[string]string{
		"": "<html", "review": "this is harassment", "v1/reports/delivery?by=status": `"status": "delivered"`, "v1/reports/inbound?by=verdict": `"opt_out"`,
		"v1/contacts/+14255550101/timeline": `"kind":"text"`, "openapi.json": `"3.1.0"`, "healthz": "ok",
	} {
		answer, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("/%s: %d %v, without %s: %.500s", path, answer.StatusCode, err, want, body)
		}
	}
	interrupt()
	if code := <-ended; code != 0 {
		t.Errorf("interrupted, it exits with %d", code)
	}
}

// A page that is open in a browser does not keep it from ending.
func TestDevEndsWithAnOpenPage(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	watching, left := make(chan struct{}), make(chan struct{})
	served := make(chan error, 1)
	go func() {
		served <- serveUntilDone(ctx, listener, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			defer close(left)
			close(watching)
			<-r.Context().Done()
		}))
	}()
	go func() {
		if answer, err := http.Get("http://" + listener.Addr().String()); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-watching
	interrupt()
	if err := <-served; err != nil {
		t.Error(err)
	}
	select {
	case <-left:
	default:
		t.Error("it ended while a page was still told of changes")
	}
}

// Nobody is asked who they are, so nobody else may reach it.
func TestDevListensHereOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:8480", ":8480", "192.0.2.1:80", "[::]:8480", "example.com:8480", "8480"} {
		if code, _, errs := heed(t, "", "dev", "--no-open", "--listen", address); code != exitUsage || !strings.Contains(errs, "this machine alone") {
			t.Errorf("--listen %s: exit %d: %s", address, code, errs)
		}
	}
}
