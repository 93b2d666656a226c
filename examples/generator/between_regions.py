"""Devices that come with a patient from another region, and devices that leave with one.

What comes is bought, with who approved it, its price and its age, outside the assortment; it is
withdrawn to that patient and to no other. What leaves is sold to the region where the patient goes,
where the policy has a payer for it: one device is bought, one comes back before, and one is not
bought, so that it is taken back. The invoices of both ways follow.
"""

from datetime import date
from typing import Final

from kvitt_contracts.billing import (
    ApproveRegionSale,
    DisapproveRegionSale,
    NamedPrice,
    ProposeRegionSale,
    RequestRegionSale,
    SupplierInvoiceLine,
)
from kvitt_contracts.envelope import Command
from kvitt_contracts.inventory import TakeOverDevice
from kvitt_contracts.orders import LineToOrder, RegisterWithdrawal
from kvitt_contracts.regions import DeviceReturned, SupplierInvoiceStated, SupplierStated
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    Money,
    OrganisationNumber,
    PayerId,
    RegionCode,
    RegionPersonId,
    StoreId,
    SupplierArticleNumber,
    SupplierId,
    SupplierInvoiceNumber,
)

from examples.generator.fetching import STAFF
from examples.generator.home_region import HOME
from examples.generator.month import june, may
from examples.generator.ordering import patient
from examples.generator.own_devices import numbered, reachable
from examples.generator.profiles import Profile
from examples.generator.registry import Units
from examples.generator.responsibles import service_point_at, team
from examples.generator.telling import Goods, Teller, own_store

CHAIR: Final = ArticleNumber("39979-01")
SCOOTER: Final = ArticleNumber("39981-01")
MAKER: Final = SupplierId("L7502")
SELLER: Final = SupplierId("L7601")
_SOLD_IN: Final = "m"
_PAYER: Final = PayerId("81090")
_VALUE: Final = Money(net_ore=1_850_000)
_BOUGHT_ON: Final = date(2024, 3, 1)
_AT: Final = 3
_FIRST: Final = 48221
_COMES, _OTHER, _LEAVES = 24, 25, 26
"""The patients, by where each stands among those who can be reached."""


def state(told: Goods, profile: Profile, units: Units) -> None:
    """What there is of it before, in the region that sells."""
    name = "Elrullstol, annan regions modell"
    told.article(
        CHAIR, name, "122306", net_ore=98_000, marked=True, rented=True, in_assortment=False
    )
    if profile.code == _SOLD_IN:
        told.article(SCOOTER, "Promenadskoter", "122303", net_ore=74_000, marked=True, rented=True)
        for number in _leaving(profile):
            told.device(number, SCOOTER, own_store(units, _AT))


def tell(teller: Teller) -> None:
    """Bought over, withdrawn, invoiced; offered, bought, brought back."""
    teller.month.keep((*_coming(teller.profile), *_leaving(teller.profile)))
    _come(teller)
    _refuse_sale(teller)
    if teller.profile.code == _SOLD_IN:
        _be_invoiced(teller)
        _leave(teller)


def _come(teller: Teller) -> None:
    bought, other = _coming(teller.profile)
    by, *_ = team(teller.units, _AT)
    over = _take_over(teller, bought)
    _say(teller, may(5), bought, over)
    _say(teller, may(6), bought, over)  # the number is taken
    wish = _take_over(teller, other)
    _say(teller, may(5), other, wish.model_copy(update={"by": by}))
    from_here = wish.model_copy(update={"from_region": teller.profile.code})
    _say(teller, may(6), other, from_here)
    elsewhere = wish.model_copy(update={"store": StoreId(teller.profile.central)})
    _say(teller, may(7), other, elsewhere)
    name = f"{teller.profile.sends_order}-OVER"
    _withdraw(teller, may(6), f"{name}-1", CHAIR, bought, _OTHER)  # it is meant for another
    _withdraw(teller, may(7), f"{name}-2", CHAIR, bought, _COMES)


def _take_over(teller: Teller, number: DeviceNumber) -> TakeOverDevice:
    by, colleague, *_ = team(teller.units, _AT)
    here = teller.profile.code
    return TakeOverDevice(
        device_number=number,
        serial_number=f"SN-{number}",
        article_number=CHAIR,
        store=own_store(teller.units, _AT),
        service_point=service_point_at(teller.units, _AT),
        person=RegionPersonId(_patient(teller, _COMES)),
        from_region=RegionCode("bd" if here == HOME else HOME),
        supplier_id=MAKER,
        supplier_article_number=SupplierArticleNumber("EW-700"),
        approver=colleague,
        bought_on=_BOUGHT_ON,
        value=_VALUE,
        by=STAFF,
        asked_by=by,
    )


