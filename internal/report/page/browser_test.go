package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts one chromium for all tabs of a test. Without one on a laptop the test is skipped.
func browser(t *testing.T) context.Context {
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

// tab is one tab, which fails its test when the page complains or asks another host.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu       sync.Mutex
	problems []string
	statuses []int64
}

func open(browser context.Context, t *testing.T, site *httptest.Server, width int64) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	x := &tab{t: t, ctx: ctx, site: site.URL}
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
	x.do(chromedp.EmulateViewport(width, 900), call(runtime.Enable, cdp.Empty{}))
	x.scheme("light")
	return x
}

// call is a command of the protocol as a step.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	}
}

func (x *tab) hear(ev any) {
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

func (x *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		x.t.Fatal(err)
	}
}

func (x *tab) visit(path string) { x.t.Helper(); x.do(chromedp.Navigate(x.site + path)) }

// scheme is what the system prefers.
func (x *tab) scheme(name string) {
	x.t.Helper()
	x.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}))
}

func ask[T any](x *tab, expression string) T {
	x.t.Helper()
	v, err := chromedp.Run(x.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		x.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for a condition in a page that is all there.
func (x *tab) until(condition string) {
	x.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		v, err := chromedp.Run(x.ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && Boolean(`+condition+`)`))
		switch {
		case err == nil && v:
			return
		case errors.Is(err, context.DeadlineExceeded), time.Now().After(deadline):
			x.t.Fatalf("in vain: %s (%v)\n%s", condition, err, ask[string](x, `document.body.innerText.slice(0, 1500)`))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (x *tab) holds(words ...string) {
	x.t.Helper()
	text := ask[string](x, `document.body.innerText`)
	for _, w := range words {
		if !strings.Contains(text, w) {
			x.t.Errorf("the page has no %q:\n%s", w, text)
		}
	}
}

// fits says that a page needs no scrolling to the side.
func (x *tab) fits() {
	x.t.Helper()
	if wide := ask[int](x, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		x.t.Errorf("the page is %d pixels too wide; %s", wide, ask[string](x, `[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join("\n")`))
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

func (x *tab) contrasts() {
	x.t.Helper()
	for _, bad := range ask[[]string](x, readable) {
		x.t.Errorf("too little contrast: %s", bad)
	}
}

func serve(t *testing.T, w *world) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(w.handler())
	t.Cleanup(s.Close)
	return s
}

// What an operator does each morning, in a real browser on the real store.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := browser(t)
	full := newWorld(t)
	full.tell(month(30, 20)...)
	full.people()
	hostile(full)
	site, empty := serve(t, full), serve(t, newWorld(t))

	t.Run("the overview has its figures, a chart that can be read closely, and each section its data", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/")
		x.until(`document.querySelector("#chart.drawn .plot canvas")`)
		x.holds("Messages", "Delivery rate", "Why messages failed", "Phone is currently unreachable/unavailable", "black-friday", "T-Mobile USA, Inc.", "What Unicode costs", "Health of the data")
		if n := ask[int](x, `document.querySelectorAll("#chart > svg").length`); n != 2 {
			t.Errorf("%d drawings of the server", n)
		}
		x.do(call(input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: "mouseMoved", X: 640, Y: ask[float64](x, `document.querySelector(".plot").getBoundingClientRect().bottom - 60`),
		}))
		x.until(`!document.querySelector(".tip").hidden && document.querySelector(".tip").innerText.includes("Delivery rate")`)
		x.contrasts()
		x.fits()
	})
	t.Run("days without messages have no bars, and a rate that stands alone is a dot", func(t *testing.T) {
		one := newWorld(t)
		for id, status := range map[string]string{"a": "DELIVERED", "b": "DELIVERED", "c": "UNREACHABLE"} {
			one.tell(sent{id: id, to: ann, from: alerts, country: "US", carrier: "Telcel", encoding: "GSM", at: now().AddDate(0, 0, -5), parts: 1, price: 0.01, words: []word{{status, "", time.Second, true}}})
		}
		x := open(chromium, t, serve(t, one), 1280)
		x.visit("/")
		x.until(`document.querySelectorAll("#chart.drawn .plot canvas").length === 2`)
		// How many columns of a canvas hold a colour of the page.
		const columns = `((n, name) => {
			const probe = document.createElement("canvas").getContext("2d");
			probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
			probe.fillRect(0, 0, 1, 1);
			const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
			const c = document.querySelectorAll(".plot canvas")[n], d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
			const seen = new Set();
			for (let i = 0; i < d.length; i += 4) if (d[i] === r && d[i + 1] === g && d[i + 2] === b && d[i + 3] === 255) seen.add((i / 4) % c.width);
			return seen.size;
		})`
		x.until(columns + `(0, "--ink") > 0`)
		if bars := ask[int](x, columns+`(1, "--bar")`); bars < 10 || bars > 60 {
			t.Errorf("the bars are %d pixels wide together", bars)
		}
	})
	t.Run("a choice of days asks without a button, and stands in the address", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/")
		x.until(`window.htmx`)
		x.do(chromedp.Click(chromedp.CSS(`.segments input[value="7"]`)))
		x.until(`location.search.includes("range=7") && document.querySelector("#results strong").innerText.startsWith("17")`)
		x.until(`document.querySelector("#chart.drawn .plot canvas") && JSON.parse(document.querySelector("#chart").dataset.days).length === 7`)
		if at := ask[string](x, `location.search`); at != "?range=7" {
			t.Errorf("the address is %s", at)
		}
		x.do(chromedp.NavigateBack())
		x.until(`JSON.parse(document.querySelector("#chart").dataset.days).length === 30`)
	})
	t.Run("a choice that cannot be is told", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/")
		x.until(`window.htmx`)
		x.do(chromedp.Click(chromedp.CSS(`.segments input[value=own]`)))
		x.until(`document.querySelector("#from").checkVisibility() && location.search.includes("range=own")`)
		x.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector("#from"); f.value = "1999-01-01"; f.dispatchEvent(new Event("change", { bubbles: true })); })()`))
		x.until(`document.querySelector("[role=alert]")`)
		x.holds("The page shows at most 400 days")
	})
	t.Run("a country is a link to itself alone, and a chip takes it away", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/")
		x.do(chromedp.Click(chromedp.CSS(`section[aria-labelledby="countries-title"] tbody a`)))
		x.until(`location.search === "?country=US" && document.querySelector(".chips")`)
		x.holds("country: US")
		if others := ask[int](x, `document.querySelectorAll("section[aria-labelledby=countries-title] tbody tr").length`); others != 1 {
			t.Errorf("%d countries are left", others)
		}
		if chosen := ask[string](x, `document.querySelector("#by-country").value`); chosen != "US" {
			t.Errorf("the form has chosen %s", chosen)
		}
		x.do(chromedp.Click(chromedp.CSS(`.chips a`)))
		x.until(`location.search === ""`)
	})
	t.Run("without data it says what to do", func(t *testing.T) {
		x := open(chromium, t, empty, 1280)
		x.visit("/")
		x.holds("No message has been seen yet", "configuration set")
		x.contrasts()
		x.visit("/review")
		x.holds("Nothing waits for a decision")
		x.visit("/contacts/+14255550199")
		x.holds("Nothing is known of this number")
		if x.statuses[len(x.statuses)-1] != 404 {
			t.Errorf("statuses %v", x.statuses)
		}
	})
	t.Run("/ goes to the search, a number leads to the conversation, and a message to its life", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/")
		x.until(`window.htmx`)
		x.do(chromedp.KeyEvent("/"))
		x.until(`document.activeElement.id === "q"`)
		// chromedp types the stroke as well, which a keyboard does not once it was taken.
		x.do(chromedp.Evaluate[chromedp.Void](`(() => { document.querySelector("#q").value = ""; })()`), chromedp.KeyEvent("+1 425 555 0101\r"))
		x.until(`location.pathname === "/contacts/+14255550101"`)
		x.holds("Join please 🙏", "Opted in to acme-alerts", "Welcome to Acme alerts!", "this is harassment", "Held for acme-alerts", "STOP.", "Opted out of acme-alerts",
			"Not to be texted", "Campaign order-updates", "undeliverable", "delivered")
		order := ask[[]string](x, `[...document.querySelectorAll(".talk .theirs .bubble")].map(e => e.innerText)`)
		if want := []string{"Join please 🙏", "hours?", "this is harassment", "STOP."}; !slices.Equal(order, want) {
			t.Errorf("they wrote %q", order)
		}
		x.contrasts()
		x.do(chromedp.Click(chromedp.CSS(`.talk .ours .under a`)))
		x.until(`location.pathname.startsWith("/messages/")`)
		x.holds("Its life", "delivered", "Message has been accepted by phone")
		x.contrasts()
		x.fits()
	})
	t.Run("a decision is taken with its reason, and taken back", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/review")
		before := ask[int](x, `document.querySelectorAll(".queue > li").length`)
		// Enter presses neither button: which of them it would be is nobody's decision.
		x.do(chromedp.SendKeys(chromedp.CSS(`.queue > li:first-child input[name=reason]`), "clearly fed up\r"))
		if at, n := ask[string](x, `location.pathname + location.search`), ask[int](x, `document.querySelectorAll(".queue > li").length`); at != "/review" || n != before {
			t.Errorf("Enter leads to %s with %d texts", at, n)
		}
		x.do(chromedp.Click(chromedp.CSS(`.queue > li:first-child button[value=opt_out]`)))
		x.until(fmt.Sprintf(`document.querySelector("[role=status]") && document.querySelectorAll(".queue > li").length === %d`, before-1))
		x.holds("Recorded: it was a request to stop")
		if n := ask[string](x, `document.querySelector(".top .count").firstChild.textContent`); n != fmt.Sprint(before-1) {
			t.Errorf("the head counts %s texts, %d wait", n, before-1)
		}
		x.visit("/review?decided=1")
		x.holds("clearly fed up", "ann@acme.example")
		x.do(chromedp.SendKeys(chromedp.CSS(`.queue > li:first-child input[name=reason]`), "the wrong line"),
			chromedp.Click(chromedp.CSS(`.queue > li:first-child button[value=undo]`)))
		x.until(`document.querySelector("[role=status]") && document.querySelector("[role=status]").innerText.includes("taken back")`)
		x.visit("/review")
		if n := ask[int](x, `document.querySelectorAll(".queue > li").length`); n != before {
			t.Errorf("%d texts wait, %d before", n, before)
		}
		x.contrasts()
	})
	t.Run("what is older and cannot be had is told, and not left out in silence", func(t *testing.T) {
		long := newWorld(t)
		for i := range 45 {
			long.say(said{now().Add(time.Duration(i-60) * time.Minute), ann, alerts, fmt.Sprintf("question %02d?", i)})
		}
		h := long.handler()
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("before") {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, "the form for the token")
				return
			}
			h.ServeHTTP(w, r)
		}))
		t.Cleanup(site.Close)
		x := open(chromium, t, site, 1280)
		x.visit("/contacts/" + ann)
		x.until(`window.htmx`)
		x.do(chromedp.Click(chromedp.CSS(`#older a`)))
		x.until(`document.body.innerText.includes("the form for the token")`)
	})
	t.Run("dark where the system is, or where it was chosen, and it is remembered", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		const ground = `getComputedStyle(document.body).backgroundColor`
		x.visit("/")
		light := ask[string](x, ground)
		x.until(`!document.querySelector("#theme").hidden`)
		x.do(chromedp.Click(chromedp.CSS(`#theme`)))
		dark := ask[string](x, ground)
		if light == dark {
			t.Error("the theme does not change")
		}
		x.contrasts()
		x.visit("/contacts/" + ann)
		if got := ask[string](x, ground); got != dark {
			t.Errorf("the next page is %s", got)
		}
		x.contrasts()
		x.visit("/review")
		x.contrasts()
		x.until(`!document.querySelector("#theme").hidden`)
		x.do(chromedp.Click(chromedp.CSS(`#theme`)))
		if kept := ask[bool](x, `localStorage.getItem("heed-theme") === null`); !kept || ask[string](x, ground) != light {
			t.Error("the system's theme does not come back")
		}
		x.scheme("dark")
		x.visit("/")
		if got := ask[string](x, ground); got != dark {
			t.Errorf("with a dark system the page is %s", got)
		}
	})
	t.Run("everything works with JavaScript off", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
		x.visit("/")
		if seen := ask[[]bool](x, `[".broad", ".apply", "#theme", ".slim"].map(s => document.querySelector(s).checkVisibility())`); !slices.Equal(seen, []bool{true, true, false, false}) {
			t.Errorf("drawing, button, theme, small drawing: %v", seen)
		}
		x.do(chromedp.Click(chromedp.CSS(`.segments input[value="90"]`)), chromedp.Click(chromedp.CSS(`.apply`)))
		x.until(`location.search.includes("range=90")`)
		x.holds("26 August – 23 November 2026")
		x.do(chromedp.SendKeys(chromedp.CSS(`#q`), "+14255550101\r"))
		x.until(`location.pathname === "/contacts/+14255550101"`)
		x.visit("/review")
		x.do(chromedp.SendKeys(chromedp.CSS(`.queue > li:first-child input[name=reason]`), "asks nothing"),
			chromedp.Click(chromedp.CSS(`.queue > li:first-child button[value=none]`)))
		x.until(`location.search === "?done=none"`)
		x.holds("Recorded: it was no request to stop")
		x.scheme("dark")
		x.visit("/")
		x.contrasts()
	})
	t.Run("a phone needs no scrolling to the side", func(t *testing.T) {
		x := open(chromium, t, site, 390)
		for _, path := range []string{"/", "/?range=own&from=2026-11-01&to=2026-11-09&country=US", "/contacts/" + ann, "/contacts/" + mallory, "/messages/7f3c2a10-1111-4b1d-9c5e-0a0000000002", "/review", "/search?q=nobody", "/nowhere"} {
			x.visit(path)
			x.fits()
			x.contrasts()
		}
	})
	t.Run("words that people wrote do nothing but stand there", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		for _, path := range []string{"/", "/contacts/" + mallory, "/review"} {
			x.visit(path)
			if n := ask[int](x, `document.querySelectorAll("main img, main script, main iframe, [onclick], [onerror], main [style]:not(.plot *)").length`); n != 0 {
				t.Errorf("%s: %d elements that nobody wrote", path, n)
			}
			if ask[bool](x, `"hurt" in window`) {
				t.Errorf("%s: a script of somebody else ran", path)
			}
			x.fits()
		}
	})
	t.Run("on paper stand the numbers, in black on white", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}))
		x.visit("/")
		if seen := ask[[]bool](x, `[".figures", ".top", ".filters", ".as"].map(s => document.querySelector(s).checkVisibility())`); !slices.Equal(seen, []bool{true, false, false, false}) {
			t.Errorf("figures, head, filters, links: %v", seen)
		}
		if ground := ask[string](x, `getComputedStyle(document.body).backgroundColor`); ground != "rgb(255, 255, 255)" {
			t.Errorf("the paper is %s", ground)
		}
		x.contrasts()
	})
	t.Run("the keyboard reaches everything in the order in which it is read", func(t *testing.T) {
		x := open(chromium, t, site, 1280)
		x.visit("/")
		x.until(`window.htmx`)
		x.do(chromedp.KeyEvent("\t"))
		if first := ask[string](x, `document.activeElement.className`); first != "skip" {
			t.Errorf("the first stop is %q", first)
		}
		if seen := ask[float64](x, `document.activeElement.getBoundingClientRect().top`); seen < 0 {
			t.Error("who comes by keyboard does not see where they are")
		}
		x.do(chromedp.KeyEvent("\r"))
		x.until(`document.activeElement.id === "main"`)
		x.do(chromedp.KeyEvent("\t"))
		if in := ask[bool](x, `document.activeElement.matches(".segments input")`); !in {
			t.Error("behind the link is not the first choice of the page")
		}
	})
}

