package page_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/heedsms/heed/internal/browsertest"
)

func serve(t *testing.T, w *world) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(w.handler())
	t.Cleanup(s.Close)
	return s
}

// What an operator does each morning, in a real browser on the real store.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	full := newWorld(t)
	full.tell(month(30, 20)...)
	full.people()
	hostile(full)
	site, empty := serve(t, full), serve(t, newWorld(t))

	t.Run("the overview has its figures, a chart that can be read closely, and each section its data", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/")
		x.Until(`document.querySelector("#chart.drawn .plot canvas")`)
		x.Holds("Messages", "Delivery rate", "Why messages failed", "Phone is currently unreachable/unavailable", "black-friday", "T-Mobile USA, Inc.", "What Unicode costs", "Health of the data")
		if n := browsertest.Ask[int](x, `document.querySelectorAll("#chart > svg").length`); n != 2 {
			t.Errorf("%d drawings of the server", n)
		}
		x.Do(browsertest.Call(input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: "mouseMoved", X: 640, Y: browsertest.Ask[float64](x, `document.querySelector(".plot").getBoundingClientRect().bottom - 60`),
		}))
		x.Until(`!document.querySelector(".tip").hidden && document.querySelector(".tip").innerText.includes("Delivery rate")`)
		x.Contrasts()
		x.Fits()
	})
	t.Run("days without messages have no bars, and a rate that stands alone is a dot", func(t *testing.T) {
		one := newWorld(t)
		for id, status := range map[string]string{"a": "DELIVERED", "b": "DELIVERED", "c": "UNREACHABLE"} {
			one.tell(sent{id: id, to: ann, from: alerts, country: "US", carrier: "Telcel", encoding: "GSM", at: now().AddDate(0, 0, -5), parts: 1, price: 0.01, words: []word{{status, "", time.Second, true}}})
		}
		x := browsertest.Open(chromium, t, serve(t, one).URL, 1280)
		x.Visit("/")
		x.Until(`document.querySelectorAll("#chart.drawn .plot canvas").length === 2`)
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
		x.Until(columns + `(0, "--ink") > 0`)
		if bars := browsertest.Ask[int](x, columns+`(1, "--bar")`); bars < 10 || bars > 60 {
			t.Errorf("the bars are %d pixels wide together", bars)
		}
	})
	t.Run("a choice of days asks without a button, and stands in the address", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/")
		x.Until(`window.htmx`)
		x.Do(chromedp.Click(chromedp.CSS(`.segments input[value="7"]`)))
		x.Until(`location.search.includes("range=7") && document.querySelector("#results strong").innerText.startsWith("17")`)
		x.Until(`document.querySelector("#chart.drawn .plot canvas") && JSON.parse(document.querySelector("#chart").dataset.days).length === 7`)
		if at := browsertest.Ask[string](x, `location.search`); at != "?range=7" {
			t.Errorf("the address is %s", at)
		}
		x.Do(chromedp.NavigateBack())
		x.Until(`JSON.parse(document.querySelector("#chart").dataset.days).length === 30`)
	})
	t.Run("a choice that cannot be is told", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/")
		x.Until(`window.htmx`)
		x.Do(chromedp.Click(chromedp.CSS(`.segments input[value=own]`)))
		x.Until(`document.querySelector("#from").checkVisibility() && location.search.includes("range=own")`)
		x.Do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelector("#from"); f.value = "1999-01-01"; f.dispatchEvent(new Event("change", { bubbles: true })); })()`))
		x.Until(`document.querySelector("[role=alert]")`)
		x.Holds("The page shows at most 400 days")
	})
	t.Run("a country is a link to itself alone, and a chip takes it away", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/")
		x.Do(chromedp.Click(chromedp.CSS(`section[aria-labelledby="countries-title"] tbody a`)))
		x.Until(`location.search === "?country=US" && document.querySelector(".chips")`)
		x.Holds("country: US")
		if others := browsertest.Ask[int](x, `document.querySelectorAll("section[aria-labelledby=countries-title] tbody tr").length`); others != 1 {
			t.Errorf("%d countries are left", others)
		}
		if chosen := browsertest.Ask[string](x, `document.querySelector("#by-country").value`); chosen != "US" {
			t.Errorf("the form has chosen %s", chosen)
		}
		x.Do(chromedp.Click(chromedp.CSS(`.chips a`)))
		x.Until(`location.search === ""`)
	})
	t.Run("without data it says what to do", func(t *testing.T) {
		x := browsertest.Open(chromium, t, empty.URL, 1280)
		x.Visit("/")
		x.Holds("No message has been seen yet", "configuration set")
		x.Contrasts()
		x.Visit("/review")
		x.Holds("Nothing waits for a decision")
		x.Visit("/contacts/+14255550199")
		x.Holds("Nothing is known of this number")
		if all := x.Statuses(); all[len(all)-1] != 404 {
			t.Errorf("statuses %v", all)
		}
	})
	t.Run("/ goes to the search, a number leads to the conversation, and a message to its life", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/")
		x.Until(`window.htmx`)
		x.Do(chromedp.KeyEvent("/"))
		x.Until(`document.activeElement.id === "q"`)
		// chromedp types the stroke as well, which a keyboard does not once it was taken.
		x.Do(chromedp.Evaluate[chromedp.Void](`(() => { document.querySelector("#q").value = ""; })()`), chromedp.KeyEvent("+1 425 555 0101\r"))
		x.Until(`location.pathname === "/contacts/+14255550101"`)
		x.Holds("Join please 🙏", "Opted in to acme-alerts", "Welcome to Acme alerts!", "this is harassment", "Held for acme-alerts", "STOP.", "Opted out of acme-alerts",
			"Not to be texted", "Campaign order-updates", "undeliverable", "delivered")
		order := browsertest.Ask[[]string](x, `[...document.querySelectorAll(".talk .theirs .bubble")].map(e => e.innerText)`)
		if want := []string{"Join please 🙏", "hours?", "this is harassment", "STOP."}; !slices.Equal(order, want) {
			t.Errorf("they wrote %q", order)
		}
		x.Contrasts()
		x.Do(chromedp.Click(chromedp.CSS(`.talk .ours .under a`)))
		x.Until(`location.pathname.startsWith("/messages/")`)
		x.Holds("Its life", "delivered", "Message has been accepted by phone")
		x.Contrasts()
		x.Fits()
	})
	t.Run("a decision is taken with its reason, and taken back", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/review")
		before := browsertest.Ask[int](x, `document.querySelectorAll(".queue > li").length`)
		// Enter presses neither button: which of them it would be is nobody's decision.
		x.Do(chromedp.SendKeys(chromedp.CSS(`.queue > li:first-child input[name=reason]`), "clearly fed up\r"))
		if at, n := browsertest.Ask[string](x, `location.pathname + location.search`), browsertest.Ask[int](x, `document.querySelectorAll(".queue > li").length`); at != "/review" || n != before {
			t.Errorf("Enter leads to %s with %d texts", at, n)
		}
		x.Do(chromedp.Click(chromedp.CSS(`.queue > li:first-child button[value=opt_out]`)))
		x.Until(fmt.Sprintf(`document.querySelector("[role=status]") && document.querySelectorAll(".queue > li").length === %d`, before-1))
		x.Holds("Recorded: it was a request to stop")
		if n := browsertest.Ask[string](x, `document.querySelector(".top .count").firstChild.textContent`); n != fmt.Sprint(before-1) {
			t.Errorf("the head counts %s texts, %d wait", n, before-1)
		}
		x.Visit("/review?decided=1")
		x.Holds("clearly fed up", "ann@acme.example")
		x.Do(chromedp.SendKeys(chromedp.CSS(`.queue > li:first-child input[name=reason]`), "the wrong line"),
			chromedp.Click(chromedp.CSS(`.queue > li:first-child button[value=undo]`)))
		x.Until(`document.querySelector("[role=status]") && document.querySelector("[role=status]").innerText.includes("taken back")`)
		x.Visit("/review")
		if n := browsertest.Ask[int](x, `document.querySelectorAll(".queue > li").length`); n != before {
			t.Errorf("%d texts wait, %d before", n, before)
		}
		x.Contrasts()
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
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/contacts/" + ann)
		x.Until(`window.htmx`)
		x.Do(chromedp.Click(chromedp.CSS(`#older a`)))
		x.Until(`document.body.innerText.includes("the form for the token")`)
	})
	t.Run("dark where the system is, or where it was chosen, and it is remembered", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		const ground = `getComputedStyle(document.body).backgroundColor`
		x.Visit("/")
		light := browsertest.Ask[string](x, ground)
		x.Until(`!document.querySelector("#theme").hidden`)
		x.Do(chromedp.Click(chromedp.CSS(`#theme`)))
		dark := browsertest.Ask[string](x, ground)
		if light == dark {
			t.Error("the theme does not change")
		}
		x.Contrasts()
		x.Visit("/contacts/" + ann)
		if got := browsertest.Ask[string](x, ground); got != dark {
			t.Errorf("the next page is %s", got)
		}
		x.Contrasts()
		x.Visit("/review")
		x.Contrasts()
		x.Until(`!document.querySelector("#theme").hidden`)
		x.Do(chromedp.Click(chromedp.CSS(`#theme`)))
		if kept := browsertest.Ask[bool](x, `localStorage.getItem("heed-theme") === null`); !kept || browsertest.Ask[string](x, ground) != light {
			t.Error("the system's theme does not come back")
		}
		x.Scheme("dark")
		x.Visit("/")
		if got := browsertest.Ask[string](x, ground); got != dark {
			t.Errorf("with a dark system the page is %s", got)
		}
	})
	t.Run("everything works with JavaScript off", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Do(browsertest.Call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
		x.Visit("/")
		if seen := browsertest.Ask[[]bool](x, `[".broad", ".apply", "#theme", ".slim"].map(s => document.querySelector(s).checkVisibility())`); !slices.Equal(seen, []bool{true, true, false, false}) {
			t.Errorf("drawing, button, theme, small drawing: %v", seen)
		}
		x.Do(chromedp.Click(chromedp.CSS(`.segments input[value="90"]`)), chromedp.Click(chromedp.CSS(`.apply`)))
		x.Until(`location.search.includes("range=90")`)
		x.Holds("26 August – 23 November 2026")
		x.Do(chromedp.SendKeys(chromedp.CSS(`#q`), "+14255550101\r"))
		x.Until(`location.pathname === "/contacts/+14255550101"`)
		x.Visit("/review")
		x.Do(chromedp.SendKeys(chromedp.CSS(`.queue > li:first-child input[name=reason]`), "asks nothing"),
			chromedp.Click(chromedp.CSS(`.queue > li:first-child button[value=none]`)))
		x.Until(`location.search === "?done=none"`)
		x.Holds("Recorded: it was no request to stop")
		x.Scheme("dark")
		x.Visit("/")
		x.Contrasts()
	})
	t.Run("a phone needs no scrolling to the side", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 390)
		for _, path := range []string{"/", "/?range=own&from=2026-11-01&to=2026-11-09&country=US", "/contacts/" + ann, "/contacts/" + mallory, "/messages/7f3c2a10-1111-4b1d-9c5e-0a0000000002", "/review", "/search?q=nobody", "/nowhere"} {
			x.Visit(path)
			x.Fits()
			x.Contrasts()
		}
	})
	t.Run("words that people wrote do nothing but stand there", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		for _, path := range []string{"/", "/contacts/" + mallory, "/review"} {
			x.Visit(path)
			if n := browsertest.Ask[int](x, `document.querySelectorAll("main img, main script, main iframe, [onclick], [onerror], main [style]:not(.plot *)").length`); n != 0 {
				t.Errorf("%s: %d elements that nobody wrote", path, n)
			}
			if browsertest.Ask[bool](x, `"hurt" in window`) {
				t.Errorf("%s: a script of somebody else ran", path)
			}
			x.Fits()
		}
	})
	t.Run("on paper stand the numbers, in black on white", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Do(browsertest.Call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}))
		x.Visit("/")
		if seen := browsertest.Ask[[]bool](x, `[".figures", ".top", ".filters", ".as"].map(s => document.querySelector(s).checkVisibility())`); !slices.Equal(seen, []bool{true, false, false, false}) {
			t.Errorf("figures, head, filters, links: %v", seen)
		}
		if ground := browsertest.Ask[string](x, `getComputedStyle(document.body).backgroundColor`); ground != "rgb(255, 255, 255)" {
			t.Errorf("the paper is %s", ground)
		}
		x.Contrasts()
	})
	t.Run("the keyboard reaches everything in the order in which it is read", func(t *testing.T) {
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Visit("/")
		x.Until(`window.htmx`)
		x.Do(chromedp.KeyEvent("\t"))
		if first := browsertest.Ask[string](x, `document.activeElement.className`); first != "skip" {
			t.Errorf("the first stop is %q", first)
		}
		if seen := browsertest.Ask[float64](x, `document.activeElement.getBoundingClientRect().top`); seen < 0 {
			t.Error("who comes by keyboard does not see where they are")
		}
		x.Do(chromedp.KeyEvent("\r"))
		x.Until(`document.activeElement.id === "main"`)
		x.Do(chromedp.KeyEvent("\t"))
		if in := browsertest.Ask[bool](x, `document.activeElement.matches(".segments input")`); !in {
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
	chromium := browsertest.Start(t)
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
		x := browsertest.Open(chromium, t, site.URL, 1280)
		x.Scheme(shot.scheme)
		x.Resize(shot.width, shot.height, shot.across)
		x.Visit(shot.path)
		if shot.path == "/" {
			x.Until(`document.querySelector("#chart.drawn .plot canvas")`)
		}
		x.Picture(filepath.Join(into, shot.name+".png"))
	}
}
