"""Chained logs: what was removed, altered, put in, swapped or cut off afterwards is found, and what
a policy no longer keeps leaves a stone.
"""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from kvitt_chassis import driver
from kvitt_chassis.evidence.chain import (
    START,
    Broken,
    Fault,
    Keys,
    Link,
    Stone,
    broken_stone,
    first_break,
    joined,
)
from kvitt_chassis.evidence.heads import Witness, heads_from, read_heads
from kvitt_chassis.evidence.sealer import Sealer, head_of
from kvitt_chassis.evidence.tables import AUDIT, Head
from kvitt_chassis.evidence.verifying import Evidence, Verified
from kvitt_chassis.operating import audit
from kvitt_contracts.access import Grantee
from kvitt_testkit.world import ServiceUrls, World
from sqlalchemy import text

from chassis.tests import operated, toy

KEYS = Keys.of("5e" * 32, service="notifications")
CHAIN = "audit"


def links(*contents: str) -> list[Link]:
    """A chain of rows with these contents."""
    rows = [(str(number), content) for number, content in enumerate(contents, start=1)]
    return joined(KEYS, CHAIN, rows, after=0, before=START)


def broken(found: list[Link], *, keys: Keys = KEYS) -> Broken | None:
    """The first break of a whole chain."""
    return first_break(keys, CHAIN, found, after=0, before=START)


def changed(link: Link, **others: Any) -> Link:
    """A link with other fields."""
    fields = {name: getattr(link, name) for name in Link.__slots__}
    return Link(**fields | others)


@pytest.mark.rule("REF-21b")
def test_a_chain_holds_and_each_planted_change_is_found_where_it_is() -> None:
    one, two, three = links("a", "b", "c")

    assert broken([one, two, three]) is None
    altered = broken([one, changed(two, content="B"), three])
    removed = broken([one, changed(two, content=None), three])
    without_link = broken([one, three])
    swapped = broken([changed(two, position=1), changed(one, position=2), three])
    assert altered == Broken(fault=Fault.ALTERED, position=2, row_key="2")
    assert removed == Broken(fault=Fault.ROW_GONE, position=2, row_key="2")
    assert without_link == Broken(fault=Fault.LINK_GONE, position=2)
    assert swapped == Broken(fault=Fault.ALTERED, position=1, row_key="2")


def test_a_chain_goes_on_with_another_key_and_needs_both() -> None:
    first = links("a")
    both = Keys.of(f"{'6f' * 32},{'5e' * 32}", service="notifications")
    second = joined(both, CHAIN, [("2", "b")], after=1, before=first[-1].mac)

    assert broken([*first, *second], keys=both) is None
    alone = broken([*first, *second])
    assert alone is not None
    assert (alone.fault, alone.position) == (Fault.UNKNOWN_KEY, 2)
    for wrong in ("5e", "no hex"):
        with pytest.raises(ValueError, match="log's key"):
            Keys.of(wrong, service="notifications")


@pytest.mark.rule("REF-21c")
def test_a_stone_is_sealed_and_follows_the_one_before_it() -> None:
    def stone(start: int, end: int, *, sealed: bool = True) -> Stone:
        bare = Stone(
            from_position=start,
            to_position=end,
            first_at="2016-01-01",
            last_at="2016-12-31",
            last_mac=START,
            key_id=KEYS.newest,
            mac=b"",
        )
        mac = KEYS.of_stone(KEYS.newest, CHAIN, bare) if sealed else b"other"
        return Stone(**{name: getattr(bare, name) for name in Stone.__slots__} | {"mac": mac})

    assert broken_stone(KEYS, CHAIN, [stone(1, 10), stone(11, 12)]) is None
    for wrong in ([stone(2, 10)], [stone(1, 10), stone(12, 12)], [stone(1, 3, sealed=False)]):
        found = broken_stone(KEYS, CHAIN, wrong)
        assert found is not None
        assert found.fault is Fault.STONE


