"""What an operator sends to a service and is answered: bodies and views of admin.py."""

from datetime import datetime
from typing import Annotated, Any, Literal

from kvitt_contracts.types import TEXT, RegionCode
from pydantic import AwareDatetime, BaseModel, Field

from kvitt_chassis.consuming.previews import What
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.operating import clock
from kvitt_chassis.parameters import RowNumber, Text
from kvitt_chassis.web.bodies import Body

_SPAN = (clock.LATEST - clock.EARLIEST).total_seconds()


class Outbox(BaseModel):
    """How far the event log is sent."""

    unsent: int
    oldest_unsent_seconds: float
    holder: str
    lease_seconds_left: float
    last_id: int
    refusal: str | None


class Clock(BaseModel):
    """Business time, how far it is ahead of real time, and whether it can be moved."""

    now: datetime
    offset_seconds: float
    moves: bool


Why = Annotated[str, Field(min_length=3, max_length=500, pattern=TEXT)]


class Advance(Body):
    """Move business time to an instant, or to an offset that another service has answered."""

    to: AwareDatetime | None = None
    offset_seconds: Annotated[float | None, Field(ge=-_SPAN, le=_SPAN)] = None
    why: Why = "training or test"


class Because(Body):
    """Why an act is done; it is kept."""

    why: Why


class Reconcile(Because):
    """Which checks to run, all where none is named; and of which region to tell, else of all."""

    checks: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    region: RegionCode | None = None


class Edit(Because):
    """The body as it should have been (JSON), or fields of it by their paths, to set or to remove
    (null); and headers to set, or to remove (null).
    """

    body: Any = None
    fields: Annotated[dict[str, Any], Field(default_factory=dict, max_length=50)]
    headers: Annotated[dict[str, str | None], Field(default_factory=dict)]


class Previewed(Body):
    """Which act is looked ahead at, and of an edit what it makes of the message."""

    what: What
    body: Any = None
    fields: Annotated[dict[str, Any], Field(default_factory=dict, max_length=50)]
    headers: Annotated[dict[str, str | None], Field(default_factory=dict)]


class Confirm(Because):
    """That what is proposed is done: as it was seen, by when it was proposed."""

    seen: AwareDatetime | None = None


class Many(Because):
    """Which quarantined keys are tried again: those with this cause, topic and reason, all where
    none is named; of one region, else of all.
    """

    cause: Cause | None = None
    topic: Text | None = None
    reason: Annotated[str | None, Field(max_length=500, pattern=TEXT)] = None
    region: RegionCode | None = None


class Republish(Because):
    """Which events to send again."""

    topic: Text
    key: Text
    from_seq: Annotated[RowNumber, Field(ge=1)] = 1


class Rebase(Because):
    """Which rows to send again: none, all, or those after an id."""

    resend: Literal["nothing", "everything"] | RowNumber


class Recorded(BaseModel):
    """One event of an aggregate's story."""

    seq: int
    type: str
    time: datetime
    recorded_at: datetime
    event_id: str
    region: str
    actor: str | None
    causation_id: str | None
    correlation_id: str | None
    data: Any
