"""Which transfers are within whose reach (REF-18), and to whom those of protected persons are shown
(REF-19). No rule of transfers here.
"""

from typing import Final
from uuid import UUID

from kvitt_chassis.access import Grant
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from sqlalchemy import ColumnElement, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from bmb.models import TransferRow
from bmb.register.queries import protected_references


def _is_of_protected() -> ColumnElement[bool]:
    protected = protected_references()
    named = (
        cast(column, JSONB)["person"].astext
        for column in (TransferRow.current_recipient, TransferRow.new_recipient)
    )
    # a care unit is no person, and NULL would be neither in the list nor outside it
    return or_(*(func.coalesce(person, "").in_(protected) for person in named))


# decision 0281: a protected person's transfer is shown to its units and the region's system
SHOWN: Final = ScopeOfPersons(
    TransferRow.region,
    service_points=[TransferRow.receiving_service_point, TransferRow.sending_service_point],
    users=[TransferRow.sender, TransferRow.new_prescriber],
    protected=_is_of_protected,
)
"""The transfers that somebody is shown with their recipients: those of the two units and of whoever
is named in them; and where the table reaches over the region the others too, save the protected.
"""


async def is_shown(transfer: UUID, grant: Grant, tx: Transaction) -> bool:
    """True when a transfer that the caller has acted on is one that they are shown."""
    mine = TransferRow.region == tx.region, TransferRow.id == transfer
    return bool(await tx.session.scalar(select(exists().where(*mine, SHOWN.within(grant)))))
