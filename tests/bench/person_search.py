"""Of part `orders`: the search for persons (REF-2) among as many as a large region has."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from time import monotonic
from typing import Final
from uuid import UUID, uuid4

import psycopg
from kvitt.local import tokens
from kvitt_contracts.personnummer import PersonalNumber
from kvitt_contracts.types import Address
from orders.people.domain import Details
from orders.people.number_index import index_of
from orders.people.terms.domain import terms_of
from orders.people.terms.hashing import hash_of

from examples.generator.registry import number_for_tests
from tests.bench.load import REGION
from tests.bench.machine import percentile, tell
from tests.bench.report import Table
from tests.bench.system import World

PERSONS: Final = 200_000
_GOAL_MS: Final = 40
_STAFF: Final = "kundtjanst1"
_SEED: Final = 518
_FIRST: Final = (
    *("Anna", "Lars", "Maria", "Karl", "Margareta", "Mikael", "Elisabeth", "Anders", "Eva"),
    *("Johan", "Kristina", "Per", "Birgitta", "Erik", "Karin", "Nils", "Marie", "Carl"),
    *("Elisabet", "Jan", "Ingrid", "Peter", "Christina", "Lennart", "Linnéa", "Hans"),
    *("Sofia", "Olof", "Marianne", "Gunnar", "Kerstin", "Sven", "Lena", "Fredrik", "Helena"),
    *("Bengt", "Emma", "Bo", "Johanna", "Daniel", "Inger", "Gustav", "Åsa", "Göran"),
    *("Cecilia", "Alexander", "Sara", "Åke", "Elin", "Magnus", "Anita", "Ove", "Anneli"),
    *("Örjan", "Annika", "Arne"),
)
_STEMS: Final = (
    *("Ander", "Johan", "Karl", "Nil", "Erik", "Lar", "Olof", "Per", "Sven", "Gustav"),
    *("Petter", "Jan", "Han", "Jön", "Magnu", "Berg", "Lind", "Sand", "Holm", "Ek", "Björk"),
    *("Lund", "Ny", "Sjö", "Ström", "Hed", "Norr", "Öst", "Väst", "Åker", "Äng", "Sund"),
    *("Ren", "Löv", "Gran", "Asp", "Alm", "Stål"),
)
_ENDS: Final = ("sson", "berg", "ström", "lund", "gren", "qvist", "man", "")


@dataclass(frozen=True, slots=True)
class _Person:
    ref: UUID
    details: Details


async def measure(world: World, *, persons: int, samples: int) -> Table:
    """Fill a region up, and search it. Raises RuntimeError for a search that is not answered."""
    chance = random.Random(_SEED)
    key = bytes.fromhex(tokens.person_key(world.system.state.secret))
    made = [_person(chance, number) for number in range(persons)]
    tell(f"{persons:,} persons")
    with world.connect("orders") as connection:
        _fill(connection, made, key)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE person_terms, person_details, persons")
        size = connection.execute(
            "SELECT pg_size_pretty(pg_total_relation_size('person_terms')), count(*)"
            " FROM person_terms"
        ).fetchone()
    rows = [
        await _asked(world, name, [_text(kind, chance.choice(made)) for _ in range(samples)])
        for name, kind in _KINDS
    ]
    return Table(
        f"The search for persons (REF-2) among {persons:,}, {samples} searches each, one after the "
        f"other, telemetry on (goal: p99 ≤ {_GOAL_MS} ms)",
        ["asked by", "hits, median", "too wide", "p50 ms", "p99 ms", "max ms"],
        rows,
        "`POST /persons:search` by customer service, each for a person chosen by chance; every "
        f"person shown is logged. Terms: {size[1] if size else 0:,}, {size[0] if size else '?'} "
        "with their indexes.",
    )


_KINDS: Final = (
    ("first and last name", "full"),
    ("three letters of each, year", "short"),
    ("last name, birth year, postal code", "postal"),
    ("last name alone", "last"),
    ("birth date", "born"),
    ("personal number", "number"),
)


def _text(kind: str, person: _Person) -> str:
    first, last = person.details.name.split()
    born, address = person.details.born_on, person.details.address
    code = address.postal_code if address else ""
    return {
        "full": f"{first} {last}",
        "short": f"{first[:3]} {last[:3]} {born.year}",
        "postal": f"{last} {born.year} {code}",
        "last": last,
        "born": f"{born:%Y%m%d}",
        "number": person.details.identity.number,
    }[kind]


async def _asked(world: World, name: str, texts: Sequence[str]) -> list[str]:
    tell(name)
    token = world.system.tokens.issue(_STAFF, region=REGION)
    seconds, hits, too_wide = [], [], 0
    for text in texts:
        _forget_looks(world)
        begun = monotonic()
        answer = await world.services.request(
            "POST",
            "orders",
            "/persons:search",
            token=token,
            json={"text": text, "purpose": "case"},
        )
        seconds.append(monotonic() - begun)
        if answer.status_code == 200:
            hits.append(len(answer.json()["hits"]))
        elif answer.json().get("reason") == "SEARCH_TOO_WIDE":
            too_wide += 1
        else:
            raise RuntimeError(f"/persons:search answers {answer.status_code}: {answer.text[:200]}")
    times = [f"{1000 * percentile(seconds, share):.1f}" for share in (0.5, 0.99, 1)]
    return [name, str(sorted(hits)[len(hits) // 2] if hits else "-"), str(too_wide), *times]


def _forget_looks(world: World) -> None:
    """One user has so many looks an hour: what is measured is the search, not the limit."""
    with world.connect("orders") as connection:
        connection.execute("DELETE FROM person_accesses WHERE user_id = %s", [_STAFF])


def _person(chance: random.Random, number: int) -> _Person:
    day = date(1940, 1, 1) + timedelta(days=number // 10)
    first = chance.choices(_FIRST, _WEIGHTS[: len(_FIRST)])[0]
    stem = chance.choices(_STEMS, _WEIGHTS[: len(_STEMS)])[0]
    last = stem + chance.choices(_ENDS, _WEIGHTS[: len(_ENDS)])[0]
    address = _address(f"{20_000 + chance.randrange(900)}")
    details = Details(
        identity=PersonalNumber.model_construct(number=number_for_tests(day, 980 + number % 10)),
        name=f"{first} {last}",
        address=address,
        home_region=str(REGION),
        deceased=number % 20 == 0,
    )
    return _Person(uuid4(), details)


@cache
def _address(postal_code: str) -> Address:
    return Address(street="Storgatan 1", postal_code=postal_code, city="Orten")


_WEIGHTS: Final = [1 / (rank + 6) for rank in range(100)]


def _fill(connection: psycopg.Connection, made: Sequence[_Person], key: bytes) -> None:
    region = str(REGION)
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY persons (region, id, seq, region_person_id, active, is_protected) FROM STDIN"
        ) as copy:
            for number, one in enumerate(made):
                copy.write_row((region, one.ref, 1, f"bench-{number}", True, False))
        with cursor.copy(
            "COPY person_details (region, person, number_index, identity, name, address,"
            " home_region, protected, deceased, terms_version) FROM STDIN"
        ) as copy:
            for one in made:
                copy.write_row(_details_row(one, key))
        with cursor.copy("COPY person_terms (region, term, person) FROM STDIN") as copy:
            for row in _terms(made, key):
                copy.write_row(row)


def _details_row(one: _Person, key: bytes) -> tuple[object, ...]:
    details = one.details
    address = details.address.model_dump(mode="json") if details.address else None
    return (
        str(REGION),
        one.ref,
        index_of(details.identity, region=REGION, key=key),
        json.dumps(details.identity.model_dump(mode="json")),
        details.name,
        json.dumps(address),
        details.home_region,
        details.protected,
        details.deceased,
        1,
    )


def _terms(made: Sequence[_Person], key: bytes) -> Iterator[tuple[str, bytes, UUID]]:
    hashed = cache(partial(hash_of, region=REGION, key=key))
    for one in made:
        for term in terms_of(one.details):
            yield str(REGION), hashed(term), one.ref
