"""Which keys of a region's policy a rule reads, and where those that none reads yet will be read.
What a key means is in policy.py; tests compare these tables with the model and the services' code.
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
    "transfer.bundle": "BMB-5",
    "transfer.patient_to_patient": "BMB-11",
    "transfer.notify": "BMB-9",
    "transfer.back_dating": "BMB-7",
    "stores.central": "INV-4",
    "stores.own": "ORD-10",
    "phase_out": "ORD-6",
    "fees.rules.fee_group": "BIL-3",
    "fees.rules.amount": "BIL-3",
    "fees.rules.above_age": "BIL-3",
    "fees.rules.timing": "BIL-3",
    "fees.free_until": "BIL-3",
    "fees.calendar": "BIL-3",
    "fees.pause_notice_days": "BIL-4",
    "id_format.customer": "REF-7",
    "id_format.payer": "REF-7",
    "id_format.care_unit": "REF-7",
    "private_clinics_hold_stock": "REF-7",
    "rent_proration": "BIL-1",
    "inactive_after_months": "REF-5",
    "answer_working_days": "ACT-6",
    "product_areas.code": "REF-11",
    "product_areas.sources": "REF-11",
    "product_areas.exceptions": "REF-11",
    "product_areas.checklist": "PCK-6",
    "product_areas.professions": "REF-15",
    "professions": "REF-15",
    "reconditioning": "INV-13",
    "scrap_below": "INV-7",
    "stocktaking.month": "INV-10",
    "stocktaking.notice_days": "INV-10",
    "stores.purchasing": "ORD-21",
    "child_until": "ACT-1",
    "pickup.reasons": "PCK-1",
    "pickup.window_days": "PCK-3",
    "pickup.overdue_days": "PCK-2",
    "pickup.return_at_once_days": "PCK-7",
    "pickup.return_causes": "PCK-4",
    "product_areas.pickup_reasons": "PCK-4",
    "price_list": "BIL-15",
    "invoice.due_days": "BIL-9",
    "invoice.seller": "BIL-9",
    "invoice.accounts": "BIL-10",
    "invoice.approval": "BIL-9",
    "postage": "BIL-12",
    "supplier_invoice.tolerance_ore": "BIL-6",
    "supplier_invoice.remind_days": "BIL-6",
    "home_region.payers": "BIL-5",
    "home_region.state_payer": "BIL-11",
    "home_region.invoice_after_months": "BIL-5",
    "email": "NTF-4",
    "order.draft_days": "ACT-5",
    "order.basket_days": "ORD-10",
    "order.outside_assortment": "ORD-5",
    "order.void_line": "ORD-14",
    "order.prescribes_to_patients_only": "ORD-25",
    "handouts.loan_terms": "ORD-17",
    "handouts.ownership_terms": "ORD-17",
    "links": "NTF-6",
    "log.keep_years": "REF-21",
    "block_opening_hours": "REF-25",
}
"""Dotted keys of a version, without the numbers of lists; each with its rule in docs/domain.md."""

UNREAD_KEYS: Final[Mapping[str, str]] = {}
"""Dotted keys that have no effect yet, each with the rule and the service that it waits for
(`"REF-5 in orders"`): none now. A key moves to READ_KEYS with the rule that reads it.
"""

_OF_THE_VERSION: Final = {"region", "name", "version", "effective_from"}


def unread_keys(
    policy: RegionPolicy, *, read: Mapping[str, str] = READ_KEYS
) -> Iterator[tuple[str | int, ...]]:
    """The paths of the keys that a version gives another value than their default, and that no rule
    reads yet: giving them changes nothing.
    """
    for path in _given(policy):
        if path[0] not in _OF_THE_VERSION and _line_of(path, read) is None:
            yield path


def waits_for(path: tuple[str | int, ...]) -> str:
    """The rule, and its service, that a key which is not read waits for. Raises KeyError for a key
    that is read.
    """
    found = _line_of(path, UNREAD_KEYS)
    if found is None:
        raise KeyError(path)
    return found


def _line_of(path: tuple[str | int, ...], table: Mapping[str, str]) -> str | None:
    """What a table says of a key, or else of the part of the policy that the key stands in."""
    names = [part for part in path if isinstance(part, str)]
    keys = (".".join(names[:length]) for length in range(len(names), 0, -1))
    return next((table[key] for key in keys if key in table), None)


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
