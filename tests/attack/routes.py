"""Every route of every service, of its operators' port and of the portal, as each says itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.routing import APIRoute
from kvitt_portal import log_in
from kvitt_portal.pages import ROUTERS

from tests.attack.setting import Attacked

_SOMETHING = "d65bae86-9377-4220-99af-242a65ba0fa7"
_PARAMETER = re.compile(r"\{[^}]+\}")
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
OPEN = ("/health/live", "/health/ready", "/metrics")
"""What anybody may ask for, by decision: probes and metrics."""
LOG_IN = frozenset(route.path for route in log_in.router.routes if isinstance(route, APIRoute)) | {
    "/logga-in",
    "/logga-in/svar",
}
"""What of the portal is there for those who have not logged in."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route. `of`: a service's name, with `.admin` for its operators'; or the portal."""

    of: str
    base: str
    method: str
    path: str

    @property
    def url(self) -> str:
        """Its address with an id that names nothing."""
        return self.base + _PARAMETER.sub(_SOMETHING, self.path)

    def __str__(self) -> str:
        return f"{self.of} {self.method} {self.path}"


def of_services(world: Attacked) -> Iterator[Route]:
    """Those of the services and of their operators."""
    for of, (base, document) in world.documents().items():
        for path, methods in document["paths"].items():
            for method in METHODS:
                if method in methods and path not in OPEN:
                    yield Route(of, base, method.upper(), path)


def of_the_portal(world: Attacked) -> Iterator[Route]:
    """Its pages and forms, by its own table of routes."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
                    yield Route("portal", world.portal_url, method, route.path)
