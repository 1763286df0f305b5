// Renews what a page marks as live when something is found or sent. Without it, a page is as it was loaded.
"use strict";
(() => {
  const PAUSE = 3500; // ms: figures are kept for two seconds, and a page of them for one
  const events = document.querySelector("[data-events]")?.dataset.events;
  if (!events || !window.EventSource) return;
  let source = null;
  let waiting = 0;

  async function renew() {
    waiting = 0;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
        if (fresh && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
      }
    } catch { /* the next event tries again */ }
  }

  const soon = () => { waiting ||= setTimeout(renew, PAUSE); };

  function follow() {
    if (document.hidden) { source?.close(); source = null; return; }
    if (source) return;
    source = new EventSource(events);
    source.addEventListener("match", soon);
    source.addEventListener("delivery", soon);
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); follow(); });
  window.addEventListener("pagehide", () => source?.close());
  follow();
})();
