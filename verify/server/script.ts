/**
 * What the page runs: it takes the events, and replaces the blocks that changed. A block in which text is selected waits
 * until that is over; focus and the place scrolled to are kept. Without it, a reload shows the same.
 */
export const SCRIPT = `"use strict";
const waiting = new Map();

function isSelectedIn(block) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(block, true);
}

function replace(block, next) {
  const focused = block.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = [...block.querySelectorAll(".scroll")].map((area) => [area.id, area.scrollLeft]);
  block.replaceWith(next);
  for (const [id, left] of scrolled) {
    const area = document.getElementById(id);
    if (area) area.scrollLeft = left;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function show() {
  for (const [id, next] of waiting) {
    const block = document.getElementById(id);
    if (block && isSelectedIn(block)) continue;
    waiting.delete(id);
    if (block && !block.isEqualNode(next)) replace(block, next);
  }
}

const events = new EventSource("?show=events");
const connection = document.getElementById("connection");
events.onopen = () => { connection.textContent = "Live"; };
events.onerror = () => {
  connection.textContent = events.readyState === EventSource.CLOSED
    ? "Not live: reload for the current numbers."
    : "Connection lost: trying again.";
};
for (const part of document.querySelectorAll("[data-live]")) {
  const status = part.parentElement.querySelector("[role=status]");
  events.addEventListener(part.dataset.live, ({ data }) => {
    const template = document.createElement("template");
    template.innerHTML = data;
    for (const block of template.content.children) waiting.set(block.id, block);
    show();
  });
  events.addEventListener(part.dataset.live + "-status", ({ data }) => { status.textContent = data; });
}
document.addEventListener("selectionchange", show);
`;
