"""Who answers for what is paid, who has a part in a device, and who of the parties has ended."""

from dataclasses import replace
from typing import Any

import pytest
from bmb.parties.domain import (
    Parties,
    Reason,
    answering,
    is_own,
    paying_units,
    refuse_ended,
    refuse_without_part,
    what_ended,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, PayerId, Role, ServicePointId, UserId

from contracts.tests.builders.story import (
    OTHER,
    OTHER_PAYER,
    PAYER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    a_care_unit,
    a_store,
)
from services.bmb.tests.builders import a_customer, a_device, a_receiver, a_user, to_patient

NO_PART: dict[str, Any] = {"prescriber": UserId(RECEIVER), "prescribed_at": frozenset()}
"""A device that the sender has not prescribed, and no unit of his pays for."""


def units(*customers: str) -> frozenset[CustomerId]:
    """Customers by their ids."""
    return frozenset(CustomerId(one) for one in customers)


@pytest.mark.rule("BMB-4h")
def test_the_customer_whose_payer_pays_answers_for_it() -> None:
    device = a_device(customer=OTHER, units_of_payer=units(OTHER, SENDING))

    assert answering(device) == units(OTHER)


@pytest.mark.rule("BMB-4h")
def test_for_old_stock_without_a_customer_the_units_of_the_payer_answer() -> None:
    device = a_device(customer=None, units_of_payer=units(RECEIVING, OTHER))

    assert answering(device) == units(RECEIVING, OTHER)


@pytest.mark.rule("BMB-4h")
def test_a_customer_for_whom_another_payer_pays_does_not_answer_for_it() -> None:
    orders_for_another = a_customer(OTHER, payer=OTHER_PAYER)
    paid = replace(a_device(), payer=PayerId(PAYER), customer=orders_for_another)

    assert answering(replace(paid, units_of_payer=units(RECEIVING))) == units(RECEIVING)
    assert answering(paid) == units(OTHER)  # nobody else has that payer


@pytest.mark.rule("BMB-4i")
def test_two_payers_are_two_acknowledgements_also_where_no_customer_is_known() -> None:
    devices = (
        a_device("170098", customer=None, payer=OTHER_PAYER, units_of_payer=units(OTHER)),
        a_device("157792", customer=None, payer=PAYER, units_of_payer=units(OTHER)),
    )

    with pytest.raises(Refused) as refused:
        paying_units(devices)

    assert (refused.value.reason, refused.value.field) == (Reason.SEVERAL_PAYERS, "devices")


@pytest.mark.rule("BMB-4i")
def test_two_units_of_one_payer_are_two_acknowledgements() -> None:
    devices = (a_device("170098", customer=OTHER), a_device("157792", customer=RECEIVING))

    with pytest.raises(Refused) as refused:
        paying_units(devices)

    assert refused.value.reason == Reason.SEVERAL_PAYERS


@pytest.mark.rule("BMB-4i")
def test_old_stock_shares_a_transfer_with_what_one_unit_of_its_payer_pays_for() -> None:
    devices = (
        a_device("170098", customer=None, units_of_payer=units(OTHER, RECEIVING)),
        a_device("157792", customer=OTHER),
    )

    assert paying_units(devices) == units(OTHER)


@pytest.mark.rule("BMB-4h")
def test_where_no_unit_has_the_payer_nobody_else_acknowledges_in_its_place() -> None:
    with pytest.raises(Refused) as refused:
        paying_units([a_device(customer=None)])

    assert (refused.value.reason, refused.value.rule) == (Reason.NO_UNIT_PAYS, "BMB-4")


@pytest.mark.rule("BMB-4b")
def test_in_a_store_no_unit_pays() -> None:
    assert paying_units([a_device(holder=a_store())]) == frozenset()


@pytest.mark.rule("BMB-4j")
@pytest.mark.parametrize(
    "part",
    [
        {"prescriber": UserId(SENDER)},
        {"prescribed_at": frozenset({ServicePointId(SENDING)})},
        {"customer": None, "units_of_payer": units(SENDING)},
        {"holder": a_care_unit(), "kept_by": units(SENDING)},
    ],
    ids=["he prescribed it", "his unit prescribed it", "his unit pays", "his unit has it"],
)
def test_who_sends_has_a_part_in_the_device(part: dict[str, Any]) -> None:
    refuse_without_part(a_user(), [a_device(**{**NO_PART, **part})])


@pytest.mark.rule("BMB-4j")
def test_who_has_no_part_in_a_device_does_not_send_it() -> None:
    devices = [a_device("157792"), a_device(**NO_PART)]

    with pytest.raises(Refused) as refused:
        refuse_without_part(a_user(), devices)

    assert (refused.value.reason, refused.value.field) == (Reason.NO_PART_IN_DEVICE, "devices")
    assert refused.value.values == {"device": devices[1].id}


@pytest.mark.rule("BMB-4k")
def test_a_device_is_ones_own_where_ones_unit_pays_or_keeps_it_in_store() -> None:
    stored = a_device(holder=a_store())

    assert is_own(a_device(customer=SENDING), a_user())
    assert is_own(stored, a_user())
    assert not is_own(a_device(customer=OTHER), a_user())
    assert not is_own(stored, a_receiver())


@pytest.mark.rule("REF-14a", "REF-14b")
def test_an_inactive_recipient_gets_nothing() -> None:
    with pytest.raises(Refused) as refused:
        refuse_ended(Parties(recipient=to_patient(active=False)))

    assert (refused.value.reason, refused.value.rule) == (Reason.INACTIVE_RECIPIENT, "REF-14")
    assert "Kontakta hjälpmedelsverksamheten" in refused.value.way_on


@pytest.mark.rule("BMB-1g")
@pytest.mark.parametrize(
    "gone", [a_receiver(active=False), a_receiver(role=Role.REQUESTER)], ids=["ended", "role"]
)
def test_a_new_prescriber_who_has_ended_gets_nothing(gone: Any) -> None:
    with pytest.raises(Refused) as refused:
        refuse_ended(Parties(prescriber=gone))

    assert (refused.value.reason, refused.value.rule) == (Reason.NOT_A_PRESCRIBER, "BMB-1")


def test_while_everybody_is_there_nothing_has_ended() -> None:
    assert what_ended(Parties(recipient=to_patient(), prescriber=a_receiver())) is None
