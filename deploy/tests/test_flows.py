"""How a case is found among what was said, put in order, and drawn."""

import json
from datetime import date
from itertools import count
from typing import Any

import pytest
from kvitt.flows.cases import FLOWS, Flow, Month
from kvitt.flows.pages import diagram, differing, page
from kvitt.flows.reading import Said, said_in
from kvitt.flows.steps import Step, steps
from kvitt.site import drawing
from kvitt_contracts.topics import CATALOGUE, for_region

ORDER = "5b5cfa0f-5f1e-5d63-a6b3-2fbd2a1f4f11"
FLOW = Flow(
    name="a-flow",
    title="Ett flöde",
    text="Så går det till.",
    begins="orders.order.placed",
    has=frozenset(("inventory.reservation.reserved",)),
)
_numbers = count(1)


def _said(
    wire_type: str, topic: str, *, key: str = ORDER, cause: str | None = None, **more: Any
) -> Said:
    data = more.pop("data", {})
    by = "region" if topic == "region.ac.orders" else topic.partition(".")[0]
    named: dict[str, Any] = {
        "id": f"m{next(_numbers)}",
        "number": 1,
        "region": "ac",
        "day": date(2026, 5, 4),
        "time": "",
        "unit": None,
        "by": "notifications" if topic.endswith(".events") else by,
    }
    body = json.dumps(data)
    return Said(type=wire_type, topic=topic, key=key, cause=cause, body=body, **(named | more))


def _an_order(name: str, *, order: str = ORDER, lines: int = 1) -> list[Said]:
    asked = _said(
        "orders.order.place.v1", "region.ac.orders", key=name, data={"lines": [{}] * lines}
    )
    placed = _said("orders.order.placed.v1", "orders.customer-orders", key=order, cause=asked.id)
    reserved = _said(
        "inventory.reservation.reserved.v1",
        "inventory.reservations",
        key=order,
        cause=placed.id,
    )
    told = _said(
        "region.order.reported.v1",
        "region.ac.events",
        key=order,
        cause=reserved.id,
        data={"order": name},
    )
    return [told, reserved, placed, asked]


def test_the_first_case_of_one_line_by_the_regions_own_name_stands_for_its_flow() -> None:
    other = "0" * 8 + ORDER[8:]
    said = [
        *_an_order("VB-2"),
        *_an_order("VB-3", order=other),
        *_an_order("VB-1", order="1" + other[1:], lines=2),
    ]

    case = Month(said).case(FLOW)

    assert {one.key for one in case} == {"VB-2", ORDER}
    with pytest.raises(LookupError, match="a-flow"):
        Month(said[:1]).case(FLOW)


def test_steps_go_by_cause_and_effect_and_say_who_tells_whom() -> None:
    found = steps(_an_order("VB-1"))

    assert [(one.by, one.to, one.type) for one in found] == [
        ("region", "orders", "orders.order.place.v1"),
        ("orders", "inventory", "orders.order.placed.v1"),
        ("inventory", "orders", "inventory.reservation.reserved.v1"),
        ("notifications", "region", "region.order.reported.v1"),
    ]


def test_what_nobody_asked_for_begins_with_time_on_its_day() -> None:
    due = _said(
        "orders.order.delivered.v1",
        "orders.customer-orders",
        day=date(2026, 5, 6),
        number=2,
    )

    found = steps([due, *_an_order("VB-1")])

    assert found[-2] == Step(by="time", to="orders", type="", days=2)
    assert "  Note over region,notifications: dag 3" in diagram(found)


def test_no_id_and_no_instant_of_one_run_is_in_a_page() -> None:
    first = page(FLOW, steps(_an_order("VB-1")))
    again = page(FLOW, steps(_an_order("VB-1", order="9" + ORDER[1:])))

    assert first == again
    assert differing({"a.md": first}, {"a.md": again, "b.md": ""}) == ["b.md"]


def test_a_diagram_is_drawn_without_asking_the_network() -> None:
    drawn = drawing.drawn(page(FLOW, steps(_an_order("VB-1"))))

    assert "```mermaid" not in drawn
    assert "2 orders.order.placed.v1</text>" in drawn
    assert "src=" not in drawn
    with pytest.raises(ValueError, match="not drawn"):
        drawing.svg("sequenceDiagram\n  autonumber\n  loop for ever\n")


def test_what_no_reader_can_make_out_is_left_out_and_a_region_need_not_name_itself() -> None:
    topic = for_region(next(one for one in CATALOGUE if one.name == "region.<code>.orders"), "ac")
    headers = [
        ("ce_id", ORDER.encode()),
        ("ce_source", b"urn:region:ac:system"),
        ("ce_type", b"orders.order.place.v1"),
        ("ce_time", b"2026-05-04T10:00:00Z"),
        ("ce_subject", b"VB-1"),
    ]

    read = said_in(topic, b"VB-1", headers, b"{}")

    assert read is not None
    assert (read.region, read.by, read.day) == ("ac", "region", date(2026, 5, 4))
    assert said_in(topic, b"VB-1", headers, b"{") is None
    assert said_in(topic, b"VB-1", headers[1:], b"{}") is None


def test_each_flow_has_a_name_of_its_own() -> None:
    assert len({flow.name for flow in FLOWS}) == len(FLOWS)
