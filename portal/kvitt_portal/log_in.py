"""Logging in and out. The identity providers' way is OpenID Connect; in the local profile alone,
a page to choose one of the test users.
"""

import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from kvitt_contracts.access import Grantee

from kvitt_portal.here import Here, Portal, portal_of
from kvitt_portal.services import Part
from kvitt_portal.sessions import LONGEST, Session

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


async def begin(request: Request, session: Session, *, till: str) -> RedirectResponse:
    """Begin a session, under a cookie of its own. What the user is comes from the register."""
    portal = portal_of(request)
    await fill(portal, session)
    secret = await portal.sessions.start(session)
    if old := request.cookies.get(portal.cookie):
        await portal.sessions.end(old)
    answer = RedirectResponse(_own(till), 303)
    answer.set_cookie(
        portal.cookie,
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        secure=portal.is_secure,
        samesite="lax",
    )
    return answer


async def fill(portal: Portal, session: Session) -> None:
    """Roles and service points of a session's user, from the register of users."""
    part = await portal.services.call(
        "orders", "GET", f"/users/{session.user_id}", token=session.token
    )
    if not part:
        return
    said: dict[str, Any] = part.value
    session.roles = list(said.get("roles", ()))
    session.service_points = list(said.get("service_points", ()))
    session.service_point = session.service_point or said.get("default_service_point") or ""
    session.name = session.name or session.user_id


router = APIRouter()


@router.post("/logga-ut")
async def log_out(here: Here) -> RedirectResponse:
    """End the session."""
    await here.portal.sessions.end(here.secret)
    answer = RedirectResponse("/logga-in", 303)
    answer.delete_cookie(here.portal.cookie)
    return answer


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
    return address if is_own and "\n" not in address and "\r" not in address else "/"
