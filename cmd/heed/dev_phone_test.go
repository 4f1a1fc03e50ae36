package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/browsertest"
	"github.com/heedsms/heed/internal/lambdatest"
	"github.com/heedsms/heed/internal/localdb/dbtest"
)

// playground is what heed dev serves, with the Lambda binaries behind it.
func playground(t *testing.T) (site string, l *live) {
	t.Helper()
	server := dbtest.Server(t)
	ctx := context.Background()
	s, err := newStage(ctx, server, terminal{out: io.Discard, err: io.Discard}, false)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"inbound", "events", "relay"} {
		if err := lambdatest.Build(ctx, filepath.Join("..", ".."), "./cmd/"+name, filepath.Join(dir, name, "bootstrap")); err != nil {
			t.Fatal(err)
		}
	}
	w, err := binaryWorkers(ctx, dir, s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	l, wait := playLive(running, s, w, slog.New(slog.NewTextHandler(io.Discard, nil)))
	pages, done, err := serveLive(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(pages)
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		stop()
		wait()
		done()
		w.close()
		s.close()
	})
	return web.URL, l
}

// What a newcomer does in the first minute: JOIN, STOP, a campaign that is refused, START, and every trap.
func TestPhones(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	site, _ := playground(t)
	x := browsertest.Open(chromium, t, site, 1500)
	x.Visit("/phone")
	x.Holds("Ada", "Ben", "Cleo", "No texts yet", "Nothing yet")
	x.Contrasts()
	x.Until(`document.getElementById("lamp").textContent === "live"`)

	const ada, ben = "14255550111", "14255550112"
	texts := func(who, body string) {
		t.Helper()
		browsertest.Ask[bool](x, `(() => { const i = document.getElementById("body-`+who+`"); i.value = "`+body+`"; i.form.requestSubmit(); return true; })()`)
	}
	screen := func(who, condition string) {
		t.Helper()
		x.Until(`(() => { const s = document.getElementById("screen-` + who + `"), theirs = [...s.querySelectorAll(".theirs:not(.refused)")].map(e => e.innerText), state = document.getElementById("state-` + who + `").innerText; return ` + condition + `; })()`)
	}
	pane := func(condition string) {
		t.Helper()
		x.Until(`(() => { const p = document.getElementById("decided").innerText; return ` + condition + `; })()`)
	}

	// JOIN is answered, the answer is seen to arrive, and it is told why.
	texts(ada, "JOIN")
	screen(ada, `theirs.length === 1 && theirs[0].includes("Welcome to Acme") && theirs[0].includes("delivered") && state.includes("opted in")`)
	pane(`p.includes("Ada") && p.includes("opt in") && p.includes("consent_event") && p.includes("outbox") && p.includes("TEXT_DELIVERED")`)

	// A sentence stops, once, and AWS's list follows.
	texts(ada, "pls stop texting me")
	screen(ada, `theirs.length === 2 && theirs[1].includes("opted out") && state.includes("on AWS's opt-out list")`)
	pane(`p.includes("opt out") && p.includes("stop contacting me") && p.includes("sync_optout")`)

	// What only looks like it stops nobody.
	texts(ben, "JOIN")
	screen(ben, `theirs.length === 1 && state.includes("opted in")`)
	texts(ben, "stop by tomorrow?")
	pane(`p.includes("stop by tomorrow?")`)
	screen(ben, `state.includes("opted in") && !state.includes("opted out")`)

	// A campaign that asks nobody reaches Ben, and AWS refuses it for Ada. One that asks leaves her in peace.
	click := func(selector string) {
		t.Helper()
		browsertest.Ask[bool](x, `(() => { document.querySelector('`+selector+`').click(); return true; })()`)
	}
	click(`.campaign [value="no"]`)
	screen(ben, `theirs.some(m => m.includes("20% off"))`)
	screen(ada, `theirs.length === 2 && s.querySelectorAll(".refused").length === 1 && s.innerText.includes("AWS refused it")`)
	click(`.campaign [value="yes"]`)
	screen(ben, `theirs.filter(m => m.includes("20% off")).length === 2`)
	screen(ada, `s.querySelectorAll(".refused").length === 1`)

	// START brings her back.
	texts(ada, "START")
	screen(ada, `theirs.length === 3 && state.includes("opted in") && !state.includes("list")`)

	// The same text twice more changes nothing: the next one is answered, and only it.
	click(`form[action="/phone/traps/twice"] button`)
	texts(ada, "HOURS")
	screen(ada, `theirs.length === 4 && theirs[3].includes("9 to 5")`)

	// The worker dies when AWS has its reply, and the text comes again: one answer, which its receipt settles.
	click(`form[action="/phone/traps/kill"] button`)
	x.Until(`document.querySelector('form[action="/phone/traps/kill"] button').getAttribute("aria-pressed") === "true"`)
	texts(ben, "HOURS")
	screen(ben, `theirs.filter(m => m.includes("9 to 5")).length === 1 && theirs.at(-1).includes("delivered")`)
	x.Until(`document.querySelector('form[action="/phone/traps/kill"] button').getAttribute("aria-pressed") === "false"`)
	x.Until(`(() => { const a = [...document.querySelectorAll(".trace")].find(a => a.innerText.includes("Ben") && a.innerText.includes("HOURS")); return a && [...a.querySelectorAll("tr")].some(r => r.innerText.includes("outbox") && r.innerText.includes("done")); })()`)

	// Held back, a STOP that was said before a START comes after it: what was said last counts.
	click(`form[action="/phone/traps/hold"] button`)
	x.Until(`document.querySelector('form[action="/phone/traps/hold"] button').getAttribute("aria-pressed") === "true"`)
	texts(ada, "STOP")
	screen(ada, `s.innerText.includes("1 on the way")`)
	texts(ada, "START")
	screen(ada, `s.innerText.includes("2 on the way")`)
	click(`form[action="/phone/traps/hold"] button`)
	screen(ada, `!s.innerText.includes("on the way") && state.includes("opted in")`)

	// What was wrong is told until something goes well.
	texts(ada, strings.Repeat("x", 2000))
	x.Until(`document.getElementById("lamp").innerText.includes("1 to 1600 characters")`)
	texts(ada, "HOURS")
	x.Until(`document.getElementById("lamp").innerText === "live"`)

	x.Contrasts()
	x.Scheme("dark")
	x.Contrasts()
	if into := os.Getenv("HEED_SCREENSHOTS"); into != "" {
		x.Scheme("light")
		x.Resize(1500, 1000, 1)
		x.Picture(filepath.Join(into, "phones.png"))
	}
	x.Resize(390, 900, 2)
	x.Fits()
}

// Without JavaScript the forms work too: a text is sent, and the page shows it.
func TestPhonesByForm(t *testing.T) {
	t.Parallel()
	site, l := playground(t)
	page := func(path string, form ...string) string { return post(t, site+path, form...) }
	if body := page("/phone/people/+14255550113", "body", "HELP"); !contains(body, "HELP", "Cleo") {
		t.Errorf("after the form: %.300s", body)
	}
	if body := page("/phone/people/+14255550113", "body", ""); !contains(body, "1 to 1600 characters") {
		t.Errorf("an empty text: %.300s", body)
	}
	if body := page("/phone/traps/none", "x", "y"); !contains(body, "none of that name") {
		t.Errorf("no such trap: %.300s", body)
	}
	if body := page("/phone/people/+14255550199", "body", "JOIN"); !contains(body, "none of that name") {
		t.Errorf("nobody's phone: %.300s", body)
	}
	if got := len(l.written["+14255550113"]); got != 1 {
		t.Errorf("%d texts were written", got)
	}
}

// post posts a form, and gives the page to which that leads.
func post(t *testing.T, url string, form ...string) string {
	t.Helper()
	values := neturl.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	answer, err := http.PostForm(url, values)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func contains(text string, words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}