def a_sealer(world: World, witness: Witness | None = None) -> Sealer:
    """The sealer of the toy's logs."""
    return Sealer(
        toy.service.logs, database=world.worker, keys=KEYS, witness=witness or Witness(None)
    )


async def acts(world: World, *whats: str) -> None:
    """Acts of an operator, each in its own transaction."""
    for what in whats:
        async with world.worker.unit() as unit:
            await audit.record(unit.session, who="drift", what=what, why="a test", about={})


async def verified(world: World, **kept: Head) -> Verified:
    """What a walk of the audit finds."""
    evidence: Evidence = operated.evidence_of(world.worker)
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    async with driver.transaction(world.worker.engine, begin, end="ROLLBACK") as session:
        (found,) = await evidence.verify(session, kept=kept)
    return found


@pytest.mark.rule("REF-21b")
async def test_rows_are_joined_once_they_are_there_whoever_seals(world: World) -> None:
    await acts(world, "one", "two")
    one, other = a_sealer(world), a_sealer(world)

    assert await one.seal(AUDIT, None) == 2
    assert await other.seal(AUDIT, None) == 0
    await acts(world, "three")
    assert await other.seal(AUDIT, None) == 1

    found = await verified(world)
    assert (found.length, found.thinned, found.broken) == (3, 0, None)


REMOVED_WITH_ITS_LINK = """
    WITH gone AS (DELETE FROM audit WHERE what = 'two' RETURNING id)
    DELETE FROM log_links WHERE row_key IN (SELECT id::text FROM gone)
    """
PUT_IN = """
    INSERT INTO audit (at, who, what, why, about)
    VALUES (now() - interval '1 day', 'drift', 'more', 'a test', '{}')
    """
SWAPPED = """
    UPDATE audit AS a SET what = b.what FROM audit AS b
    WHERE a.what IN ('two', 'three') AND b.what IN ('two', 'three') AND a.id <> b.id
    """
LINKS_SWAPPED = """
    ALTER TABLE log_links DROP CONSTRAINT uq_one_link_per_row;
    UPDATE log_links AS a SET row_key = b.row_key, mac = b.mac FROM log_links AS b
    WHERE a.position IN (2, 3) AND b.position IN (2, 3) AND a.position <> b.position;
    ALTER TABLE log_links ADD CONSTRAINT uq_one_link_per_row UNIQUE (chain, row_key)
    """
PLANTED = {
    "altered": ("UPDATE audit SET who = 'other' WHERE what = 'two'", Fault.ALTERED, 2),
    "removed": ("DELETE FROM audit WHERE what = 'two'", Fault.ROW_GONE, 2),
    "removed with its link": (REMOVED_WITH_ITS_LINK, Fault.LINK_GONE, 2),
    "put in": (PUT_IN, Fault.INSERTED, 4),
    "swapped": (SWAPPED, Fault.ALTERED, 2),
    "links swapped": (LINKS_SWAPPED, Fault.ALTERED, 2),
}


def plant(urls: ServiceUrls, statement: str) -> None:
    """Change the database by hand, as its owner: the service's own roles may not."""
    with psycopg.connect(urls.owner.replace("+asyncpg", "")) as connection:
        connection.execute(statement)


@pytest.mark.rule("REF-21b")
@pytest.mark.parametrize(("statement", "fault", "position"), PLANTED.values(), ids=PLANTED)
async def test_what_is_planted_in_a_log_is_found(
    world: World, toy_urls: ServiceUrls, statement: str, fault: Fault, position: int
) -> None:
    await acts(world, "one", "two", "three", "four")
    await a_sealer(world).seal(AUDIT, None)
    plant(toy_urls, statement)

    found = (await verified(world)).broken

    assert found is not None
    assert (found.fault, found.position) == (fault, position)


CUT = (
    "DELETE FROM audit WHERE what IN ('three', 'four')",
    "DELETE FROM log_links WHERE position > 2",
)


