"""Logs: one JSON object per line on standard output, masked."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from opentelemetry import trace

from kvitt_chassis.operating.log_limit import Limit
from kvitt_chassis.operating.masking import mask

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_NOISY = ("aiokafka", "uvicorn.access", "httpx", "httpcore", "faststream", "asyncio")


class JsonLines(logging.Formatter):
    """A log record as one line: time, level, logger, service, message, `extra` fields, trace id,
    error.

    Everything is masked: no log holds a person's number, whoever wrote the line. Of an exception
    its type and place are logged, never its text, which may repeat values of a message.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON, without a line end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "service": self._service,
            "message": _message(record),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _OWN}
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"] = f"{span.trace_id:032x}"
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["stack"] = _stack(record.exc_info[1])
        return mask(json.dumps(line, default=str, ensure_ascii=False))


def set_up(service: str, level: str) -> None:
    """Write every log of this process to standard output in this form, none of them too often.
    Replaces earlier handlers.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(service))
    handler.addFilter(Limit(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    sys.excepthook = _log_uncaught


def _message(record: logging.LogRecord) -> str:
    # asyncio's further lines show the task, its exception's text included
    text = record.getMessage()
    return text.split("\n", 1)[0] if record.name == "asyncio" else text


def _stack(error: BaseException | None) -> str:
    """Types and places of a chain of exceptions, the cause first."""
    if error is None:
        return ""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    own = "".join(traceback.format_tb(error.__traceback__))
    told = [_stack(earlier), *(_stack(one) for one in inner), f"{type(error).__name__}\n{own}"]
    return "".join(told)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger(__name__).critical("ends by an error", exc_info=(kind, error, trace))
