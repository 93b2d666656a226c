"""Users are found by name, with how they are reached at work."""

from typing import Any

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role, UserId
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.contacts.api import MAX_HITS
from orders.contacts.domain import words_of
from orders.contacts.models import UserContactRow

from contracts.tests.builders.regions import (
    a_customer_stated,
    a_user_contact_stated,
    a_user_stated,
)
from services.orders.tests.builders import prescriber, registry

ASKING: dict[str, Any] = {
    "user": "f001ask",
    "roles": [Role.PRESCRIBER],
    "service_points": ["61999"],
}
"""A prescriber of another unit."""


async def a_colleague(world: World, user: str, name: str, **contact: Any) -> None:
    """A user of the region with a name."""
    await world.handle(a_user_stated(user), subject=user)
    await world.handle(a_user_contact_stated(user, name=name, **contact), subject=user)


async def found(world: World, name: str, **asking: Any) -> list[str]:
    """The ids of whom a search finds."""
    async with world.http(**{**ASKING, **asking}) as client:
        answer = await client.post("/users:find", json={"name": name})
    assert answer.status_code == 200, answer.text
    return [one["user_id"] for one in answer.json()["users"]]


async def test_a_user_is_found_by_name_with_how_they_are_reached_at_work(given: Given) -> None:
    async with given(service) as world, world.http(**ASKING) as client:
        await prescriber(world)
        await world.handle(a_user_contact_stated(), subject="k082lno")

        answer = await client.post("/users:find", json={"name": "testa"})

        assert answer.json() == {
            "users": [
                {
                    "user_id": "k082lno",
                    "name": "Testa Förskrivare",
                    "service_points": ["40201"],
                    "phone": "090-785 00 01",
                    "mobile": "070-174 06 05",
                    "email": "testa.forskrivare@region.example",
                }
            ],
            "more": False,
        }


@pytest.mark.parametrize(
    ("asked", "users"),
    [
        ("anna", ["k2", "k1"]),
        ("ANNA LIND", ["k1"]),
        ("lind anna", ["k1"]),
        ("karin", ["k2"]),
        ("linden", ["k1"]),
        ("Lindén", ["k1"]),
        ("åsa", ["k3"]),
        ("asa", []),  # å is a letter of its own
        ("nna", []),  # not the beginning
        ("an%", ["k2", "k1"]),  # what is no letter says nothing
    ],
)
async def test_each_word_that_is_asked_for_begins_one_of_the_names(
    given: Given, asked: str, users: list[str]
) -> None:
    async with given(service) as world:
        await prescriber(world)
        await a_colleague(world, "k1", "Anna Lindén")
        await a_colleague(world, "k2", "Anna-Karin Öberg")
        await a_colleague(world, "k3", "Åsa Ström")

        assert await found(world, asked) == users


@pytest.mark.parametrize("name", ["", "a", "1 2", "%%", "_a", "a b", "x" * 121, None])
async def test_a_search_is_for_two_letters_at_least(given: Given, name: str | None) -> None:
    async with given(service) as world, world.http(**ASKING) as client:
        answer = await client.post("/users:find", json={"name": name})

        assert (answer.status_code, answer.json()["field"]) == (422, "name")


async def test_a_name_is_in_the_body_alone(given: Given) -> None:
    async with given(service) as world, world.http(**ASKING) as client:
        in_the_address = await client.get("/users", params={"name": "testa"})
        asked_with_more = await client.post("/users:find", json={"name": "testa", "role": "ops"})

        assert in_the_address.status_code == asked_with_more.status_code == 422
        assert "testa" not in in_the_address.text + asked_with_more.text


async def test_users_without_a_contact_are_not_found_and_contacts_without_a_user_neither(
    given: Given,
) -> None:
    async with given(service) as world:
        await prescriber(world)
        await world.handle(a_user_contact_stated("k9", name="Testa Okänd"), subject="k9")

        assert await found(world, "testa") == []
        await world.handle(a_user_stated("k9"), subject="k9")
        assert await found(world, "testa") == ["k9"]


@pytest.mark.rule("REF-18e")
async def test_who_is_inactive_is_found_no_more(given: Given) -> None:
    async with given(service) as world:
        await prescriber(world)
        await a_colleague(world, "k1", "Anna Lindén")
        await world.handle(a_user_stated("k1", version=2, active=False), subject="k1")

        assert await found(world, "anna") == []


async def test_a_region_finds_its_own_staff_alone(given: Given) -> None:
    async with given(service) as world:
        await prescriber(world)
        await a_colleague(world, "k1", "Anna Lindén")

        assert await found(world, "anna", region="bd") == []


