"""The checker sees each violation that is planted, and none where there is none."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from kvitt_chassis.operating.history import History

from tests.faults.checker.evidence import (
    Balance,
    Case,
    ErrorLine,
    Evidence,
    HistoryLine,
    Latency,
    Logged,
    Mark,
    OnWire,
    Parked,
    PayerFrom,
    Published,
    Row,
)
from tests.faults.checker.invariants import duplicates_on_wire, violations
from tests.faults.checker.reading import read_errors, read_histories
from tests.faults.registry import REGIONS
from tests.faults.scenario import BROKER_AWAY, DATABASE_AWAY

ORDER = "7d5e3f0a-0000-4000-8000-000000000001"
TOPIC = "orders.customer-orders"


def logged(seq: int, **changes: str) -> Logged:
    event = Logged(
        service="orders",
        topic=TOPIC,
        key=ORDER,
        seq=seq,
        id=f"e{seq}",
        region="ac",
        type="orders.order.placed.v1",
    )
    return replace(event, **changes)  # type: ignore[arg-type]  # only texts are changed


def on_wire(seq: int, offset: int, *, id: str | None = None, region: str = "ac") -> OnWire:
    return OnWire(
        topic=TOPIC,
        partition=2,
        offset=offset,
        key=ORDER,
        seq=seq,
        id=id or f"e{seq}",
        region=region,
    )


def applied(seq: int, line: int, *, file: str = "inventory-1") -> HistoryLine:
    return HistoryLine(
        what="applied",
        file=file,
        line=line,
        service="inventory",
        topic=TOPIC,
        key=ORDER,
        seq=seq,
        id=f"e{seq}",
    )


def a_good_run() -> Evidence:
    """Three events of one order, sent, read, applied; one device; nothing wrong."""
    return Evidence(
        consumers={TOPIC: frozenset({"inventory"})},
        logged=tuple(logged(seq) for seq in (1, 2, 3)),
        wire=tuple(on_wire(seq, offset=10 + seq) for seq in (1, 2, 3)),
        history=tuple(applied(seq, line=seq) for seq in (1, 2, 3)),
        marks=(Mark(service="inventory", topic=TOPIC, key=ORDER, seq=3),),
        published=(Published(service="orders", topic="region.ac.orders", key="R1", id="m1"),),
        seen=frozenset({("orders", "m1")}),
        balances=(
            Balance(region="ac", article="a", store="500", stands=(4, 1, 0), moved=(4, 1, 0)),
        ),
        payers=tuple(
            PayerFrom(source=source, region="ac", device="d", day="2026-05-01", payer="40210")
            for source in ("inventory", "billing")
        ),
        rows=(Row(service="orders", table="orders", region="ac", key=ORDER),),
        cases=(
            Case(
                kind="order", region="ac", reference="R1", wanted="delivered", reached="delivered"
            ),
        ),
    )


PLANTED: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "an event that never reached Kafka": (
        "I1",
        lambda good: replace(good, wire=good.wire[:2]),
    ),
    "an event that its reader has not come to": (
        "I1",
        lambda good: replace(good, marks=(replace(good.marks[0], seq=2),)),
    ),
    "a region's message that nobody has seen": (
        "I1",
        lambda good: replace(good, seen=frozenset()),
    ),
    "an effect made twice by one process": (
        "I2",
        lambda good: replace(good, history=(*good.history, applied(3, line=4))),
    ),
    "an effect made again by another process": (
        "I2",
        lambda good: replace(good, history=(*good.history, applied(3, 1, file="inventory-2"))),
    ),
    "two events swapped on the wire": (
        "I3",
        lambda good: replace(good, wire=(on_wire(1, 11), on_wire(3, 12), on_wire(2, 13))),
    ),
    "two events applied in the wrong order": (
        "I3",
        lambda good: replace(good, history=(applied(1, 1), applied(3, 2), applied(2, 3))),
    ),
    "a key in two partitions": (
        "I3",
        lambda good: replace(good, wire=(*good.wire[:2], replace(good.wire[2], partition=4))),
    ),
    "a number missing in a log": (
        "I3",
        lambda good: replace(good, logged=(logged(1), logged(3))),
    ),
    "a ghost on the wire": (
        "I4",
        lambda good: replace(good, wire=(*good.wire, on_wire(4, 20))),
    ),
    "another event under a committed number": (
        "I4",
        lambda good: replace(good, wire=(*good.wire, on_wire(3, 20, id="other"))),
    ),
    "an effect of an event that never committed": (
        "I4",
        lambda good: replace(good, history=(*good.history, applied(4, line=4))),
    ),
    "a balance that its moves do not make": (
        "I5",
        lambda good: replace(good, balances=(replace(good.balances[0], moved=(5, 1, 0)),)),
    ),
    "two payers on a day": (
        "I5",
        lambda good: replace(good, payers=(*good.payers, replace(good.payers[1], payer="9"))),
    ),
    "a payer that billing has not heard of": (
        "I5",
        lambda good: replace(good, payers=good.payers[:1]),
    ),
    "a claim that outlives its transfer": (
        "I5",
        lambda good: replace(good, claimed={"d": "t1"}),
    ),
    "a transfer that is stuck": (
        "I5",
        lambda good: replace(good, cases=(replace(good.cases[0], reached="sent"),)),
    ),
    "a row that its events do not make": (
        "I5",
        lambda good: replace(good, unfolded=("transfers t1: status",)),
    ),
    "a foreign region's row": (
        "I6",
        lambda good: replace(good, rows=(replace(good.rows[0], region="bd"),)),
    ),
    "an event of one region caused by another's": (
        "I6",
        lambda good: replace(good, logged=(*good.logged[:2], logged(3, region="bd", cause="e1"))),
    ),
    "a record that names another region than its log": (
        "I6",
        lambda good: replace(good, wire=(*good.wire[:2], on_wire(3, 13, region="bd"))),
    ),
    "untouched keys slowed down": (
        "I7",
        lambda good: replace(good, latency=Latency(pairs=((0.1, 0.25), (0.1, 0.3), (0.1, 0.1)))),
    ),
    "lag that never goes": ("I8", lambda good: replace(good, recovered_in=None)),
    "lag that goes too late": ("I8", lambda good: replace(good, recovered_in=61.0)),
    "an error without a cause": (
        "I9",
        lambda good: replace(good, errors=(ErrorLine(service="bmb", message="boom"),)),
    ),
    "a parked key that nobody is shown": (
        "I9",
        lambda good: replace(
            good,
            parked=(
                Parked(
                    service="bmb", topic="t", key="k", state="waiting", cause="gap", is_shown=False
                ),
            ),
        ),
    ),
}


def test_a_good_run_has_no_violation() -> None:
    assert violations(a_good_run()) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_violation_is_seen_and_told_with_its_key(planted: str) -> None:
    invariant, plant = PLANTED[planted]

    found = violations(plant(a_good_run()))

    assert invariant in {one.invariant for one in found}, planted
    assert all(one.key and one.told for one in found)


def test_a_repeated_record_is_counted_and_no_violation() -> None:
    run = a_good_run()
    again = replace(run, wire=(*run.wire, on_wire(2, 14), on_wire(3, 15)))

    assert violations(again) == []
    assert duplicates_on_wire(again) == 2


def test_a_parked_key_explains_what_its_reader_has_not_come_to() -> None:
    run = a_good_run()
    behind = replace(run.marks[0], seq=2)
    entry = Parked(service="inventory", topic=TOPIC, key=ORDER, state="waiting", cause="fault")

    assert violations(replace(run, marks=(behind,), parked=(entry,))) == []


def test_nobody_pays_for_a_device_that_has_always_stood_in_a_store() -> None:
    stored = PayerFrom(source="inventory", region="ac", device="s", day="2026-05-01", payer=None)
    run = a_good_run()

    assert violations(replace(run, payers=(*run.payers, stored))) == []


def test_what_a_service_writes_is_what_the_checker_reads(tmp_path: Path) -> None:
    history = History(tmp_path, "inventory")
    history.emitted([("inventory.holds", "k", 1, "e9")])
    history.applied([(TOPIC, ORDER, 1, "e1"), (TOPIC, ORDER, 2, "e2")])
    history.close()

    found = read_histories(tmp_path)

    assert [(one.what, one.service, one.seq, one.line) for one in found] == [
        ("emitted", "inventory", 1, 1),
        ("applied", "inventory", 1, 2),
        ("applied", "inventory", 2, 3),
    ]
    assert all(one.at > 0 for one in found)


def test_errors_are_read_from_the_logs_and_explained_by_patterns(tmp_path: Path) -> None:
    line = {
        "level": "ERROR",
        "logger": "kvitt_chassis.consuming.inbox",
        "message": "a key of bmb.transfers is parked: gap",
    }
    (tmp_path / "bmb.log").write_text(
        json.dumps(line) + "\n" + json.dumps({"level": "WARNING", "message": "slow"}) + "\n"
        "Traceback (most recent call last):\n"
    )

    found = read_errors(tmp_path, {"bmb": 0})

    assert [one.message for one in found] == [
        "kvitt_chassis.consuming.inbox: a key of bmb.transfers is parked: gap",
        "Traceback (most recent call last):",
    ]
    explained = replace(a_good_run(), errors=tuple(found), explained=("is parked: gap",))
    assert [one.invariant for one in violations(explained)] == ["I9"]


def test_the_load_states_what_the_contracts_permit() -> None:
    facts = [fact for region in REGIONS for fact in region.facts(date(2026, 5, 1))]

    assert {topic for topic, _, _ in facts} == {"orders", "persons", "inventory"}


@pytest.mark.parametrize("pattern", [*BROKER_AWAY, *DATABASE_AWAY])
def test_what_a_client_tells_explains_no_line_of_ours(pattern: str) -> None:
    ours = (
        "kvitt_chassis.consuming.consumer: a batch could not be settled: KafkaConnectionError",
        (
            "kvitt_chassis.consuming.inbox: "
            "a message of bmb.transfers (partition 1, offset 2) is parked: fork"
        ),
        "kvitt_chassis.relaying.relay: bmb: the relay sends nothing: the cursor lies ahead",
        "asyncio: Task exception was never retrieved (KeyError)",
        "Traceback (most recent call last):",
    )

    assert [line for line in ours if re.search(pattern, line)] == []
