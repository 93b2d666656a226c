"""Who has which device, by the chassis' inbox: PostgreSQL, each event once and in its key's order.

KVITT_SUBSCRIBER_CONNECTION=.kvitt/subscribers/board.json KVITT_SECRETS_DIR=secrets \
    python board_with_inbox.py
"""

from collections.abc import Iterator
from datetime import date

from kvitt_chassis import subscribing
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.models import TYPE_MAP, Regional, new_metadata
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import CustodyChanged, DeviceRegistered, DeviceStatedOnLoan
from kvitt_contracts.types import DeviceId, PayerId
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DeviceEvent = DeviceRegistered | DeviceStatedOnLoan | CustodyChanged


class Base(DeclarativeBase):
    """The tables of the board."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


class DeviceRow(Regional, Base):
    """A device: what kind of holder has it, who pays, from which day."""

    __tablename__ = "devices"
    locked_when_loaded = True

    device_id: Mapped[DeviceId] = mapped_column(primary_key=True)
    holder: Mapped[str]
    payer_id: Mapped[PayerId | None]
    since: Mapped[date]
    changes: Mapped[int]


messages = Handlers()


def _row(event: DeviceEvent, _: Transaction) -> Iterator[tuple[type[DeviceRow], DeviceId]]:
    yield DeviceRow, event.device_id  # fetched with the batch's others


@messages.on(DeviceRegistered, loads=_row)
async def on_registered(event: DeviceRegistered, tx: Transaction) -> None:
    """A new device is in a store."""
    new = {"holder": "store", "payer_id": None, "since": event.registered_on, "changes": 1}
    tx.put(DeviceRow(region=tx.region, device_id=event.device_id, **new))


@messages.on(DeviceStatedOnLoan, CustodyChanged, loads=_row)
async def on_custody(event: DeviceStatedOnLoan | CustodyChanged, tx: Transaction) -> None:
    """From a day on somebody else has it."""
    now = event.custody
    row = await tx.look_up(DeviceRow, event.device_id)
    if row is None:
        row = DeviceRow(region=tx.region, device_id=event.device_id, changes=0)
        row.holder, row.payer_id, row.since = now.holder.kind, now.payer_id, now.since
        tx.put(row)
    row.holder, row.payer_id, row.since = now.holder.kind, now.payer_id, now.since
    row.changes += 1


if __name__ == "__main__":
    subscribing.run("board", handlers=messages, base=Base)
