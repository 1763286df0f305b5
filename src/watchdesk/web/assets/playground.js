// Asks while one types. Without it the same form works by its buttons.
"use strict";
(() => {
  const form = document.getElementById("draft");
  const results = document.getElementById("results");
  const query = document.getElementById("query");
  const marks = new Map(); // article → "match" or "ignore", also of rows that are not shown any more
  const running = new Map(); // what is asked for → how to end it
  const PAUSE = 250; // ms after the last key
  const SOON = 40; // ms after that until it is said that one waits, where there is nothing to be seen yet
  const AGAIN = 1000; // ms until what was refused for being too much is asked again
  const KEPT = ["query", "exclude", "sources", "at_least", "days", "against", "against_query"];
  const OF_SEARCH = ["problems", "refused-search", "progress", "picture", "rows", "lost", "near", "why", "refused-why"];
  let waiting = 0, silent = 0;

  const at = (name) => document.getElementById("at-" + name);

  function put(place, html) {
    if (place.shown === html) return;
    place.shown = html;
    place.innerHTML = html;
    for (const box of place.querySelectorAll("input[type=checkbox]")) {
      const [kind, article] = box.name.split("-");
      box.checked = marks.get(article) === kind;
    }
  }

  function typed(wanted, more) {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (!/^(match|ignore)-/.test(name)) fields.set(name, value);
    }
    for (const [article, kind] of marks) fields.set(kind + "-" + article, "1");
    fields.set("form_token", form.dataset.token);
    fields.set("for", wanted);
    for (const [name, value] of Object.entries(more || {})) fields.set(name, value);
    return fields;
  }

  async function ask(wanted, show, more) {
    const key = wanted + (more ? more.article : "");
    running.get(key)?.abort();
    const ending = new AbortController();
    running.set(key, ending);
    let again = false;
    try {
      const answer = await fetch(form.dataset.live, {
        method: "POST", body: typed(wanted, more), signal: ending.signal, credentials: "same-origin",
      });
      if (!answer.ok || !answer.body) {
        again = answer.status === 503;
        if (!again) show("refused", said(answer.status));
      } else {
        again = await take(answer.body.getReader(), show);
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      show("refused", said(0));
    }
    if (running.get(key) !== ending) return;
    running.delete(key);
    if (again) setTimeout(() => { if (!running.has(key)) ask(wanted, show, more); }, AGAIN);
    else show("end", "");
  }

  async function take(reader, show) {
    const decoder = new TextDecoder();
    let rest = "", again = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return again;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const part = JSON.parse(line);
        again = again || Boolean(part.again);
        if (!part.again && part.part !== "end") show(part.part, part.html);
      }
    }
  }

  function said(status) {
    const what = status === 401 || status === 403
      ? "Load this page again: it is from before a restart, or you have left the desk."
      : status === 413 ? "That is too long." : "The desk does not answer now.";
    return '<div class="wrong"><p>' + what + "</p></div>";
  }

  function search() {
    clearTimeout(waiting);
    remember();
    if (!query.value.trim()) {
      running.get("search")?.abort();
      clearTimeout(silent);
      for (const name of OF_SEARCH) put(at(name), "");
      results.hidden = true;
      return;
    }
    const fresh = new Set();
    results.setAttribute("aria-busy", "true");
    clearTimeout(silent);
    silent = setTimeout(() => {
      if (!results.hidden) return;
      put(at("progress"), '<p class="facts">The archive is being read …</p>');
      results.hidden = false;
    }, SOON);
    ask("search", (name, html) => {
      clearTimeout(silent);
      if (name === "end") return finish(fresh);
      const place = name === "refused" ? "refused-search" : name;
      fresh.add(place);
      put(at(place), html);
      if (name === "progress") {
        results.hidden = false;
        put(at("why"), "");
      }
      if (name === "refused") put(at("problems"), "");
    });
  }

  function finish(fresh) {
    results.setAttribute("aria-busy", "false");
    for (const name of OF_SEARCH) if (!fresh.has(name)) put(at(name), "");
    results.hidden = !fresh.has("progress");
    const sum = at("progress").querySelector("[data-announce]");
    document.getElementById("announce").textContent = sum ? sum.dataset.announce : "";
  }

  function remember() {
    const kept = new URLSearchParams();
    for (const name of KEPT) {
      const value = form.elements[name].value;
      if (value.trim()) kept.set(name, value);
    }
    const text = kept.has("query") ? kept.toString() : "";
    if (text.length < 8000) history.replaceState(null, "", text ? "?" + text : location.pathname);
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(search, PAUSE);
  }

  function explain(link) {
    const place = document.getElementById("reason-" + link.dataset.article);
    if (link.getAttribute("aria-expanded") === "true") {
      link.setAttribute("aria-expanded", "false");
      put(place, "");
      return;
    }
    link.setAttribute("aria-expanded", "true");
    ask("why", (name, html) => { if (name !== "end") put(place, html); }, { article: link.dataset.article });
  }

  function press(wanted) {
    const own = wanted === "try" ? "tried" : wanted;
    const fresh = new Set();
    ask(wanted, (name, html) => {
      if (name === "end") {
        for (const place of [own, "refused-" + wanted]) if (!fresh.has(place)) put(at(place), "");
        return;
      }
      const place = name === "refused" ? "refused-" + wanted : own;
      fresh.add(place);
      put(at(place), html);
    });
  }

  for (const box of form.querySelectorAll("input[type=checkbox]:checked")) {
    const [kind, article] = box.name.split("-");
    marks.set(article, kind);
  }
  form.addEventListener("input", (event) => {
    if (KEPT.includes(event.target.name)) soon();
  });
  form.addEventListener("change", (event) => {
    const [kind, article] = event.target.name.split("-");
    if (event.target.type !== "checkbox" || !article) return;
    if (event.target.checked) marks.set(article, kind); else marks.delete(article);
    for (const box of form.querySelectorAll(`[name="match-${article}"], [name="ignore-${article}"]`)) {
      box.checked = marks.get(article) === box.name.split("-")[0];
    }
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a.ask");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      explain(link);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = event.submitter?.dataset.for;
    if (wanted) press(wanted); else search();
  });
  if (query.value.trim() && results.hidden && at("problems").textContent.trim() === "") search();
})();
