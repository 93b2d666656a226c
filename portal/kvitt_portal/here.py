"""One request of somebody who is logged in: what a page asks services, and how it answers.

`Here` is the parameter of every page's route.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from kvitt_chassis.auth import Forbidden
from kvitt_chassis.web.problems import Problem
from kvitt_contracts.access import asked
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kvitt_portal.acts import act_at
from kvitt_portal.forms import ANOTHERS_PAGE, Form
from kvitt_portal.menu import MENU, SOUGHT, Place
from kvitt_portal.register import fill, sign_in
from kvitt_portal.renewal import Renewals, ends_soon
from kvitt_portal.services import OF_OPERATORS, File, Part, Services
from kvitt_portal.sessions import IDLE, LONGEST, Session, Sessions

_COOKIE = "kvitt"
_KEYS = "kvitt-tangenter"

TO_DO = "att-gora"
"""In a list's address: it shows what there is to do."""

_MAX_FIELDS = 500
_A_YEAR = 365 * 86_400  # seconds
_RESOLVED_AT_ONCE = 200

_UNTOLD = {"address": None}
"""What orders leaves out of a person with protected identity: pages ask whether it is there."""


class NotLoggedIn(Exception):
    """The request has no session: the log-in comes first, and what was typed is kept for it."""


class PageProblem(Exception):
    """The page cannot be shown: what it is about does not exist, or its service is silent."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Person:
    """A person as this user may see them."""

    ref: str
    name: str
    number: str
    is_protected: bool
    is_deceased: bool
    shown: Mapping[str, Any] = field(default_factory=dict)
    """All that orders says: address, phone, door_code, instructions, home_region."""


@dataclass(frozen=True, slots=True)
class Portal:
    """What all requests share."""

    services: Services
    sessions: Sessions
    templates: Environment
    words: Mapping[str, Mapping[str, str]]
    is_secure: bool
    renewals: Renewals = field(default_factory=Renewals)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return self.named(_COOKIE)

    def named(self, cookie: str) -> str:
        """The full name of a cookie: by https no other host can set it, nor a page without."""
        return f"__Host-{cookie}" if self.is_secure else cookie

    def give(self, answer: Response, cookie: str, value: str, *, seconds: int) -> None:
        """Set a cookie that no script reads; without seconds it is taken back."""
        answer.set_cookie(
            self.named(cookie),
            value,
            max_age=seconds,
            httponly=True,
            secure=self.is_secure,
            samesite="lax",
        )

    def begin(self, answer: Response, secret: str) -> None:
        """Give the session's cookie."""
        self.give(answer, _COOKIE, secret, seconds=int(LONGEST.total_seconds()))

    def end(self, answer: Response) -> None:
        """Take the session's cookie back."""
        self.give(answer, _COOKIE, "", seconds=0)

    def word(self, word: str, region: str = "") -> str:
        """A word as the region says it."""
        return self.words.get(region, {}).get(word, word)

    def render(self, template: str, **values: Any) -> str:
        """A template's text."""
        return self.templates.get_template(template).render(**values)