async def test_no_more_than_fifty_are_shown_and_the_answer_says_that_there_are_more(
    given: Given,
) -> None:
    async with given(service) as world, world.http(**ASKING) as client:
        await prescriber(world)
        for number in range(MAX_HITS + 1):
            await a_colleague(world, f"k{number:03}", f"Anna {chr(97 + number % 26)}")

        many = (await client.post("/users:find", json={"name": "anna"})).json()
        few = (await client.post("/users:find", json={"name": "anna b"})).json()

        assert (len(many["users"]), many["more"]) == (MAX_HITS, True)
        assert ([one["name"] for one in few["users"]], few["more"]) == (["Anna b"] * 2, False)


async def test_a_contact_restated_replaces_the_whole_of_it(given: Given) -> None:
    async with given(service) as world:
        await prescriber(world)
        await a_colleague(world, "k1", "Anna Lindén")
        without = {"phone": None, "mobile": None, "email": None}
        await world.handle(
            a_user_contact_stated("k1", version=2, name="Anna Öberg", **without), subject="k1"
        )

        row = await world.row(UserContactRow, UserId("k1"))
        assert (row.name, row.phone, row.mobile, row.email) == ("Anna Öberg", None, None, None)
        assert (await found(world, "anna lind"), await found(world, "öberg")) == ([], ["k1"])


async def test_a_contact_under_another_subject_than_its_user_is_refused(given: Given) -> None:
    async with given(service) as world:
        with pytest.raises(Refused) as refused:
            await world.handle(a_user_contact_stated("k1"), subject="k2")

        assert (refused.value.reason, refused.value.field) == ("SUBJECT_DIFFERS", "ce_subject")


async def test_a_contact_is_kept_and_not_told(given: Given) -> None:
    async with given(service) as world:
        await prescriber(world)
        before: list[Event] = await world.events()
        await world.handle(a_user_contact_stated(), subject="k082lno")
        await world.handle(a_customer_stated(version=2, name="Annat"), subject="40201")
        after: list[Event] = await world.events()

        (told,) = after[len(before) :]
        assert "Testa" not in told.model_dump_json()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Anna-Karin Lindén", ("anna", "karin", "linden")),
        ("O'Brien, Seán", ("o", "brien", "sean")),
        ("Åke ÄRLIG-Öst", ("åke", "ärlig", "öst")),
        ("A\u030ake", ("åke",)),  # as some keyboards write it
        ("Weiß 2", ("weiß",)),
        ("...", ()),
    ],
)
def test_the_words_of_a_name(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.rule("BMB-8c")
async def test_a_page_learns_what_its_codes_are_called_in_one_question(given: Given) -> None:
    async with given(service) as world, world.http(**ASKING) as client:
        await registry(world)
        await world.handle(a_user_contact_stated(), subject="k082lno")
        asked = {
            "payer": ["20011", "99999"],
            "customer": ["40201"],
            "care_unit": ["30110"],
            "user": ["k082lno", "k999xyz"],
        }

        answer = await client.get("/names", params=asked)

    assert answer.status_code == 200, answer.text
    names = answer.json()
    assert list(names["payers"]) == ["20011"]
    assert list(names["customers"]) == ["40201"]
    assert list(names["care_units"]) == ["30110"]
    assert names["users"] == {
        "k082lno": {
            "name": "Testa Förskrivare",
            "phone": "090-785 00 01",
            "mobile": "070-174 06 05",
            "email": "testa.forskrivare@region.example",
        }
    }


async def test_who_has_left_keeps_the_name_which_another_region_does_not_learn(
    given: Given,
) -> None:
    async with given(service) as world:
        await prescriber(world)
        await a_colleague(world, "k1", "Anna Lind")
        await world.handle(a_user_stated("k1", active=False), subject="k1")

        names = []
        for region in ("ac", "bd"):
            async with world.http(**ASKING, region=region) as client:
                names.append((await client.get("/names", params={"user": "k1"})).json()["users"])

    assert [[one["name"] for one in of.values()] for of in names] == [["Anna Lind"], []]


@pytest.mark.parametrize(
    "asked", ["user=Anna%20Lind", "payer=<script>", "person=1", "user=" + "x" * 50]
)
async def test_what_is_no_code_is_refused_with_its_field(given: Given, asked: str) -> None:
    async with given(service) as world, world.http(**ASKING) as client:
        answer = await client.get(f"/names?{asked}")

    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"].split(".")[0] == asked.split("=")[0]
