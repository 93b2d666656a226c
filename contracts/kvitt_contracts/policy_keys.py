"""Which keys of a region's policy a rule reads today, and by which rule. What a key means is in
policy.py; a test compares this table with the services' code.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from kvitt_contracts.policy import RegionPolicy

READ_KEYS: Final[Mapping[str, str]] = {
    "transfer.expiry.days": "BMB-7",
    "transfer.expiry.outcome": "BMB-7",
    "transfer.clock_starts": "BMB-7",
    "transfer.sender": "BMB-2",
    "transfer.ack_payer": "BMB-4",
    "transfer.rejection_message": "BMB-5",
    "transfer.patient_to_patient": "BMB-11",
    "transfer.notify": "BMB-9",
    "transfer.back_dating": "BMB-7",
    "stores.central": "INV-4",
    "phase_out": "ORD-6",
    "fees.rules.fee_group": "BIL-3",
    "fees.rules.amount": "BIL-3",
    "fees.rules.above_age": "BIL-3",
    "fees.free_until": "BIL-3",
    "id_format.customer": "REF-7",
    "id_format.payer": "REF-7",
    "id_format.care_unit": "REF-7",
    "private_clinics_hold_stock": "REF-7",
    "rent_proration": "BIL-1",
}
"""Dotted keys of a version, without the numbers of lists; each with its rule in docs/domain.md."""

_OF_THE_VERSION: Final = {"region", "name", "version", "effective_from"}


def unread_keys(policy: RegionPolicy) -> Iterator[tuple[str | int, ...]]:
    """The paths of the keys that a version gives another value than their default, and that no rule
    reads yet: giving them changes nothing.
    """
    for path in _given(policy):
        key = ".".join(str(part) for part in path if not isinstance(part, int))
        is_read = any(key == read or key.startswith(f"{read}.") for read in READ_KEYS)
        if not is_read and path[0] not in _OF_THE_VERSION:
            yield path


def _given(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths to the values that differ from their defaults."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            field, given = type(value).model_fields[name], getattr(value, name)
            if field.is_required() or given != field.get_default(call_default_factory=True):
                yield from _given(given, (*path, name))
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for number, one in enumerate(value):
            yield from _given(one, (*path, number))
    else:
        yield path
