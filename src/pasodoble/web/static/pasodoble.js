// What pages can do beyond what they say without it: stay fresh, copy a command, focus the search. Nothing depends on it.
"use strict";

const EVERY_MS = 4000;
const state = document.getElementById("live-state");
const pause = document.getElementById("live-switch");
let running = Boolean(state);

// Fetches this very page and takes over the parts that are marked as live, unless somebody is in one of them.
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(old.id);
    if (now && now.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) old.replaceWith(now);
  }
}

function show(lost) {
  state.classList.toggle("in_step", !lost);
  state.classList.toggle("needs_attention", lost);
  const words = state.querySelector("span");
  words.dataset.on ??= words.textContent;
  words.textContent = lost ? state.dataset.lost : words.dataset.on;
}

async function keepFresh() {
  if (running && !document.hidden) await refresh().then(() => show(false), () => show(true));
  setTimeout(keepFresh, EVERY_MS);
}

if (state && pause) {
  pause.hidden = false;
  pause.addEventListener("click", () => {
    running = !running;
    [pause.textContent, pause.dataset.other] = [pause.dataset.other, pause.textContent];
  });
  setTimeout(keepFresh, EVERY_MS);
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.querySelector("span").textContent = button.dataset.done;
    });
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    document.getElementById("search").focus();
  }
});
