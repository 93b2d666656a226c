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


FOR_EVERYBODY = (StoreKind.CENTRAL, StoreKind.PURCHASING)
"""The stores that every unit orders from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A store, with whether the unit that owns it is a private clinic."""

    kind: StoreKind
    of_private_clinic: bool = False


class StoreRefused(Refused):
    """Nothing may be put into that store."""


def may_hold_stock(store: Store, *, private_clinics_hold_stock: bool) -> bool:
    """Whether goods may be put into a store: not into a purchasing store, which never shows a
    balance (INV-4), nor into that of a private clinic, which has no stock of its own, neither by
    replenishment nor by return (REF-7).
    """
    is_clinics = store.of_private_clinic and not private_clinics_hold_stock
    return store.kind is not StoreKind.PURCHASING and not is_clinics


def check_holds_stock(store: Store, *, private_clinics_hold_stock: bool) -> None:
    """Raises StoreRefused where goods may not be put into a store (see may_hold_stock)."""
    if may_hold_stock(store, private_clinics_hold_stock=private_clinics_hold_stock):
        return
    if store.kind is StoreKind.PURCHASING:
        raise StoreRefused(
            "PURCHASING_STORE_HAS_NO_BALANCE",
            rule="INV-4",
            field="store",
            way_on="Ange lagret som godset kom till: ett inköpsförråd har inget saldo.",
        )
    raise StoreRefused(
        "PRIVATE_CLINIC_HOLDS_NO_STOCK",
        rule="REF-7",
        field="store",
        way_on="Lämna hjälpmedlet till centrallagret med en hämtorder.",
    )
