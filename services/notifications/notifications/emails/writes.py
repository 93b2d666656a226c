"""What is written of mails: queued for an event, taken to be tried, settled, put off."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from kvitt_chassis import metrics
from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.notifications import About, Addressee, ToUser
from kvitt_contracts.types import EmailId, RegionCode, Thing, UserId, Word
from sqlalchemy import delete, text

from notifications.emails import domain
from notifications.emails.models import EmailRow, EmailToSendRow
from notifications.messages.domain import Addressee as Whom
from notifications.messages.domain import NewKind
from notifications.messages.writes import post
from notifications.preferences.domain import is_of_region
from notifications.preferences.queries import chosen_by

LATE = Timer("email_late", EmailRow)

SENT = metrics.declare(
    "counter",
    "emails_sent",
    "Mails that a mail server has taken.",
    "None needed.",
    ["routine"],
    silent="no mail was sent since the process began",
)
FAILED = metrics.declare(
    "counter",
    "emails_failed",
    "Mails that are tried no more; whoever they concern has a message instead.",
    "Growing: the events notifications.email.failed.v1 say why. NOT_SENT_IN_TIME: the mail server"
    " or orders was away for three days, docs/runbooks/mail.md.",
    ["routine", "reason"],
    silent="no mail was given up since the process began",
)

_FAILED_MESSAGES = {domain.PURCHASE_ORDER: NewKind.PURCHASE_NOT_MAILED}


def queue(
    tx: Transaction, to: Addressee, *, routine: Word, about: Thing, told: UserId | None
) -> None:
    """Queue a mail for the event that is handled, from whose id its own follows; `told` gets a
    message where it fails.
    """
    email_id = EmailId(tx.mint())
    row = tx.start(EmailRow, email_id, domain.queue(email_id, to=to, routine=routine, about=about))
    row.told = told
    tx.put(EmailToSendRow(region=tx.region, email_id=email_id))
    tx.schedule(LATE, key=email_id, due=tx.now + domain.TRIED_FOR)


# decisions 0464 and 0566: a routine mails beside the message, only users, and whom it must or who
# has chosen it
async def queue_to_users(
    tx: Transaction, told: Iterable[Whom], *, routine: Word, about: About | Thing
) -> None:
    """Queue a mail to each user of those who are told by a message: to all where the region's
    policy has the routine, else to who has chosen it. With a message they need no other where it
    fails.
    """
    is_to_all = is_of_region(routine, tx.policy)
    thing = Thing(kind=Word(about.kind), id=about.id)
    for to in told:
        if isinstance(to, ToUser) and (is_to_all or routine in await chosen_by(to.user_id, tx)):
            queue(tx, domain.to_user(to.user_id), routine=routine, about=thing, told=None)


async def settle_as_sent(row: EmailRow, tx: Transaction) -> None:
    """A mail server has taken it."""
    sent = domain.send(row.state())
    tx.record(row, *sent)
    await _leave_the_queue(row, tx)
    if sent:
        tx.after_commit(SENT.labels("notifications", row.routine).inc)


async def settle_as_failed(row: EmailRow, tx: Transaction, *, reason: str) -> None:
    """It is tried no more: who is to be told has a message instead (NTF-4)."""
    failed = domain.fail(row.state(), reason=reason)
    tx.record(row, *failed)
    await _leave_the_queue(row, tx)
    if not failed:
        return
    tx.after_commit(FAILED.labels("notifications", row.routine, reason).inc)
    message = _FAILED_MESSAGES.get(row.routine)
    if message is not None and row.told is not None and reason not in domain.NOT_NEEDED:
        post(tx, ToUser(user_id=row.told), message, row.state().about)


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that this process tries now, for the `tries`th time."""

    region: RegionCode
    email: domain.Email
    tries: int


# decision 0462: nobody else takes it while it is tried
async def take(
    unit: UnitOfWork, *, out: list[str], last: RegionCode | None, held_seconds: float
) -> Taken | None:
    """Take the next mail that is due, of another region than the `last` where one has any; None:
    none is. For `held_seconds` no other process takes it: longer than a try may last. Those of
    regions that are `out` of service wait.
    """
    values = {"out": out, "last": last, "held": held_seconds}
    found = (await unit.session.execute(_TAKE, values)).first()
    if found is None:
        return None
    row = await unit.session.get(EmailRow, (RegionCode(found.region), found.email_id))
    assert row is not None
    return Taken(RegionCode(found.region), row.state(), found.tries)


async def put_off(unit: UnitOfWork, taken: Taken, *, seconds: float) -> None:
    """Try a taken mail again after so many seconds of real time."""
    values = {"region": taken.region, "email_id": taken.email.id, "seconds": seconds}
    await unit.session.execute(_PUT_OFF, values)


async def waiting(unit: UnitOfWork) -> int:
    """How many mails are to be sent."""
    return int((await unit.session.execute(_WAITING)).scalar_one())


async def _leave_the_queue(row: EmailRow, tx: Transaction) -> None:
    tx.cancel_timer(LATE, key=row.id)
    tx.will_lock(EmailToSendRow)
    mine = EmailToSendRow.region == tx.region
    gone = delete(EmailToSendRow).where(mine, EmailToSendRow.email_id == UUID(str(row.id)))
    await tx.session.execute(gone)


_TAKE = text(
    """
    WITH next AS (
        SELECT region, email_id FROM emails_to_send
        WHERE next_try_at <= clock_timestamp() AND region <> ALL(CAST(:out AS text[]))
        ORDER BY region = :last, next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE emails_to_send AS one
    SET tries = one.tries + 1, next_try_at = clock_timestamp() + make_interval(secs => :held)
    FROM next WHERE one.region = next.region AND one.email_id = next.email_id
    RETURNING one.region, one.email_id, one.tries
    """
)
_PUT_OFF = text(
    """
    UPDATE emails_to_send SET next_try_at = clock_timestamp() + make_interval(secs => :seconds)
    WHERE region = :region AND email_id = :email_id
    """
)
_WAITING = text("SELECT count(*) FROM emails_to_send")
