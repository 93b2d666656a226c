"""What persons are found by is filled in after an upgrade, and hashed anew by another key, while
searches go on (REF-2).
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from kvitt_contracts.types import RegionCode, Role
from kvitt_testkit.world import Given, World
from orders.app import service
from orders.people.models import PersonDetailsRow, PersonIdRow
from orders.people.number_index import PersonKey, configured_keys, index_of, person_keys
from orders.people.terms.keeping import AT_ONCE, TermKeeper
from orders.people.terms.models import PersonTermRow
from orders.people.terms.queries import next_region
from sqlalchemy import text

from contracts.tests.builders.regions import CHILD, OLD_WOMAN, a_person_stated
from contracts.tests.builders.story import SENDER
from services.orders.tests.builders import an_identity
from services.orders.tests.vault import details_in
from services.orders.tests.worlds import ref_of

OLD, NEW = "5a" * 32, "6b" * 32
CARE: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER]}
OPS: dict[str, Any] = {"user": "drift", "roles": ["ops"]}
BY_NAME = {"text": "Tess Testsson", "purpose": "new_patient"}
BY_NUMBER = {"text": OLD_WOMAN, "purpose": "new_patient"}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Sets the file of keys, as a process that is started anew reads it."""

    def given(current: int, **by_version: str) -> None:
        file = tmp_path / "keys.json"
        file.touch(mode=0o600)
        named = {name.removeprefix("v"): key for name, key in by_version.items()}
        file.write_text(json.dumps({"current": current, "keys": named}))
        monkeypatch.setenv("KVITT_PERSON_KEYS_FILE", str(file))
        configured_keys.cache_clear()

    return given


async def found(world: World, body: dict[str, Any]) -> int:
    """How many a search finds."""
    async with world.http(**CARE) as client:
        answer = await client.post("/persons:search", json=body)
    assert answer.status_code == 200, answer.text
    return len(answer.json()["hits"])


async def keep_at(world: World) -> int:
    """Have the job do all that there is; answers how many pieces it took."""
    keeper, pieces = TermKeeper(world.worker), 0
    while await keeper.work() < 1:
        pieces += 1
    return pieces


async def executed(world: World, statement: str) -> None:
    """A statement, as the worker."""
    async with world.worker.unit(RegionCode("ac")) as unit:
        await unit.session.execute(text(statement))


@pytest.mark.rule("REF-2g")
async def test_who_was_there_before_the_upgrade_is_found_once_the_job_has_been(
    given: Given,
) -> None:
    async with given(service) as world:
        for number in range(3):
            await world.handle(a_person_stated(), subject=f"ac-person-{number}")
        await world.handle(a_person_stated(an_identity(CHILD), name="Bo Barn"), subject="ac-2")
        await executed(world, "DELETE FROM person_terms")
        await executed(world, "UPDATE person_details SET terms_version = NULL")
        before = await found(world, BY_NAME), await found(world, BY_NUMBER)

        pieces = await keep_at(world)

        assert before == (0, 1)
        assert (await found(world, BY_NAME), pieces) == (1, 1)
        assert await keep_at(world) == 0


@pytest.mark.rule("REF-2g")
async def test_a_region_is_rekeyed_when_it_is_said_stopped_and_goes_on(
    given: Given, keys: Any
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(an_identity(CHILD), name="Tess Tes"), subject="ac-2")
        keys(2, v1=OLD, v2=NEW)
        unsaid = await keep_at(world), await found(world, BY_NAME), await found(world, BY_NUMBER)
        await executed(world, "UPDATE person_details SET name = name")  # as an edit meanwhile
        async with world.http(**OPS) as client:
            await client.post("/search-index:rekey", json={"stopped": True})
            stopped = await keep_at(world)
            shown = (await client.get("/search-index")).json()
            await client.post("/search-index:rekey", json={})
            pieces = await keep_at(world)
            done = (await client.get("/search-index")).json()
        keys(2, v2=NEW)

        assert unsaid == (0, 1, 1)
        assert (stopped, shown["left"], shown["stopped"]) == (0, 2, True)
        assert (pieces, done["left"], done["done"], done["begun"]) == (1, 0, 2, True)
        assert await found(world, BY_NAME) == 1
        assert await found(world, BY_NUMBER) == 1
        rows = await world.rows(PersonDetailsRow)
        assert {row.number_index for row in rows} == {
            index_of(who.identity, region=RegionCode("ac"), key=bytes.fromhex(NEW))
            for who in [await details_in(world, row.person) for row in rows]
        }
        keys(1, v1=OLD)
        assert await found(world, BY_NAME) == 0  # nothing is left of the old key
        assert await found(world, BY_NUMBER) == 0


