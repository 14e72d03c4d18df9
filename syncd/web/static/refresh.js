// Every five seconds the page is requested again, and its content replaces the old.
"use strict";

const INTERVAL_MS = 5000;
const TIMEOUT_MS = 15000;

async function refresh() {
  const response = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status === 401) {
    location.reload();
    return;
  }
  const received = new DOMParser().parseFromString(await response.text(), "text/html");
  const page = received.getElementById("page");
  if (!response.ok || !page) throw new Error(`status ${response.status}`);
  document.title = received.title;
  document.getElementById("page").replaceWith(page);
}

function isBeingRead() {
  // A refresh would lose what the reader has selected.
  return document.hidden || !document.getSelection().isCollapsed;
}

async function refreshRepeatedly() {
  const lost = document.getElementById("lost");
  try {
    if (!isBeingRead()) await refresh();
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  setTimeout(refreshRepeatedly, INTERVAL_MS);
}

setTimeout(refreshRepeatedly, INTERVAL_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh().catch(() => {});
});