@pytest.mark.rule("REF-21b")
async def test_an_end_that_was_cut_off_is_found_by_what_was_kept_apart(
    world: World, toy_urls: ServiceUrls, tmp_path: Path
) -> None:
    await acts(world, "one", "two", "three", "four")
    file = tmp_path / "heads" / "toy.json"
    sealer = a_sealer(world, Witness(file))
    await sealer.seal(AUDIT, None)
    kept = read_heads(file)
    for statement in CUT:
        plant(toy_urls, statement)

    assert (await verified(world)).broken is None  # a shorter chain is a whole one
    cut = (await verified(world, **kept)).broken
    await acts(world, "five", "six", "seven")
    await sealer.seal(AUDIT, None)
    grown_again = (await verified(world, **kept)).broken

    assert cut == Broken(fault=Fault.CUT, position=3)
    assert grown_again is not None
    assert grown_again.fault is Fault.CUT
    assert read_heads(file) == kept  # what does not hold is not written over what was kept
    assert sealer.remark() == "audit is not what was kept apart of it"


async def test_what_is_kept_apart_is_the_end_of_each_chain(world: World, tmp_path: Path) -> None:
    file = tmp_path / "toy.json"
    await acts(world, "one")
    await a_sealer(world, Witness(file)).seal(AUDIT, None)
    async with world.worker.reading() as session:
        head = await head_of(session, CHAIN)

    assert head is not None
    kept = Witness(file).heads[CHAIN]
    assert (kept.position, kept.mac) == (1, head.mac)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="no ends"):
        heads_from({"audit": {"position": "x"}})


@pytest.mark.rule("REF-21b")
async def test_the_services_own_roles_may_neither_change_nor_remove_what_is_sealed(
    world: World,
) -> None:
    await acts(world, "one")
    await a_sealer(world).seal(AUDIT, None)

    for table in ("audit", "log_links", "log_stones"):
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(Exception, match="permission denied"):
                async with world.worker.unit() as unit:
                    await unit.session.execute(text(statement))


async def test_who_operates_verifies_keeps_the_ends_and_reads_the_log_in_pages(
    world: World, toy_urls: ServiceUrls
) -> None:
    await acts(world, "one", "two", "three")
    await a_sealer(world).seal(AUDIT, None)
    async with operated.client(world.worker, world.api) as client:
        kept = (await client.get("/admin/log/heads")).json()
        body = {"why": "a test", "heads": kept}
        (walked,) = (await client.post("/admin/log:verify", json=body)).json()
        page = await client.get("/admin/log/export?log=audit&limit=2")
        rest = await client.get(f"/admin/log/export?log=audit&after={page.headers['Kvitt-Next']}")
        unknown = await client.get("/admin/log/export?log=marks")
        unread = await client.post(
            "/admin/log:verify", json={"why": "a test", "heads": {"audit": {}}}
        )
        for statement in CUT:
            plant(toy_urls, statement)
        (cut,) = (await client.post("/admin/log:verify", json=body)).json()
    async with operated.client(world.worker, world.api, role=Grantee.OPS) as client:
        others = (await client.get("/admin/log/heads")).json()

    assert kept["audit"]["position"] == 3
    assert (walked["length"], walked["broken"]) == (3, None)
    assert [line.count('"action": ') for line in page.text.splitlines()] == [1, 1]
    assert '"action": "three"' in rest.text
    assert '"why"' not in page.text
    assert rest.headers["Kvitt-Next"] == "3"
    assert (unknown.status_code, unknown.json()["reason"]) == (422, "UNKNOWN_LOG")
    assert (unread.status_code, unread.json()["reason"]) == (422, "UNKNOWN_HEADS")
    assert cut["broken"]["fault"] == "cut"
    assert others == {}  # the audit is of all regions


async def test_what_is_committed_late_is_joined_too(world: World) -> None:
    await acts(world, "one")
    sealer = a_sealer(world)
    async with world.worker.unit() as unit:
        await audit.record(unit.session, who="drift", what="late", why="a test", about={})
        await acts(world, "two")
        assert await sealer.seal(AUDIT, None) == 2

    assert await sealer.seal(AUDIT, None) == 1
    assert (await verified(world)).broken is None
