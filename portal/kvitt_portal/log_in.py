"""Logging in and out. The identity providers' way is OpenID Connect; in the local profile alone,
a page to choose one of the test users.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from secrets import compare_digest, token_urlsafe
from typing import Annotated
from urllib.parse import quote

import jwt
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.here import Here, Perhaps, Portal, portal_of, sent_form
from kvitt_portal.providers import FAULTS, NotVerified, OpenId, Provider
from kvitt_portal.register import fill, sign_in
from kvitt_portal.services import Part
from kvitt_portal.sessions import KEPT, Session

log = logging.getLogger(__name__)

_ANSWER = "/logga-in/svar"
_BEGUN, _FORM = "kvitt-in", "kvitt-form"
"""Cookies: of a log-in that has begun, and of a form that waits for one."""
_KEPT_SECONDS = int(KEPT.total_seconds())

_SAID = {
    "ut": "Du är utloggad.",
    "kvar": "Du var inloggad för länge utan att göra något, och loggades ut. Det du skrev är kvar:"
    " logga in, så får du skicka det.",
}
"""Why somebody stands at the log-in, by what its address says. With any of them nobody is sent on
to a provider by themselves: Chromium sends no form on to another place (form-action).
"""

EMPLOYERS = {
    "region": "För anställda i regionen",
    "municipality": "För anställda i en kommun",
    "contractor": "För anställda hos en privat utförare",
}
"""Whose users a way to log in is for (REF-16)."""

OPERATORS = (("drift1", Grantee.OPS), ("drift2", Grantee.OPS), ("plattform1", Grantee.PLATFORM))
"""Who operates in the local system: two of a region, and one of all regions."""

_NOBODY = (401, 403, 404)
"""What orders answers a user whom the register does not know, or lets do nothing."""

_ISSUER, _AUDIENCE, _KEY_ID = "kvitt-local", "kvitt", "local"


class LocalUsers:
    """The test users of the local profile: those of the services' register, each with a token that
    the platform's own key signs. It cannot be made where the key does not lie.
    """

    def __init__(self, key: Path, portal: Portal, regions: tuple[str, ...]) -> None:
        self._key = key.read_bytes()
        self._portal = portal
        self.regions = regions

    def token(self, user: str, *, region: str, roles: tuple[str, ...] = ()) -> str:
        """A token of the local issuer."""
        now = int(time.time())
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": user,
            "region": region,
            "roles": list(roles),
            "iat": now,
            "exp": now + int(timedelta(hours=10).total_seconds()),
        }
        return jwt.encode(claims, self._key, "ES256", headers={"kid": _KEY_ID})

    async def of_region(self, region: str) -> Part:
        """The region's users, as the register has them."""
        token = self.token("portal", region=region, roles=(Grantee.REGION_SYSTEM,))
        return await self._portal.services.call(
            "orders", "GET", "/users", token=token, query={"limit": 200}
        )


def local_routes(users: LocalUsers) -> APIRouter:
    """The page to choose a test user."""
    router = APIRouter()

    @router.get("/logga-in")
    async def choose(
        request: Request, region: str = "", till: str = "/", sagt: str = ""
    ) -> HTMLResponse:
        chosen = region if region in users.regions else users.regions[0]
        part = await users.of_region(chosen)
        text = portal_of(request).render(
            "log_in/local.html",
            regions=users.regions,
            region=chosen,
            part=part,
            operators=OPERATORS,
            till=_own(till),
            said=_SAID.get(sagt, ""),
        )
        return HTMLResponse(text)

    @router.post("/logga-in")
    async def log_in(
        request: Request,
        user: Annotated[str, Form()],
        region: Annotated[str, Form()],
        till: Annotated[str, Form()] = "/",
        operates: Annotated[str, Form()] = "",
    ) -> Response:
        roles = (operates,) if operates in (Grantee.OPS, Grantee.PLATFORM) else ()
        token = users.token(user, region=region, roles=roles)
        return await begin(request, Session(user_id=user, region=region, token=token), till=till)

    return router


