// What makes the portal faster with script; every page works without it.
"use strict";
document.querySelectorAll("[data-print]").forEach((one) => {
  one.hidden = false;
  one.addEventListener("click", () => window.print());
});
document.querySelector("[data-focus]")?.focus();
