// Forms are sent without leaving the page, and what changes is drawn when the server tells of it.
(() => {
  const lamp = document.getElementById("lamp");
  const toEnd = (screen) => { screen.scrollTop = screen.scrollHeight; };
  document.querySelectorAll(".screen").forEach(toEnd);

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    event.preventDefault();
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form, event.submitter)),
    }).catch(() => null);
    if (!answer?.ok) {
      lamp.hidden = false;
      lamp.classList.add("off");
      lamp.textContent = answer ? await answer.text() : "heed dev does not answer";
      return;
    }
    if (live.readyState === EventSource.OPEN) shine(); // what was wrong before is not any more
    if (form.classList.contains("own")) form.reset();
  });

  const shine = () => { lamp.hidden = false; lamp.classList.remove("off"); lamp.textContent = "live"; };
  const live = new EventSource("/phone/live");
  live.onopen = shine;
  live.onerror = () => { lamp.classList.add("off"); lamp.textContent = "waiting for heed dev"; };
  live.onmessage = (event) => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) {
      const part = document.getElementById(id);
      if (!part) continue;
      // The server has escaped what people wrote.
      part.innerHTML = html;
      if (part.classList.contains("screen")) toEnd(part);
    }
  };
  addEventListener("pagehide", () => live.close());
})();
