"""Classifies a handler's exception for the consumer, and describes it without repeating any value
of a message.
"""

import traceback
from pathlib import PurePath

from kvitt_contracts.policy import UnknownPolicy
from kvitt_contracts.refusals import Refused
from sqlalchemy.exc import SQLAlchemyError

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.machine import Failure
from kvitt_chassis.consuming.positions import DatabaseBehind
from kvitt_chassis.database import is_lock_trouble
from kvitt_chassis.transaction import NotYetKnown


class HandlerTooSlow(Exception):
    """A handler took longer than its timeout, or than the server keeps an idle transaction open."""


class HandlerFault(Exception):
    """A handler raised an OSError of its own, which is the cause of this exception."""


def failure_of(error: Exception, incoming: Incoming | None) -> Failure:
    """The kind of failure of one message, or (`incoming` None) of a whole batch."""
    if isinstance(error, HandlerTooSlow | HandlerFault):
        return Failure.FAULT
    if isinstance(error, Refused) and incoming is not None and incoming.is_inbound:
        return Failure.REFUSED
    if isinstance(error, NotYetKnown):
        return Failure.NOT_YET_KNOWN
    if isinstance(error, UnknownPolicy):
        return Failure.UNKNOWN_POLICY
    if is_lock_trouble(error) or isinstance(error, DatabaseBehind):
        return Failure.LOCK_TROUBLE
    return Failure.FAULT


def describe(error: BaseException) -> str:
    """An exception's type and where it was raised, for logs. Never its text, which may hold values
    of a message.
    """
    if isinstance(error, HandlerFault) and error.__cause__ is not None:
        error = error.__cause__
    kind = type(error).__name__
    if isinstance(error, SQLAlchemyError) and (cause := getattr(error, "orig", None)) is not None:
        kind = f"{kind} ({getattr(cause, 'sqlstate', None) or type(cause).__name__})"
    if isinstance(error, NotYetKnown):
        kind = f"{kind} ({error.row_type.__name__})"
    if isinstance(error, Refused):
        kind = f"{kind} ({error.rule} {error.reason})"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    if not ours:
        return kind
    last = ours[-1]
    return f"{kind} in {last.name} ({PurePath(last.filename).name}:{last.lineno})"
