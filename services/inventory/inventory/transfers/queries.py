"""Look-ups of transfers for what others show: those that somebody takes part in."""

from uuid import UUID

from kvitt_chassis.access import Caller
from sqlalchemy import ColumnElement, Select, or_, select

from inventory.transfers.models import TransferPartiesRow


def transfers_of(caller: Caller) -> Select[UUID]:
    """Selects the ids of the transfers that the caller has a side in (REF-18)."""
    return _ids(or_(_is_sent_by(caller), is_meant_for(caller)))


def transfers_sent_by(caller: Caller) -> Select[UUID]:
    """Selects the ids of the transfers that the caller or their service points send."""
    return _ids(_is_sent_by(caller))


def is_meant_for(caller: Caller) -> ColumnElement[bool]:
    """A transfer goes to the caller, as its new prescriber, or to their service points."""
    return or_(
        TransferPartiesRow.receiving_service_point.in_(sorted(caller.service_points)),
        TransferPartiesRow.new_prescriber == caller.user_id,
    )


def _ids(criterion: ColumnElement[bool]) -> Select[UUID]:
    return select(TransferPartiesRow.transfer_id).where(criterion)


def _is_sent_by(caller: Caller) -> ColumnElement[bool]:
    return or_(
        TransferPartiesRow.sender == caller.user_id,
        TransferPartiesRow.sending_service_point.in_(sorted(caller.service_points)),
    )
