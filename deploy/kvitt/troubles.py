"""Troubles that are to be expected, as two lines that an operator can act on. What is none of them
is a fault of ours and is shown whole.
"""

import json

import aiokafka.errors
import httpx
import psycopg
from confluent_kafka import KafkaException

from kvitt.local.problems import LocalProblem

_SEE = "kvitt status shows what runs; kvitt logs may say why."


def as_problem(error: BaseException) -> LocalProblem | None:
    """What to print for an error; None when nobody expects it."""
    match error:
        case LocalProblem():
            return error
        case aiokafka.errors.KafkaError() | KafkaException():
            return LocalProblem(
                f"Kafka does not answer as it should ({_named(error)}).", remedy=_SEE
            )
        case psycopg.OperationalError():
            return LocalProblem(f"PostgreSQL does not answer ({_named(error)}).", remedy=_SEE)
        case httpx.HTTPError():
            return LocalProblem(f"A service does not answer ({_named(error)}).", remedy=_SEE)
        case TimeoutError():
            why = str(error) or "no answer"
            return LocalProblem(f"Something took too long ({why}).", remedy=_SEE)
        case json.JSONDecodeError():
            return LocalProblem(f"That file is not JSON: {error}.", remedy="Mend it; try again.")
        case FileNotFoundError() if error.filename:
            return LocalProblem(
                f"There is no {error.filename}.",
                remedy="Look at the name, and at the directory in which the command is given.",
            )
        case OSError():
            place = f" {error.filename}" if error.filename else ""
            return LocalProblem(
                f"The file system says no{place}: {error.strerror or _named(error)}.",
                remedy="Look at its permissions and at what is free there.",
            )
    return None


# decision 0213: an operator reads English, and what to do on this surface
def of_answer(service: str, answer: httpx.Response) -> LocalProblem:
    """What an operator is told of an answer that is no success.

    The service's own texts are for people who use it, in their language: an operator gets the
    reason's code, its rule and field, and a next step of this command line.
    """
    problem = _document(answer)
    code = reason_of(answer) or "no reason given"
    about = [f"{what} {problem[what]}" for what in ("rule", "field") if problem.get(what)]
    named = ", ".join((code, *about))
    match answer.status_code:
        case 401:
            what = f"{service} does not let this token in ({named})."
            remedy = "KVITT_ADMIN_TOKEN must be a valid token with the role ops or platform."
        case 403:
            what = f"{service} does not let this token do that ({named})."
            remedy = "ops has one region's share; what concerns all takes the role platform."
        case 404:
            what = f"{service} has nothing there ({named})."
            remedy = "The lists show what there is: kvitt parked, kvitt quarantine list."
        case 429 | 503:
            what = f"{service} cannot answer now ({named})."
            remedy = _SEE
        case status if status < 500:
            what = f"{service} refuses it ({named})."
            remedy = "Correct that, and give the command again."
        case status:
            what = f"{service} failed with {status} ({named})."
            remedy = f"kvitt logs {service} says why."
    return LocalProblem(what, remedy=remedy)


def reason_of(answer: httpx.Response) -> str:
    """The code of the problem document's reason; empty where there is none."""
    return str(_document(answer).get("reason", ""))


def _document(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _named(error: BaseException) -> str:
    return type(error).__name__
