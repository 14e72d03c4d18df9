// Shows times in the reader's zone, and fetches the page again when syncd says that something has changed.
"use strict";

const ROOT = document.body.dataset.root;
const TOPICS = document.body.dataset.topics;
const REFRESH_EVERY_MS = 1000;
const POLL_EVERY_MS = 5000;
const TIMEOUT_MS = 15000;
const LOST_AFTER_MS = 4000;
const SILENT_AFTER_MS = 15000;

// --- times ---------------------------------------------------------------------------------------

const zones = {
  get local() {
    try {
      return localStorage.getItem("syncd.zone") !== "utc";
    } catch {
      return true;
    }
  },
  set local(value) {
    try {
      localStorage.setItem("syncd.zone", value ? "local" : "utc");
    } catch {
      // Without storage the choice is for this page only.
    }
  },
};
let isLocal = zones.local;

function partsOf(date, timeZone) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone, weekday: "short", day: "2-digit", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(date).map((part) => [part.type, part.value]));
}

function timeText(date, form, timeZone) {
  const p = partsOf(date, timeZone);
  const clock = `${p.hour}:${p.minute}:${p.second}`;
  if (form === "minute") return `${p.weekday} ${p.day} ${p.month} ${p.hour}:${p.minute}`;
  if (form === "full") return `${p.day} ${p.month} ${p.year} ${clock}`;
  const now = partsOf(new Date(), timeZone);
  const isToday = p.day === now.day && p.month === now.month && p.year === now.year;
  return form === "near" && isToday ? clock : `${p.day} ${p.month} ${clock}`;
}

function showTimes(within) {
  const zone = isLocal ? undefined : "UTC";
  for (const each of within.querySelectorAll("time[data-form]")) {
    const date = new Date(each.dateTime);
    each.textContent = timeText(date, each.dataset.form, zone);
    each.title = `${timeText(date, "full", "UTC")} UTC`;
  }
}

function showZone() {
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone || "local time";
  const button = document.getElementById("zones");
  document.getElementById("zone").textContent = isLocal ? local : "UTC";
  button.textContent = isLocal ? "show UTC" : "show local time";
  button.hidden = local === "UTC";
}

function changeZone() {
  isLocal = !isLocal;
  zones.local = isLocal;
  showTimes(document);
  showZone();
}

// --- news ------------------------------------------------------------------------------------------

// What the server sent last for each section: what the reader sees has other times, and may wait.
const sent = new Map();
const waiting = new Map();

function sections(of) {
  return [...of.querySelectorAll("[data-live][id]")];
}

function isInUse(section) {
  const selection = document.getSelection();
  const isSelected = selection && !selection.isCollapsed && selection.rangeCount > 0 &&
    selection.getRangeAt(0).intersectsNode(section);
  const focused = document.activeElement;
  return isSelected || (focused && focused !== document.body && section.contains(focused));
}

function replace(section, received) {
  for (const old of section.querySelectorAll("details[id][open]")) {
    const same = received.querySelector(`#${CSS.escape(old.id)}`);
    if (same) same.open = true;
  }
  const fresh = document.importNode(received, true);
  section.replaceWith(fresh);
  showTimes(fresh);
  fresh.dispatchEvent(new CustomEvent("syncd:replaced", { bubbles: true }));
}

function take(received) {
  document.title = received.title;
  const there = new Map(sections(received).map((each) => [each.id, each]));
  for (const section of sections(document)) {
    const fresh = there.get(section.id);
    if (!fresh || fresh.outerHTML === sent.get(section.id)) continue;
    sent.set(section.id, fresh.outerHTML);
    if (isInUse(section)) {
      waiting.set(section.id, fresh);
      section.dataset.behind = "";
    } else {
      waiting.delete(section.id);
      replace(section, fresh);
    }
  }
}

function catchUp() {
  for (const [id, fresh] of waiting) {
    const section = document.getElementById(id);
    if (section && isInUse(section)) continue;
    waiting.delete(id);
    if (section) replace(section, fresh);
  }
}

let fetching = false;
let again = false;

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const response = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 401) {
      location.reload();
      return;
    }
    const received = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !received.getElementById("badge")) throw new Error(`status ${response.status}`);
    take(received);
    found();
  } catch {
    lost();
  } finally {
    setTimeout(() => {
      fetching = false;
      if (again) {
        again = false;
        refresh();
      }
    }, REFRESH_EVERY_MS);
  }
}

// --- the stream ------------------------------------------------------------------------------------

let stream = null;
let aliveAt = Date.now();
let lostTimer = null;

function found() {
  aliveAt = Date.now();
  clearTimeout(lostTimer);
  lostTimer = null;
  document.getElementById("lost").hidden = true;
}

function lost() {
  document.getElementById("lost").hidden = false;
}

function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource(`${ROOT}events?topics=${encodeURIComponent(TOPICS)}`);
  stream.addEventListener("open", () => {
    found();
    refresh();
  });
  stream.addEventListener("alive", found);
  stream.addEventListener("changed", () => {
    found();
    refresh();
  });
  stream.addEventListener("error", () => {
    // A stream ends by itself now and then; a daemon that is there opens the next one at once.
    lostTimer ??= setTimeout(lost, LOST_AFTER_MS);
    if (stream && stream.readyState === EventSource.CLOSED) hangUp();
  });
}

function hangUp() {
  if (stream) stream.close();
  stream = null;
}

function watch() {
  if (document.hidden) return;
  if (stream && Date.now() - aliveAt > SILENT_AFTER_MS) {
    lost();
    hangUp();
  }
  if (!stream) {
    refresh();
    listen();
  }
}

function start() {
  for (const section of sections(document)) sent.set(section.id, section.outerHTML);
  showTimes(document);
  showZone();
  document.getElementById("zones").addEventListener("click", changeZone);
  if (!TOPICS) return;
  listen();
  setInterval(watch, POLL_EVERY_MS);
  document.addEventListener("visibilitychange", () => (document.hidden ? hangUp() : watch()));
  document.addEventListener("selectionchange", catchUp);
  document.addEventListener("focusout", () => setTimeout(catchUp, 0));
}

start();
