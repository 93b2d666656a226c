"""A service's declaration: its name, handlers, routes and tables. How it runs is in
`operating/process.py`.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from fastapi import APIRouter, FastAPI
from kvitt_contracts.access import Act, acts_of
from kvitt_contracts.topics import SERVICES
from sqlalchemy.orm import DeclarativeBase
from starlette.routing import BaseRoute

from kvitt_chassis.access import Access
from kvitt_chassis.evidence.tables import AUDIT, Log
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.http import ApiContext
from kvitt_chassis.lock_order import LockOrder
from kvitt_chassis.models import Regional
from kvitt_chassis.operating.checks import Check, rows_with_events
from kvitt_chassis.operating.jobs import MakeJob
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.web.app import build_app, included


class Service:
    """One service: `service = Service("bmb", handlers=messages, routers=[router], base=Base)`.

    `users` is the row class of its register of users (see Access); `acts` are its rows of the table
    of access, those of its name unless told. `lock_order` names every class whose rows are locked,
    in the order in which they are. `checks` are what its reconciliation compares, beside each
    aggregate's row with its events. `jobs` are kept at while a process of it runs. `logs` are its
    chained logs, beside the audit. Making a service does nothing: no connection, no setting is
    read. Raises ValueError for a name that is not in the catalogue, and for a lock order that
    leaves a class out; LookupError for a route that is in no row of the table of access.
    """

    def __init__(
        self,
        name: str,
        *,
        handlers: Handlers,
        routers: Sequence[APIRouter] = (),
        base: type[DeclarativeBase],
        users: type[Regional],
        acts: Sequence[Act] | None = None,
        lock_order: Sequence[type[Regional]] = (),
        checks: Sequence[Check] = (),
        jobs: Sequence[MakeJob] = (),
        logs: Sequence[Log] = (),
        title: str | None = None,
    ) -> None:
        if name not in SERVICES:
            raise ValueError(f"{name} is not in the catalogue's services")
        if lock_order and (wrong := _locked(base) ^ set(lock_order)):
            names = ", ".join(sorted(row.__name__ for row in wrong))
            raise ValueError(f"the lock order of {name} is to name what is locked: {names}")
        self.name = name
        self.routers = tuple(routers)
        self.base = base
        self.access = Access(name, acts_of(name) if acts is None else acts, users)
        self.access.check(self.routers)
        self.handlers = self.access.guarding(handlers)
        self.lock_order = tuple(lock_order)
        self.checks = (rows_with_events(base), *checks)
        self.jobs = tuple(jobs)
        self.logs = (AUDIT, *logs)
        self.title = title or f"Kvitt {name}"

    def http_app(self, context: ApiContext, *, telemetry: Telemetry | None = None) -> FastAPI:
        """The service's HTTP application, without the chassis's own routes."""
        return build_app(
            context,
            self.routers,
            telemetry=telemetry or Telemetry(self.name),
            title=self.title,
            routes=self._included,
        )

    @cached_property
    def _included(self) -> Sequence[BaseRoute]:
        return included(self.routers)

    def locks(self, *, is_checked: bool = False) -> LockOrder:
        """The lock order for the service's databases; checked in tests."""
        return LockOrder(self.lock_order, is_checked)


def _locked(base: type[DeclarativeBase]) -> set[type[Any]]:
    classes = (mapper.class_ for mapper in base.registry.mappers)
    return {row for row in classes if issubclass(row, Regional) and row.locked_when_loaded}