def _be_invoiced(teller: Teller) -> None:
    """The region that sold invoices it by the device's number: twice, and is paid once."""
    bought, _ = _coming(teller.profile)
    supplier = SupplierStated(
        version=1,
        supplier_id=SELLER,
        name="Region Västerbotten, försäljning",
        organisation_number=OrganisationNumber("232100-0222"),
    )
    teller.say(june(3), "orders", SELLER, supplier)
    for number, day in (("RV-77", june(4)), ("RV-78", june(8))):
        invoice = SupplierInvoiceStated(
            version=1,
            supplier_id=SELLER,
            number=SupplierInvoiceNumber(number),
            device_number=bought,
            net_ore=_VALUE.net_ore,
            vat_ore=_VALUE.vat_ore,
            due_on=date(2026, 7, 15),
            lines=(SupplierInvoiceLine(quantity=1, price=_VALUE),),
        )
        teller.say(day, "billing", f"{teller.profile.sends_order}-{number}", invoice)


def _refuse_sale(teller: Teller) -> None:
    """The policy of May names nobody who stands for another region."""
    bought, _ = _coming(teller.profile)
    payer = teller.units.payers[0].payer_id
    name = f"{teller.profile.sends_order}-FORSALJNING-0"
    teller.say(may(11), "billing", name, _wish(teller, _COMES, payer, bought))


def _leave(teller: Teller) -> None:
    bought, brought, left = _leaving(teller.profile)
    first, second = (f"{teller.profile.sends_order}-FORSALJNING-{n}" for n in (1, 2))
    by, *_ = team(teller.units, _AT)
    for number in (bought, brought, left):
        _withdraw(teller, june(2), f"{first}-{number}", SCOOTER, number, _LEAVES)

    def say(day: int, name: str, command: Command) -> None:
        teller.say(june(day), "billing", name, command)

    say(4, first, _wish(teller, _LEAVES, _PAYER, bought, brought))
    say(4, second, _wish(teller, _LEAVES, _PAYER, left))
    say(5, f"{first}-B", _wish(teller, _LEAVES, _PAYER, left))  # it is in a sale
    whole = _prices(teller, {bought: 900_000, brought: 450_000})
    say(5, first, _prices(teller, {bought: 900_000}))  # and the other one's price?
    say(5, first, whole.model_copy(update={"by": by}))
    say(5, first, whole)
    say(5, second, _prices(teller, {left: 610_000}))
    back = DeviceReturned(
        version=1,
        device_number=brought,
        store=own_store(teller.units, _AT),
        returned_on=june(8),
    )
    teller.say(june(8), "inventory", brought, back)
    say(9, first, ApproveRegionSale(sold_on=june(9), by=STAFF))  # the rest is proposed anew first
    say(9, first, _prices(teller, {bought: 900_000}))
    say(10, first, ApproveRegionSale(sold_on=june(1), by=STAFF))  # before it was lent
    say(10, first, ApproveRegionSale(sold_on=june(10), by=STAFF))
    say(9, second, DisapproveRegionSale(by=STAFF))
    back = back.model_copy(update={"device_number": left, "returned_on": june(10)})
    teller.say(june(10), "inventory", left, back)


def _wish(teller: Teller, at: int, payer: PayerId, *devices: DeviceNumber) -> RequestRegionSale:
    by, *_ = team(teller.units, _AT)
    return RequestRegionSale(
        payer_id=payer,
        recipient=patient(_patient(teller, at)),
        service_point=service_point_at(teller.units, _AT),
        devices=devices,
        by=by,
    )


def _prices(teller: Teller, of: dict[DeviceNumber, int]) -> ProposeRegionSale:
    by, *_ = team(teller.units, _AT)
    return ProposeRegionSale(
        lines=tuple(
            NamedPrice(device_number=number, price=Money(net_ore=ore)) for number, ore in of.items()
        ),
        answer_by_on=june(12),
        by=STAFF,
        asked_by=by,
    )


def _withdraw(
    teller: Teller, day: date, name: str, article: ArticleNumber, number: DeviceNumber, at: int
) -> None:
    by, *_ = team(teller.units, _AT)
    command = RegisterWithdrawal(
        recipient=patient(_patient(teller, at)),
        prescriber=by,
        service_point=service_point_at(teller.units, _AT),
        store=own_store(teller.units, _AT),
        lines=(LineToOrder(article_number=article, device_number=number),),
    )
    teller.say(day, "orders", name, command)


def _say(teller: Teller, day: date, number: DeviceNumber, command: TakeOverDevice) -> None:
    teller.say(day, "inventory", number, command)


def _patient(teller: Teller, at: int) -> str:
    return reachable(teller.month.model.world.people)[at]


def _coming(profile: Profile) -> tuple[DeviceNumber, ...]:
    return numbered(profile, _FIRST, 2)


def _leaving(profile: Profile) -> tuple[DeviceNumber, ...]:
    return numbered(profile, _FIRST + 10, 3)