class Providers:
    """The regions' identity providers by their issuers."""

    def __init__(self, providers: Sequence[Provider], *, address: str) -> None:
        self.address = address
        back = f"{address}{_ANSWER}"
        self._of = {one.issuer: OpenId(one, redirect_uri=back) for one in providers}

    def __iter__(self) -> Iterator[Provider]:
        return (one.provider for one in self._of.values())

    def get(self, issuer: str) -> OpenId | None:
        """The provider of an issuer; None for one that is not known."""
        return self._of.get(issuer)


def provider_routes(providers: Providers) -> APIRouter:
    """The way by OpenID Connect: to the provider, and back with its answer."""
    router = APIRouter()

    @router.get("/logga-in")
    async def choose(request: Request, till: str = "/", hos: str = "", sagt: str = "") -> Response:
        known = list(providers)
        if not hos and len(known) == 1 and sagt not in _SAID:
            hos = known[0].issuer
        if hos:
            return await _send_to(request, providers, hos, till)
        return _choice(request, providers, till=till, said=_SAID.get(sagt, ""))

    @router.get(_ANSWER)
    async def answered(
        request: Request, state: str = "", code: str = "", error: str = "", iss: str = ""
    ) -> Response:
        portal = portal_of(request)
        cookie = _begun(state)
        begun = await portal.sessions.take(request.cookies.get(portal.named(cookie), ""))
        if begun is None and await portal.sessions.find(request.cookies.get(portal.cookie, "")):
            return RedirectResponse("/", 303)  # the browser's way back, after the log-in
        if begun is None or not compare_digest(begun["state"], state) or not code:
            log.warning("a log-in was not ended: %s", "refused" if error else "not begun here")
            return _choice(request, providers, fault="Inloggningen avbröts. Försök igen.")
        try:
            session = await _proven(providers, begun, code=code, iss=iss)
        except FAULTS as fault:
            log.warning("a log-in was not verified: %s", type(fault).__name__)
            return _choice(request, providers, fault="Inloggningen gick inte att bekräfta.")
        answer = await begin(request, session, till=begun["till"])
        portal.give(answer, cookie, "", seconds=0)
        return answer

    return router


async def _proven(providers: Providers, begun: dict[str, str], *, code: str, iss: str) -> Session:
    openid = providers.get(begun["provider"])
    if openid is None or (iss and iss != begun["provider"]):
        raise NotVerified("another provider")
    return await openid.end(code=code, nonce=begun["nonce"], verifier=begun["verifier"])


async def _send_to(request: Request, providers: Providers, issuer: str, till: str) -> Response:
    portal, openid = portal_of(request), providers.get(issuer)
    if openid is None:
        return _choice(request, providers, till=till, fault="Välj var du loggar in.")
    begun = {
        "provider": issuer,
        "state": token_urlsafe(24),
        "nonce": token_urlsafe(24),
        "verifier": token_urlsafe(48),
        "till": _own(till),
    }
    try:
        address = await openid.begin(
            state=begun["state"], nonce=begun["nonce"], verifier=begun["verifier"]
        )
    except FAULTS as fault:
        log.warning("an identity provider does not answer: %s", type(fault).__name__)
        said = "Inloggningstjänsten svarar inte. Försök igen om en stund."
        return _choice(request, providers, till=till, fault=said, status=503)
    answer = RedirectResponse(address, 303)
    kept = await portal.sessions.keep(begun)
    portal.give(answer, _begun(begun["state"]), kept, seconds=_KEPT_SECONDS)
    return answer


def _begun(state: str) -> str:
    """The cookie of one log-in: a person may have begun several, each in a tab."""
    return f"{_BEGUN}-{sha256(state.encode()).hexdigest()[:12]}"


def _choice(
    request: Request,
    providers: Providers,
    *,
    till: str = "/",
    said: str = "",
    fault: str = "",
    status: int = 0,
) -> HTMLResponse:
    text = portal_of(request).render(
        "log_in/providers.html",
        providers=list(providers),
        employers=EMPLOYERS,
        till=_own(till),
        said=said,
        fault=fault,
    )
    return HTMLResponse(text, status or (400 if fault else 200))