@pytest.mark.rule("REF-2g")
async def test_a_number_of_the_old_key_is_still_its_persons(given: Given, keys: Any) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        keys(2, v1=OLD, v2=NEW)

        await world.handle(a_person_stated(name="Tess Nyman"), subject="ac-person-2")

        refs = {row.person for row in await world.rows(PersonIdRow)}
        assert len(await world.rows(PersonDetailsRow)) == 1
        assert await ref_of(world) in refs
        assert await found(world, {**BY_NAME, "text": "Tess Nyman"}) == 1
        assert await found(world, BY_NUMBER) == 1


@pytest.mark.rule("REF-2g")
@pytest.mark.long(seconds=15)
async def test_every_search_is_answered_while_a_region_is_rekeyed(given: Given, keys: Any) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await _many(world, AT_ONCE * 3)
        keys(2, v1=OLD, v2=NEW)
        async with world.http(**OPS) as client:
            await client.post("/search-index:rekey", json={})
        job = asyncio.create_task(keep_at(world))
        answers = []
        while not job.done():
            answers.append((await found(world, BY_NAME), await found(world, BY_NUMBER)))
        await job

        assert len(answers) > 1
        assert set(answers) == {(1, 1)}
        assert {row.terms_version for row in await world.rows(PersonDetailsRow)} == {2}


@pytest.mark.rule("REF-2g")
async def test_whoever_shares_a_number_is_left_and_told_and_all_others_go_on(
    given: Given, keys: Any
) -> None:
    async with given(service) as world:
        await world.handle(a_person_stated(), subject="ac-person-1")
        await world.handle(a_person_stated(an_identity(CHILD), name="Bo Barn"), subject="ac-2")
        keys(2, v1=OLD, v2=NEW)
        woman, child = await ref_of(world), await ref_of(world, "ac-2")
        clash = index_of(an_identity(), region=RegionCode("ac")).hex()
        await executed(
            world,
            f"UPDATE person_details SET number_index = '\\x{clash}' WHERE person = '{child}'",
        )
        async with world.http(**OPS) as client:
            await client.post("/search-index:rekey", json={})
        keeper = TermKeeper(world.worker)
        await keeper.work()

        async with world.worker.reading() as session:
            left = await next_region(session), await next_region(session, but=[RegionCode("ac")])
        assert left == ("ac", None)
        versions = {row.person: row.terms_version for row in await world.rows(PersonDetailsRow)}
        assert versions == {woman: 1, child: 2}
        assert "1 persons have another's number" in (keeper.remark() or "")
        assert len(await world.rows(PersonTermRow)) > 0


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ("{}", 0o600, "is not like"),
        ("no json", 0o600, "is not like"),
        ('{"current": 2, "keys": {"1": "' + OLD + '"}}', 0o600, "must hold its current key"),
        ('{"current": 1, "keys": {"1": "5a5a"}}', 0o600, "at least 32 bytes"),
        ('{"current": 1, "keys": {"1": "' + "zz" * 32 + '"}}', 0o600, "must be hex"),
        ('{"current": 0, "keys": {"0": "' + OLD + '"}}', 0o600, "versions by 1 to"),
        ('{"current": 1, "keys": {"1": "' + OLD + '"}}', 0o644, "may be read by others"),
    ],
)
def test_keys_that_cannot_be_used_say_why_and_show_none(
    tmp_path: Path, content: str, mode: int, said: str
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)
    file.chmod(mode)

    with pytest.raises(ValueError, match=said) as wrong:
        PersonKey(person_keys_file=file).keys()

    assert OLD not in str(wrong.value)


async def _many(world: World, times: int) -> None:
    """So many others, in clear as an earlier release stored them, under the key of now."""
    await executed(
        world,
        "WITH made AS (INSERT INTO persons SELECT (jsonb_populate_record(p, jsonb_build_object("
        " 'id', gen_random_uuid(), 'region_person_id', 'ac-many-' || n))).*"
        f" FROM persons p CROSS JOIN generate_series(1, {times}) n RETURNING id, region_person_id)"
        " INSERT INTO person_details SELECT (jsonb_populate_record(d, jsonb_build_object("
        " 'person', made.id, 'name', 'Ove Annan', 'identity', jsonb_build_object("
        " 'kind', 'reserve_number', 'number', upper(made.region_person_id),"
        " 'born_on', '1950-01-01'), 'address', NULL, 'phone', NULL, 'stated_phone', NULL,"
        " 'number_index',"
        " '\\x' || encode(sha256(made.region_person_id::bytea), 'hex')))).*"
        " FROM person_details d CROSS JOIN made",
    )


@pytest.mark.rule("REF-22g")
def test_the_keys_of_the_search_are_read_anew_and_a_wrong_file_changes_nothing(
    keys: Any, tmp_path: Path
) -> None:
    keys(1, v1=OLD)
    file = tmp_path / "keys.json"
    assert person_keys().current == 1

    file.write_text(json.dumps({"current": 2, "keys": {"1": OLD, "2": NEW}}))
    assert (person_keys().current, len(person_keys().every())) == (2, 2)
    file.write_text("{}")

    assert person_keys().current == 2
