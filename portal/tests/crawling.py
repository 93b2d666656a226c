"""Every page that somebody reaches by links from where they begin, one of each shape, and the forms
that stand there.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx
from kvitt_portal.forms import KEY

_PART_OF_ONE = re.compile(r"[0-9]|^[A-Z]-|%")
_TEXTS = {"text", "search", "tel", "email", "number", "date", "textarea"}
_NEVER = ("/logga-ut", "/static/")


@dataclass
class WebForm:
    """A form of a page: `fields` with what stands in them, `texts` those that people write in."""

    page: str
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How it is told apart: what it does, and its fields."""
        fields = dict.fromkeys(name for name, _ in self.fields)
        return f"{self.method} {shape(self.action)} ({', '.join(fields)})"

    def filled(self, texts: Mapping[str, str]) -> list[tuple[str, str]]:
        """Its fields as they are, but for these. Its key is new: what a service has answered under
        a key it does not judge again.
        """
        changed = {**texts, KEY: str(uuid4())}
        return [(one, changed.get(one, value)) for one, value in self.fields]


@dataclass(slots=True)
class WebPage:
    """One page as it was answered."""

    path: str
    status: int
    text: str
    links: list[str]
    forms: list[WebForm]
    assets: list[str]
    """Style and scripts."""
    parts: frozenset[str]
    """The kinds of its parts: their tags, classes, types and roles."""
    is_html: bool
    """False for a document that is printed."""


def shape(address: str) -> str:
    """An address without what names one thing: `/individ/*`."""
    parts = urlsplit(address).path.split("/")
    return "/".join("*" if _PART_OF_ONE.search(part) else part for part in parts)


async def crawl(client: httpx.AsyncClient, begin: Sequence[str]) -> dict[str, WebPage]:
    """The pages by their shapes, the nearest first."""
    found: dict[str, WebPage] = {}
    waiting = deque(begin)
    while waiting:
        path = waiting.popleft()
        if shape(path) in found:
            continue
        answer = await client.get(path, follow_redirects=True)
        page = read_page(path, answer)
        found[shape(path)] = page
        waiting.extend(page.links)
    return found


def read_page(path: str, answer: httpx.Response) -> WebPage:
    """What an answer shows."""
    reading = _Reading(path)
    is_html = "html" in answer.headers.get("content-type", "")
    if is_html:
        reading.feed(answer.text)
    return WebPage(
        path,
        answer.status_code,
        answer.text,
        reading.links,
        reading.forms,
        reading.assets,
        frozenset(reading.parts),
        is_html,
    )


def forms_of(pages: Iterable[WebPage]) -> Iterator[WebForm]:
    """Each form once, whichever pages it stands on."""
    seen: set[str] = set()
    for page in pages:
        for one in page.forms:
            if one.name not in seen and not one.action.startswith(_NEVER):
                seen.add(one.name)
                yield one


class _Reading(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self.links: list[str] = []
        self.forms: list[WebForm] = []
        self.assets: list[str] = []
        self.parts: set[str] = set()
        self._form: WebForm | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        kind = (tag, *(said.get(one, "") for one in ("class", "type", "role")), *sorted(said))
        self.parts.add(" ".join(kind))
        match tag:
            case "a" if self._is_ours(said.get("href", "")):
                self.links.append(urljoin(self._path, said["href"]).split("#")[0])
            case "link" | "script":
                address = said.get("href") or said.get("src") or ""
                self.assets += [address] if address.startswith("/static/") else []
            case "form":
                action = urljoin(self._path, said.get("action") or self._path)
                self._form = WebForm(self._path, action, said.get("method", "get").lower())
                self.forms.append(self._form)
            case "select":
                self._select = said.get("name", "")
            case "option" if self._select and "selected" in said:
                self._hold(self._select, said.get("value", ""))
            case "input" | "textarea" if said.get("name"):
                self._read_field(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""

    def _read_field(self, tag: str, said: dict[str, str]) -> None:
        kind = "textarea" if tag == "textarea" else said.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in said:
            return
        self._hold(said["name"], said.get("value", ""))
        if kind in _TEXTS and self._form is not None:
            self._form.texts.append(said["name"])

    def _hold(self, name: str, value: str) -> None:
        if self._form is not None:
            self._form.fields.append((name, value))

    @staticmethod
    def _is_ours(href: str) -> bool:
        return href.startswith("/") and not href.startswith(("//", *_NEVER))
