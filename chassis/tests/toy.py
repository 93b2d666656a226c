"""A whole service in one file, for the chassis tests: messages that are posted, read, removed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

from alembic.migration import MigrationContext
from alembic.operations import Operations
from fastapi import Query, Response
from kvitt_chassis import metrics
from kvitt_chassis.filters import Eq
from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionWide,
    Scope,
    named,
)
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from kvitt_chassis.models import TYPE_MAP, Aggregate, Json, Regional, new_metadata
from kvitt_chassis.operating.process import run
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts.access import Act, Grantee, Reach, acts_of
from kvitt_contracts.bmb import TransferCancelled
from kvitt_contracts.envelope import Command
from kvitt_contracts.notifications import (
    About,
    MessageKind,
    MessagePosted,
    MessageRead,
    MessageRemoved,
    ToServicePoint,
    ToUser,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import NOTIFICATIONS_MESSAGES
from kvitt_contracts.types import MessageId, ServicePointId, UserId
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NOBODY = UserId("nobody")
"""The reader of what is sent to a service point."""


class Status(StrEnum):
    """Where a message is in its life."""

    UNREAD = "unread"
    READ = "read"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The state of a message."""

    id: UUID
    reader: UserId
    place: ServicePointId | None
    about: UUID
    status: Status


def evolve(letter: Letter | None, event: MessagePosted | MessageRead | MessageRemoved) -> Letter:
    """The state after an event."""
    match event:
        case MessagePosted():
            return Letter(
                id=event.message_id,
                reader=event.to.user_id if isinstance(event.to, ToUser) else NOBODY,
                place=None if isinstance(event.to, ToUser) else event.to.service_point,
                about=event.about.id,
                status=Status.UNREAD,
            )
        case MessageRead():
            assert letter is not None
            return replace(letter, status=Status.READ)
        case MessageRemoved():
            assert letter is not None
            return replace(letter, status=Status.REMOVED)


def read(letter: Letter, *, by: UserId) -> MessageRead:
    """Open a message. Raises Refused when it is removed."""
    if letter.status is Status.REMOVED:
        raise Refused(
            "REMOVED", rule="NTF-1", way_on="Meddelandet är borttaget.", status=letter.status
        )
    return MessageRead(message_id=MessageId(letter.id), by=by)


class Base(DeclarativeBase):
    """The toy's tables."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


class LetterRow(
    Aggregate[Letter],
    Base,
    noun="letter",
    topic=NOTIFICATIONS_MESSAGES,
    state=Letter,
    evolve=evolve,
):
    """A message."""

    __tablename__ = "letters"

    reader: Mapped[UserId]
    place: Mapped[ServicePointId | None]
    about: Mapped[UUID]
    status: Mapped[Status]


class UserRow(RegisteredUser, Base):
    """The register of users."""


class PaperRow(Regional, Base):
    """Something to list that no message makes."""

    __tablename__ = "papers"

    paper_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    number: Mapped[int]
    day: Mapped[date | None]
    is_odd: Mapped[bool]
    is_signed: Mapped[bool | None]
    status: Mapped[Status]
    tags: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]))
    lines: Mapped[tuple[dict[str, str], ...]] = mapped_column(Json(tuple[dict[str, str], ...]))


class PostLetter(Command):
    """Write to a user, or to a service point."""

    reader: UserId
    place: ServicePointId | None = None
    about: UUID


class ReadLetter(Command):
    """Open a message."""


POSTED = metrics.declare(
    "counter", "toy_letters_posted_total", "Letters that were posted.", "None needed."
)
REMOVAL = Timer("letter_removal", LetterRow)
messages = Handlers()


@messages.command(PostLetter)
async def post_letter(command: PostLetter, tx: Transaction) -> None:
    """A new message, removed after a day."""
    to = ToServicePoint(service_point=command.place) if command.place else None
    _post(tx, tx.target("letter"), to or ToUser(user_id=command.reader), command.about)


@messages.command(ReadLetter, of=LetterRow, rule="NTF-1")
async def read_letter(row: LetterRow, command: ReadLetter, tx: Transaction) -> None:
    """Open it."""
    tx.record(row, read(row.state(), by=UserId(tx.actor or "-")))


@messages.on(TransferCancelled)
async def on_transfer_cancelled(event: TransferCancelled, tx: Transaction) -> None:
    """Tell somebody."""
    _post(tx, tx.mint(), ToUser(user_id=UserId("k082lno")), event.transfer_id)


@messages.timer(REMOVAL)
async def remove(row: LetterRow, due: datetime, tx: Transaction) -> None:
    """Nobody wants it any more."""
    if row.status is not Status.REMOVED:
        tx.record(row, MessageRemoved(message_id=MessageId(row.id), by=row.reader))


def _post(tx: Transaction, key: UUID, to: ToUser | ToServicePoint, about: UUID) -> None:
    posted = MessagePosted(
        message_id=MessageId(key),
        to=to,
        message=MessageKind.ORDER_DELIVERED,
        about=About(kind="order", id=about),
    )
    tx.start(LetterRow, key, posted)
    tx.schedule(REMOVAL, key=key, due=tx.now + timedelta(days=1))
    tx.after_commit(POSTED.labels(service.name).inc)


class LetterView(BaseModel):
    """Ett meddelande."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    reader: UserId
    status: Status
    pending: bool = False

    @classmethod
    def of(cls, row: LetterRow) -> "LetterView":
        """The view of a row."""
        return cls(
            id=row.id,
            reader=row.reader,
            status=row.status,
            pending=row.status is Status.UNREAD and row.about == PENDING,
        )


