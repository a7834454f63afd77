/** The script of a page: it fetches the part that changes once a second. Without it, a reload shows the same. */
export const SCRIPT = `"use strict";
const now = document.getElementById("now");
setInterval(async () => {
  if (document.hidden) return;
  try {
    const response = await fetch("/now", { cache: "no-store" });
    now.innerHTML = await response.text();
  } catch {
    now.textContent = "The demo has ended.";
  }
}, 1_000);
`;
