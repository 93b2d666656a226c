"""What a service is: its name, handlers, routes and tables. How it runs stands in `process.py`."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from kvitt_contracts.topics import SERVICES
from sqlalchemy.orm import DeclarativeBase

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.http import ApiContext
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.web.app import build_app


class Service:
    """One service: `service = Service("bmb", handlers=messages, routers=[router], base=Base)`.

    Making one does nothing: no connection, no setting is read.
    """

    def __init__(
        self,
        name: str,
        *,
        handlers: Handlers,
        routers: Sequence[APIRouter] = (),
        base: type[DeclarativeBase],
        title: str | None = None,
    ) -> None:
        if name not in SERVICES:
            raise ValueError(f"{name} is not in the catalogue's services")
        self.name = name
        self.handlers = handlers
        self.routers = tuple(routers)
        self.base = base
        self.title = title or f"Kvitt {name}"

    def http_app(self, context: ApiContext, *, telemetry: Telemetry | None = None) -> FastAPI:
        """The service's HTTP application, without the chassis's own routes."""
        return build_app(
            context, self.routers, telemetry=telemetry or Telemetry(self.name), title=self.title
        )

    def main(self) -> None:
        """Run until SIGTERM: HTTP, consumer, relay and timers in this process."""
        from kvitt_chassis.operating.process import run  # a test of handlers needs no Kafka client

        run(self)