# decision 0295: a page is made of what the services answer to the user's own token
class Visit:
    """One request of a user. Pages take it as `here: Here`."""

    def __init__(self, request: Request, portal: Portal, secret: str, session: Session) -> None:
        self.request = request
        self.portal = portal
        self.user = session
        self._secret = secret
        self._form: Form | None = None
        self._before = session.copy()

    @property
    def service_point(self) -> str:
        """The service point that the user works at now."""
        return self.user.service_point

    def place_called(self, code: str) -> str:
        """A service point of the user's as people know it: its code and name."""
        return f"{code} {self.user.places.get(code, '')}".strip()

    @property
    def idle_seconds(self) -> int:
        """So long the session lasts without a further request."""
        return int(IDLE.total_seconds())

    # decision 0307: keys can be turned off, and the end is told ahead
    @property
    def has_keys(self) -> bool:
        """True while the user has not turned the keys off."""
        return self.request.cookies.get(self.portal.named(_KEYS)) != "av"

    def turn_keys(self, answer: Response, *, on: bool) -> None:
        """Turn the keys on or off, in this browser."""
        self.portal.give(answer, _KEYS, "" if on else "av", seconds=0 if on else _A_YEAR)

    @property
    def menu(self) -> list[tuple[str, str]]:
        """The main menu as this user has it: address and text."""
        return [(one.address, self.word(one.text)) for one in MENU if self._has(one)]

    @property
    def sought(self) -> list[str]:
        """What the one search finds for this user; nothing: they have no search."""
        return [said for said, acts in SOUGHT.items() if any(map(self.may, acts))]

    def is_at(self, address: str) -> bool:
        """True on the page of a menu's address, and below it."""
        path = self.request.url.path
        return path == address or (address != "/" and path.startswith(f"{address}/"))

    def new_key(self) -> str:
        """A key for a form of one button."""
        made = Form()
        made.bind(self._mark)
        return made.key

    @property
    def _mark(self) -> str:
        """Whose pages these are, as their forms say it."""
        return sha256(f"{self.user.region} {self.user.user_id}".encode()).hexdigest()[:12]

    @property
    def secret(self) -> str:
        """What the session's cookie holds."""
        return self._secret

    @property
    def is_partial(self) -> bool:
        """True where htmx asks for a part of a page; on the browser's way back it asks for all."""
        asked = self.request.headers
        return asked.get("hx-request") == "true" and "hx-history-restore-request" not in asked

    # decision 0537: a page asks the table what may be done, and knows no role
    def may(self, act: str) -> bool:
        """True where the act is granted to the user, however far they reach by it."""
        return asked.may(act, self.user.roles)

    def _has(self, place: Place) -> bool:
        may = self.may_at_units if place.at_units else self.may
        return not place.acts or any(map(may, place.acts))

    def may_for_all(self, act: str) -> bool:
        """True where the user reaches all of the region by the act."""
        return asked.may_for_all(act, self.user.roles)

    def may_at_units(self, act: str) -> bool:
        """True where the user has the act at their own units: they do it there themselves."""
        return asked.may_at_units(act, self.user.roles)

    def _denied(self, service: str, path: str) -> Part | None:
        """What a service would answer to an act that the table does not grant: it is not asked."""
        act = act_at(service, "GET", path)
        if act is None or not self.user.is_known or self.may(act.name):
            return None
        return Part(403, problem=Forbidden(act).problem, is_denied=True)

    def word(self, word: str) -> str:
        """A word as the user's region says it."""
        return self.portal.word(word, self.user.region)

    async def ask(self, service: str, path: str, **query: Any) -> Part:
        """What a service says; what is None or empty in the query is left out."""
        if (denied := self._denied(service, path)) is not None:
            return denied
        return _answered(
            await self.portal.services.call(
                service, "GET", path, token=self.user.token, query=query
            )
        )

    async def ask_in_pieces(self, service: str, path: str, **query: Any) -> Part:
        """As `ask`, for a file that is too large to be kept here: its pieces, as they come."""
        return _answered(
            await self.portal.services.call(
                service, "GET", path, token=self.user.token, query=query, in_pieces=True
            )
        )

    async def operated(self, service: str, path: str, **query: Any) -> Part:
        """What a service says to who operates it, of the region that they work with."""
        return _answered(
            await self.portal.services.call(
                f"{service}{OF_OPERATORS}",
                "GET",
                f"/admin/{path}",
                token=self.user.token,
                query={"region": self.user.region, **query},
            )
        )

    async def operate(self, service: str, path: str, body: Any) -> Part:
        """Have a service do what an operator asks of it."""
        return _answered(
            await self.portal.services.call(
                f"{service}{OF_OPERATORS}",
                "POST",
                f"/admin/{path}",
                token=self.user.token,
                body=body,
            )
        )

    async def need(self, service: str, path: str, **query: Any) -> Any:
        """As `ask`, where the page is nothing without it. Raises PageProblem."""
        part = await self.ask(service, path, **query)
        if part.problem is not None:
            raise PageProblem(part.problem)
        return part.value

    async def send(
        self, service: str, method: str, path: str, body: Any = None, form: Form | None = None
    ) -> Part:
        """Have a service do something, once for each form however often it is sent. It is waited
        for, some 2 s; where it still waits then, `part.waits`.
        """
        key = f"{form.key}:{method}:{path}" if form is not None else None
        return _answered(
            await self.portal.services.call(
                service, method, path, token=self.user.token, body=body, key=_key(key)
            )
        )

    async def send_file(
        self, service: str, path: str, file: File, form: Form | None = None, **query: Any
    ) -> Part:
        """Hand a file on to a service, which says what becomes of it: as `send` with a form."""
        return _answered(
            await self.portal.services.call(
                service,
                "POST",
                path,
                token=self.user.token,
                query=query,
                file=file,
                key=_key(f"{form.key}:POST:{path}" if form is not None else None),
            )
        )

    async def today(self) -> date:
        """Today in business time, which services share."""
        said = await self.need("orders", "/today")
        return date.fromisoformat(said["today"])

    async def people(self, refs: Sequence[str | None], *, purpose: str) -> dict[str, Person]:
        """Who these are, as far as this user may know: others are absent. The look is logged with
        the purpose (REF-6).
        """
        if self.user.is_known and not self.may("orders.persons.resolve"):
            return {}
        wanted = list(dict.fromkeys(ref for ref in refs if ref))
        pages = [
            wanted[at : at + _RESOLVED_AT_ONCE] for at in range(0, len(wanted), _RESOLVED_AT_ONCE)
        ]
        parts = await asyncio.gather(
            *(
                self.portal.services.call(
                    "orders",
                    "POST",
                    "/persons:resolve",
                    token=self.user.token,
                    body={"refs": page, "purpose": purpose},
                    key=_key(None),
                )
                for page in pages
            )
        )
        found = [one for part in map(_answered, parts) if part for one in part.value["persons"]]
        return {
            one["asked"]: Person(
                ref=one["person"],
                name=one["name"],
                number=one["number"],
                is_protected=one["protected"],
                is_deceased=one["deceased"],
                shown={**_UNTOLD, **one},
            )
            for one in found
        }

    # decision 0333: a form is sent by whose page it stands on
    async def form(self) -> Form:
        """What was sent with this request. Raises PageProblem where it stood on another user's
        page: people share computers, and what is done is done in somebody's name.
        """
        if self._form is None:
            sent = await sent_form(self.request)
            if not sent.is_bound_to(self._mark):
                raise PageProblem(ANOTHERS_PAGE)
            self._form = sent
        return self._form

    def remembered(self, page: str) -> RedirectResponse | None:
        """Lists remember their filters: without any in the address, the way to those that were used
        last; else they are remembered. `?alla` shows all of it, and forgets. What there is to do
        is shown by `?att-gora`, which neither reads nor changes what is remembered.
        """
        asked = self.request.query_params
        if TO_DO in asked:
            return None
        if "alla" in asked:
            self.user.remembered.pop(page, None)
            return None
        if asked:
            kept = [(name, one) for name, one in asked.multi_items() if one and name != "cursor"]
            self.user.remembered[page] = urlencode(kept)
            return None
        last = self.user.remembered.get(page)
        return RedirectResponse(f"{self.request.url.path}?{last}", 303) if last else None

    def page(self, template: str, *, status: int = 0, **values: Any) -> HTMLResponse:
        """A page, or a part of one. 422 where its form has errors."""
        form = values.get("form")
        if isinstance(form, Form):
            form.bind(self._mark)
        if not status:
            status = 422 if isinstance(form, Form) and not form.ok else 200
        notices, self.user.notices = self.user.notices, []
        text = self.portal.render(
            template,
            here=self,
            word=self.word,
            notices=notices,
            **values,
        )
        return HTMLResponse(text, status)

    def go(
        self,
        url: str,
        said: str = "",
        *,
        undo: tuple[str, str] | None = None,
        tone: str = "success",
    ) -> RedirectResponse:
        """The way on after something is done, and what is said of it once. `undo` is the address of
        a form that takes it back, and what its button says.
        """
        if said:
            notice = {"text": said, "tone": tone}
            if undo is not None:
                notice |= {"undo": undo[0], "undo_text": undo[1]}
            self.user.notices.append(notice)
        return RedirectResponse(url, 303)

    def address(self, **changed: Any) -> str:
        """This page's address with another query; that it is what there is to do is kept."""
        asked = self.request.query_params.multi_items()
        kept = [(name, one) for name, one in asked if name not in changed]
        said = [(name, one) for name, one in (*kept, *changed.items()) if one or name == TO_DO]
        query = urlencode(said)
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def forget(self) -> None:
        """The session has ended: nothing of it is stored any more."""
        self._before = self.user.copy()

    async def end(self) -> None:
        """Store what the page has changed of the session."""
        if self.user.copy() != self._before:
            await self.portal.sessions.store(self._secret, self.user, before=self._before)


