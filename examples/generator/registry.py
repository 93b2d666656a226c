"""A region's registry at the cut-over: payers, customers, care units, users, persons."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from faker import Faker
from kvitt_contracts.personnummer import (
    CoordinationNumber,
    Identity,
    PersonalNumber,
    ReserveNumber,
    is_coordination_number,
    is_personal_number,
)
from kvitt_contracts.regions import (
    CareUnitStated,
    CustomerStated,
    PayerStated,
    PersonStated,
    UserContactStated,
    UserStated,
)
from kvitt_contracts.types import (
    Address,
    CareUnitId,
    CustomerId,
    Endpoint,
    OrganisationNumber,
    PayerId,
    Reference,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    VatNumber,
)
from kvitt_contracts.types.check_digits import gln_holds, luhn_holds

from examples.generator.profiles import Profile

PERSONS: Final = 250
_STREETS = ("Prövgatan", "Testvägen", "Exempelgatan", "Mönstervägen", "Provstigen", "Skissgränd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Who there is, apart from persons. The first service points own the stores, in order.

    The last two service points are private clinics; the other customers are no service points.
    """

    payers: tuple[PayerStated, ...]
    customers: tuple[CustomerStated, ...]
    care_units: tuple[CareUnitStated, ...]
    users: tuple[UserStated, ...]


def units(profile: Profile, rng: Random) -> Units:
    """The units and users of a region."""
    payers = tuple(_payers(profile))
    customers = tuple(_customers(profile, payers, rng))
    homes = [one for one in customers if not one.is_service_point]
    care_units = tuple(
        CareUnitStated(
            version=1,
            unit=CareUnitId(_code(profile, 30, number)),
            name=home.name,
            customer_id=home.customer_id,
        )
        for number, home in enumerate(homes, start=1)
    )
    return Units(
        payers=payers,
        customers=customers,
        care_units=care_units,
        users=tuple(_users(customers, rng)),
    )


def persons(profile: Profile, rng: Random, *, seed: int) -> Iterator[tuple[str, PersonStated]]:
    """Persons by the region's own id. Every number is of Skatteverket's series for tests."""
    faker = Faker("sv_SE")
    faker.seed_instance(f"{seed}/{profile.code}")
    used: set[str] = set()
    for number in range(1, PERSONS + 1):
        postal_code, city = rng.choice(profile.towns)
        protected = number % 60 == 0
        address = Address(
            street=f"{rng.choice(_STREETS)} {rng.randrange(1, 90)}",
            postal_code=postal_code,
            city=city,
        )
        yield (
            person_id(profile, number),
            PersonStated(
                version=1,
                identity=_identity(rng, used, number),
                name=f"{faker.first_name()} {faker.last_name()}",
                address=None if protected else address,
                phone=f"070-174 06 {rng.randrange(5, 99):02}" if number % 3 == 0 else None,
                home_region=profile.code,
                protected=protected,
                deceased=number % 50 == 0,
                active=number % 70 != 0,
            ),
        )


def contacts(profile: Profile, users: Sequence[UserStated]) -> Iterator[UserContactStated]:
    """How each user is reached at work, so that colleagues find them by name."""
    faker = Faker("sv_SE")
    faker.seed_instance(f"contacts/{profile.code}")
    for number, user in enumerate(users):
        yield UserContactStated(
            version=1,
            user_id=user.user_id,
            name=f"{faker.first_name()} {faker.last_name()}",
            phone=f"08-465 004 {number:02}",
            email=f"{user.user_id}@region-{profile.code}.example",
        )


def person_id(profile: Profile, number: int) -> str:
    """The region's own id of its n-th person."""
    return f"{profile.code.upper()}-P-{number:05}"


def number_for_tests(born: date, birth_number: int, *, coordination: bool = False) -> str:
    """A number of Skatteverket's series for tests: birth number 980–989, with its check digit.

    Raises ValueError for another birth number.
    """
    if not 980 <= birth_number <= 989:
        raise ValueError("not of the series for tests")
    day = born.day + 60 if coordination else born.day
    first = f"{born:%Y%m}{day:02}{birth_number}"
    holds = is_coordination_number if coordination else is_personal_number
    return next(f"{first}{digit}" for digit in range(10) if holds(f"{first}{digit}"))


