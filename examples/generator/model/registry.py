"""Facts of persons, units, users, stores, articles, prices (REF-1, REF-3, INV-2).

Each raises No with the reason and the rule when it is refused, Waits for an unknown name.
"""

from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    CareUnitStated,
    CustomerStated,
    PayerStated,
    PersonsJoined,
    PersonStated,
    ResponsiblesStated,
    StoreStated,
    UserContactStated,
    UserStated,
)

from examples.generator.model.state import No, Person, Price, Waits, World


def person(world: World, subject: str, fact: PersonStated) -> None:
    """A person; nothing new may be registered on the deceased and the moved (REF-14)."""
    joined = world.people[subject].joined_to if subject in world.people else None
    world.people[subject] = Person(
        born=fact.identity.born,
        active=fact.active and not fact.deceased,
        has_address=fact.address is not None,
        has_phone=fact.phone is not None,
        joined_to=joined,
    )


def persons_joined(world: World, subject: str, fact: PersonsJoined) -> None:
    """Two ids are one person: the subject stays."""
    if subject not in world.people or fact.joined not in world.people:
        raise Waits(fact.joined)
    world.people[world.current(fact.joined)].joined_to = world.current(subject)


def payer(world: World, subject: str, fact: PayerStated) -> None:
    """A payer."""
    _must_be_long(fact.payer_id, world.policy.id_format.payer)
    world.payers[fact.payer_id] = fact


def customer(world: World, subject: str, fact: CustomerStated) -> None:
    """A customer with its payer (REF-4); a private clinic owns no store (REF-7)."""
    _must_be_long(fact.customer_id, world.policy.id_format.customer)
    if fact.private_clinic and fact.store:
        raise No("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7")
    if fact.payer_id not in world.payers:
        raise Waits(fact.payer_id)
    world.customers[fact.customer_id] = fact


def care_unit(world: World, subject: str, fact: CareUnitStated) -> None:
    """A care unit."""
    _must_be_long(fact.unit, world.policy.id_format.care_unit)
    if fact.customer_id not in world.customers:
        raise Waits(fact.customer_id)
    world.care_units[fact.unit] = fact


def user(world: World, subject: str, fact: UserStated) -> None:
    """A user with service points (REF-3)."""
    if any(place not in world.customers for place in fact.service_points):
        raise Waits(subject)
    if fact.default_service_point not in fact.service_points:
        raise No("DEFAULT_NOT_AMONG_SERVICE_POINTS", "REF-3")
    world.users[fact.user_id] = fact


def responsibles(world: World, subject: str, fact: ResponsiblesStated) -> None:
    """Who answers a service point's transfers (BMB-9): active, and at work there."""
    named = [fact.main, *fact.substitutes, fact.stand_in]
    if any(one not in world.users for one in named if one is not None):
        raise Waits(subject)
    world.responsibles[fact.service_point] = fact


def contact(world: World, subject: str, fact: UserContactStated) -> None:
    """How a user is reached at work; nothing that is compared follows from it."""


def store(world: World, subject: str, fact: StoreStated) -> None:
    """A store (INV-4)."""
    world.stores[fact.store] = fact


def article(world: World, subject: str, fact: ArticleStated) -> None:
    """An article (INV-2)."""
    world.articles[fact.article_number] = fact


def price(world: World, subject: str, fact: ArticlePriceStated) -> None:
    """A price from a day on (INV-2)."""
    if fact.article_number not in world.articles:
        raise No("UNKNOWN_ARTICLE", "INV-2")
    prices = world.prices[fact.article_number]
    prices[:] = [one for one in prices if one.valid_from != fact.valid_from]
    prices.append(
        Price(valid_from=fact.valid_from, net_ore=fact.net_ore, vat_percent=fact.vat_percent)
    )


def _must_be_long(code: str, length: int) -> None:
    if len(code) != length:
        raise No("WRONG_LENGTH", "contract")
