"""Every row of every service is, fetched by the driver, what the ORM's own select makes of it, and
stands, written by the driver, as the ORM writes it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from billing.electronic.domain import Buyer, Parties
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kvitt_chassis import driver
from kvitt_chassis.models import Json, Regional
from kvitt_chassis.row_keys import key_column
from kvitt_chassis.row_writing import is_left, writing_rows
from kvitt_chassis.rows import reader_of
from kvitt_contracts.orders import Delivery
from kvitt_contracts.personnummer import CoordinationNumber, PersonalNumber, ReserveNumber
from kvitt_contracts.policy_parts import Seller
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import (
    Address,
    Code,
    DeviceNumber,
    Endpoint,
    LineNumber,
    MarkedDevice,
    OrganisationNumber,
    PolicyVersion,
    RegionCode,
    VatNumber,
)
from kvitt_testkit.platform import Platform
from orders.order_drafts.domain import WrittenLine, WrittenOrder
from orders.work_orders.applications.domain import Application
from sqlalchemy import Column, Engine, Enum, MetaData, PrimaryKeyConstraint, create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import configure_mappers

REGION = RegionCode("ac")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
INSTANTS = st.datetimes(timezones=st.just(UTC))
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "JSONB": TEXTS,  # what is sealed, as a text
    "SmallInteger": st.integers(-(2**15), 2**15 - 1),
    "BigInteger": st.integers(-(2**63), 2**63 - 1),
    "Boolean": st.booleans(),
    "LargeBinary": st.binary(max_size=20),
    "Date": DATES,
    "Integer": st.integers(-(2**31), 2**31 - 1),
    "String": TEXTS,
    "Text": TEXTS,
    "TIMESTAMP": INSTANTS,
    "Uuid": st.uuids(),
}
HOME = Address(street="Storgatan 1", postal_code="90325", city="Umeå")
ENDPOINT = Endpoint(scheme="0088", id="7350000000016")
WHOLE: dict[type[Any], Any] = {  # their texts follow patterns and check digits
    Address: HOME,
    Application: Application(supplier="Leverantören", is_ce_marked=True),
    CoordinationNumber: CoordinationNumber(number="197010632391"),
    Delivery: Delivery(instructions="Ring först"),
    Endpoint: ENDPOINT,
    WrittenOrder: WrittenOrder(lines=(WrittenLine(comment="med lås"),)),
    MarkedDevice: MarkedDevice(device_number=DeviceNumber("170415"), serial_number="TRO-24"),
    Parties: Parties(
        seller=Seller(
            name="Regionen",
            organisation_number=OrganisationNumber("232100-0222"),
            vat_number=VatNumber("SE232100022201"),
            address=HOME,
            endpoint=ENDPOINT,
            bankgiro="5050-1055",
        ),
        buyer=Buyer(name="Kommunen", endpoint=ENDPOINT, reference="HJM-4711"),
    ),
    PersonalNumber: PersonalNumber(number="191212121212"),
    ReserveNumber: ReserveNumber(number="8A12345", born_on=date(1912, 12, 12)),
    PolicyVersion: PolicyVersion(version=1, content_hash="0123456789abcdef"),
}


def codes(base: type[Code] = Code) -> Iterator[type[Code]]:
    """Every type of code."""
    for code in base.__subclasses__():
        yield code
        yield from codes(code)


def texts_of(code: type[Code]) -> st.SearchStrategy[Any]:
    """Codes that follow their pattern."""
    pattern = code.pattern.replace("$", r"\Z")
    return st.from_regex(pattern).map(lambda text: str.__new__(code, text))


@pytest.fixture(scope="module", autouse=True)
def known_types() -> None:
    """How values of the contracts' types are made."""
    for code in codes():
        st.register_type_strategy(code, texts_of(code))
    for kind, value in WHOLE.items():
        st.register_type_strategy(kind, st.just(value))
    st.register_type_strategy(str, TEXTS)
    st.register_type_strategy(datetime, INSTANTS)


def values_of(column: Column[Any]) -> st.SearchStrategy[Any]:
    """Values of a column; None among them where it may be."""
    kind: Any = column.type
    found: st.SearchStrategy[Any]
    if column.name == "region":
        return st.just(REGION)
    if isinstance(kind, Json) and kind.annotation == tuple[LineNumber, ...]:
        found = st.lists(st.integers(1, 1000)).map(tuple)  # its bounds are pydantic's own
    elif isinstance(kind, Json) and kind.annotation == dict[str, Any]:
        found = st.dictionaries(TEXTS, st.lists(st.none() | st.booleans() | TEXTS))
    elif isinstance(kind, Json):
        found = st.from_type(kind.annotation)
    elif isinstance(kind, Enum) and kind.enum_class is not None:
        found = st.sampled_from(kind.enum_class)
    elif hasattr(kind, "code"):
        found = texts_of(kind.code)
    else:
        found = BY_TYPE[type(kind).__name__]
    return st.none() | found if column.nullable else found


def row_types(service: str) -> list[type[Any]]:
    """The classes whose rows are fetched by one key."""
    configure_mappers()
    declared = import_module(f"{service}.app").service
    classes = (mapper.class_ for mapper in declared.base.registry.mappers)
    regional = [one for one in classes if issubclass(one, Regional)]
    return sorted(
        (one for one in regional if len(inspect(one).primary_key) == 2),
        key=lambda one: str(one.__name__),
    )


@pytest.fixture(scope="module")
def addresses(platform: Platform, prefix: str) -> dict[str, str]:
    """Each service's tables, without what its rules and other tables demand of a row."""
    found = {}
    for service in SERVICES:
        urls = platform.database(service, f"rows-{prefix}", migrate=False)
        make_tables(create_engine(urls.owner.replace("+asyncpg", "+psycopg")), service)
        found[service] = urls.owner
    return found


