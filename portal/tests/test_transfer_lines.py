"""BMB-8: what a transfer's lines say of each device, made of what the services answer."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.offers import Offer, offers_of
from kvitt_portal.pages.transfer_form import given_of
from kvitt_portal.rendering import environment
from kvitt_portal.services import Part

TRANSFER, KEPT, REJECTED, DROPPED = (
    f"{number}0000000-0000-4000-8000-000000000000" for number in range(1, 5)
)
RENTED = {
    "article_number": "10156-01",
    "type": "main_device",
    "charging": "rent",
    "prices": [
        {"valid_from": "2026-01-01", "net_ore": 17_484},
        {"valid_from": "2026-07-01", "net_ore": 18_000},
    ],
}


def a_view(**changes: Any) -> dict[str, Any]:
    """A transfer of three devices, of which one is rejected and one has dropped out."""
    return {
        "id": TRANSFER,
        "status": "accepted",
        "by_line": True,
        "reference": "BMB-1",
        "deadline": None,
        "recipient": None,
        "recipient_is_withheld": False,
        "new_store": None,
        "sender": "k082lno",
        "prescriber": None,
        "sending_service_point": "40210",
        "receiving_service_point": "40355",
        "proposed_customer": "40355",
        "customer_id": "40355",
        "proposed_payer": "20311",
        "payer_id": "20311",
        "transfer_date": "2026-05-04",
        "would_take_effect_on": None,
        "effective_on": "2026-05-04",
        "message": None,
        "answer": None,
        "responsibles": [],
        "contact": None,
        "sender_contact": None,
        "devices": [
            {"device_id": KEPT, "device_number": "170098", "waits": True, "end": None},
            {"device_id": REJECTED, "device_number": "157792", "waits": False, "end": "rejected"},
            {"device_id": DROPPED, "device_number": "157793", "waits": False, "end": "dropped"},
        ],
        **changes,
    }


class Answering:
    """A visit whose services know one transfer, its devices and their article."""

    def __init__(self, view: dict[str, Any]) -> None:
        self.user = SimpleNamespace(user_id="k201ema", service_points=["40355"])
        device = {"article_number": "10156-01", "name": "Sittdyna", "payer_id": "20299"}
        self._known: dict[str, Any] = {
            "/today": {"today": "2026-05-04"},
            "/names": {"payers": {}, "customers": {}, "care_units": {}, "users": {}},
            "/articles/10156-01": RENTED,
            f"/transfers/{TRANSFER}": view,
            **{f"/devices/{one['device_id']}": device for one in view["devices"]},
        }

    async def ask(self, _: str, path: str, **__: Any) -> Part:
        """What a service says."""
        return Part(200, self._known[path])

    async def people(self, *_: object, **__: object) -> dict[str, Any]:
        """Nobody."""
        return {}


async def the_offer(**changes: Any) -> tuple[Offer, Names]:
    """The transfer as it is shown."""
    here = cast(Visit, Answering(a_view(**changes)))
    (offer,), names = await offers_of(here, [TRANSFER])
    return offer, names


@pytest.mark.rule("BMB-8d")
async def test_each_line_has_article_name_payer_device_type_and_price() -> None:
    offer, _ = await the_offer()

    line = offer.pieces[0]

    assert (line.article_number, line.name, line.payer_id, line.number, line.type) == (
        "10156-01",
        "Sittdyna",
        "20299",
        "170098",
        "Huvudhjälpmedel",
    )
    assert line.rent_ore == 17_484


@pytest.mark.rule("BMB-5f")
async def test_each_line_says_how_it_ended() -> None:
    offer, _ = await the_offer()

    assert [line.end for line in offer.pieces] == ["", "Ej godkänt", "Utgick"]
    assert [line.number for line in offer.rejected] == ["157792"]


async def test_what_left_the_transfer_costs_nothing_by_it() -> None:
    offer, _ = await the_offer()

    assert offer.rent_ore == 17_484


@pytest.mark.rule("BMB-5e")
@pytest.mark.parametrize(("by_line", "count"), [(True, 2), (False, 0)], ids=["by line", "whole"])
async def test_what_is_left_is_ticked_one_by_one_where_the_policy_lets_it(
    *, by_line: bool, count: int
) -> None:
    left = [{**one, "waits": at < 2, "end": None} for at, one in enumerate(a_view()["devices"])]

    offer, _ = await the_offer(status="sent", by_line=by_line, devices=left)

    assert len(offer.lines) == count


async def test_one_device_that_is_left_is_answered_as_a_whole() -> None:
    offer, _ = await the_offer(status="sent")

    assert offer.lines == []


@pytest.mark.rule("BMB-6c")
@pytest.mark.parametrize(
    ("only_rejected", "numbers"), [(False, "170098"), (True, "157792")], ids=["back", "again"]
)
def test_what_went_with_it_goes_back_and_what_was_rejected_goes_again(
    *, only_rejected: bool, numbers: str
) -> None:
    view = a_view(status="completed", current_recipient=None, current_store="402")

    given = given_of(view, today=date(2026, 5, 4), only_rejected=only_rejected)

    assert given["device"] == numbers


@pytest.mark.rule("BMB-8d")
async def test_the_table_has_a_column_for_each_of_them() -> None:
    offer, names = await the_offer()
    page = environment().get_template("bmb/means.html")

    text = page.render(offer=offer, names=names, here=None)

    heads = ["Individ", "Artikel", "Benämning", "Nuvar. betalare", "Antal", "Typ", "Hyra per månad"]
    assert all(f'scope="col">{one}</th>' in text or f'amount">{one}</th>' in text for one in heads)
    assert '<td data-label="Antal" class="amount">1</td>' in text
    assert '<td data-label="Utfall">Ej godkänt</td>' in text
