// Keyboard: j and k move, enter opens, / searches, [ and ] go to the episodes beside, u goes up to the list.
"use strict";
(() => {
  const items = () => [...document.querySelectorAll("#rows tbody tr[data-href], .chat .line")];
  let chosen = null; // the id, because a live list replaces its rows

  const place = () => items().findIndex((each) => each.classList.contains("chosen"));

  function choose(element) {
    for (const each of items()) each.classList.toggle("chosen", each === element);
    chosen = element.id;
    element.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = items();
    if (!all.length) return;
    const from = place();
    choose(all[from < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, from + step))]);
  }

  function follow(selector) {
    const link = document.querySelector(selector);
    if (link) link.click();
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => {
      const search = document.getElementById("search");
      if (search) search.focus();
      else follow('a[rel="up"]');
    },
    "[": () => follow('a[rel="prev"]'),
    "]": () => follow('a[rel="next"]'),
    u: () => follow('a[rel="up"]'),
    Enter: () => {
      const row = items()[place()];
      if (row && row.dataset.href) location.href = row.dataset.href;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("a, button, select, input, summary") || String(getSelection())) return;
    const row = event.target.closest("tr[data-href]");
    if (row) location.href = row.dataset.href;
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form && event.target.matches("select")) form.requestSubmit();
  });

  // Not before htmx has settled: until then it puts the attributes of the new row over those that are set here.
  document.addEventListener("htmx:afterSettle", () => {
    const again = chosen && document.getElementById(chosen);
    if (again) again.classList.add("chosen");
  });
})();
