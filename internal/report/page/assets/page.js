// What the page can do better with JavaScript. Without it everything works as well.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);

  // The theme. Choosing what the system has anyway means to follow it again.
  const toggle = document.getElementById("theme");
  function tellTheme() {
    toggle.setAttribute("aria-label", isDark() ? "Use the light theme" : "Use the dark theme");
  }
  if (toggle) {
    toggle.hidden = false;
    tellTheme();
    toggle.addEventListener("click", () => {
      const want = isDark() ? "light" : "dark";
      const system = dark.matches ? "dark" : "light";
      if (want === system) delete root.dataset.theme;
      else root.dataset.theme = want;
      try {
        if (want === system) localStorage.removeItem("heed-theme");
        else localStorage.setItem("heed-theme", want);
      } catch { /* storage is forbidden: until the next page */ }
      tellTheme();
      redraw();
    });
    dark.addEventListener("change", () => { tellTheme(); redraw(); });
  }

  // "/" looks for somebody.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea, [contenteditable]")) return;
    const search = document.getElementById("q");
    if (!search) return;
    e.preventDefault();
    search.focus();
    search.select();
  });

  // The browser's own time zone, where it is none of those that are offered.
  const zones = document.getElementById("zone");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones && here && here !== "UTC") {
    const known = [...zones.options].find((o) => o.value === here);
    if (known) known.textContent = here + " (here)";
    else zones.add(new Option(here + " (here)", here), 1);
  }

  // A date that is changed by hand asks for that range.
  for (const input of document.querySelectorAll(".filters input[type=date]")) {
    input.addEventListener("input", () => {
      const own = document.getElementById("range-own");
      if (own) own.checked = true;
    });
  }

  // What was not chosen does not stand in the address.
  document.addEventListener("htmx:config:request", (e) => {
    const { form, body } = e.detail.ctx.request;
    if (!form || !form.matches(".filters")) return;
    const own = body.get("range") === "own";
    for (const [name, value] of [...body]) {
      if (value === "" || (name === "range" && value === "30") || (!own && (name === "from" || name === "to"))) body.delete(name);
    }
  });

  // An answer that is not what was asked for, as the form for the token, is shown whole.
  document.addEventListener("htmx:response:error", (e) => location.assign(e.detail.ctx.request.action));

  // Charts. uPlot takes the place of what the server drew.
  const drawn = new Map();
  const color = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  function hatch(context) {
    const tile = document.createElement("canvas");
    const size = Math.round(6 * devicePixelRatio);
    tile.width = tile.height = size;
    const c = tile.getContext("2d");
    c.strokeStyle = color("--bar-open");
    c.lineWidth = 1.6 * devicePixelRatio;
    c.beginPath();
    for (const shift of [-size, 0, size]) {
      c.moveTo(shift, size);
      c.lineTo(shift + size, 0);
    }
    c.stroke();
    return context.createPattern(tile, "repeat");
  }

  const count = (n) => n.toLocaleString("en-US");
  const share = (r) => (r === null ? "–" : (100 * r).toFixed(1) + "%");

  function draw(figure) {
    const days = JSON.parse(figure.dataset.days);
    const plot = figure.querySelector(".plot");
    const x = days.map((_, i) => i);
    // Bars are stacked: each reaches from the ground to its own top, the tallest is drawn first.
    const parts = [
      { name: "Open", of: (d) => d.open, fill: (u) => hatch(u.ctx), stroke: color("--bar-open") },
      { name: "Failed", of: (d) => d.failed, fill: color("--bar-failed") },
      { name: "Outcome unknown", of: (d) => d.unknown, fill: color("--bar-unknown") },
      { name: "Succeeded", of: (d) => d.succeeded, fill: color("--bar") },
    ];
    // What is not there is not drawn, not even as a line on the ground.
    const tops = parts.map((_, i) => days.map((d) => parts.slice(i).reduce((sum, p) => sum + p.of(d), 0) || null));
    const rates = days.map((d) => d.rate);
    const settled = days.map((d, i) => (d.open > 0 ? null : rates[i]));
    // The tail begins at the last settled day before it.
    const tail = days.map((d, i) => (d.open > 0 || (days[i + 1] && days[i + 1].open > 0) || (days[i - 1] && days[i - 1].open > 0 && i > 0) ? rates[i] : null));
    // A day between days without a rate is a dot: no line leads there.
    const dots = (line) => ({ show: true, size: 5, fill: color("--ink"), filter: () => line.flatMap((r, i) => (r !== null && (line[i - 1] ?? null) === null && (line[i + 1] ?? null) === null ? [i] : [])) });
    const low = Math.max(Math.floor(Math.min(1, ...rates.filter((r) => r !== null)) * 10 - 0.5) / 10, 0);
    const width = () => Math.max(plot.clientWidth, 120);
    const few = () => Math.max(1, Math.ceil(56 / (Math.max(width() - 46, 50) / days.length)));
    const soft = color("--soft"), grid = { stroke: color("--grid"), width: 1 };
    const font = "11px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
    const bars = uPlot.paths.bars({ size: [0.72, 44], align: 0 });
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;

    function tell(u) {
      const i = u.cursor.idx;
      if (i == null || u.cursor.left < 0) { tip.hidden = true; return; }
      const d = days[i];
      const title = document.createElement("strong");
      title.textContent = d.label;
      const lines = [["Messages", count(d.messages)], ["Succeeded", count(d.succeeded)], ["Failed", count(d.failed)], ["Outcome unknown", count(d.unknown)], ["Open", count(d.open)], ["Delivery rate", share(d.rate)]].map(([name, value]) => {
        const line = document.createElement("div");
        const b = document.createElement("b");
        b.textContent = value;
        line.append(name, b);
        return line;
      });
      tip.replaceChildren(title, ...lines);
      tip.hidden = false;
      const left = u.bbox.left / devicePixelRatio + u.cursor.left;
      const room = plot.clientWidth - tip.offsetWidth;
      tip.style.transform = `translate(${Math.min(Math.max(left > room - 16 ? left - tip.offsetWidth - 16 : left + 16, 0), Math.max(room, 0))}px, 24px)`;
    }

    const own = { key: figure.id };
    const padded = (u, min, max) => [min - 0.5, max + 0.5];
    const rate = new uPlot({
      width: width(), height: 92, padding: [10, 18, 4, 0], legend: { show: false },
      cursor: { sync: own, y: false, points: { show: false }, drag: { x: true, y: false } },
      scales: { x: { time: false, range: padded }, y: { range: [low, 1] } },
      axes: [
        { show: false },
        { stroke: soft, font, size: 46, gap: 6, grid, ticks: { show: false }, splits: () => [low, 1], values: (u, at) => at.map((v) => Math.round(100 * v) + "%") },
      ],
      series: [
        {},
        { stroke: color("--ink"), width: 1.5, spanGaps: false, points: dots(settled) },
        { stroke: color("--ink"), width: 1.5, dash: [4, 4], spanGaps: false, points: dots(tail) },
      ],
    }, [x, settled, tail], plot);
    const volume = new uPlot({
      width: width(), height: 224, padding: [8, 18, 0, 0], legend: { show: false },
      cursor: { sync: own, y: false, points: { show: false }, drag: { x: true, y: false } },
      scales: { x: { time: false, range: padded }, y: { range: (u, min, max) => [0, Math.max(max * 1.04, 4)] } },
      axes: [
        { stroke: soft, font, size: 28, gap: 6, grid: { show: false }, ticks: { show: false },
          splits: (u, axis, min, max) => {
            const at = [], every = Math.max(1, Math.ceil(few() * (max - min) / days.length));
            for (let i = Math.min(days.length - 1, Math.floor(max)); i >= Math.max(0, min); i -= every) at.push(i);
            return at.reverse();
          },
          values: (u, at) => at.map((i) => days[i] ? days[i].short : "") },
        { stroke: soft, font, size: 46, gap: 6, grid, ticks: { show: false },
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7],
          values: (u, at) => at.map((v) => (v >= 1e6 ? v / 1e6 + "M" : v >= 1e4 ? v / 1e3 + "k" : count(v))) },
      ],
      series: [{}, ...parts.map((p) => ({ label: p.name, fill: p.fill, stroke: p.stroke || p.fill, width: p.stroke ? 1 : 0, paths: bars, points: { show: false } }))],
      hooks: { setCursor: [tell] },
    }, [x, ...tops], plot);
    plot.append(tip);
    figure.classList.add("drawn");
    return { figure, plot, all: [rate, volume], width };
  }

  const watch = new ResizeObserver((entries) => {
    for (const e of entries) {
      const d = drawn.get(e.target);
      if (d) for (const u of d.all) if (u.width !== d.width()) u.setSize({ width: d.width(), height: u.height });
    }
  });

  function discard(d) {
    watch.unobserve(d.plot);
    for (const u of d.all) u.destroy();
    d.plot.replaceChildren();
    drawn.delete(d.plot);
  }

  function drawAll() {
    if (typeof uPlot === "undefined") return;
    for (const d of [...drawn.values()]) if (!d.plot.isConnected) discard(d);
    for (const figure of document.querySelectorAll("figure.chart[data-days]")) {
      const plot = figure.querySelector(".plot");
      if (drawn.has(plot)) continue;
      const d = draw(figure);
      drawn.set(plot, d);
      watch.observe(plot);
    }
  }

  function redraw() {
    for (const d of [...drawn.values()]) discard(d);
    drawAll();
  }

  drawAll();
  document.addEventListener("htmx:after:settle", drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
})();
