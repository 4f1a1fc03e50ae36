// Package browsertest drives a real chromium in tests: a tab fails its test when the page complains, asks another host, or
// shows words that cannot be read. It is for tests only.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Start starts one chromium for all tabs of a test. Without one on a laptop the test is skipped.
func Start(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no chromium was found: scripts/ensure-ci chromium installs it")
		}
		t.Skip("no chromium was found")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"), chromedp.WindowSize(1280, 900))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}

// Tab is one tab, which fails its test when the page complains or asks another host.
type Tab struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu       sync.Mutex
	problems []string
	statuses []int64
}

// Open opens a tab on a site, this many pixels wide, in the light scheme.
func Open(browser context.Context, t *testing.T, site string, width int64) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	x := &Tab{t: t, ctx: ctx, site: site}
	t.Cleanup(func() {
		cancel()
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, p := range x.problems {
			t.Error(p)
		}
	})
	if err := chromedp.Listen(ctx, x.hear); err != nil {
		t.Fatal(err)
	}
	x.Do(chromedp.EmulateViewport(width, 900), Call(runtime.Enable, cdp.Empty{})) //nolint:contextcheck // a tab has its own
	x.Scheme("light")                                                             //nolint:contextcheck // as above
	return x
}

// Call is a command of the protocol as a step.
func Call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	}
}

func (x *Tab) hear(ev any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		x.problems = append(x.problems, "exception: "+ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "warning" {
			x.problems = append(x.problems, fmt.Sprintf("console: %s %v", ev.Type, ev.Args))
		}
	case *cdplog.EventEntryAdded:
		// That a page was not found is told here too: the tests look at it themselves.
		if ev.Entry.Level == "error" && ev.Entry.Source != "network" {
			x.problems = append(x.problems, "log: "+ev.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, x.site+"/") && !strings.HasPrefix(u, "data:") && u != "about:blank" {
			x.problems = append(x.problems, "a request to another host: "+u)
		}
	case *network.EventResponseReceived:
		if ev.Type == "Document" {
			x.statuses = append(x.statuses, ev.Response.Status)
		}
	}
}

// Do takes steps.
func (x *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		x.t.Fatal(err)
	}
}

// Visit goes to a path of the site.
func (x *Tab) Visit(path string) { x.t.Helper(); x.Do(chromedp.Navigate(x.site + path)) }

// Scheme is what the system prefers.
func (x *Tab) Scheme(name string) {
	x.t.Helper()
	x.Do(Call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}))
}

// Ask evaluates an expression in the page.
func Ask[T any](x *Tab, expression string) T {
	x.t.Helper()
	v, err := chromedp.Run(x.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		x.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Until waits for a condition in a page that is all there.
func (x *Tab) Until(condition string) {
	x.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		v, err := chromedp.Run(x.ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && Boolean(`+condition+`)`))
		switch {
		case err == nil && v:
			return
		case errors.Is(err, context.DeadlineExceeded), time.Now().After(deadline):
			x.t.Fatalf("in vain: %s (%v)\n%s", condition, err, Ask[string](x, `document.body.innerText.slice(0, 1500)`))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Holds says that the page shows these words.
func (x *Tab) Holds(words ...string) {
	x.t.Helper()
	text := Ask[string](x, `document.body.innerText`)
	for _, w := range words {
		if !strings.Contains(text, w) {
			x.t.Errorf("the page has no %q:\n%s", w, text)
		}
	}
}

// Fits says that a page needs no scrolling to the side.
func (x *Tab) Fits() {
	x.t.Helper()
	if wide := Ask[int](x, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		x.t.Errorf("the page is %d pixels too wide; %s", wide, Ask[string](x, `[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join("\n")`))
	}
}

// readable computes the contrast of every word that is shown, as WCAG 2.2 does, and gives those that have too little.
const readable = `(() => {
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
  const light = (c) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b); };
  const ground = (e) => { const all = []; for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); all.push(c); if (c.a === 1) break; } let g = all.pop(); if (g.a < 1) g = { r: 255, g: 255, b: 255, a: 1 }; while (all.length) g = over(all.pop(), g); return g; };
  const bad = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.textContent.trim() || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest(".away, option, script, .skip")) continue;
    const s = getComputedStyle(e);
    const g = ground(e), c = over(parse(e.closest("svg") ? s.fill : s.color), g);
    const [a, b] = [light(g), light(c)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(s.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(s.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.add(ratio.toFixed(2) + " " + e.tagName + "." + (e.getAttribute("class") || "") + ": " + n.textContent.trim().slice(0, 40));
  }
  return [...bad];
})()`

// Contrasts says that every word that is shown can be read (WCAG 2.2, AA).
func (x *Tab) Contrasts() {
	x.t.Helper()
	for _, bad := range Ask[[]string](x, readable) {
		x.t.Errorf("too little contrast: %s", bad)
	}
}

// Resize makes the tab so many pixels wide and high, each drawn across times as fine.
func (x *Tab) Resize(width, height, across int64) {
	x.t.Helper()
	x.Do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(float64(across))))
}

// Picture writes what the tab shows into a file, as PNG.
func (x *Tab) Picture(file string) {
	x.t.Helper()
	picture, err := chromedp.Run(x.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		x.t.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil { //nolint:gosec // a picture for everybody
		x.t.Fatal(err)
	}
}

// Statuses are those of the documents that the tab got, in their order.
func (x *Tab) Statuses() []int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.statuses)
}
