"""Each secret that a process reads says how it is replaced while the process serves (REF-22)."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
from kvitt_chassis.secret_files import Replaced
from kvitt_contracts.topics import SERVICES
from kvitt_files.settings import REPLACED
from kvitt_portal.providers import Provider
from pydantic import BaseModel
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "runbooks" / "rotating-secrets.md"
_SOUNDS_SECRET = re.compile(r"(^|_)(key|keys|secret|password|token|credential)s?(_|$)")
NO_SECRETS = {
    "Settings.parked_keys_per_region": "a number of keys of messages",
    "Provider.token": "which of a provider's tokens is used",
}
"""What sounds as a secret, and is none."""


@pytest.mark.rule("REF-22g")
def test_each_secret_says_how_it_is_replaced() -> None:
    fields = dict(_fields())

    silent = {
        name
        for name, hint in fields.items()
        if name not in NO_SECRETS and _is_secret(name, hint) and _way(hint) is None
    }

    assert silent == set()
    assert {name for name in NO_SECRETS if name not in fields} == set()


@pytest.mark.rule("REF-22g")
def test_the_runbook_has_each_secret() -> None:
    page = RUNBOOK.read_text()

    missing = {
        name
        for name, hint in _fields()
        if _way(hint) is not None and f"`{_told(name)}`" not in page
    }

    assert missing == set()


def _fields() -> Iterator[tuple[str, object]]:
    for module in (
        *(f"{service}.app" for service in SERVICES),
        "kvitt_chassis.migrations",
        "kvitt_portal.app",
        "orders.people.keys.wrapping",
    ):
        import_module(module)
    kinds: tuple[type[BaseModel], ...] = (*_kinds(BaseSettings), Provider)
    for kind in kinds:
        for name, hint in get_type_hints(kind, include_extras=True).items():
            if name in kind.model_fields and name in kind.__annotations__:
                yield f"{kind.__name__}.{name}", hint


def _kinds(base: type[BaseSettings]) -> Iterator[type[BaseModel]]:
    for one in base.__subclasses__():
        if one.__module__.startswith(("kvitt_", "kvitt.", *SERVICES)):
            yield one
        yield from _kinds(one)


def _is_secret(name: str, hint: object) -> bool:
    return "SecretStr" in str(hint) or _SOUNDS_SECRET.search(name.partition(".")[2]) is not None


def _way(hint: object) -> object:
    if get_origin(hint) is not Annotated:
        return None
    return next(
        (one for one in get_args(hint) if isinstance(one, Replaced) or one == REPLACED), None
    )


def _told(name: str) -> str:
    """As the runbook has it: the variable, or the field of a list in a file."""
    kind, _, field = name.partition(".")
    if kind == "Provider":
        return field
    prefix = {"FileSettings": "KVITT_FILES_", "MailSettings": "KVITT_MAIL_"}.get(kind, "KVITT_")
    return prefix + field.upper()
