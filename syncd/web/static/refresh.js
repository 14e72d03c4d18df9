// Every five seconds the page is asked for again, and its content put in place of the old.
"use strict";

const EVERY_MS = 5000;
const PATIENCE_MS = 15000;

async function refresh() {
  const reply = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (reply.status === 401) {
    location.reload();
    return;
  }
  const found = new DOMParser().parseFromString(await reply.text(), "text/html");
  const page = found.getElementById("page");
  if (!reply.ok || !page) throw new Error(`answer ${reply.status}`);
  document.title = found.title;
  document.getElementById("page").replaceWith(page);
}

function reading() {
  // What a person has selected would be lost.
  return document.hidden || !document.getSelection().isCollapsed;
}

async function turn() {
  const lost = document.getElementById("lost");
  try {
    if (!reading()) await refresh();
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  setTimeout(turn, EVERY_MS);
}

setTimeout(turn, EVERY_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh().catch(() => {});
});