def make_tables(engine: Engine, service: str) -> None:
    """Create the tables with their columns and primary keys alone."""
    bare = MetaData()
    for row_type in row_types(service):
        table = row_type.__table__.to_metadata(bare)
        table.indexes.clear()
        table.constraints = {
            one for one in table.constraints if isinstance(one, PrimaryKeyConstraint)
        }
        for column in table.columns:
            column.foreign_keys.clear()
    bare.create_all(engine)
    engine.dispose()


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[tuple[AsyncSession, AsyncSession]]:
    """Two sessions in one transaction: for the ORM, and for the driver."""
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    try:
        async with driver.transaction(engine) as session:
            yield AsyncSession(await session.connection()), session
    finally:
        await engine.dispose()


def described(row: Any) -> dict[str, tuple[type[Any], Any]]:
    """A row's attributes as they are held, each with its type; and what the session knows of it."""
    state = inspect(row)
    held = {name: (type(value), value) for name, value in vars(row).items() if name[0] != "_"}
    return held | {
        "its key": (tuple, state.identity_key),
        "it is kept": (bool, state.persistent),
        "it is changed": (bool, state.modified),
        "it lacks": (set, state.unloaded),
    }


async def compare(
    by_orm: AsyncSession,
    by_driver: AsyncSession,
    row_type: Any,
    values: dict[str, Any],
    *,
    locks: bool,
) -> None:
    """The row as the ORM gives it, and as the driver does."""
    by_orm.expunge_all()
    by_driver.expunge_all()
    await by_orm.execute(row_type.__table__.delete())
    await by_orm.execute(row_type.__table__.insert().values(**values))
    column = key_column(row_type)
    expected = (await by_orm.scalars(select(row_type))).one()
    key = getattr(expected, column.key)

    (row,) = await reader_of(row_type, column).fetch(by_driver, REGION, [key], locks=locks)

    assert described(row) == described(expected)
    assert await by_driver.get(row_type, (REGION, key)) is row
    assert (await by_driver.scalars(select(row_type))).one() is row
    assert not by_driver.dirty


async def compare_writing(
    by_orm: AsyncSession,
    by_driver: AsyncSession,
    row_type: Any,
    values: dict[str, Any],
    others: dict[str, Any],
) -> None:
    """The row as it stands when each has written it: new, with what its class gives it by itself,
    and changed.
    """
    table = row_type.__table__
    keys = {one.name for one in table.primary_key}
    given = {
        name: value
        for name, value in values.items()
        if name in keys or table.columns[name].default is None
    }
    changes = {name: value for name, value in others.items() if name not in keys}
    stood = []
    for session in (by_orm, by_driver):
        session.expunge_all()
        await by_orm.execute(table.delete())
        # what is sealed is written as it is stored
        named = inspect(row_type).get_property_by_column
        row = row_type(**{named(table.columns[name]).key: it for name, it in given.items()})
        session.add(row)
        await write(session, is_by_driver=session is by_driver)
        new = (await by_orm.execute(select(table))).one()
        for name, value in changes.items():
            setattr(row, named(table.columns[name]).key, value)
        await write(session, is_by_driver=session is by_driver)
        stood.append((new, (await by_orm.execute(select(table))).one()))
        assert await session.get(row_type, (REGION, getattr(row, key_column(row_type).key))) is row
    assert stood[0] == stood[1]


async def write(session: AsyncSession, *, is_by_driver: bool) -> None:
    """What has changed is written, once."""
    if not is_by_driver:
        await session.flush()
        return
    if parts := writing_rows(session):
        await driver.fetch_together(session, parts)
    if is_left(session):
        await session.flush()
    assert not writing_rows(session)


Drawn = tuple[type[Any], dict[str, Any], bool]
"""A class, the values of a row, and whether it is to be locked."""


@cache
def rows_of(service: str) -> st.SearchStrategy[tuple[Drawn, ...]]:
    """A row of each class."""
    return st.tuples(
        *(
            st.tuples(
                st.just(row_type),
                st.fixed_dictionaries(
                    {
                        one.name: values_of(one)
                        for one in row_type.__table__.columns
                        if one.computed is None
                    }
                ),
                st.booleans(),
            )
            for row_type in row_types(service)
        )
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_row_is_by_the_driver_what_it_is_by_the_orm(
    addresses: dict[str, str], service: str
) -> None:
    drawn: list[Drawn] = []

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rows_of(service))
    def draw(rows: tuple[Drawn, ...]) -> None:
        drawn.extend(rows)

    draw()

    async def compare_all() -> None:
        async with opened(addresses[service]) as (by_orm, by_driver):
            for row_type, values, locks in drawn:
                await compare(by_orm, by_driver, row_type, values, locks=locks)

    asyncio.run(compare_all())


@pytest.mark.parametrize("service", SERVICES)
def test_a_row_is_written_by_the_driver_as_by_the_orm(
    addresses: dict[str, str], service: str
) -> None:
    drawn: list[tuple[Drawn, ...]] = []

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rows_of(service))
    def draw(rows: tuple[Drawn, ...]) -> None:
        drawn.append(rows)

    draw()

    async def compare_all() -> None:
        async with opened(addresses[service]) as (by_orm, by_driver):
            for first, second in pairwise(drawn):
                for (row_type, values, _), (_, others, _) in zip(first, second, strict=True):
                    await compare_writing(by_orm, by_driver, row_type, values, others)

    asyncio.run(compare_all())


def test_every_service_has_rows_that_are_compared() -> None:
    assert all(row_types(service) for service in SERVICES)