// Pictures for the documents, of the real page on a real store: make screenshots.
func TestScreenshots(t *testing.T) {
	into := os.Getenv("HEED_SCREENSHOTS")
	if into == "" {
		t.Skip("HEED_SCREENSHOTS names no directory")
	}
	chromium := browser(t)
	w := newWorld(t)
	w.tell(month(61, 240)...)
	w.people()
	site := serve(t, w)
	for _, shot := range []struct {
		name, path, scheme    string
		width, height, across int64
	}{
		{"overview", "/", "light", 1280, 1640, 1},
		{"overview-dark", "/", "dark", 1280, 1640, 1},
		{"phone", "/", "light", 390, 1300, 2},
		{"conversation", "/contacts/" + ann, "light", 1280, 1600, 1},
		{"review", "/review", "light", 1280, 720, 1},
		{"message", "/messages/7f3c2a10-1111-4b1d-9c5e-0a0000000002", "dark", 1280, 720, 1},
	} {
		x := open(chromium, t, site, 1280)
		x.scheme(shot.scheme)
		x.do(chromedp.EmulateViewport(shot.width, shot.height, chromedp.EmulateScale(float64(shot.across))))
		x.visit(shot.path)
		if shot.path == "/" {
			x.until(`document.querySelector("#chart.drawn .plot canvas")`)
		}
		picture, err := chromedp.Run(x.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(into, shot.name+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
