// What makes the portal faster with script; every page works without it.
"use strict";
document.querySelectorAll("[data-print]").forEach((one) => {
  one.hidden = false;
  one.addEventListener("click", () => window.print());
});
document.querySelector("[data-focus]")?.focus();

const keys = {
  s: () => document.getElementById("sok")?.focus(),
  g: () => location.assign("/"),
  "?": () => location.assign("/hjalp"),
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll("details.who[open]").forEach((one) => one.removeAttribute("open"));
    return;
  }
  const writes = event.target.closest("input, select, textarea, [contenteditable]");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});
