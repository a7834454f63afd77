/**
 * The script of the page. It applies the events node by node, so that focus, scroll position and opened details stay as
 * they are. A part with selected text waits until the selection is gone. Without the script, a reload shows the same.
 */
export const SCRIPT = `"use strict";
const STALE_MS = 5_000;
const RETRY_MS = 5_000;
const connection = document.getElementById("connection");
const asOf = document.getElementById("as-of");
const waiting = new Map();
let events;
let heardMs;

function isSelectedIn(part) {
  const selection = getSelection();
  return selection.rangeCount > 0 && !selection.isCollapsed && selection.containsNode(part, true);
}

function morph(present, next) {
  if (present.nodeType === Node.TEXT_NODE) {
    if (present.data !== next.data) present.data = next.data;
    return;
  }
  if (present.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name } of [...present.attributes]) {
    if (name !== "open" && !next.hasAttribute(name)) present.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (present.getAttribute(name) !== value) present.setAttribute(name, value);
  }
  const children = [...present.childNodes];
  const wanted = [...next.childNodes];
  for (const [at, child] of wanted.entries()) {
    const old = children[at];
    if (!old) present.append(child);
    else if (old.nodeName !== child.nodeName) old.replaceWith(child);
    else morph(old, child);
  }
  for (const child of children.slice(wanted.length)) child.remove();
}

function show() {
  for (const [id, next] of waiting) {
    const part = document.getElementById(id);
    if (part && isSelectedIn(part)) continue;
    waiting.delete(id);
    if (part) morph(part, next);
  }
}

function tell(text, isLive) {
  if (connection.textContent !== text) connection.textContent = text;
  document.body.classList.toggle("stale", !isLive);
}

function listen() {
  events?.close();
  heardMs = performance.now();
  events = new EventSource("?show=events");
  events.addEventListener("time", ({ data }) => {
    heardMs = performance.now();
    asOf.textContent = data;
    tell("Live", true);
  });
  events.onerror = () => tell("Not live: connection lost, trying again", false);
  events.addEventListener("part", ({ data }) => {
    const template = document.createElement("template");
    template.innerHTML = data;
    for (const part of template.content.children) waiting.set(part.id, part);
    show();
  });
}

document.addEventListener("selectionchange", show);
document.addEventListener("visibilitychange", () => document.hidden ? events.close() : listen());
setInterval(() => {
  if (document.hidden) return;
  const silentMs = performance.now() - heardMs;
  if (silentMs > STALE_MS) tell("Not live: nothing heard, trying again", false);
  if (events.readyState === EventSource.CLOSED ? silentMs > RETRY_MS : silentMs > STALE_MS + RETRY_MS) listen();
}, 1_000);
if (location.search.includes("done=")) history.replaceState(null, "", location.pathname);
listen();
`;
