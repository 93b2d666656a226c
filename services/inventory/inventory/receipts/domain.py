"""The rules of what comes in: which goods can be received or stated (INV-4, INV-5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.inventory import Custody
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import DeviceStated
from kvitt_contracts.types import DeviceNumber, MarkedDevice, Money, StoreHolder

from inventory.articles.domain import Article, check_stocked


class GoodsRefused(Refused):
    """What a region states of goods cannot be so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How a device that is named in a delivery came: with a delivery like it, or otherwise."""

    with_it: bool
    serial_number: str | None


def check_stated_balance(article: Article) -> None:
    """A balance is stated of unmarked goods alone.

    Raises Refused: what is never stocked (INV-4, INV-16); a marked article, whose devices are
    stated one by one (INV-5).
    """
    check_stocked(article)
    if article.marked:
        raise GoodsRefused(
            "MARKED_ARTICLE_IS_STATED_BY_DEVICE",
            rule="INV-5",
            field="article_number",
            way_on="Artikeln är individmärkt: skicka en uppgift per individ (DeviceStated).",
        )


def check_received(article: Article, *, quantity: int, numbers: Sequence[DeviceNumber]) -> None:
    """Goods that came in name each device where the article is marked, and none where it is not.

    Raises Refused: what is never stocked (INV-4, INV-16); too few, too many or doubled device
    numbers (INV-5).
    """
    check_stocked(article)
    expected = quantity if article.marked else 0
    if len(numbers) != expected or len(set(numbers)) != len(numbers):
        raise GoodsRefused(
            "DEVICES_DO_NOT_MATCH_QUANTITY",
            rule="INV-5",
            field="devices",
            way_on="Ange ett eget individnummer per märkt exemplar, och inga för omärkta artiklar.",
            expected=expected,
            named=len(numbers),
        )


# decision 0044: what is booked is never changed
def refuse_changed_booking(field: str) -> GoodsRefused:
    """The refusal to book a delivery anew with another value in a field: the ledger is never
    rewritten.
    """
    return GoodsRefused(
        "ALREADY_BOOKED",
        rule="INV-4",
        field=field,
        way_on="Leveransen är redan bokförd. Skicka skillnaden som en ny leverans med ny referens.",
    )


def check_same_devices(devices: Sequence[MarkedDevice], known: Mapping[DeviceNumber, Came]) -> None:
    """A delivery that is told again names the devices that came with it (PHY-1).

    `known`: how each device that is registered by now came. Raises GoodsRefused (ALREADY_BOOKED,
    INV-4).
    """
    for place, device in enumerate(devices):
        came = known.get(device.device_number)
        if came is None or not came.with_it:
            raise refuse_changed_booking(f"devices.{place}.device_number")
        if came.serial_number != device.serial_number:
            raise refuse_changed_booking(f"devices.{place}.serial_number")


# decision 0220: what is stated of the old stock is not corrected by stating it again
def check_stated_again(known: Custody, stated: Custody) -> None:
    """A device of the old stock is stated again as it was: `known` is the first custody of it.

    Raises GoodsRefused (DEVICE_STATED_OTHERWISE, PHY-1), naming the first field that differs.
    """
    differs = next(
        (name for name in _STATED if getattr(known, name) != getattr(stated, name)), None
    )
    if differs is None:
        return
    if differs == "holder":
        differs = "store" if isinstance(stated.holder, StoreHolder) else "recipient"
    raise GoodsRefused(
        "DEVICE_STATED_OTHERWISE",
        rule="PHY-1",
        field=_FIELDS.get(differs, differs),
        way_on=_STATED_ONCE,
    )


def check_bought_again(
    stated: DeviceStated, *, owner: str, bought_on: date | None, value: Money | None
) -> None:
    """What is said anew of whose a device is, and of when and for what it was bought, is as it was.

    Raises GoodsRefused (DEVICE_STATED_OTHERWISE, PHY-1), naming the first field that differs.
    """
    known = {"owner": owner, "bought_on": bought_on, "value": value}
    for field, before in known.items():
        if getattr(stated, field) not in (None, before):
            raise GoodsRefused(
                "DEVICE_STATED_OTHERWISE", rule="PHY-1", field=field, way_on=_STATED_ONCE
            )


_STATED = ("holder", "since", "payer_id", "customer_id", "prescriber")
_FIELDS = {"since": "stated_on"}
_STATED_ONCE = (
    "Hjälpmedlet är redan infört i Kvitt, och en införd uppgift skrivs inte om. Rätta det som har "
    "ändrats sedan dess: en retur (DeviceReturned) för var det står, ett byte (BMB) för mottagare, "
    "betalare och förskrivare."
)
