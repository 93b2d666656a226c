"""What a month's users get wrong: commands and facts that a rule refuses, withdrawals declined."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from kvitt_contracts.bmb import AcceptTransfer, CancelTransfer, SaveTransfer, UnlockTransfer
from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import LineToOrder, PlaceOrder
from kvitt_contracts.regions import DeviceReturned, GoodsReceived
from kvitt_contracts.types import DeviceNumber, StoreId, UserId

from examples.generator.catalogue import CLINIC_STORE
from examples.generator.garbled import GARBLED
from examples.generator.model.parties import has_part
from examples.generator.model.state import Device
from examples.generator.month import Month
from examples.generator.ordering import line_of, patient, place, receive, withdraw
from examples.generator.samples import plenty, some_order, state_return
from examples.generator.transferring import (
    lent,
    lent_to_patient,
    other_prescriber,
    save,
    sender_of,
    who_answers,
)

GONE: Final = "-P-00050"
"""The end of the id of a deceased person (registry: every fiftieth)."""


def plan_mistakes(month: Month) -> None:
    """Spread the mistakes over the working days, two a day."""
    day = date(2026, 5, 4)
    for number, mistake in enumerate((*GARBLED, *_REFUSED)):
        month.plan(day, partial(mistake, month))
        if number % 2:
            day = working_days_after(day, 1)


# -- what a rule refuses -------------------------------------------------------------------------


def _unknown_article(month: Month) -> None:
    place(month, [line_of("99999-99")])


def _outside_assortment(month: Month) -> None:
    place(month, [line_of(_outside(month, marked=False))])


def _deceased(month: Month) -> None:
    name = f"{month.profile.code.upper()}{GONE}"
    place(month, [line_of(plenty(month))], recipient=patient(name))


def _unknown_person(month: Month) -> None:
    name = f"{month.profile.code.upper()}-P-99999"
    place(month, [line_of(plenty(month))], recipient=patient(name))


def _two_of_a_marked_device(month: Month) -> None:
    marked = next(one for one in month.listed if one.kind.marked and one.kind.stock)
    place(month, [line_of(marked.article.article_number, 2)])


def _free_text(month: Month) -> None:
    line = LineToOrder(article_number=line_of(plenty(month)).article_number, comment="Helst blå")
    place(month, [line], instructions="Ring innan")


def _same_reference_again(month: Month) -> None:
    reference = next(iter(month.model.world.orders))
    month.send("orders", reference, some_order(month))


def _somebody_elses_store(month: Month) -> None:
    first, second = [one for one in month.units.customers if one.store][:2]
    withdraw(month, first.customer_id, str(second.store), [line_of(plenty(month))])


def _private_clinic(month: Month) -> None:
    clinic = next(one for one in month.units.customers if one.private_clinic)
    withdraw(month, clinic.customer_id, CLINIC_STORE, [line_of(plenty(month))])


def _return_to_private_clinic(month: Month) -> None:
    number = month.take_device(lent)
    if number is not None:
        # the key of the fact is the device's: it may come back elsewhere later
        version = month.version(DeviceReturned.wire_type, number)
        state_return(month, number, {"version": version, "store": CLINIC_STORE})
        month.let_go([number])


def _return_of_what_stands_in_a_store(month: Month) -> None:
    own = month.profile.own_stores
    number = month.take_device(lambda device: device.store == own[0])
    if number is not None:
        version = month.version(DeviceReturned.wire_type, number)
        state_return(month, number, {"version": version, "store": own[1]})
        month.let_go([number])


def _elsewhere(month: Month) -> None:
    command = some_order(month)
    strangers = [
        one for one in month.prescribers() if command.service_point not in one.service_points
    ]
    wrong = command.model_copy(update={"prescriber": strangers[0].user_id})
    month.send("orders", month.name(month.profile.sends_order), wrong)


def _booked_otherwise(month: Month) -> None:
    article = plenty(month)
    reference = receive(month, article, 5)
    month.plan(month.later(1), partial(_book_again, month, reference, article))


def _book_again(month: Month, reference: str, article: str) -> None:
    month.send(
        "inventory",
        reference,
        GoodsReceived(
            version=2,
            store=StoreId(month.profile.central),
            article_number=line_of(article).article_number,
            quantity=7,
            received_on=month.today,
        ),
    )


# -- withdrawals that inventory declines, and one that it does not --------------------------------


def _no_balance(month: Month) -> None:
    """ORD-7: an article that the store does not have."""
    owner = next(one for one in month.units.customers if one.store)
    missing = next(
        one.article.article_number
        for one in month.listed
        if not one.kind.marked
        and one.kind.stock
        and (owner.store, one.article.article_number) not in month.model.world.balances
    )
    withdraw(month, owner.customer_id, str(owner.store), [line_of(missing)])


def _device_elsewhere(month: Month) -> None:
    """ORD-8: the device is in another store."""
    here, there = [one for one in month.units.customers if one.store][2:4]
    number = month.take_device(lambda device: device.store == there.store)
    if number is not None:
        article = line_of(month.device(number).article).article_number
        line = LineToOrder(article_number=article, device_number=DeviceNumber(number))
        withdraw(month, here.customer_id, str(here.store), [line])
        month.let_go([number])


def _outside_but_in_store(month: Month) -> None:
    """ORD-5: an article that the store has may still be prescribed."""
    article = _outside(month, marked=False)
    for owner in month.units.customers:
        if owner.store is not None and month.promise(owner.store, article, 1):
            withdraw(month, owner.customer_id, owner.store, [line_of(article)])
            return


# -- transfers -------------------------------------------------------------------------------------


def _unknown_device(month: Month) -> None:
    sender = month.prescribers()[0].user_id
    reference = month.name(month.profile.sends_transfer)
    month.send(
        "bmb",
        reference,
        SaveTransfer(sender=sender, devices=(DeviceNumber("X1"),), execute=True),
    )


def _requester_sends(month: Month) -> None:
    requesters = {prescriber: one for one in month.units.users for prescriber in one.acts_for}
    number = month.take_device(lambda one: lent(one) and one.now.prescriber in requesters)
    if number is not None:
        requester = requesters[UserId(str(month.device(number).now.prescriber))]
        save(month, [number], sender=requester.user_id, prescriber=other_prescriber(month, number))
        month.let_go([number])


def _two_recipients(month: Month) -> None:
    world = month.model.world
    first = month.take_device(lent_to_patient)
    if first is None:
        return
    sender = world.users[sender_of(month, first)]
    at = world.devices[first].now.holder
    second = month.take_device(
        lambda device: lent(device) and device.now.holder != at and has_part(world, device, sender)
    )
    found = [number for number in (first, second) if number is not None]
    save(month, found, prescriber=other_prescriber(month, first))
    month.let_go(found)


def _lent_to_care_unit(device: Device) -> bool:
    return device.now.holder[0] == "care_unit"


def _not_responsible(month: Month) -> None:
    number = month.take_device(lent)
    if number is None:
        return
    reference = save(month, [number], prescriber=other_prescriber(month, number))
    month.plan(month.later(1), partial(_stranger_accepts, month, reference))


def _stranger_accepts(month: Month, reference: str) -> None:
    receiving = month.transfer(reference).receiving
    stranger = next(one for one in month.prescribers() if receiving not in one.service_points)
    month.send(
        "bmb",
        reference,
        AcceptTransfer(by=stranger.user_id, customer_id=stranger.default_service_point),
    )


def _policy_says_no(month: Month) -> None:
    """Patient to patient without attestation, or a payer chosen where it follows the customer."""
    number = month.take_device(lent_to_patient)
    if number is None:
        return
    if month.policy.transfer.patient_to_patient == "attested":
        save(month, [number], to=patient(month.patients[3]), attested=False)
        month.let_go([number])
        return
    reference = save(month, [number], prescriber=other_prescriber(month, number))
    month.plan(month.later(1), partial(_choose_payer, month, reference))


def _choose_payer(month: Month, reference: str) -> None:
    transfer = month.transfer(reference)
    own = month.customer(transfer.receiving).payer_id
    other = next(one.payer_id for one in month.units.payers if one.payer_id != own)
    by = who_answers(month, transfer.receiving).user_id
    customer = month.customer(transfer.receiving).customer_id
    month.send("bmb", reference, AcceptTransfer(by=by, customer_id=customer, payer_id=other))


def _prescriber_unlocks(month: Month) -> None:
    number = month.take_device(lent)
    if number is None:
        return
    reference = save(month, [number], prescriber=other_prescriber(month, number))
    month.plan(month.later(1), partial(_unlock, month, reference, month.prescribers()[0].user_id))
    month.plan(month.later(2), partial(_unlock, month, reference, UserId("kundtjanst2")))


def _unlock(month: Month, reference: str, by: UserId) -> None:
    asked_by = UserId(month.transfer(reference).sender)
    month.send("bmb", reference, UnlockTransfer(by=by, asked_by=asked_by))


# -- who may do nothing (REF-18) -------------------------------------------------------------------


def _nobody_acts(month: Month) -> None:
    """An inactive user places an order that nothing else is wrong with; an unknown one cancels a
    transfer that is unknown too: who acts is asked first.
    """
    former = next(one for one in month.units.users if not one.active)
    article = next(one.article for one in month.listed if one.kind.stock and not one.kind.marked)
    order = PlaceOrder(
        recipient=patient(month.patients[0]),
        prescriber=former.user_id,
        service_point=former.default_service_point,
        lines=(line_of(article.article_number),),
    )
    month.send("orders", month.name("FEL"), order)
    month.send("bmb", month.name("FEL"), CancelTransfer(by=UserId("f999")))


def _outside(month: Month, *, marked: bool) -> str:
    return str(
        next(
            one.article.article_number
            for one in month.listed
            if one.kind.outside and one.kind.marked == marked
        )
    )


_REFUSED: Final[tuple[Callable[[Month], None], ...]] = (
    _unknown_article,
    _deceased,
    _outside_assortment,
    _no_balance,
    _unknown_device,
    _device_elsewhere,
    _prescriber_unlocks,
    _same_reference_again,
    _private_clinic,
    _requester_sends,
    _policy_says_no,
    _elsewhere,
    _not_responsible,
    _two_of_a_marked_device,
    _return_to_private_clinic,
    _outside_but_in_store,
    _free_text,
    _unknown_person,
    _two_recipients,
    _booked_otherwise,
    _somebody_elses_store,
    _return_of_what_stands_in_a_store,
    _nobody_acts,
)
