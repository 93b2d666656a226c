"""The migrated schema is what the metadata says; the fold has a line for every event."""

import typing

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from bmb.base import Base
from bmb.domain import Transfer, evolve
from bmb.handlers import messages
from bmb.responsibles.commands import SetResponsibles
from bmb.responsibles.domain import Responsibles
from bmb.responsibles.domain import evolve as evolve_responsibles
from kvitt_contracts.bmb import ResponsiblesEvent, TransferDrafted, TransferEvent
from kvitt_contracts.envelope import Message
from kvitt_contracts.examples import example, examples_of
from kvitt_contracts.inventory import (
    DeviceCardChanged,
    DeviceDamageRecorded,
    DeviceReturnAwaited,
    DeviceStatusChanged,
    HoldReduced,
    HoldReleased,
)
from kvitt_contracts.orders import (
    AccessApplied,
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
)
from kvitt_contracts.topics import BMB_RESPONSIBLES, BMB_TRANSFERS, REGION_BMB, consumed_by
from kvitt_testkit.world import ServiceUrls
from sqlalchemy import create_engine


def test_every_event_of_the_topic_evolves_a_transfer() -> None:
    drafted = example(TransferDrafted)
    for one in examples_of(BMB_TRANSFERS.types):
        event = typing.cast(TransferEvent, one.message)
        assert isinstance(evolve(evolve(None, drafted), event), Transfer)


def test_every_event_of_the_topic_evolves_who_answers() -> None:
    for one in examples_of(BMB_RESPONSIBLES.types):
        event = typing.cast(ResponsiblesEvent, one.message)
        assert isinstance(evolve_responsibles(None, event), Responsibles)


def test_every_message_that_bmb_consumes_has_its_handler() -> None:
    consumed: set[type[Message]] = {
        kind for topic in consumed_by("bmb", ["ac"]) for kind in topic.types
    }

    over_http = {SetResponsibles}
    # what inventory releases, bmb has asked for itself; of what is scrapped it refuses the hold;
    # of a card it shows the number alone, and who keeps a device is reminded: nothing follows;
    # who may act is what the register says of a user, and access is told to whom it concerns
    unused = {
        HoldReduced,
        HoldReleased,
        DeviceStatusChanged,
        DeviceCardChanged,
        DeviceDamageRecorded,
        DeviceReturnAwaited,
        AccessApplied,
        AccessGranted,
        AccessLapsed,
        AccessLapsing,
        AccessRefused,
    }
    assert set(messages.messages) - over_http == consumed - unused
    assert set(REGION_BMB.types) <= set(messages.messages)


def test_the_migrated_tables_are_those_of_the_metadata(
    service_database: typing.Callable[[str], ServiceUrls],
) -> None:
    url = service_database("bmb").owner.replace("+asyncpg", "+psycopg")
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_bmbs})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def _is_bmbs(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The chassis's own tables are no part of bmb's metadata."""
    return kind != "table" or name in Base.metadata.tables