A_DAY = timedelta(days=1)
TELEMETRY = Telemetry("notifications")
PENDING = UUID("00000000-0000-4000-8000-000000000001")
"""A letter about this is shown as pending until it is read."""


SCOPE = Scope(LetterRow.region, service_points=[LetterRow.place], users=[LetterRow.reader])
NEW = RegionWide(LetterRow.region, because="a new letter belongs to nobody yet", begins=True)


class PostBody(BaseModel):
    """Vad som skickas."""

    reader: UserId
    about: UUID
    copies: int = Field(default=1, ge=1, le=3)


router = ApiRouter(tags=["Meddelanden"])


@router.post("/letters", status_code=201)
async def post(body: PostBody, commands: Commands) -> LetterView:
    """Skicka ett meddelande."""
    key = uuid4()
    command = PostLetter(reader=body.reader, about=body.about)
    return await commands.run(command, target=key, show=_letter(key))


@router.put("/letters/{letter_id}", status_code=201)
async def put(letter_id: UUID, body: PostBody, commands: Commands) -> LetterView:
    """Skicka ett meddelande med eget id; regeln ser inte efter om det redan finns."""
    command = PostLetter(reader=body.reader, about=body.about)
    return await commands.run(command, target=letter_id, scope=NEW, show=_letter(letter_id))


@router.post("/letters:ask", status_code=202)
async def ask(body: PostBody, commands: Commands) -> LetterView:
    """Skicka ett meddelande, och vänta tills det är läst om anroparen vill."""
    key = uuid4()
    command = PostLetter(reader=body.reader, about=PENDING)
    return await commands.run(command, target=key, show=_letter(key))


@router.post("/letters/{letter_id}:read")
async def read_it(letter_id: UUID, commands: Commands) -> LetterView:
    """Öppna ett meddelande."""
    return await commands.run(
        ReadLetter(), target=letter_id, scope=SCOPE, rule="NTF-1", show=_letter(letter_id)
    )


class LetterQuery(ListQuery):
    """Which letters."""

    status: Annotated[Status | None, Eq(LetterRow.status)] = None


LETTERS = ListOf(
    select(LetterRow),
    scope=SCOPE,
    sorts=named(LetterRow.reader, LetterRow.status),
    default="reader",
    view=LetterView.of,
)


@router.get("/letters")
async def letters(reader: Reader, asked: Annotated[LetterQuery, Query()]) -> Page[LetterView]:
    """Alla meddelanden."""
    return await LETTERS.page(asked, reader)


@router.get("/letters/{letter_id}")
async def letter(letter_id: UUID, reader: Reader) -> LetterView:
    """Ett meddelande."""
    return LetterView.of(await reader.get(LetterRow, letter_id, scope=SCOPE, rule="NTF-1"))


@router.get("/fault")
async def fault() -> Response:
    """Fails, with a number in the exception's text."""
    raise RuntimeError("a fault about 189001019802")


def _letter(key: UUID) -> Callable[[Transaction], Awaitable[LetterView]]:
    async def show(tx: Transaction) -> LetterView:
        return LetterView.of(await tx.get(LetterRow, key))

    return show


_CARE = {Grantee.PRESCRIBER: Reach.OWN, Grantee.REQUESTER: Reach.UNITS}
_WIDE = dict.fromkeys(
    (Grantee.CUSTOMER_SERVICE, Grantee.REGION_SYSTEM, Grantee.PLATFORM), Reach.REGION
)
_POSTS = {**_WIDE, **dict.fromkeys(_CARE, Reach.REGION)}


def _act(name: str, route: str, granted: dict[Grantee, Reach]) -> Act:
    return Act(name=f"toy.{name}", service="notifications", route=route, granted=granted)


ACTS = (
    _act("letter.post", "POST /letters", _POSTS),
    _act("letter.put", "PUT /letters/{letter_id}", _POSTS),
    _act("letter.ask", "POST /letters:ask", _POSTS),
    _act(
        "letter.read",
        "POST /letters/{letter_id}:read",
        {Grantee.PRESCRIBER: Reach.OWN, Grantee.CUSTOMER_SERVICE: Reach.REGION},
    ),
    _act("letters.list", "GET /letters", {**_CARE, **_WIDE}),
    _act("letter.show", "GET /letters/{letter_id}", {**_CARE, **_WIDE}),
    _act("fault", "GET /fault", _POSTS),
)
ADMIN = tuple(act for act in acts_of("notifications") if "/admin/" in (act.route or ""))

service = Service(
    "notifications",
    handlers=messages,
    routers=[router],
    base=Base,
    users=UserRow,
    acts=(*ACTS, *ADMIN),
)


def make_tables(owner_url: str) -> None:
    """What the toy's first migration would do."""
    engine = create_engine(owner_url.replace("+asyncpg", "+psycopg"))
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        create_chassis_tables(op, service.name)
        Base.metadata.create_all(connection)
        guard_regions(op, service.name)
    engine.dispose()


if __name__ == "__main__":
    run(service)
