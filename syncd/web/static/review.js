// One key for each decision: on the link that is marked as current.
"use strict";

const cards = [...document.querySelectorAll(".review")];
let current = Math.max(0, cards.findIndex((card) => `#${card.id}` === location.hash));

function mark(index, { move = true } = {}) {
  if (!cards.length) return;
  current = Math.min(Math.max(index, 0), cards.length - 1);
  cards.forEach((card, number) => card.toggleAttribute("data-current", number === current));
  if (move) {
    cards[current].focus({ preventScroll: true });
    cards[current].scrollIntoView({ block: "nearest" });
  }
}

function press(selector, within = cards[current]) {
  const found = within && within.querySelector(selector);
  if (found) found.click();
}

const KEYS = {
  a: () => press('button[value="accept"]'),
  r: () => press('button[value="reject"]'),
  n: () => mark(current + 1),
  p: () => mark(current - 1),
  u: () => press("#undo", document),
  "/": () => {
    const field = cards[current] && cards[current].querySelector('input[type="search"]');
    if (field) field.focus();
  },
  "?": () => {
    const keys = document.getElementById("keys");
    if (keys) keys.open = !keys.open;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input, select, textarea")) {
    if (event.key === "Escape") mark(current);
    return;
  }
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".review");
  if (card) mark(cards.indexOf(card), { move: false });
});

// A browser keeps the fragment through a redirect: the next link is the current one afterwards.
document.addEventListener("submit", (event) => {
  const at = cards.indexOf(event.target.closest(".review"));
  const next = cards[at + 1] || cards[at - 1];
  if (at < 0 || event.target.method !== "post" || !next) return;
  event.target.action = `${event.target.action.split("#")[0]}#${next.id}`;
});

mark(current, { move: Boolean(location.hash) || Boolean(document.getElementById("said")) });
