"""A region's stores, articles and first prices, and its stock at the cut-over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    BalanceStated,
    DeviceStated,
    StoreStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CareUnitRecipient,
    Charging,
    DeviceNumber,
    IsoCode,
    NamedPatient,
    NamedRecipient,
    Role,
    ServicePointId,
    StoreId,
)

from examples.generator.kinds import KINDS, Kind
from examples.generator.profiles import Profile
from examples.generator.registry import Units

CLINIC_STORE: Final = StoreId("499")
ON_LOAN: Final = 230
IN_OWN_STORES: Final = 90
_SUPPLIERS = ("Exempelhjälpmedel AB", "Nordiska Provhjälpmedel AB", "Testrehab i Norr AB")
_SINCE = date(2026, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article with its first price and the kind that it is of."""

    kind: Kind
    article: ArticleStated
    price: ArticlePriceStated


def stores(profile: Profile, units: Units) -> Iterator[StoreStated]:
    """The central store, the purchasing store, the own stores, and one that a clinic was given."""
    yield StoreStated(
        version=1, store=StoreId(profile.central), name="Centralförrådet", kind="central"
    )
    yield StoreStated(version=1, store=StoreId("750"), name="Inköpsförrådet", kind="purchasing")
    for unit in units.customers:
        if unit.store is not None:
            yield StoreStated(
                version=1,
                store=unit.store,
                name=f"Förråd {unit.name.split('s ')[0]}",
                kind="own",
                service_point=ServicePointId(unit.customer_id),
            )
    clinic = next(unit for unit in units.customers if unit.private_clinic)
    yield StoreStated(
        version=1,
        store=CLINIC_STORE,
        name="Förråd på privat mottagning",
        kind="own",
        service_point=ServicePointId(clinic.customer_id),
    )


def articles(rng: Random) -> Iterator[Listed]:
    """Every variant of every kind, each with a price from the new year."""
    for series, kind in enumerate(KINDS, start=1):
        for place, variant in enumerate(kind.variants, start=1):
            number = ArticleNumber(f"3{series:02}{kind.iso[2:4]}-{place:02}")
            step = 10 if kind.charging == "rent" else 100
            net = kind.ore + place * step * rng.randrange(3, 40) + rng.randrange(0, step)
            yield Listed(
                kind=kind,
                article=ArticleStated(
                    version=1,
                    article_number=number,
                    name=f"{kind.name}, {variant}",
                    iso_code=IsoCode(kind.iso),
                    type=ArticleType(kind.type),
                    marked=kind.marked,
                    in_assortment=not kind.outside,
                    charging=Charging(kind.charging),
                    supplier=_SUPPLIERS[series % len(_SUPPLIERS)],
                    lead_time_days=kind.lead,
                    fee_group=kind.fee,
                ),
                price=ArticlePriceStated(
                    version=1,
                    article_number=number,
                    valid_from=_SINCE,
                    net_ore=net,
                    vat_percent=kind.vat,
                ),
            )


def balances(
    profile: Profile, listed: list[Listed], rng: Random, *, day: date
) -> Iterator[tuple[str, BalanceStated]]:
    """Old stock of unmarked articles: much in the central store, a little in the own ones."""
    unmarked = [one for one in listed if not one.kind.marked and one.kind.type != "service"]
    number = 0
    for store in (StoreId(one) for one in (profile.central, *profile.own_stores)):
        for one in unmarked:
            central = store == profile.central
            quantity = one.kind.stock if central else rng.randrange(4, 12)
            if not quantity or (not central and not one.kind.outside and rng.randrange(5) > 1):
                continue
            number += 1
            yield (
                f"IB-{store}-{number:04}",
                BalanceStated(
                    version=1,
                    store=store,
                    article_number=one.article.article_number,
                    quantity=quantity,
                    stated_on=day,
                ),
            )


def devices(
    profile: Profile,
    units: Units,
    listed: list[Listed],
    patients: list[NamedPatient],
    rng: Random,
    *,
    day: date,
) -> Iterator[DeviceStated]:
    """Old stock of marked devices: on loan, in the central store, in the own stores."""
    marked = [one for one in listed if one.kind.marked and not one.kind.outside and one.kind.stock]
    old_model = next(one for one in listed if one.kind.marked and one.kind.outside)
    number = 0

    def stated(
        one: Listed, *, store: StoreId | None = None, borrower: NamedRecipient | None = None
    ) -> DeviceStated:
        nonlocal number
        number += 1
        prescriber = rng.choice(
            [user for user in units.users if Role.PRESCRIBER in user.roles and user.active]
        )
        place = prescriber.default_service_point
        payer = next(unit.payer_id for unit in units.customers if unit.customer_id == place)
        return DeviceStated(
            version=1,
            device_number=DeviceNumber(f"{profile.device_letter}{40000 + number}"),
            serial_number=f"SN-{number:04}",
            article_number=one.article.article_number,
            store=store,
            recipient=borrower,
            payer_id=payer if borrower else None,
            prescriber=prescriber.user_id if borrower else None,
            stated_on=day,
        )

    for one in marked:
        for _ in range(max(1, one.kind.stock // len(one.kind.variants))):
            yield stated(one, store=StoreId(profile.central))
    for place in range(IN_OWN_STORES):
        store = StoreId(profile.own_stores[place % len(profile.own_stores)])
        yield stated(old_model if place % 30 == 7 else rng.choice(marked), store=store)
    for place in range(ON_LOAN):
        borrower: NamedRecipient = (
            CareUnitRecipient(unit=rng.choice(units.care_units).unit)
            if place % 9 == 0
            else patients[place % len(patients)]
        )
        yield stated(rng.choice(marked), borrower=borrower)
