"""Reads the services' databases into evidence, as the superuser. Decides nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.faults.checker.evidence import Balance, Case, Logged, Mark, Parked, PayerFrom, Row

Connect = Callable[[str], psycopg.Connection[Any]]
"""Opens a service's database."""

_OPEN_TRANSFERS = ("completed", "dissolved", "cancelled", "rejected", "refused", "voided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """What the databases of all services say."""

    logged: tuple[Logged, ...]
    marks: tuple[Mark, ...]
    parked: tuple[Parked, ...]
    seen: frozenset[tuple[str, str]]
    balances: tuple[Balance, ...]
    payers: tuple[PayerFrom, ...]
    claimed: dict[str, str]
    open_claims: frozenset[str]
    rows: tuple[Row, ...]


def read_databases(
    connect: Connect, services: Sequence[str], is_shown: Callable[[str], set[tuple[str, str]]]
) -> Databases:
    """Read each database once. `is_shown`: the (topic, key) that a service shows as parked."""
    logged: list[Logged] = []
    marks: list[Mark] = []
    parked: list[Parked] = []
    seen: set[tuple[str, str]] = set()
    rows: list[Row] = []
    for service in services:
        with connect(service) as database:
            logged += _logged(service, database)
            marks += [
                Mark(service=service, topic=t, key=k, seq=s) for t, k, s in _all(database, _MARKS)
            ]
            seen |= {(service, str(one)) for (one,) in _all(database, _SEEN)}
            waiting = _all(database, _PARKED)
            shown = is_shown(service) if waiting else set()
            parked += [
                Parked(
                    service=service,
                    topic=topic,
                    key=key,
                    state=state,
                    cause=cause,
                    is_shown=(topic, key) in shown,
                )
                for topic, key, state, cause in waiting
            ]
            rows += _rows(service, database)
    with connect("inventory") as database:
        balances = tuple(_balances(database))
        custody = [_payer("inventory", *one) for one in _all(database, _CUSTODY)]
        claimed = {str(device): str(by) for device, by in _all(database, _CLAIMED)}
        sent = {str(one) for (one,) in _all(database, _UNDERWAY)}
    with connect("billing") as database:
        points = [_payer("billing", *one) for one in _all(database, _POINTS)]
    with connect("bmb") as database:
        sent |= {str(one) for (one,) in _all(database, _TRANSFERS, [list(_OPEN_TRANSFERS)])}
    return Databases(
        logged=tuple(logged),
        marks=tuple(marks),
        parked=tuple(parked),
        seen=frozenset(seen),
        balances=balances,
        payers=(*custody, *points),
        claimed=claimed,
        open_claims=frozenset(sent),
        rows=tuple(rows),
    )


def reached(connect: Connect, cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases as the owners' tables have them, whatever the feed has said."""
    found: dict[tuple[str, str, str], str] = {}
    for kind, service, query in (("order", "orders", _ORDERS), ("transfer", "bmb", _STATUSES)):
        with connect(service) as database:
            for region, reference, status in _all(database, query):
                found[kind, region, reference] = status
    return tuple(
        Case(
            kind=one.kind,
            region=one.region,
            reference=one.reference,
            wanted=one.wanted,
            reached=found.get((one.kind, one.region, one.reference)),
        )
        for one in cases
    )


def _logged(service: str, database: psycopg.Connection[Any]) -> Iterator[Logged]:
    for event_id, region, topic, key, seq, kind, cause, at in _all(database, _EVENTS):
        yield Logged(
            service=service,
            topic=topic,
            key=key,
            seq=seq,
            id=str(event_id),
            region=region,
            type=kind,
            cause=cause,
            at=float(at),
        )


def _rows(service: str, database: psycopg.Connection[Any]) -> Iterator[Row]:
    """Every row that has a region and a uuid of its own as key."""
    for table, column in _all(database, _REGIONAL):
        query = f'SELECT region, "{column}"::text FROM "{table}"'  # names of our own schema
        for region, key in _all(database, query):
            yield Row(service=service, table=table, region=region, key=key)


def _balances(database: psycopg.Connection[Any]) -> Iterator[Balance]:
    for region, article, store, *numbers in _all(database, _BALANCES):
        yield Balance(
            region=region,
            article=article,
            store=store,
            stands=(numbers[0], numbers[1], numbers[2]),
            moved=(numbers[3], numbers[4], numbers[5]),
        )


def _payer(source: str, region: str, device: Any, day: Any, payer: str | None) -> PayerFrom:
    return PayerFrom(source=source, region=region, device=str(device), day=str(day), payer=payer)


def _all(database: psycopg.Connection[Any], query: str, values: Any = None) -> list[Any]:
    return database.execute(query.encode(), values).fetchall()


_EVENTS = """
    SELECT event_id, region, topic, key, seq, type, causation_id, extract(epoch FROM recorded_at)
    FROM events ORDER BY id
"""
_MARKS = "SELECT topic, key, seq FROM marks"
_SEEN = "SELECT id FROM inbound_seen"
_PARKED = "SELECT topic, key, state, cause FROM parked_keys"
_REGIONAL = """
    SELECT of_region.table_name, min(of_key.column_name)
    FROM information_schema.columns of_region
    JOIN information_schema.key_column_usage of_key USING (table_schema, table_name)
    JOIN information_schema.columns typed USING (table_schema, table_name)
    WHERE table_schema = 'public' AND of_region.column_name = 'region'
      AND of_key.constraint_name LIKE 'pk_%' AND typed.column_name = of_key.column_name
      AND typed.data_type = 'uuid' AND table_name <> 'events'
    GROUP BY of_region.table_name
"""
_BALANCES = """
    SELECT b.region, b.article_number, b.store, b.available, b.reserved, b.on_order,
           coalesce(sum(m.available), 0)::int, coalesce(sum(m.reserved), 0)::int,
           coalesce(sum(m.on_order), 0)::int
    FROM balances b LEFT JOIN stock_moves m USING (region, article_number, store)
    GROUP BY b.region, b.article_number, b.store, b.available, b.reserved, b.on_order
"""
# Of several changes on one day the last rules.
_CUSTODY = """
    SELECT DISTINCT ON (region, device_id, since) region, device_id, since, custody->>'payer_id'
    FROM custody_changes ORDER BY region, device_id, since, number DESC
"""
_POINTS = """
    SELECT region, device_id, point->>'effective_on', point->>'payer_id'
    FROM devices, jsonb_array_elements(points) AS point
"""
_CLAIMED = "SELECT id, claimed_by FROM devices WHERE claimed_by IS NOT NULL"
_UNDERWAY = "SELECT id FROM reservations WHERE jsonb_array_length(in_transit) > 0"
_TRANSFERS = "SELECT id FROM transfers WHERE NOT (status = ANY(%s))"
_ORDERS = "SELECT region, reference, status FROM orders WHERE reference IS NOT NULL"
_STATUSES = "SELECT region, reference, status FROM transfers WHERE reference IS NOT NULL"
