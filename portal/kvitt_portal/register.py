"""What the register of users says of who has logged in: roles, service points, a name."""

from typing import Any
from urllib.parse import quote

from kvitt_portal.services import Part, Services
from kvitt_portal.sessions import Session


async def fill(services: Services, session: Session) -> Part:
    """Ask the register who the session's user is. Where it does not answer, the session stays as it
    is, and is asked for again; what it answers of somebody unknown is a Part with a problem.
    """
    path = f"/users/{quote(session.user_id, safe='')}"
    part = await services.call("orders", "GET", path, token=session.token)
    if not part:
        return part
    said: dict[str, Any] = part.value
    session.roles = list(said.get("roles", ()))
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
