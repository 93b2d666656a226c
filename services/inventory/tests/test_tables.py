"""The migrated schema is the metadata's; the catalogue's messages all have their place here."""

import typing

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from inventory.article_files.commands import HideFile, KeepFile, ShowFile, TellInformation
from inventory.articles.domain import evolve as evolve_article
from inventory.baskets.domain import Basket
from inventory.baskets.domain import evolve as evolve_basket
from inventory.cards.commands import GiveNumber, SetCard
from inventory.damages.commands import TellDamage
from inventory.device_notes.commands import HideNote, ShowNote, WriteNote
from inventory.devices.domain import Device
from inventory.devices.domain import evolve as evolve_device
from inventory.handlers import messages
from inventory.holds.domain import Hold
from inventory.holds.domain import evolve as evolve_hold
from inventory.models import Base
from inventory.reconditionings.commands import Recondition
from inventory.reconditionings.domain import Reconditioning
from inventory.reconditionings.domain import evolve as evolve_reconditioning
from inventory.refills.commands import DropProposal
from inventory.reservations.domain import Reservation
from inventory.reservations.domain import evolve as evolve_reservation
from inventory.safety_levels.commands import SetSafetyLevel
from inventory.stocktakings.commands import CountScans, CountShelf
from inventory.stocktakings.domain import Stocktaking
from inventory.stocktakings.domain import evolve as evolve_stocktaking
from inventory.supplier_returns.commands import SendBack
from kvitt_contracts import billing, inventory, orders, topics
from kvitt_contracts.envelope import Message
from kvitt_contracts.examples import example, examples_of
from kvitt_contracts.orders import (
    AccessApplied,
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
)
from kvitt_testkit.world import ServiceUrls
from sqlalchemy import create_engine

# What others say and nothing here follows from: orders' own notes of our answers, bmb's waiting.
UNUSED = {
    orders.PayerRegistered,
    orders.CareUnitRegistered,
    *(
        t
        for t in topics.ORDERS_CUSTOMER_ORDERS.types
        if t
        not in (
            orders.OrderPlaced,
            orders.OrderPlacedV2,
            orders.OrderVoidRequested,
            orders.OrderReceiptReported,
            orders.ReplenishmentPlaced,
        )
    ),
    *(t for t in topics.ORDERS_FAULT_REPORTS.types if t is not orders.FaultReportPrescriberNamed),
    orders.BasketLoanOpened,
    orders.BasketLoanOverdue,
    orders.BasketLoanLineEnded,
    orders.BasketLoanActDeclined,
    orders.BasketLoanFeeDelivered,
    orders.PickupRegistered,
    orders.PickupLineEnded,
    orders.PickupReported,
    orders.PickupOverdue,
    orders.PickupReturnAwaited,
    orders.PickupMadeUrgent,
    orders.PickupClosed,
    billing.RegionSaleProposed,
    billing.RegionSaleReminderDue,
    billing.RegionSaleLineDropped,
    orders.WorkOrderPlanned,
    orders.WorkOrderStarted,
    orders.WorkOrderNoted,
    orders.WorkOrderVoided,
    orders.WorkOrderApplicationDecided,
    orders.WorkOrderReminderDue,
    orders.WorkOrderRenumbered,
    *(
        t
        for t in topics.BMB_TRANSFERS.types
        if t.wire_type.split(".")[2]
        in (
            "sent",
            "deadline-neared",
            "unlock-asked",
            "line-completed",
            "line-dropped",
            "dissolved",
            "completed",
        )
    ),
    AccessApplied,  # who may act is what the register says of a user
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
}

OVER_HTTP_ALONE = {
    CountScans,
    CountShelf,
    DropProposal,
    GiveNumber,
    HideFile,
    HideNote,
    KeepFile,
    Recondition,
    SendBack,
    SetCard,
    SetSafetyLevel,
    ShowFile,
    ShowNote,
    TellDamage,
    TellInformation,
    WriteNote,
}
"""What users say that no region sends."""


def test_every_message_that_inventory_consumes_is_handled_or_known_to_need_nothing() -> None:
    consumed: set[type[Message]] = {
        kind for topic in topics.consumed_by("inventory", ["ac"]) for kind in topic.types
    }

    assert set(messages.messages) == consumed - UNUSED | OVER_HTTP_ALONE


def test_every_event_of_a_device_evolves_it() -> None:
    registered = evolve_device(None, example(inventory.DeviceRegistered))
    for one in examples_of(topics.INVENTORY_DEVICES.types):
        evolved = evolve_device(registered, typing.cast(inventory.DeviceEvent, one.message))
        assert isinstance(evolved, Device)


def test_every_event_of_a_hold_evolves_it() -> None:
    granted = evolve_hold(None, example(inventory.HoldGranted))
    for one in examples_of(topics.INVENTORY_HOLDS.types):
        assert isinstance(evolve_hold(granted, typing.cast(inventory.HoldEvent, one.message)), Hold)


def test_every_event_of_a_reservation_evolves_it() -> None:
    reserved = evolve_reservation(None, example(inventory.StockReserved))
    for one in examples_of(typing.get_args(inventory.ReservationEvent)):
        evolved = evolve_reservation(reserved, typing.cast(inventory.ReservationEvent, one.message))
        assert isinstance(evolved, Reservation)


def test_every_event_of_a_basket_evolves_it() -> None:
    first = example(inventory.BasketReserved)
    line = first.lines[0].line_id
    for one in examples_of(typing.get_args(inventory.BasketEvent)):
        event = typing.cast(inventory.BasketEvent, one.message)
        if "line_id" in type(event).model_fields:
            event = event.model_copy(update={"line_id": line})
        assert isinstance(evolve_basket(evolve_basket(None, first), event), Basket)


def test_every_event_of_a_reconditioning_evolves_it() -> None:
    opened = evolve_reconditioning(None, example(inventory.ReconditioningOpened))
    for one in examples_of(topics.INVENTORY_RECONDITIONING.types):
        event = typing.cast(inventory.ReconditioningEvent, one.message)
        assert isinstance(evolve_reconditioning(opened, event), Reconditioning)


def test_every_event_of_a_stocktaking_evolves_it() -> None:
    planned = evolve_stocktaking(None, example(inventory.StocktakingPlanned))
    for one in examples_of(topics.INVENTORY_STOCKTAKINGS.types):
        evolved = evolve_stocktaking(planned, typing.cast(inventory.StocktakingEvent, one.message))
        assert isinstance(evolved, Stocktaking)


def test_every_event_of_an_article_evolves_it() -> None:
    listed = evolve_article(None, example(inventory.ArticleListed))
    assert evolve_article(listed, example(inventory.ArticlePriced)).prices


def test_the_migrated_tables_are_those_of_the_metadata(
    service_database: typing.Callable[[str], ServiceUrls],
) -> None:
    url = service_database("inventory").owner.replace("+asyncpg", "+psycopg")
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_inventorys})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def _is_inventorys(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The chassis's own tables are no part of inventory's metadata."""
    return kind != "table" or name in Base.metadata.tables