def _payers(profile: Profile) -> Iterator[PayerStated]:
    names = [f"{name} kommun, hjälpmedel" for name in profile.municipalities]
    names += [
        "Regionens primärvård", "Regionens hörselvård", "Regionens syncentral",
        "Barn- och ungdomshabiliteringen", "Vuxenhabiliteringen", "Rehabiliteringsmedicin",
        "Geriatriska kliniken", "Palliativa teamet", "Neurologmottagningen",
        "Privat vård, avtal rehabilitering", "Privat vård, avtal hörsel",
    ]  # fmt: skip
    for number, name in enumerate(names, start=1):
        payer_id = PayerId(_code(profile, 81, number))
        if number > len(profile.municipalities):
            yield PayerStated(version=1, payer_id=payer_id, name=name)
            continue
        # numbers of a municipality that there is none of
        digits = _checked(f"2120009{number:02}", luhn_holds)
        by_gln = Endpoint(scheme="0088", id=_checked(f"73599990{number:04}", gln_holds))
        postal_code, city = profile.towns[number % len(profile.towns)]
        yield PayerStated(
            version=1,
            payer_id=payer_id,
            name=name,
            organisation_number=OrganisationNumber(f"{digits[:6]}-{digits[6:]}"),
            vat_number=VatNumber(f"SE{digits}01"),
            address=Address(street=f"Kommunhusgatan {number}", postal_code=postal_code, city=city),
            endpoint=Endpoint(scheme="0007", id=digits) if number % 3 else by_gln,
            reference=Reference(f"HJM-{number:03}") if number % 4 else None,
        )


def _checked(digits: str, holds: Callable[[str], bool]) -> str:
    """The digits with the one that checks them."""
    return next(f"{digits}{last}" for last in range(10) if holds(f"{digits}{last}"))


def _customers(
    profile: Profile, payers: tuple[PayerStated, ...], rng: Random
) -> Iterator[CustomerStated]:
    for number, place in enumerate(profile.places, start=1):
        store = profile.own_stores[number - 1] if number <= len(profile.own_stores) else None
        private = number > len(profile.places) - 2
        postal_code, city = rng.choice(profile.towns)
        yield CustomerStated(
            version=1,
            customer_id=CustomerId(_code(profile, 40, number)),
            name=f"{place}s {profile.unit_word}{', privat mottagning' if private else ', rehab'}",
            payer_id=payers[-rng.randrange(1, 3) if private else rng.randrange(0, 14)].payer_id,
            is_service_point=True,
            private_clinic=private,
            store=StoreId(store) if store else None,
            address=Address(street=f"Vårdvägen {number}", postal_code=postal_code, city=city),
        )
    for number, home in enumerate(profile.homes, start=1):
        yield CustomerStated(
            version=1,
            customer_id=CustomerId(_code(profile, 55, number)),
            name=f"{home}s vård- och omsorgsboende",
            payer_id=payers[rng.randrange(0, len(profile.municipalities))].payer_id,
        )


def _users(customers: tuple[CustomerStated, ...], rng: Random) -> Iterator[UserStated]:
    places = [ServicePointId(one.customer_id) for one in customers if one.is_service_point]
    prescribers: list[UserStated] = []
    for number in range(29):
        own = places[number % len(places)]
        other = rng.choice([place for place in places[:-2] if place != own])
        prescribers.append(
            UserStated(
                version=1,
                user_id=UserId(f"f{101 + number}"),
                roles=(Role.PRESCRIBER,),
                service_points=(own, other) if number % 4 == 0 else (own,),
                default_service_point=own,
                active=number != 28,
            )
        )
    yield from prescribers
    for number in range(8):
        boss = prescribers[number]
        yield UserStated(
            version=1,
            user_id=UserId(f"b{201 + number}"),
            roles=(Role.REQUESTER,),
            service_points=boss.service_points,
            default_service_point=boss.default_service_point,
            acts_for=(boss.user_id,),
        )
    for number in range(3):
        yield UserStated(
            version=1,
            user_id=UserId(f"kundtjanst{number + 1}"),
            roles=(Role.CUSTOMER_SERVICE,),
            service_points=(places[0],),
            default_service_point=places[0],
        )


def _identity(rng: Random, used: set[str], number: int) -> Identity:
    if number % 41 == 0:
        born = _birthday(rng)
        return ReserveNumber(number=f"{born:%Y%m%d}R{number:04}", born_on=born)
    while True:
        coordination = number % 29 == 0
        text = number_for_tests(_birthday(rng), rng.randrange(980, 990), coordination=coordination)
        if text not in used:
            used.add(text)
            return CoordinationNumber(number=text) if coordination else PersonalNumber(number=text)


def _birthday(rng: Random) -> date:
    """Most are old, one in six is a child or a youth."""
    first, last = (
        (date(2006, 1, 1), date(2024, 12, 31))
        if rng.randrange(6) == 0
        else (date(1926, 1, 1), date(1995, 12, 31))
    )
    return first + timedelta(days=rng.randrange((last - first).days))


def _code(profile: Profile, series: int, number: int) -> str:
    return f"{series}{number:0{profile.digits - 2}}"
