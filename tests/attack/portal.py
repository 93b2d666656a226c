"""What people's pages may be made to do: forms of garbage and from elsewhere, addresses that lead
away, another host's name, a session that is somebody else's, scripts in what is shown; and the
headers and cookies that every answer bears.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import Morsel, SimpleCookie
from random import Random
from urllib.parse import urlsplit

import httpx

from tests.attack.routes import LOG_IN, Route, of_the_portal
from tests.attack.setting import OURS, PRESCRIBER, SERVICE_DESK, Attack

_LEAST_SECONDS = 10.0  # however long it takes to make ready
_ELSEWHERE = "elak.example"
_SCRIPT = "<script>elak(1)</script>"
_AWAY = (
    f"https://{_ELSEWHERE}/",
    f"//{_ELSEWHERE}/",
    f"///{_ELSEWHERE}/",
    f"/\\{_ELSEWHERE}/",
    f"\\\\{_ELSEWHERE}/",
    f"/\t/{_ELSEWHERE}/",
    f"/%2f{_ELSEWHERE}/",
    f"https:{_ELSEWHERE}",
    f"javascript://{_ELSEWHERE}/%0aelak(1)",
    f"/..//{_ELSEWHERE}/",
    f"/@{_ELSEWHERE}",
    f"\r\n//{_ELSEWHERE}/",
)
_GARBAGE = (
    "",
    " ",
    "\0",
    "\u202e",
    "\ud7ff\uffff",
    _SCRIPT,
    '"><img src=x onerror=elak(1)>',
    "{{ 7 * 7 }}",
    "';--",
    "../../etc/passwd",
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "a" * 20_000,
    "00000000-0000-0000-0000-000000000000",
    "x\r\nSet-Cookie: kvitt=elak",
)
_WANTED = {
    "content-security-policy": "default-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_FOREIGN: tuple[Mapping[str, str], ...] = (
    {"Origin": f"https://{_ELSEWHERE}"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {},
)


@dataclass(slots=True)
class _Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """The forms of a page that change something, with the fields that they have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._open: _Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and told.get("method", "").lower() == "post":
            self._open = _Form(told.get("action", ""))
            self.found.append(self._open)
        elif self._open is not None and "name" in told:
            self._open.fields[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def attack(on: Attack) -> None:
    """What is short first; then pages and their forms, in an order of chance, until it is late."""
    _sessions(on)
    _leading_away(on)
    _another_host(on)
    routes = sorted(of_the_portal(on.world), key=str)
    with _visiting(on, SERVICE_DESK) as desk, _visiting(on, PRESCRIBER) as prescriber:
        on.take(_LEAST_SECONDS)
        _forms_from_elsewhere(on, desk, routes)
        pages = [one for one in routes if one.method == "GET" and "{" not in one.path]
        on.chance.shuffle(pages)
        tried = 0
        while on.has_time and tried < len(pages):
            for client in (desk, prescriber):
                _page(on, client, pages[tried])
            tried += 1
        on.figures["pages"] = f"{tried} of {len(pages)}"


@contextmanager
def _visiting(on: Attack, user: str, **cookies: str) -> Iterator[httpx.Client]:
    """Somebody who has logged in."""
    ours = {"Origin": on.world.portal_url, "Sec-Fetch-Site": "same-origin"}
    base = on.world.portal_url
    with httpx.Client(base_url=base, headers=ours, cookies=cookies, timeout=30.0) as client:
        answer = client.post("/logga-in", data={"user": user, "region": OURS})
        if answer.status_code != 303 or "kvitt" not in client.cookies:
            on.find(f"{user} is not let in", status=answer.status_code)
        yield client


# -- sessions -------------------------------------------------------------------------------------


def _sessions(on: Attack) -> None:
    """Nobody's session is chosen by somebody else, outlives its log-out or is read by a script."""
    ours = {"Origin": on.world.portal_url, "Sec-Fetch-Site": "same-origin"}
    given = _log_in(on, {**ours, "Cookie": "kvitt=fixed-by-another"})
    on.count("sessions")
    if given is None or given.value == "fixed-by-another" or len(given.value) < 32:
        on.find("a session has the secret that somebody else chose")
        return
    if not given["httponly"] or given["samesite"].lower() not in ("lax", "strict"):
        on.find("the session's cookie is read by scripts or sent from elsewhere")
    if given["domain"] or given["path"] != "/":
        on.find("the session's cookie is given to other hosts or places")
    first = given.value
    if not _is_somebody(on, first):
        on.find("who has logged in is nobody: no session can be judged")
    given = _log_in(on, {**ours, "Cookie": f"kvitt={first}"})
    again = given.value if given else ""
    if again in ("", first) or _is_somebody(on, first):
        on.find("who logs in again keeps the earlier session")
    if _is_somebody(on, "fixed-by-another"):
        on.find("a session that somebody else chose is somebody")
    left = {**ours, "Cookie": f"kvitt={again}"}
    httpx.post(f"{on.world.portal_url}/logga-ut", headers=left, timeout=30.0)
    if _is_somebody(on, again):
        on.find("a session outlives its log-out")


def _log_in(on: Attack, headers: Mapping[str, str]) -> Morsel[str] | None:
    """The cookie of the session that begins."""
    url = f"{on.world.portal_url}/logga-in"
    form = {"user": PRESCRIBER, "region": OURS}
    answer = httpx.post(url, data=form, headers=dict(headers), timeout=30.0)
    return SimpleCookie(answer.headers.get("set-cookie", "")).get("kvitt")


def _is_somebody(on: Attack, secret: str) -> bool:
    on.count("sessions")
    headers = {"Cookie": f"kvitt={secret}"}
    url = f"{on.world.portal_url}/mina-uppgifter"
    return httpx.get(url, headers=headers, timeout=30.0).status_code == 200


# -- where it leads -------------------------------------------------------------------------------


def _leading_away(on: Attack) -> None:
    """No log-in leads to another place, whatever its address says of the way on."""
    ours = {"Origin": on.world.portal_url, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=on.world.portal_url, headers=ours, timeout=30.0) as client:
        for till in _AWAY:
            page = client.get("/logga-in", params={"till": till})
            form = {"user": PRESCRIBER, "region": OURS, "till": till}
            answer = client.post("/logga-in", data=form)
            for one in (page, answer):
                on.count("ways that lead away")
                _judge(on, one, f"log-in to {till!r}")
            if _ELSEWHERE in page.text and f'href="{till}"' in page.text:
                on.find("the log-in shows a link that leads away", till=till)


def _another_host(on: Attack) -> None:
    """Another host's name is in nothing that is answered."""
    for path in ("/", "/logga-in", "/logga-in/", "/bestallningar", "/finns-ej", "/static/"):
        for name in (
            "Host",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "Forwarded",
            "X-Original-URL",
        ):
            value = f"host={_ELSEWHERE}" if name == "Forwarded" else _ELSEWHERE
            headers = {"Host": urlsplit(on.world.portal_url).netloc, name: value}
            answer = httpx.get(on.world.portal_url + path, headers=headers, timeout=30.0)
            on.count("other hosts")
            _judge(on, answer, f"{path} by {name}")
            if _ELSEWHERE in f"{answer.headers} {answer.text}":
                on.find("another host's name is answered", path=path, by=name)


def _forms_from_elsewhere(on: Attack, client: httpx.Client, routes: list[Route]) -> None:
    """A form of another site does nothing, though the browser sends the session with it."""
    cookie = {"Cookie": f"kvitt={client.cookies.get('kvitt')}"}
    forms = [one for one in routes if one.method == "POST"]
    on.chance.shuffle(forms)
    quarter = on.left / 4
    with httpx.Client(base_url=on.world.portal_url, headers=cookie, timeout=30.0) as foreign:
        for one in forms:
            if on.left < 3 * quarter:
                break
            said = on.chance.choice(_FOREIGN)
            on.note(f"{one} {said}")
            answer = foreign.post(urlsplit(one.url).path, data={"x": "y"}, headers=dict(said))
            on.count("forms from elsewhere")
            if answer.status_code != 403:
                on.find(f"{one} takes a form from elsewhere", status=answer.status_code, by=said)


# -- pages and forms ------------------------------------------------------------------------------


def _page(on: Attack, client: httpx.Client, one: Route) -> None:
    """A page as it is, with a script in its address, and each of its forms with garbage."""
    chance = Random(f"{on.seed}/{one}")
    path = urlsplit(one.url).path
    page = client.get(path)
    on.count("pages")
    _judge(on, page, str(one))
    shown = client.get(path, params=dict.fromkeys(("q", "sok", "number", "from"), _SCRIPT))
    _judge(on, shown, f"{one} with a script")
    if one.path in LOG_IN or "text/html" not in page.headers.get("content-type", ""):
        return
    forms = _Forms()
    forms.feed(page.text)
    for form in forms.found[:_FORMS]:
        action = form.action or path
        if urlsplit(action).path in ("/logga-ut", *LOG_IN) or urlsplit(action).netloc:
            continue
        names = [*form.fields, "x", "_key"]
        sent = {
            name: chance.choice(_GARBAGE) if chance.random() < 0.7 else form.fields.get(name, "")
            for name in names
        }
        on.note(f"{one} {action.partition('?')[0]} {sorted(sent)}")
        answer = client.post(action, data=sent)
        on.count("forms of garbage")
        on.count(f"forms {answer.status_code}")
        _judge(on, answer, f"the form {_shape(action)}")


_FORMS = 4
"""So many of a page's forms are sent: the lines of a list have the same one each."""


def _shape(action: str) -> str:
    """An address without what it names, so that what is found is found once."""
    parts = urlsplit(action).path.split("/")
    return "/".join("…" if any(map(str.isdigit, part)) else part for part in parts)


def _judge(on: Attack, answer: httpx.Response, what: str) -> None:
    """No error of ours, no way that leads away, nothing of anybody's script, and its headers."""
    if answer.status_code >= 500 and answer.status_code != 503:
        on.find(f"{what} is answered {answer.status_code}")
    if _leads_away(answer.headers.get("location", "")):
        on.find(f"{what} leads away", to=answer.headers["location"][:80])
    if "elak" in answer.headers.get("set-cookie", ""):
        on.find(f"{what} writes a cookie")
    is_page = "text/html" in answer.headers.get("content-type", "")
    if is_page and (_SCRIPT in answer.text or "<img src=x onerror" in answer.text):
        on.find(f"{what} shows a script as it came")
    if "Traceback" in answer.text or 'File "/' in answer.text:
        on.find(f"{what} tells of its code")
    for name, value in _WANTED.items():
        if value not in answer.headers.get(name, ""):
            on.find(f"{what} is answered without {name}", had=answer.headers.get(name))
    if "server" in answer.headers:
        on.find(f"{what} says which server answers", server=answer.headers["server"])


def _leads_away(location: str) -> bool:
    """True where a browser would leave the portal."""
    seen = location.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "")
    return bool(seen) and (seen.startswith("//") or not seen.startswith("/"))
