"""What the register of users says of who has logged in: roles, service points, a name."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from kvitt_contracts.access import IN_TOKENS, Grantee

from kvitt_portal.services import OF_OPERATORS, Part, Services
from kvitt_portal.sessions import Session


async def fill(services: Services, session: Session) -> Part:
    """Ask the register who the session's user is. Where it does not answer, the session stays as it
    is, and is asked for again; what it answers of somebody unknown is a Part with a problem.
    """
    path = f"/users/{quote(session.user_id, safe='')}"
    part = await services.call("orders", "GET", path, token=session.token)
    if part.status == 403 and (operator := await _operator(services, session)):
        return operator
    if not part:
        return part
    said: dict[str, Any] = part.value
    session.roles = [*said.get("roles", ()), *(said.get("duties") or ())]
    session.service_points = list(said.get("service_points", ()))
    session.service_point = session.service_point or said.get("default_service_point") or ""
    session.is_known = True
    asked = {"user": session.user_id, "customer": session.service_points}
    names = await services.call("orders", "GET", "/names", token=session.token, query=asked)
    called: dict[str, Any] = names.value if names else {}
    known = called.get("users", {}).get(session.user_id)
    session.name = known["name"] if known else session.name or session.user_id
    session.places = dict(called.get("customers", {}))
    return part


# decision 0600: who operates is said by their token, and believed by the services alone
async def _operator(services: Services, session: Session) -> Part | None:
    """What the first service that answers says of who operates; None where they operate nothing."""
    for service in services.operated:
        part = await services.call(
            f"{service}{OF_OPERATORS}", "GET", "/admin/operator", token=session.token
        )
        if part.status == 503:
            continue
        if not part:
            return None
        session.roles = [Grantee.PLATFORM if part.value["region"] is None else Grantee.OPS]
        session.name = session.name or session.user_id
        session.is_known = True
        return part
    return None


async def sign_in(services: Services, session: Session) -> None:
    """Tell the register that somebody signs in, by which their access does not lapse (REF-5). Where
    it does not answer, they are let in all the same.
    """
    if not IN_TOKENS.isdisjoint(session.roles):
        return  # no user of the register
    path = f"/users/{quote(session.user_id, safe='')}:sign-in"
    await services.call("orders", "POST", path, token=session.token, key=str(uuid4()))