async def visit(request: Request) -> Visit:
    """The visit of this request. Raises NotLoggedIn."""
    portal = portal_of(request)
    secret = request.cookies.get(portal.cookie, "")
    session = await portal.sessions.find(secret, lasts_on=not _asks_by_itself(request))
    if session is not None and ends_soon(session):
        providers = request.app.state.providers
        known = providers.get if providers is not None else lambda _: None
        session = await portal.renewals.renewed(portal.sessions, secret, known)
    if session is None:
        raise NotLoggedIn
    before = session.copy()
    if not session.is_known and await fill(portal.services, session):
        await sign_in(portal.services, session)  # the register did not answer when they logged in
    if session.copy() != before:
        await portal.sessions.store(secret, session, before=before)
    made = Visit(request, portal, secret, session)
    request.state.visit = made  # its end is awaited before the answer begins: app.py
    return made


def _asks_by_itself(request: Request) -> bool:
    """True where a page looks whether something is done: nobody may be sitting before it."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return True
    return request.headers.get("hx-request") == "true" and "sjalv" in request.query_params


async def visit_or_none(request: Request) -> Visit | None:
    """The visit of who is logged in, for pages that are for everybody."""
    try:
        return await visit(request)
    except NotLoggedIn:
        return None


def _answered(part: Part) -> Part:
    """The part. Raises NotLoggedIn where the service does not take the user's token any more."""
    if part.status == 401:
        raise NotLoggedIn
    return part


Perhaps = Annotated[Visit | None, Depends(visit_or_none)]
"""A route's parameter: as `Here`, or None."""
Here = Annotated[Visit, Depends(visit)]
"""A route's parameter: the request of a user who is logged in."""


def portal_of(request: Request) -> Portal:
    """What all requests of this portal share."""
    portal: Portal = request.app.state.portal
    return portal


async def sent_form(request: Request) -> Form:
    """The fields that were sent, with a file where one was chosen."""
    async with request.form(max_fields=_MAX_FIELDS, max_files=1) as sent:
        fields = [(name, one) for name, one in sent.multi_items() if isinstance(one, str)]
        found = [one for _, one in sent.multi_items() if isinstance(one, UploadFile)]
        form = Form(fields)
        if found and found[0].filename:
            form.file = File(
                name=found[0].filename,
                media_type=found[0].content_type or "",
                content=await found[0].read(),
            )
        return form


def _key(named: str | None) -> str:
    return str(uuid5(NAMESPACE_URL, named)) if named else str(uuid4())
