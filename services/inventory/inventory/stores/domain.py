"""Which stores may have goods. No clock, no database."""

from dataclasses import dataclass
from enum import StrEnum

from kvitt_contracts.refusals import Refused


class StoreKind(StrEnum):
    """What a store is for (INV-4)."""

    CENTRAL = "central"
    PURCHASING = "purchasing"
    OWN = "own"
    INVESTIGATION = "investigation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A store, with whether the unit that owns it is a private clinic."""

    kind: StoreKind
    of_private_clinic: bool = False


class StoreRefused(Refused):
    """Nothing may be put into that store."""


def refusal_to_hold_stock(store: Store, *, private_clinics_hold_stock: bool) -> StoreRefused | None:
    """Why nothing may be put into a store, or None: a purchasing store never shows a balance
    (INV-4); a private clinic has no stock of its own, neither by replenishment nor by return
    (REF-7).
    """
    if store.kind is StoreKind.PURCHASING:
        return StoreRefused(
            "PURCHASING_STORE_HAS_NO_BALANCE",
            rule="INV-4",
            field="store",
            way_on="Ange lagret som godset kom till: ett inköpsförråd har inget saldo.",
        )
    if store.of_private_clinic and not private_clinics_hold_stock:
        return StoreRefused(
            "PRIVATE_CLINIC_HOLDS_NO_STOCK",
            rule="REF-7",
            field="store",
            way_on="Lämna hjälpmedlet till centrallagret med en hämtorder.",
        )
    return None
