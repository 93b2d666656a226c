"""A person at the portal in Chromium: what they do is counted as docs/portal-tasks.md counts."""

import os
import re
import shutil
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from kvitt_chassis.operating.masking import holds_personal_number
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Error,
    FilePayload,
    Locator,
    Page,
    Request,
    expect,
)

from portal.tests import counting, gallery
from portal.tests.counting import Counted

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-sandbox",
)
"""Chromium for tests: it talks to nobody but the portal. A container has no sandbox of its own."""

HOW_TO_GET_CHROMIUM = (
    "no Chromium: apt-get install chromium-headless-shell, or name its program in KVITT_CHROMIUM"
)

# decision 0430: the headless shell shows the same pages for a third of the processor
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")

WIDE = 1280
_HEIGHT = 900
_WAIT_MS = 30_000.0
_MOST_TABS = 120
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_JUDGED: set[tuple[str, str]] = set()
_PARTS = """() => [...new Set([...document.querySelectorAll("body *")].map((one) => [
  one.parentElement.tagName, one.tagName, one.getAttribute("class"), one.getAttribute("type"),
  one.getAttribute("role"), one.checkVisibility(), one.textContent.trim() !== "",
  ...one.getAttributeNames().filter((name) => /^(aria-|alt|for|title|hidden|disabled)/.test(name)),
].join(" ")))].sort().join("\\n")"""
"""The kinds of parts that a page is made of: of what axe judges all but the words and the ids."""
_REST = """() => document.readyState === "complete"
  && !document.querySelector(".htmx-request, [aria-busy=true]")"""


def chromium() -> str | None:
    """The program of Chromium, its headless shell before the whole browser; None where there is
    none.
    """
    named = os.environ.get("KVITT_CHROMIUM")
    if named:
        return named
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


class MakeActor(Protocol):
    """The fixture `actor`."""

    async def __call__(
        self,
        user: str,
        at: str = "/",
        *,
        region: str = "ac",
        script: bool = True,
        width: int = WIDE,
        operates: str = "",
    ) -> "Actor":
        """Somebody who is logged in and looks at a page. `script=False`: without JavaScript;
        `operates`: who operates one region (ops), or all (platform).
        """


