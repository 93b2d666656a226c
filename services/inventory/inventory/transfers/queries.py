"""Look-ups of transfers for what others show: those that somebody takes part in."""

from uuid import UUID

from kvitt_chassis.access import Caller
from sqlalchemy import Select, or_, select

from inventory.transfers.models import TransferPartiesRow


def transfers_of(caller: Caller) -> Select[UUID]:
    """Selects the ids of the transfers that the caller's service points send or receive, or that
    they send themselves (REF-18).
    """
    points = sorted(caller.service_points)
    return select(TransferPartiesRow.transfer_id).where(
        or_(
            TransferPartiesRow.sender == caller.user_id,
            TransferPartiesRow.sending_service_point.in_(points),
            TransferPartiesRow.receiving_service_point.in_(points),
        )
    )
