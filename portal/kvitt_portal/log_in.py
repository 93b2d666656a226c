"""Logging in and out. The identity providers' way is OpenID Connect; in the local profile alone,
a page to choose one of the test users.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import compare_digest, token_urlsafe
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.here import Here, Portal, portal_of, sent_form
from kvitt_portal.providers import FAULTS, NotVerified, OpenId, Provider
from kvitt_portal.services import Part
from kvitt_portal.sessions import LONGEST, Session

log = logging.getLogger(__name__)

_ANSWER = "/logga-in/svar"
_BEGUN, _FORM = "kvitt-in", "kvitt-form"
"""Cookies: of a log-in that has begun, and of a form that waits for one."""
_MINUTES = 30

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
    async def choose(request: Request, region: str = "", till: str = "/") -> HTMLResponse:
        chosen = region if region in users.regions else users.regions[0]
        part = await users.of_region(chosen)
        text = portal_of(request).render(
            "log_in/local.html", regions=users.regions, region=chosen, part=part, till=_own(till)
        )
        return HTMLResponse(text)

    @router.post("/logga-in")
    async def log_in(
        request: Request,
        user: Annotated[str, Form()],
        region: Annotated[str, Form()],
        till: Annotated[str, Form()] = "/",
    ) -> RedirectResponse:
        token = users.token(user, region=region)
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
    async def choose(request: Request, till: str = "/") -> Response:
        known = list(providers)
        if len(known) == 1 and "ut" not in request.query_params:
            return await _send_to(request, providers, known[0].issuer, till)
        text = portal_of(request).render(
            "log_in/providers.html", providers=known, till=_own(till), fault=""
        )
        return HTMLResponse(text)

    @router.post("/logga-in")
    async def chosen(
        request: Request, provider: Annotated[str, Form()], till: Annotated[str, Form()] = "/"
    ) -> Response:
        return await _send_to(request, providers, provider, till)

    @router.get(_ANSWER)
    async def answered(
        request: Request, state: str = "", code: str = "", error: str = ""
    ) -> Response:
        portal = portal_of(request)
        begun = await portal.sessions.take(request.cookies.get(_BEGUN, ""))
        if begun is None or not compare_digest(begun["state"], state) or not code:
            log.warning("a log-in was not ended: %s", "refused" if error else "not begun here")
            return _not_logged_in(request, providers, "Inloggningen avbröts. Försök igen.")
        openid = providers.get(begun["provider"])
        try:
            if openid is None:
                raise NotVerified("unknown provider")
            session = await openid.end(code=code, nonce=begun["nonce"], verifier=begun["verifier"])
        except FAULTS as fault:
            log.warning("a log-in was not verified: %s", type(fault).__name__)
            return _not_logged_in(request, providers, "Inloggningen gick inte att bekräfta.")
        answer = await begin(request, session, till=begun["till"])
        answer.delete_cookie(_BEGUN)
        return answer

    return router


async def _send_to(request: Request, providers: Providers, issuer: str, till: str) -> Response:
    portal, openid = portal_of(request), providers.get(issuer)
    if openid is None:
        return _not_logged_in(request, providers, "Välj var du loggar in.")
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
        return _not_logged_in(request, providers, said, status=503)
    answer = RedirectResponse(address, 303)
    _give(answer, portal, _BEGUN, await portal.sessions.keep(begun), seconds=_MINUTES * 60)
    return answer


def _not_logged_in(
    request: Request, providers: Providers, said: str, *, status: int = 400
) -> HTMLResponse:
    text = portal_of(request).render(
        "log_in/providers.html", providers=list(providers), till="/", fault=said
    )
    return HTMLResponse(text, status)


async def begin(request: Request, session: Session, *, till: str) -> RedirectResponse:
    """Begin a session, under a cookie of its own. What the user is comes from the register."""
    portal = portal_of(request)
    await fill(portal, session)
    secret = await portal.sessions.start(session)
    if old := request.cookies.get(portal.cookie):
        await portal.sessions.end(old)
    to = "/fortsatt" if _FORM in request.cookies else _own(till)
    answer = RedirectResponse(to, 303)
    _give(answer, portal, portal.cookie, secret, seconds=int(LONGEST.total_seconds()))
    return answer


async def fill(portal: Portal, session: Session) -> None:
    """Roles and service points of a session's user, from the register of users."""
    call = partial(portal.services.call, "orders", "GET", token=session.token)
    part = await call(f"/users/{session.user_id}")
    if not part:
        return
    said: dict[str, Any] = part.value
    session.roles = list(said.get("roles", ()))
    session.service_points = list(said.get("service_points", ()))
    session.service_point = session.service_point or said.get("default_service_point") or ""
    names = await call("/names", query={"user": session.user_id})
    known = names.value["users"].get(session.user_id) if names else None
    session.name = known["name"] if known else session.name or session.user_id


async def keep_form(request: Request) -> Response:
    """What was sent without a session waits for its writer, who logs in first; where it cannot be
    known who that was, it is not kept.
    """
    portal = portal_of(request)
    lapsed = await portal.sessions.lapsed(request.cookies.get(portal.cookie, ""))
    answer = RedirectResponse("/logga-in", 303)
    if lapsed is not None:
        form = await sent_form(request)
        content = {
            "user": [lapsed.region, lapsed.user_id],
            "action": request.url.path,
            "sent": form.sent(),
        }
        kept = await portal.sessions.keep(content)
        _give(answer, portal, _FORM, kept, seconds=_MINUTES * 60)
    return answer


router = APIRouter()


@router.get("/fortsatt")
async def go_on(here: Here) -> Response:
    """What was typed before the session ended, to be sent now; by who typed it alone."""
    kept = await here.portal.sessions.take(here.request.cookies.get(_FORM, ""))
    if kept is None or kept["user"] != [here.user.region, here.user.user_id]:
        answer: Response = here.go("/")
    else:
        answer = here.page("log_in/go_on.html", action=kept["action"], sent=kept["sent"])
    answer.delete_cookie(_FORM)
    return answer


@router.post("/logga-ut")
async def log_out(here: Here) -> RedirectResponse:
    """End the session, here and at the provider."""
    await here.portal.sessions.end(here.secret)
    to = "/logga-in?ut=1"
    providers: Providers | None = here.request.app.state.providers
    if providers is not None and (openid := providers.get(here.user.provider)) is not None:
        with suppress(*FAULTS):
            back = f"{providers.address}/logga-in?ut=1"
            to = await openid.address_after(here.user, back=back) or to
    here.forget()
    answer = RedirectResponse(to, 303)
    answer.delete_cookie(here.portal.cookie)
    return answer


@router.post("/tjanstestalle")
async def choose_service_point(here: Here) -> RedirectResponse:
    """Work at another of one's service points from here on."""
    form = await here.form()
    if form["service_point"] in here.user.service_points:
        here.user.service_point = form["service_point"]
    return here.go(_own(form["till"]))


def _give(answer: Response, portal: Portal, name: str, secret: str, *, seconds: int) -> None:
    answer.set_cookie(
        name,
        secret,
        max_age=seconds,
        httponly=True,
        secure=portal.is_secure,
        samesite="lax",
    )


def _own(address: str) -> str:
    """An address of this portal; the start page in place of any other."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_own and "\n" not in address and "\r" not in address else "/"
