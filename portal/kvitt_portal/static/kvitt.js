// What makes the portal faster with script; every page works without it.
"use strict";
document.querySelectorAll("[data-print]").forEach((one) => {
  one.hidden = false;
  one.addEventListener("click", () => window.print());
});
document.querySelectorAll("[data-copy]").forEach((one) => {
  one.hidden = false;
  one.addEventListener("click", async () => {
    const text = document.getElementById(one.dataset.copy);
    const said = document.getElementById(`${one.dataset.copy}-kopierad`);
    const copied = await navigator.clipboard?.writeText(text.textContent).then(() => true, () => false);
    if (!copied) text.closest("details").open = true;
    said.textContent = copied ? "Kopierat. Klistra in i journalen." : "Markera raderna och kopiera dem.";
  });
});
document.querySelector("[data-focus]")?.focus();

// A file is sent as soon as it is chosen, or dropped anywhere on the page.
const box = document.querySelector("[data-file]");
if (box) {
  const [input, send] = [box.querySelector("input"), box.querySelector("button")];
  box.querySelector("label [hidden]").hidden = false;
  send.hidden = true;
  input.addEventListener("change", () => input.files.length && input.form.requestSubmit(send));
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser leaves the page for the file
    const { files } = event.dataTransfer;
    if (files.length !== 1) return tell("Släpp en fil i taget.");
    input.files = files;
    input.dispatchEvent(new Event("change"));
  });
}

// What is watched is kept as it is now, until it is paused; whoever stands in it stays there.
const live = document.querySelector("[data-live]");
if (live) {
  const pause = document.querySelector("[data-live-pause]");
  const said = document.querySelector("[data-live-said]");
  let source;
  const show = (event) => {
    const held = live.contains(document.activeElement) ? document.activeElement : null;
    const at = held && (held.id ? `#${CSS.escape(held.id)}` : `[href="${CSS.escape(held.getAttribute("href") ?? "")}"]`);
    live.innerHTML = event.data;
    if (at) live.querySelector(at)?.focus();
    const now = live.querySelector("[data-said]").dataset.said;
    if (said.textContent !== now) said.textContent = now;
  };
  const listen = () => {
    source = new EventSource(live.dataset.live);
    source.addEventListener("message", show);
    source.addEventListener("ended", () => { source.close(); sayEnded(); });
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    const pauses = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(pauses));
    if (pauses) source.close(); else listen();
  });
  listen();
}

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
  if (!("keys" in document.body.dataset)) return;
  const writes = event.target.closest("input, select, textarea, [contenteditable]");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

// Who is idle is told some minutes before the session ends, and goes on by one press.
const WARNED_BEFORE = 180; // the session may end a minute earlier than this page thinks
const idle = Number(document.body.dataset.idle);
let waiting;
function beginIdle() {
  clearTimeout(waiting);
  waiting = setTimeout(warnOfEnd, (idle - WARNED_BEFORE) * 1000);
}
function say(text, next) {
  document.querySelector(".idle")?.remove();
  const box = document.createElement("div");
  box.className = "message-box message-box--warning idle";
  box.setAttribute("role", "alert");
  const said = document.createElement("p");
  said.textContent = text;
  box.append(said, next);
  document.body.append(box);
}
function warnOfEnd() {
  const stay = document.createElement("button");
  stay.type = "button";
  stay.className = "button button--primary button--small";
  stay.textContent = "Fortsätt vara inloggad";
  stay.addEventListener("click", async () => {
    const answer = await fetch("/inloggad", { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer === null) {
      say("Kvitt svarar inte. Försök igen.", stay);
    } else if (answer.headers.has("HX-Trigger")) {
      sayEnded();
    } else {
      document.querySelector(".idle").remove();
      beginIdle();
    }
  });
  say("Du loggas ut om ungefär två minuter.", stay);
}
function sayEnded() {
  if (document.querySelector(".idle a")) return; // what waits asks each second
  const link = document.createElement("a");
  link.href = "/logga-in?till=/";
  link.target = "_blank";
  link.textContent = "Logga in i en ny flik";
  say("Du är utloggad. Det du har skrivit är kvar här: logga in, och fortsätt sedan på den här sidan.", link);
}
document.body.addEventListener("kvitt:ended", sayEnded);

// A part of the page that does not come leaves what stands there: somebody may be writing in it.
const failures = {
  409: "Någon annan har loggat in i webbläsaren sedan sidan öppnades. Öppna sidan på nytt.",
  413: "Det som är skrivet är för långt.",
};
document.body.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 422 || document.querySelector(".idle")) return;
  tell(failures[status] ?? "Det gick inte just nu. Det du har skrivit är kvar: försök igen om en stund.");
});
function tell(text) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--secondary button--small";
  close.textContent = "Stäng";
  close.addEventListener("click", () => document.querySelector(".idle").remove());
  say(text, close);
}
if (idle) beginIdle();
document.body.addEventListener("htmx:after:request", () => idle && !document.querySelector(".idle") && beginIdle());