@dataclass
class Actor:
    """One person in one browser of their own. Labels are what people read; `within` is a text of
    the row, list item or box where the thing stands.
    """

    page: Page
    visitor: "Visitor"
    portal: str
    actions: int = 0
    pages: int = 0
    faults: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """What was done, for who reads a red test."""

    # -- what people do, each counted ------------------------------------------------------------

    async def click(self, name: str, *, within: str = "") -> None:
        """Press a button, a link or a heading that opens."""
        await self._do(1, f"click {name}", self._pressed(name, within).click())

    async def fill(self, label: str, text: str, *, within: str = "") -> None:
        """Write in a field, in place of what stands there."""
        await self._do(1, f"fill {label}", self._field(label, within).fill(text))

    async def attach(self, label: str, file: Path | FilePayload) -> None:
        """Open the list of files and pick one: two actions."""
        await self._do(2, f"attach {label}", self._field(label, "").set_input_files(file))

    async def drop(self, *files: Path) -> None:
        """Let go of files on the page: one action."""
        made = [{"name": one.name, "bytes": list(one.read_bytes())} for one in files]
        held = await self.page.evaluate_handle(_HELD, made)
        dropped = self.page.locator("main").dispatch_event("drop", {"dataTransfer": held})
        await self._do(1, "drop a file", dropped)

    async def choose(self, label: str, option: str, *, within: str = "") -> None:
        """Open a list and pick of it: two actions."""
        picked = self._field(label, within).select_option(label=option)
        await self._do(2, f"choose {label}", picked)

    async def tick(self, label: str, *, within: str = "") -> None:
        """Tick a box or a choice, or take the tick away."""
        scope = self._scope(within)
        box = scope.get_by_role("checkbox", name=_begins(label)).or_(
            scope.get_by_role("radio", name=_begins(label))
        )
        await box.first.wait_for(state="attached")
        words = scope.locator("label").filter(has_text=_begins(label), visible=True)
        # the box itself may be one pixel wide: it is drawn beside its words
        seen = words.first if await words.count() else box.first
        await self._do(1, f"tick {label}", seen.click())

    async def press(self, key: str) -> None:
        """Press a key that does something: Enter, Space, Escape, or a shortcut. To move with Tab is
        no action: `reach`.
        """
        await self._do(1, f"press {key}", self._strike(key))

    async def write(self, text: str) -> None:
        """Write with the keyboard where one stands."""
        await self._do(1, "write", self.page.keyboard.type(text))

    # -- what is not counted ---------------------------------------------------------------------

    async def reach(self, name: str) -> None:
        """Move by Tab alone until what people call `name` has the focus, and is seen to have it."""
        for _ in range(_MOST_TABS):
            await self.page.keyboard.press("Tab")
            if _same(await self.page.evaluate(_FOCUSED_NAME), name):
                outlined = await self.page.evaluate(_FOCUS_IS_SEEN)
                assert outlined, f"{name} has the focus, and nobody sees it"
                return
        raise AssertionError(f"{_MOST_TABS} tabs do not lead to {name}")

    async def goes(self, path: str) -> int:
        """Open an address of the portal, as by a bookmark. Answers the status."""
        answer = await self.page.goto(path)
        assert answer is not None
        return answer.status

    async def back(self) -> None:
        """The browser's own way back."""
        await self.page.go_back()

    async def reload(self) -> None:
        """The same page again."""
        await self.page.reload()

    async def double_click(self, name: str, *, within: str = "") -> None:
        """Press twice, as people do who wait."""
        await self._pressed(name, within).dblclick(no_wait_after=True)
        await self.rests()

    async def other_tab(self) -> "Actor":
        """The same person in another tab of the same browser, at the same page."""
        page = await self.page.context.new_page()
        other = Actor(page, self.visitor, self.portal, faults=self.faults)
        other.watch()
        await page.goto(self.page.url)
        return other

    # -- what they see ---------------------------------------------------------------------------

    async def sees(self, text: str, *, within: str = "") -> None:
        """Fails unless the text comes to stand on the page."""
        found = self._scope(within).get_by_text(text).filter(visible=True).first
        await expect(found).to_be_visible(timeout=_WAIT_MS)

    async def sees_no(self, text: str, *, within: str = "") -> None:
        """Fails while the text stands on the page."""
        found = self._scope(within).get_by_text(text).filter(visible=True)
        await expect(found).to_have_count(0, timeout=_WAIT_MS)

    async def has(self, label: str, value: str, *, within: str = "") -> None:
        """Fails unless the field has this value."""
        await expect(self._field(label, within)).to_have_value(value, timeout=_WAIT_MS)

    async def is_at(self, path: str) -> None:
        """Fails unless the address comes to have this path; `*` stands for an id."""
        pattern = re.escape(path).replace(r"\*", "[0-9a-f-]{36}")
        found = re.compile(rf"^[^/]+//[^/]+{pattern}([?#].*)?$")
        await expect(self.page).to_have_url(found, timeout=_WAIT_MS)

    @property
    def path(self) -> str:
        """The address without host and query."""
        return urlsplit(self.page.url).path

    def text_of(self, selector: str) -> Awaitable[Sequence[str]]:
        """The texts of all that a CSS selector finds, in order."""
        return self.page.locator(selector).all_inner_texts()

    # -- what is judged of each state ------------------------------------------------------------

    async def accessible(self) -> None:
        """Fails when axe finds anything (WCAG 2.2 AA and its good practices), or the page does not
        fit on the gallery's widths. Without script axe cannot run: its width alone is judged.
        """
        await self.rests()
        if self.visitor.has_script:
            await self._axe()
        await self._fits()

    async def picture(self, name: str) -> None:
        """The page for the gallery, at three widths, where one is made (`make gallery`)."""
        await self.rests()
        if gallery.is_made():
            await gallery.take(self.page, name, height=_HEIGHT)

    def counts(self, task: str, *others: "Actor") -> None:
        """What was done did this task: compared with docs/portal-tasks.md, or written there. It
        began at the start page. `others` did their part of it: what all did is counted together.
        """
        all_of_them = (self, *others)
        begun = {one.visitor.at for one in all_of_them}
        assert begun == {"/"}, "a task begins at the start page, where one has logged in"
        told = "; ".join(", ".join(one.done) for one in all_of_them)
        counted = Counted(
            pages=sum(one.pages for one in all_of_them),
            actions=sum(one.actions for one in all_of_them),
        )
        counting.compare(task, counted, told)

    async def rests(self) -> None:
        """Wait until the page is whole and asks for nothing."""
        await self.page.wait_for_load_state()
        if self.visitor.has_script:
            await self.page.wait_for_function(_REST, timeout=_WAIT_MS)

    # -- inside ----------------------------------------------------------------------------------

    def watch(self) -> None:
        """Collect what the browser finds wrong, and count pages."""
        self.page.set_default_timeout(_WAIT_MS)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._asked)

    async def _do(self, counted: int, said: str, doing: Awaitable[Any]) -> None:
        before = urlsplit(self.page.url).path
        await doing
        self.actions += counted
        self.done.append(said)
        await self.rests()
        opened = await self._dialog_opened()
        if opened or urlsplit(self.page.url).path != before:
            self.pages += 1

    async def _strike(self, key: str) -> None:
        """A key; where Enter leaves the page, the next one is there afterwards."""
        if key == "Enter" and await self.page.evaluate(_ENTER_LEAVES, self.visitor.has_script):
            async with self.page.expect_navigation():
                await self.page.keyboard.press(key)
        else:
            await self.page.keyboard.press(key)

    async def _dialog_opened(self) -> bool:
        """True once for each dialog that has opened."""
        try:
            return bool(await self.page.evaluate(_NEW_DIALOG))
        except Error:  # a key that was pressed leads on from the page only now
            await self.rests()
            return bool(await self.page.evaluate(_NEW_DIALOG))

    def _asked(self, request: Request) -> None:
        if holds_personal_number(unquote(request.url)):
            self.faults.append(f"a personal number in an address, from {self.path}")
        if not request.url.startswith((f"{self.portal}/", "data:")):
            self.faults.append(f"{self.path} asks elsewhere: {request.url}")

    def _note(self, message: ConsoleMessage) -> None:
        is_status = message.text.startswith("Failed to load resource: the server responded")
        if message.type == "error" and not is_status:
            self.faults.append(f"{self.path}: {message.text}")

    async def _axe(self) -> None:
        """What is made of the same parts on the same page is judged once in a run."""
        judged = (re.sub(_AN_ID, "*", self.path), str(await self.page.evaluate(_PARTS)))
        if judged in _JUDGED:
            return
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(_AXE)
        options = {"runOnly": {"type": "tag", "values": _WCAG}, "resultTypes": ["violations"]}
        found = await self.page.evaluate("options => axe.run(document, options)", options)
        wrong = [
            f"{one['id']}: {one['help']}: {node['html'][:200]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
        assert not wrong, f"{self.path}: " + "\n".join(wrong)
        _JUDGED.add(judged)

    async def _fits(self) -> None:
        size = self.page.viewport_size or {"width": WIDE, "height": _HEIGHT}
        for width in gallery.WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": _HEIGHT})
            wide = await self.page.evaluate("() => document.scrollingElement.scrollWidth")
            broad = await self.page.evaluate(_BROAD) if wide > width else []
            assert wide <= width, f"{self.path} is {wide} px wide on {width}: {broad}"
        await self.page.set_viewport_size(size)

    def _scope(self, within: str) -> Page | Locator:
        if not within:
            return self.page
        boxes = self.page.locator("tr, li, article, fieldset, section, dl, form, [data-row]")
        return boxes.filter(has_text=within, visible=True).last

    def _pressed(self, name: str, within: str) -> Locator:
        scope = self._scope(within)
        exact: Locator | None = None
        for role in ("button", "link", "tab", "menuitem"):
            one = scope.get_by_role(role, name=name, exact=True)
            exact = one if exact is None else exact.or_(one)
        assert exact is not None
        summary = scope.locator("summary").filter(has_text=_begins(name))
        return exact.or_(summary).filter(visible=True).first

    def _field(self, label: str, within: str) -> Locator:
        return self._scope(within).get_by_label(_begins(label)).filter(visible=True).first


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who comes, from where they look, and with what."""

    user: str
    region: str
    at: str
    has_script: bool
    width: int
    operates: str = ""


async def logged_in(browser: Browser, portal: str, visitor: Visitor) -> Actor:
    """A person in a browser of their own, logged in by the local profile's page."""
    context = await browser.new_context(
        base_url=portal,
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        java_script_enabled=visitor.has_script,
        viewport={"width": visitor.width, "height": _HEIGHT},
    )
    answer = await context.request.post(
        "/logga-in",
        form={
            "user": visitor.user,
            "region": visitor.region,
            "till": "/",
            "operates": visitor.operates,
        },
        headers={"Origin": portal, "Sec-Fetch-Site": "same-origin"},
        max_redirects=0,
    )
    assert answer.status == 303, f"{visitor} cannot log in: {answer.status}"
    actor = Actor(await context.new_page(), visitor, portal)
    actor.watch()
    status = await actor.goes(visitor.at)
    assert status < 400, f"{visitor} is answered {status}"
    return actor


def _begins(label: str) -> "re.Pattern[str]":
    """A label, with or without the hint that stands in it."""
    return re.compile(rf"^\s*{re.escape(label)}")


def _same(found: str, name: str) -> bool:
    return " ".join(found.split()).startswith(name)


_FOCUSED_NAME = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "";
  const label = one.labels?.length ? one.labels[0].innerText : "";
  return one.getAttribute("aria-label") || label || one.innerText || one.value || "";
}"""

_ENTER_LEAVES = """(hasScript) => {
  const one = document.activeElement;
  if (!one || (hasScript && one.closest("[hx-get], [hx-post]"))) return false;
  return one.matches("a[href], form button:not([type=button])") || one.matches("form input");
}"""

_FOCUS_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  const box = document.activeElement.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return box.width > 0 && (outlined || style.boxShadow !== "none");
}"""

_HELD = """(files) => {
  const held = new DataTransfer();
  for (const one of files) {
    const type = one.name.endsWith(".pdf") ? "application/pdf" : "text/plain";
    held.items.add(new File([new Uint8Array(one.bytes)], one.name, { type }));
  }
  return held;
}"""

_NEW_DIALOG = """() => {
  const fresh = [...document.querySelectorAll("dialog[open]:not([data-counted])")];
  fresh.forEach((one) => one.setAttribute("data-counted", ""));
  return fresh.length > 0;
}"""

_BROAD = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
  .slice(0, 5).map((one) => one.outerHTML.slice(0, 120))"""
