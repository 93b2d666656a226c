"""Which transfers are within whose reach (REF-18), and to whom those of protected persons are shown
(REF-19). No rule of transfers here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.http import Scope
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import Concerning
from kvitt_contracts.types import RegionCode
from sqlalchemy import ColumnElement, Text, and_, any_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from bmb.domain import HOLDING, Status
from bmb.models import TransferRow, TransferSubjectRow
from bmb.register.queries import WISHES, protected_references


# decision 0342: under row security no index of JSON is used
def concerns(subjects: Sequence[UUID], region: RegionCode) -> ColumnElement[bool]:
    """True of the transfers of a region that name, or have named as drafts, one of these devices or
    persons.
    """
    return _names(TransferSubjectRow.region == region, TransferSubjectRow.subject.in_(subjects))


def _names(*criteria: ColumnElement[bool]) -> ColumnElement[bool]:
    """True of the transfers of these subjects. Read once, before the transfers."""
    found = select(TransferSubjectRow.transfer_id).where(*criteria)
    return TransferRow.id == any_(func.array(found.scalar_subquery()))


_RECIPIENTS: Final = tuple(
    cast(column, JSONB)["person"].astext
    for column in (TransferRow.current_recipient, TransferRow.new_recipient)
)


def _is_of(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """True of a transfer from or to a person."""
    return or_(*(one == cast(person, Text) for one in _RECIPIENTS))


def _is_of_some(persons: ColumnElement[Any]) -> ColumnElement[bool]:
    """True of a transfer from or to one of some persons: found by whom it names."""
    named = any_(cast(persons, ARRAY(Text)))
    return and_(
        _names(TransferSubjectRow.subject == any_(persons)),
        or_(*(one == named for one in _RECIPIENTS)),
    )


def was_rejected() -> ColumnElement[bool]:
    """True of the transfers that the receiver has said no to, wholly or to a part (BMB-8)."""
    return or_(TransferRow.status == Status.REJECTED, TransferRow.rejected != ())


def is_of_protected() -> ColumnElement[bool]:
    """True of a transfer from or to a person with protected identity."""
    protected = protected_references()
    # a care unit is no person, and NULL would be neither in the list nor outside it
    return or_(*(func.coalesce(person, "").in_(protected) for person in _RECIPIENTS))


def _was_sent_to(caller: Caller) -> ColumnElement[bool]:
    mine = TransferRow.receiving_service_point.in_(sorted(caller.service_points))
    to_me = TransferRow.new_prescriber == caller.user_id
    return and_(TransferRow.deadline.is_not(None), or_(mine, to_me))


_SIDES: Final[Mapping[str, Any]] = {
    "service_points": [TransferRow.sending_service_point],
    "users": [TransferRow.sender],
    "also": _was_sent_to,
}

# decision 0281: a transfer is its two sides', and a protected person's is theirs alone
SHOWN: Final = ScopeOfPersons(
    TransferRow.region,
    protected=is_of_protected,
    wishes=WISHES.of(
        Concerning(one=_is_of, some=_is_of_some),
        units=[TransferRow.sending_service_point, TransferRow.receiving_service_point],
        is_under_way=lambda: TransferRow.status.in_((Status.REQUESTED, *HOLDING)),
        may_be_shown=lambda: TransferRow.deadline.is_not(None),
    ),
    **_SIDES,
)
"""The transfers that somebody is shown with their recipients: those of their side, the receiving
one's from when they are sent; and where the table reaches over the region the others too, save the
protected.
"""

UNLOCKED: Final = Scope(TransferRow.region, **_SIDES)
"""The transfers that may be unlocked, also by who is not shown whom they concern."""


# decision 0310: asking to unlock is a step of the transfer, and needs no words
def may_be_unlocked(grant: Grant) -> ColumnElement[bool]:
    """What a locked transfer must be to be named to who unlocks: what they are shown anyway, and
    what somebody has asked them to unlock, whoever it concerns.
    """
    return or_(TransferRow.unlock_asked_at.is_not(None), SHOWN.within(grant))


async def is_shown(transfer: UUID, grant: Grant, tx: Transaction) -> bool:
    """True when a transfer that the caller has acted on is one that they are shown."""
    if not grant.is_region_wide:
        return True  # it was their own side's when they acted
    mine = TransferRow.region == tx.region, TransferRow.id == transfer
    return bool(await tx.session.scalar(select(exists().where(*mine, SHOWN.within(grant)))))
