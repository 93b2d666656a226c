"""REF-22: who a person is stands in no column in clear, and opens with the person's key alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kvitt_contracts.types import PersonRef, RegionCode
from kvitt_testkit.upgrades import migration
from kvitt_testkit.world import REGION, Given, World
from orders.app import service
from orders.people.keys.models import PersonKeyRow
from orders.people.keys.sealing import NotOpened, is_sealed, new_key, seal, unseal
from orders.people.keys.wrapping import FileWrapper, PersonKeys
from sqlalchemy import text

from contracts.tests.builders.regions import HOME, OLD_WOMAN, a_person_stated
from services.orders.tests.builders import a_reserve_number
from services.orders.tests.vault import details_in
from services.orders.tests.worlds import ref_of

NAME = "Tess Testsson"
PHONE = "070-1740605"
LATER = datetime.now(UTC) + timedelta(days=1)


async def sql(world: World, statement: str, **values: Any) -> Any:
    """What the database itself has."""
    async with world.worker.unit(RegionCode(REGION)) as unit:
        found = await unit.session.execute(text(statement), values)
        return found.all() if statement.startswith("SELECT") else None


async def stored(world: World) -> str:
    return str(await sql(world, "SELECT to_jsonb(d) FROM person_details d"))


async def one_person(world: World) -> PersonRef:
    await world.handle(a_person_stated(name=NAME, phone=PHONE), subject="ac-person-1")
    return await ref_of(world)


@pytest.mark.rule("REF-22a")
async def test_no_column_of_the_vault_says_who_a_person_is(given: Given) -> None:
    async with given(service) as world:
        ref = await one_person(world)

        told = await stored(world)
        assert not [one for one in (NAME, OLD_WOMAN, PHONE, HOME.street) if one in told]
        details = await details_in(world, ref)
        assert (details.name, details.phone, details.address) == (NAME, PHONE, HOME)


@pytest.mark.rule("REF-22a")
async def test_what_is_moved_to_another_person_or_column_does_not_open(given: Given) -> None:
    async with given(service) as world:
        first = await one_person(world)
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")
        second = await ref_of(world, "ac-person-2")
        await sql(
            world,
            "UPDATE person_details SET door_code = name WHERE person = :second",
            second=second,
        )
        await sql(
            world,
            "UPDATE person_details SET phone = (SELECT name FROM person_details WHERE person = :a)"
            " WHERE person = :a",
            a=first,
        )

        for ref in (first, second):
            with pytest.raises(NotOpened):
                await details_in(world, ref)


@pytest.mark.rule("REF-22a")
async def test_without_the_persons_key_nothing_opens(given: Given) -> None:
    async with given(service) as world:
        ref = await one_person(world)
        await sql(world, "DELETE FROM person_keys")

        with pytest.raises(NotOpened):
            await details_in(world, ref)


@pytest.mark.rule("REF-22b")
async def test_what_an_earlier_release_stored_is_read_and_then_sealed(given: Given) -> None:
    async with given(service, at=LATER) as world:
        ref = await one_person(world)
        await as_an_earlier_release_stored_it(world)

        assert (await details_in(world, ref)).name == NAME
        await sql(world, migration("orders", "0052").SEAL_WHAT_IS_CLEAR)
        assert await world.fire_timers() == 1

        assert not [one for one in (NAME, OLD_WOMAN, PHONE) if one in await stored(world)]
        details = await details_in(world, ref)
        assert (details.name, details.phone, details.address) == (NAME, PHONE, HOME)


@pytest.mark.rule("REF-22b")
async def test_what_is_written_of_one_stored_in_clear_seals_it(given: Given) -> None:
    async with given(service) as world:
        ref = await one_person(world)
        await as_an_earlier_release_stored_it(world)

        await world.handle(a_person_stated(version=2, name="Tess Nygift"), subject="ac-person-1")

        assert not [one for one in ("Nygift", OLD_WOMAN, PHONE) if one in await stored(world)]
        assert (await details_in(world, ref)).name == "Tess Nygift"


async def as_an_earlier_release_stored_it(world: World) -> None:
    stated = a_person_stated(name=NAME, phone=PHONE)
    assert stated.address is not None
    await sql(world, "DELETE FROM person_keys")
    await sql(
        world,
        "UPDATE person_details SET name = :name, phone = :phone, stated_phone = :phone,"
        " identity = cast(:identity AS jsonb), address = cast(:address AS jsonb)",
        name=NAME,
        phone=PHONE,
        identity=stated.identity.model_dump_json(),
        address=stated.address.model_dump_json(),
    )


async def test_what_is_stated_again_as_it_was_writes_nothing_anew(given: Given) -> None:
    async with given(service) as world:
        await one_person(world)
        before = await stored(world)
        await world.handle(
            a_person_stated(version=2, name=NAME, phone=PHONE), subject="ac-person-1"
        )

        assert await stored(world) == before


async def test_a_person_has_one_key_and_two_persons_have_two(given: Given) -> None:
    async with given(service) as world:
        await one_person(world)
        await world.handle(a_person_stated(version=2, name="Ny"), subject="ac-person-1")
        await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-2")

        assert len({one.wrapped for one in await world.rows(PersonKeyRow)}) == 2
        assert all(is_sealed(one.wrapped) for one in await world.rows(PersonKeyRow))


def test_what_is_altered_does_not_open() -> None:
    key = new_key()
    sealed = seal(key, b"Tess", bound_to="ac/1")

    assert unseal(key, sealed, bound_to="ac/1") == b"Tess"
    for other, where in ((new_key(), "ac/1"), (key, "bd/1")):
        with pytest.raises(NotOpened):
            unseal(other, sealed, bound_to=where)


async def test_a_key_file_wraps_by_its_newest_version_and_unwraps_by_all(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.touch(0o600)
    file.write_text(json.dumps({"1": "11" * 32}))
    wrapper = FileWrapper(file)
    old = await wrapper.wrap(b"k", bound_to="ac")
    file.write_text(json.dumps({"1": "11" * 32, "2": "22" * 32}))

    assert await wrapper.unwrap(old, bound_to="ac") == b"k"
    assert (await wrapper.wrap(b"k", bound_to="ac")).startswith("file:2:")


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"1": "11" * 32}))
    file.chmod(0o644)

    with pytest.raises(ValueError, match="chmod 600"):
        FileWrapper(file)


@pytest.mark.parametrize(
    "address", ["vault:http://vault.example/transit/persons", "vault:https://v", "kms:x"]
)
def test_an_address_that_is_not_safe_or_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"vault|Vault"):
        PersonKeys(person_keys=address, vault_token_file=tmp_path / "token").wrapper()