async def begin(request: Request, session: Session, *, till: str) -> Response:
    """Begin a session, under a cookie of its own. What the user is comes from the register; nobody
    is logged in whom it does not let do anything (REF-18e).
    """
    portal = portal_of(request)
    part = await fill(portal.services, session)
    if part.status in _NOBODY:
        is_other_way = part.problem is not None and part.problem.reason == "OTHER_WAY_TO_SIGN_IN"
        said = portal.render("log_in/nobody.html", user=session.user_id, is_other_way=is_other_way)
        return HTMLResponse(said, 403)
    if part:
        await sign_in(portal.services, session)
    secret = await portal.sessions.start(session)
    if old := request.cookies.get(portal.cookie):
        await portal.sessions.end(old)
    to = "/fortsatt" if portal.named(_FORM) in request.cookies else _own(till)
    answer = RedirectResponse(to, 303)
    portal.begin(answer, secret)
    return answer


# decision 0305: a form leads to a page of ours, never to a provider
async def first(request: Request) -> Response:
    """The way to the log-in of who has no session, and back from it. What was sent is kept. A part
    of a page leads nowhere, since somebody may be writing on it: the page says what has happened.
    """
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Trigger": "kvitt:ended"})
    if request.method != "GET":
        return await _keep_form(request)
    query = request.url.query
    asked = f"{request.url.path}?{query}" if query else request.url.path
    return RedirectResponse(f"/logga-in?till={quote(asked)}", 303)


async def _keep_form(request: Request) -> Response:
    """What was sent without a session waits for its writer, who logs in first; where it cannot be
    known who that was, it is not kept.
    """
    portal = portal_of(request)
    lapsed = await portal.sessions.lapsed(request.cookies.get(portal.cookie, ""))
    if lapsed is None:
        return RedirectResponse("/logga-in?sagt=ut", 303)
    form = await sent_form(request)
    query = request.url.query
    content = {
        "user": [lapsed.region, lapsed.user_id],
        "action": f"{request.url.path}?{query}" if query else request.url.path,
        "sent": form.sent(),
    }
    answer = RedirectResponse("/logga-in?sagt=kvar", 303)
    portal.give(answer, _FORM, await portal.sessions.keep(content), seconds=_KEPT_SECONDS)
    return answer


router = APIRouter()


@router.get("/fortsatt")
async def go_on(here: Here) -> Response:
    """What was typed before the session ended, to be sent now; by who typed it alone."""
    portal = here.portal
    kept = await portal.sessions.take(here.request.cookies.get(portal.named(_FORM), ""))
    if kept is None or kept["user"] != [here.user.region, here.user.user_id]:
        answer: Response = here.go("/")
    else:
        answer = here.page("log_in/go_on.html", action=kept["action"], sent=kept["sent"])
    portal.give(answer, _FORM, "", seconds=0)
    return answer


@router.post("/logga-ut")
async def log_out(request: Request, here: Perhaps) -> Response:
    """End the session here, and then at the provider; also one whose time is out."""
    portal = portal_of(request)
    await portal.sessions.end(request.cookies.get(portal.cookie, ""))
    after = None
    if here is not None:
        here.forget()
        after = await _after(here)
    answer: Response
    if after is None:
        answer = RedirectResponse("/logga-in?sagt=ut", 303)
    else:
        answer = HTMLResponse(portal.render("log_in/out.html", after=after))
    portal.end(answer)
    return answer


async def _after(here: Here) -> str | None:
    """Where the provider ends its session; None without one."""
    providers: Providers | None = here.request.app.state.providers
    openid = providers.get(here.user.provider) if providers is not None else None
    if providers is None or openid is None:
        return None
    with suppress(*FAULTS):
        return await openid.address_after(back=f"{providers.address}/logga-in?sagt=ut")
    return None


@router.get("/inloggad")
async def still_logged_in(here: Here) -> Response:
    """Nothing, to who is logged in: the session lasts on from here."""
    return Response(status_code=204)


@router.post("/tjanstestalle")
async def choose_service_point(here: Here) -> RedirectResponse:
    """Work at another of one's service points from here on."""
    form = await here.form()
    if form["service_point"] in here.user.service_points:
        here.user.service_point = form["service_point"]
    return here.go(_own(form["till"]))


def _own(address: str) -> str:
    """An address of this portal; the start page in place of any other."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\"))
    # a browser passes over tabs and line ends, wherever they stand
    return address if is_own and address.isprintable() else "/"
