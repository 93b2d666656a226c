"""The migrated schema is what the metadata says; what is consumed has its handler."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from kvitt_contracts.billing import (
    CommitmentRecorded,
    FittingFinished,
    HomeRegionCaseEnded,
    HomeRegionCaseOpened,
    SupplierInvoiceCleared,
    SupplierInvoiceHeld,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReleased,
)
from kvitt_contracts.bmb import TransferUnlockAsked
from kvitt_contracts.envelope import Message
from kvitt_contracts.inventory import (
    BasketActRefused,
    BasketLineBroken,
    BasketLinePutBack,
    BasketReserved,
    DeviceCardChanged,
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReceiptRefused,
    ReconditioningApproved,
    ReconditioningBroken,
    ReconditioningOpened,
    ReconditioningRedated,
    ReconditioningScrapped,
    ReconditioningStageDone,
    RefillDropped,
    RefillOrdered,
    ReleaseRefused,
    ReservationDeclined,
    ReservationReleased,
    SafetyLevelSet,
    StockBackordered,
    StockReserved,
    StocktakingCounted,
)
from kvitt_contracts.orders import (
    BasketLoanActRequested,
    BasketLoanFeeDelivered,
    BlockLifted,
    BlockOpeningEnded,
    BlockRegistered,
    CaseWithdrawn,
    FaultReportClosed,
    FaultReportPrescriberNamed,
    FaultReportRiskAssessed,
    OrderDeliveryChanged,
    OrderLinePurchased,
    OrderPickingBegun,
    OrderVoidRequested,
    PersonInactivated,
    PersonProtectionChanged,
    PersonReactivated,
    PickupVoidRequested,
    WorkOrderNoted,
    WorkOrderRenumbered,
)
from kvitt_contracts.topics import consumed_by
from kvitt_testkit.world import ServiceUrls
from notifications.base import Base
from notifications.handlers import messages
from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.news.commands import PublishNews, WithdrawNews
from notifications.preferences.commands import SetPreferences
from notifications.webhooks import commands as webhooks
from sqlalchemy import create_engine

_OF_WEBHOOKS: set[type[Message]] = {
    webhooks.AddWebhook,
    webhooks.PauseWebhook,
    webhooks.ResumeWebhook,
    webhooks.RotateSecret,
    webhooks.ReplayWebhook,
    webhooks.TestWebhook,
    webhooks.DeleteWebhook,
}
TOLD_TO_NOBODY: set[type[Message]] = {
    PersonInactivated,
    PersonProtectionChanged,
    PersonReactivated,
    BasketActRefused,
    BasketLineBroken,
    BasketLinePutBack,
    BasketReserved,
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReceiptRefused,
    ReleaseRefused,
    ReservationDeclined,
    ReservationReleased,
    SafetyLevelSet,
    StockBackordered,
    StockReserved,
    StocktakingCounted,
    OrderDeliveryChanged,
    OrderLinePurchased,
    OrderPickingBegun,
    OrderVoidRequested,
    TransferUnlockAsked,
    FaultReportPrescriberNamed,
    FaultReportRiskAssessed,
    FaultReportClosed,
    PickupVoidRequested,
    DeviceCardChanged,
    WorkOrderNoted,
    WorkOrderRenumbered,
    CaseWithdrawn,
    BasketLoanActRequested,
    BasketLoanFeeDelivered,
    BlockRegistered,
    BlockLifted,
    BlockOpeningEnded,
    SupplierInvoiceReceived,
    SupplierInvoiceHeld,
    CommitmentRecorded,
    FittingFinished,
    HomeRegionCaseEnded,
    HomeRegionCaseOpened,
    SupplierInvoiceCleared,
    SupplierInvoiceReleased,
    SupplierInvoiceRejected,
    RefillOrdered,
    RefillDropped,
    ReconditioningApproved,
    ReconditioningBroken,
    ReconditioningOpened,
    ReconditioningRedated,
    ReconditioningScrapped,
    ReconditioningStageDone,
}


def test_every_message_that_is_consumed_has_its_handler() -> None:
    consumed: set[type[Message]] = {
        kind for topic in consumed_by("notifications", ["ac"]) for kind in topic.types
    }

    over_http = {OpenMessage, RemoveMessage, PublishNews, WithdrawNews, SetPreferences}
    over_http |= _OF_WEBHOOKS
    assert set(messages.messages) - over_http == consumed - TOLD_TO_NOBODY


def test_the_migrated_tables_are_those_of_the_metadata(
    service_database: Callable[[str], ServiceUrls],
) -> None:
    url = service_database("notifications").owner.replace("+asyncpg", "+psycopg")
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def _is_ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The chassis's own tables are no part of the service's metadata."""
    return kind != "table" or name in Base.metadata.tables
