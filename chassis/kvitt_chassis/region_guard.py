"""No unit of work changes a row of a region that none of its messages came from: what a query by
`tx.session` has fetched is looked at when it is written.
"""

from collections.abc import Set
from itertools import chain
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from kvitt_chassis.models import Regional

_REGIONS = "kvitt.regions"


class ForeignRow(Exception):
    """A row of another region was changed. Nothing of the transaction is committed: a fault of the
    code, so the message is parked.
    """

    def __init__(self, row_type: type[Any]) -> None:
        super().__init__(
            f"a {row_type.__name__} of another region was changed: tx.session reads rows of"
            " tx.region alone"
        )


def watch(session: AsyncSession, regions: Set[str]) -> None:
    """Let each flush of the session raise ForeignRow for a new, changed or deleted row of a region
    that is not in `regions`, which may grow until then.
    """
    session.sync_session.info[_REGIONS] = regions


def look(session: Session, *_: Any) -> None:
    """Raises ForeignRow for a new, changed or deleted row of a region that is not watched for."""
    regions = session.info.get(_REGIONS)
    if not regions:  # nothing is handled: a session of the chassis, or of a test
        return
    for row in chain(session.new, session.dirty, session.deleted):
        if isinstance(row, Regional) and row.region not in regions:
            raise ForeignRow(type(row))


event.listen(Session, "before_flush", look)
