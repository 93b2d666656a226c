"""What is proposed for each of what a patient has who leaves, and what a form of it says."""

from typing import Any

import pytest
from kvitt_portal.forms import Form
from kvitt_portal.pages import moving, moving_acts, moving_plan
from kvitt_portal.pages.moving_plan import Chosen, Row, chosen_of, device_row, unmarked_row
from kvitt_portal.services import Part

BED: dict[str, Any] = {
    "device_id": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
    "device_number": "T00001",
    "name": "Vårdsäng",
    "claim": None,
}
CASE: dict[str, Any] = {"case_id": "c", "status": "answered", "outcome": "done"}
TONGS: dict[str, Any] = {
    "order_number": "26190007",
    "line": 2,
    "article_number": "30501",
    "article_type": "main_device",
    "name": "Griptång",
    "quantity": 2,
    "is_scrapped": True,
}
ANY_CAUSE = ("not_needed", "broken")


def a_bed(
    *,
    store: str = "S001",
    is_central: bool = False,
    causes: tuple[str, ...] | None = ANY_CAUSE,
    case: dict[str, Any] | None = None,
    **changes: Any,
) -> Row:
    """The row of a bed that the patient has."""
    bed = {**BED, **changes}
    return device_row(bed, store=store, is_central=is_central, causes=causes, case=case)


def ways(row: Row) -> list[str]:
    """What may be chosen for a row."""
    return [value for value, _ in row.choices]


def test_a_marked_device_is_offered_and_may_come_back_by_either_way() -> None:
    row = a_bed()

    assert row.proposed == "offer"
    assert [value for value, _ in row.choices] == ["offer", "store", "pickup:not_needed", "stay"]


@pytest.mark.parametrize(
    ("store", "causes", "taken_back"),
    [
        ("S001", ANY_CAUSE, "store"),
        ("", ANY_CAUSE, "pickup:not_needed"),
        ("", ("broken",), "pickup:broken"),
        ("S001", ("sent_by_post",), "pickup:sent_by_post"),
        ("", (), "stay"),
    ],
)
def test_what_was_not_bought_is_taken_back_where_it_can_be(
    store: str, causes: tuple[str, ...], taken_back: str
) -> None:
    refused = {**CASE, "outcome": "refused"}

    assert a_bed(store=store, causes=causes, case=refused).proposed == taken_back


@pytest.mark.rule("PCK-7a")
def test_what_is_returned_at_once_is_taken_back_into_the_central_store_alone() -> None:
    refused = {**CASE, "outcome": "refused"}
    at_once = a_bed(case=refused, return_at_once=True)

    assert (ways(at_once), at_once.proposed) == (
        ["offer", "pickup:not_needed", "stay"],
        "pickup:not_needed",
    )
    assert "centrallagret" in at_once.why
    assert "store" in ways(a_bed(case=refused, return_at_once=True, is_central=True))


def test_what_may_have_to_be_posted_is_put_into_no_store() -> None:
    unknown = a_bed(causes=None, case={**CASE, "outcome": "refused"})

    assert (ways(unknown), unknown.proposed) == (["offer", "stay"], "stay")
    assert "går inte att läsa just nu" in unknown.why


def test_what_is_agreed_stays_and_what_waits_or_is_taken_has_no_choice() -> None:
    waiting = {**CASE, "status": "waiting", "outcome": None}

    assert a_bed(case=CASE).proposed == "stay"
    assert a_bed(case=waiting).choices == ()
    assert a_bed(claim={"kind": "transfer", "by": "t"}).choices == ()


@pytest.mark.parametrize(
    ("changes", "store", "values"),
    [
        ({}, "S001", ["store", "stay"]),
        ({"is_scrapped": False}, "S001", ["store", "stay"]),
        ({}, "", []),
        ({"article_type": "service", "is_scrapped": False}, "S001", []),
        ({"article_type": "service"}, "S001", ["store", "stay"]),
    ],
)
def test_unmarked_goods_come_back_where_there_is_a_store(
    changes: dict[str, Any], store: str, values: list[str]
) -> None:
    row = unmarked_row({**TONGS, **changes}, store=store)

    assert [value for value, _ in row.choices] == values
    assert row.why


@pytest.mark.rule("REF-7c")
def test_what_a_unit_without_a_store_gives_back_goes_to_the_central_store_by_pickup() -> None:
    said = [said for value, said in a_bed(store="").choices if value not in ("offer", "stay")]

    assert said == ["Hämtas till centrallagret"]


def test_what_a_line_does_not_offer_any_more_is_proposed_anew() -> None:
    row = a_bed(store="")
    form = Form([(row.key, "store")])

    moving_plan.give(form, [row])

    assert form[row.key] == "offer"


def test_what_was_seen_is_of_a_day_a_place_and_a_store() -> None:
    form = Form([("d-T00001", "store"), ("on", "2026-03-02"), ("store", "S001")])
    seen = moving_plan.seen_of(form, chosen_of(form))

    for name, value in (("on", "2026-03-05"), ("store", "S002"), ("service_point", "40355")):
        other = Form(form.sent())
        other.give(name, value)

        assert moving_plan.seen_of(other, chosen_of(other)) != seen


def test_a_form_says_each_line_once_and_nothing_else() -> None:
    row = unmarked_row(TONGS, store="S001")
    form = Form(
        [
            ("d-T00001", "offer"),
            ("d-T00001", "store"),
            (row.key, "store"),
            ("d-../x", "offer"),
            ("u-1.x.1", "store"),
            ("d-T2", "sell"),
            ("u-1.1.1", "offer"),
            ("text", "offer"),
        ]
    )

    first, second = chosen_of(form)

    assert (first.device, first.kind) == ("T00001", "offer")
    assert (second.order, second.line, second.quantity) == ("26190007", 2, 2)
    assert moving_plan.told([first, second]) == [
        "1 erbjuds regionen dit patienten flyttar, i ett ärende till kundtjänst",
        "1 återtas till förrådet",
    ]


def test_a_pickup_that_the_store_has_not_answered_is_not_said_to_be_done() -> None:
    told = Chosen("d-T1", "T1", "pickup:not_needed", device="T1")
    pickup = {"pickup_id": "p", "pickup_number": "26100001", "status": "requested", "refused": []}

    assert moving_acts.fetched_line(told, Part(202, pickup), {}, "p").state == moving_acts.WAITING
    assert moving_acts.fetched_line(told, Part(201, pickup), {}, "p").state == moving_acts.DONE


def test_a_service_before_names_no_devices_of_a_case() -> None:
    assert moving._latest([{"status": "waiting"}]) == {}
