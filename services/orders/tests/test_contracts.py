from typing import get_args
from uuid import UUID

import pytest
from kvitt_contracts import bmb, topics
from kvitt_contracts.envelope import Message
from kvitt_contracts.examples import Example, example, examples_of
from kvitt_contracts.inventory import (
    ArticleListed,
    ArticlePriced,
    BasketEvent,
    DeviceCardChanged,
    DeviceDamageRecorded,
    DeviceReturnAwaited,
    DeviceStatusChanged,
    LineReturned,
    LineStocked,
    ReservationEvent,
)
from kvitt_contracts.notifications import EmailQueued
from kvitt_contracts.orders import (
    BasketLoanRequested,
    OrderPlaced,
    PlaceOrder,
    RegisterWithdrawal,
    ReplenishmentPlaced,
    VoidOrder,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import (
    CareUnitStated,
    CustomerStated,
    PayerStated,
    PersonsJoined,
    PersonStated,
    UserStated,
)
from kvitt_contracts.types import ReceiptId, RegionCode, TransferId, identify
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from orders.app import service
from orders.attachments.commands import Attach, KeepAttachment
from orders.baskets.models import BasketLoanRow
from orders.blocks.commands import LiftBlock, OpenBlocks, RegisterBlock
from orders.care.models import CareDeviceRow, CareTransferRow
from orders.cases.commands import AnswerCaseInWords, AskCaseInWords
from orders.consents.commands import GiveConsent, WithdrawConsent
from orders.customer_orders.models import OrderRow
from orders.devices.models import DeviceRow
from orders.erasures.commands import ErasePerson, ErasePersonAgain
from orders.fault_reports.commands import AssessRiskInWords, ReportFaultInWords
from orders.handlers import messages
from orders.order_drafts.commands import (
    DiscardOrderDraft,
    PlaceOrderOverHttp,
    SaveOrderDraft,
)
from orders.people.commands import AddPerson, KeepContact, MergePerson
from orders.people.keys.commands import DropOldKeys, RotateKeys
from orders.people.terms.commands import RekeySearch
from orders.pickups.commands import ReportPickupFirst, RequestPickupInWords
from orders.purchase_orders.commands import CreatePurchaseOrderInWords
from orders.replenishment_addresses.commands import SetReplenishmentAddress
from orders.reviews.commands import DrawSample, ReviewLine
from orders.templates.commands import SaveNamedTemplate
from orders.work_orders.commands import (
    DecideApplicationInWords,
    FinishWorkOrderInWords,
    NoteWorkOrder,
    RegisterWorkOrderInWords,
)
from orders.work_orders.drafts.commands import DiscardApplicationDraft, SaveApplicationDraft

from contracts.tests.builders.bmb import a_transfer_drafted
from contracts.tests.builders.home_regions import HOME_PAYER, with_home_regions
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import a_customer_stated, a_payer_stated, a_user_stated
from services.orders.tests.receiving import a_receipt_row

NO_PART_BEGINS_OR_ENDS: set[type[Message]] = {
    bmb.TransferCancelled,
    bmb.TransferRequested,
    bmb.TransferRefused,
    bmb.TransferDeadlineNeared,
    bmb.TransferExecutedAutomatically,
    bmb.TransferLocked,
    bmb.TransferUnlockAsked,
    bmb.TransferLineCompleted,
    bmb.TransferLineDropped,
    bmb.TransferLinesRejected,
    bmb.TransferCompleted,
    DeviceStatusChanged,
    DeviceCardChanged,
    DeviceDamageRecorded,
    DeviceReturnAwaited,
}
"""Of a transfer: who sends and receives it, and whom it is about, is known from its draft; a device
that is scrapped is in a store.
"""

UNUSED: set[type[Message]] = {
    ArticlePriced,  # orders show no price yet: billing has it
    LineReturned,  # what was delivered stays delivered: inventory counts what has come back
    *NO_PART_BEGINS_OR_ENDS,
    EmailQueued,  # what follows is told when it is sent, or has failed
}

OVER_HTTP_ALONE: set[type[Message]] = {
    SaveNamedTemplate,
    AddPerson,
    KeepContact,
    ReportFaultInWords,
    AssessRiskInWords,
    RequestPickupInWords,
    ReportPickupFirst,
    AskCaseInWords,
    AnswerCaseInWords,
    KeepAttachment,
    Attach,
    RegisterWorkOrderInWords,
    NoteWorkOrder,
    FinishWorkOrderInWords,
    DecideApplicationInWords,
    CreatePurchaseOrderInWords,
    SaveApplicationDraft,
    DiscardApplicationDraft,
    SaveOrderDraft,
    DiscardOrderDraft,
    PlaceOrderOverHttp,
    SetReplenishmentAddress,
    MergePerson,
    ErasePerson,
    ErasePersonAgain,
    RekeySearch,
    RotateKeys,
    DropOldKeys,
    RegisterBlock,
    LiftBlock,
    OpenBlocks,
    GiveConsent,
    WithdrawConsent,
    ReviewLine,
    DrawSample,
}


async def handle(world: World, one: Example) -> None:
    """An example as it comes in."""
    await world.handle(one.message, envelope=one.envelope)


def test_every_consumed_message_is_handled_or_known_to_need_nothing() -> None:
    consumed: set[type[Message]] = {
        kind for topic in topics.consumed_by("orders", ["ac"]) for kind in topic.types
    }

    assert set(messages.messages) - OVER_HTTP_ALONE == consumed - UNUSED


async def test_the_examples_of_the_regions_are_taken_in(given: Given, policies: Policies) -> None:
    async with given(service, policies=with_home_regions(policies)) as world:
        await world.handle(a_payer_stated("81007", name="Region Västerbotten"), subject="81007")
        await world.handle(a_payer_stated(HOME_PAYER), subject=HOME_PAYER)
        for one in examples_of([PayerStated, CustomerStated]):
            await handle(world, one)
        await world.handle(a_customer_stated("40355", payer="81002", store="602"), subject="40355")
        await world.handle(a_user_stated("k082lno", "40210"), subject="k082lno")
        await world.handle(an_article_listed("31222-07", marked=True))
        for one in examples_of(
            [CareUnitStated, UserStated, PersonStated, ArticleListed, PlaceOrder]
        ):
            await handle(world, one)
        for one in examples_of([RegisterWithdrawal, VoidOrder, PersonsJoined]):
            await handle(world, one)

        assert {str(row.status) for row in await world.rows(OrderRow)} == {
            "registered",
            "pending",
            "voiding",
        }
        await assert_rows_are_folds(world)


@pytest.mark.parametrize(
    "one",
    examples_of([kind for kind in get_args(ReservationEvent) if kind not in UNUSED]),
    ids=lambda one: one.wire_type,
)
async def test_the_examples_of_inventorys_answers_are_taken_in(given: Given, one: Example) -> None:
    async with given(service) as world:
        line = one.data.get("line_id")  # a part delivery names the line that it was placed with
        stocks = one.wire_type == LineStocked.wire_type
        placed: OrderPlaced | ReplenishmentPlaced = (
            example(ReplenishmentPlaced) if stocks else example(OrderPlaced)
        )
        lines = tuple(
            first.model_copy(update={"line_id": UUID(line)} if line else {})
            for first in placed.lines[:1]
        )
        order = type(placed).model_validate(
            {**placed.model_dump(), "order_id": one.data["order_id"], "lines": lines}
        )
        async with world.worker.unit() as unit:
            tx = unit.begin(region=RegionCode("ac"))
            tx.start(OrderRow, order.order_id, order)
            receipt = one.data.get("receipt_id")
            if receipt is not None and isinstance(order, OrderPlaced):  # it was reported before
                tx.put(a_receipt_row(ReceiptId(UUID(receipt)), order))

        await handle(world, one)

        await assert_rows_are_folds(world)


@pytest.mark.parametrize(
    "one",
    examples_of([kind for kind in get_args(BasketEvent) if kind not in UNUSED]),
    ids=lambda one: one.wire_type,
)
async def test_the_examples_of_inventorys_answers_to_baskets_are_taken_in(
    given: Given, one: Example
) -> None:
    async with given(service) as world:
        asked = example(BasketLoanRequested)
        line = asked.lines[0].model_copy(
            update={"line_id": UUID(one.data.get("line_id") or str(asked.lines[0].line_id))}
        )
        values = {**asked.model_dump(), "order_id": one.data["order_id"], "lines": (line,)}
        loan = BasketLoanRequested.model_validate(values)
        async with world.worker.unit() as unit:
            unit.begin(region=RegionCode("ac")).start(BasketLoanRow, loan.order_id, loan)

        await handle(world, one)

        await assert_rows_are_folds(world)


async def test_the_examples_of_devices_and_transfers_are_taken_in(given: Given) -> None:
    handled = set(messages.messages)
    named: dict[str, set[str]] = {"inventory": set(), "bmb": set()}
    async with given(service) as world:
        for topic in (topics.INVENTORY_DEVICES, topics.BMB_TRANSFERS):
            for one in examples_of([kind for kind in topic.types if kind in handled]):
                if one.envelope.type != bmb.TransferDrafted.wire_type and topic.owner == "bmb":
                    drafted = a_transfer_drafted(transfer=TransferId(UUID(one.envelope.subject)))
                    await world.handle(drafted, region=one.envelope.region)
                await handle(world, one)
                named[topic.owner].add(one.envelope.subject)

        devices = {str(row.device_id) for row in await world.rows(CareDeviceRow)}
        devices |= {str(row.device_id) for row in await world.rows(DeviceRow)}
        transfers = {str(row.transfer_id) for row in await world.rows(CareTransferRow)}
        assert (devices, transfers) == (named["inventory"], named["bmb"])


def test_an_orders_id_follows_from_its_reference() -> None:
    reference = examples_of([PlaceOrder])[0].envelope.subject

    assert identify("ac", "order", reference) == identify("ac", "order", reference)
    assert identify("ac", "order", reference) != identify("bd", "order", reference)
