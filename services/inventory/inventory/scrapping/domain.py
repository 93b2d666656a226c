"""The rules of scrapping: what may be scrapped, by whom, from which day. No clock, no database."""

from collections.abc import Mapping
from datetime import date

from kvitt_contracts.inventory import DeviceStatusChanged
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId, StoreId, Word

from inventory.devices.domain import IN_CLAIM, Claim, ClaimKind, Device, DeviceStatus


class ScrapRefused(Refused):
    """The device cannot be scrapped now, or not by who asks."""


# decision 0348: a command obeys claims; what is scrapped stands in no store's balance
def scrap(
    device_id: DeviceId,
    device: Device,
    *,
    store: StoreId | None,
    claim: Claim | None,
    is_of_their_store: bool,
    available: int,
    on: date,
) -> DeviceStatusChanged:
    """Scrap a device that is in a store, from `on` (INV-7).

    `available`: what `store`, which was to have it, has free of its article. Raises ScrapRefused:
    it is in no store, in another one by now, or in one of another unit's (INV-7); it is scrapped
    already (INV-7); it came there after that day (DAY-5); something claims it (BMB-12): a command
    obeys claims; the store has promised all that it has to orders (ORD-4).
    """
    if device.store is None:
        raise _refusal("NOT_IN_STORE", rule="INV-7", way_on=_RETURN_FIRST)
    if device.store != store:
        raise _refusal("NOT_IN_STORE", rule="INV-7", way_on=_JUST_MOVED)
    if not is_of_their_store:
        raise _refusal("NOT_IN_YOUR_STORE", rule="INV-7", way_on=_ASK_THE_STORE)
    if device.is_gone:
        raise _refusal("ALREADY_SCRAPPED", rule="INV-7", way_on=_NOTHING_TO_DO)
    if claim is not None:
        raise _refusal(IN_CLAIM[claim.kind], rule="BMB-12", way_on=_END_IT_FIRST[claim.kind])
    if on < device.custody.since:
        raise _refusal(
            "SCRAPPED_BEFORE_IT_CAME",
            rule="DAY-5",
            field="scrapped_on",
            way_on="Hjälpmedlet kom till förrådet efter den dagen: kontrollera skrotningsdagen.",
            came_on=device.custody.since,
        )
    if available < 1:
        raise _refusal("RESERVED_FOR_ORDERS", rule="ORD-4", way_on=_FREE_ONE_FIRST)
    return DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.SCRAPPED),
        since_on=on,
        cause=Word("device"),
    )


_RETURN_FIRST = "Registrera returen först: det som är utlånat eller på väg skrotas inte."
_JUST_MOVED = "Hjälpmedlet kom just till ett annat förråd: försök igen."
_ASK_THE_STORE = "Be den enhet som har förrådet, eller kundtjänst, att skrota hjälpmedlet."
_NOTHING_TO_DO = "Hjälpmedlet är redan skrotat; inget mer behöver göras."
_FREE_ONE_FIRST = (
    "Förrådet har lovat bort sitt saldo av artikeln till beställningar: makulera en av dem, eller "
    "vänta tills fler har kommit in."
)
_END_IT_FIRST: Mapping[ClaimKind, str] = {
    ClaimKind.TRANSFER: "Hjälpmedlet är i ett byte: ångra eller kvittera bytet först.",
    ClaimKind.LOCK: "Hjälpmedlet är låst av ett byte: be kundtjänst att låsa upp det först.",
    ClaimKind.DISPATCH: "Hjälpmedlet är på väg till en mottagare: registrera returen först.",
    ClaimKind.INVESTIGATION: "Hjälpmedlet saknades vid en inventering och söks: registrera att det "
    "är hittat först.",
    ClaimKind.PICKUP: "Hjälpmedlet är i en hämtorder: makulera eller avsluta den först.",
    ClaimKind.SALE: "Hjälpmedlet är i en försäljning till en annan region: avgör den först.",
    ClaimKind.RECONDITIONING: "Hjälpmedlet är i rekonditionering: skrota det där, med sitt skäl.",
    ClaimKind.BASKET: "Hjälpmedlet är utlånat i en varukorg: lägg tillbaka det först.",
}


def _refusal(
    reason: str, *, rule: str, way_on: str, field: str | None = None, **values: object
) -> ScrapRefused:
    return ScrapRefused(reason, rule=rule, field=field, way_on=way_on, **values)
