"""REF-23: after an erasure nobody finds the person anywhere, nor in a backup from before; and no
restore brings them back for long. The person is lived with first, so that the same search finds
them in every place where people have written.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from confluent_kafka import TopicPartition
from kvitt.local.backups import postgres_alone
from kvitt.local.kafka import ADMIN
from kvitt.local.problems import LocalProblem
from kvitt.local.servers import admin_client
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem

from deploy.tests.printing import ended, printed
from tests.privacy import search
from tests.privacy.columns import sealed_columns
from tests.privacy.free_text import FREE_TEXT
from tests.privacy.leaving import SOUGHT, live, visiting
from tests.privacy.region import REGION, Region
from tests.privacy.search import Found
from tests.privacy.traces import Traces, receiver
from tests.privacy.world import PLACES, World, watched

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=120)]

EVERYWHERE = (*PLACES, "portal")
WRITTEN = {
    *("orders.order_details.delivery", "orders.order_details.comments", "orders.cases.text"),
    *("orders.cases.answer", "orders.pickup_details.delivery"),
    *("orders.work_order_details.description", "orders.work_order_notes.text"),
    *("orders.application_drafts.application", "orders.order_drafts.written"),
    *("orders.attachments.name", "bmb.transfer_texts.to_receiver", "bmb.transfer_texts.to_sender"),
    *("inventory.device_notes.text", "inventory.damage_notes.note"),
}
"""Columns that were written in before the erasure."""

_INBOUND = f"region.{REGION}.persons"


@dataclass(slots=True, kw_only=True)
class Story:
    """What was found of the person, and what `kvitt` said, at each step."""

    person: UUID | None = None
    before: dict[str, list[Found]] = field(default_factory=dict)
    after: dict[str, list[Found]] = field(default_factory=dict)
    exported: dict[str, set[str]] = field(default_factory=dict)
    keys_of_the_person: dict[str, int] = field(default_factory=dict)
    details_in_the_backup: int = 0
    in_the_backup: list[Found] = field(default_factory=list)
    verified: dict[str, tuple[int, list[dict[str, Any]]]] = field(default_factory=dict)
    previewed: dict[str, Any] = field(default_factory=dict)
    erased_again: dict[str, Any] = field(default_factory=dict)
    parked: dict[str, Any] = field(default_factory=dict)
    at_last: dict[str, list[Found]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole of it, by the commands that operators have."""
    home = tmp_path_factory.mktemp("leaving")
    state, backup, newest = home / "state", home / "backups" / "one", home / "keys" / "newest.dump"
    found = Story()
    with receiver() as traces, watched(traces):
        with _running(state, traces) as world:
            found.person = person = live(world.region, _portal(world))
            found.before = _searched(world, person)
            found.exported["before"] = _exported(state, person)
            _kvitt(state, "backup", "--out", str(backup), "--keys", str(newest))
            earlier = Path(shutil.copy2(newest, home / "earlier.dump"))
            _erase(world, state, person)
            _forget_what_the_region_sent(world)
            found.after = _searched(world, person)
            found.exported["after"] = _exported(state, person)
            _kvitt(state, "backup", "--keys", str(newest))
        for keys in (earlier, newest):
            _restored_elsewhere(home / keys.stem, backup, keys, person, found)
        _kvitt(state, "restore", str(backup), "--keys", str(earlier), "--yes")
        with _running(state, traces) as world:
            world.region.come_to_rest()
            _verify(state, "restored", found)
            found.exported["restored"] = _exported(state, person)
            again = ("person", "erase-again", "--region", str(REGION), "--json")
            found.previewed = json.loads(_kvitt(state, *again, "--dry-run"))
            _verify(state, "previewed", found)
            found.erased_again = json.loads(_kvitt(state, *again, "--yes"))
            world.region.come_to_rest()
            _verify(state, "erased again", found)
            found.parked = {
                name: world.region.operate("GET", name, "/admin/parked?limit=1000")
                for name in world.system.services
            }
            found.at_last = _searched(world, person)
            found.exported["at last"] = _exported(state, person)
    return found


# -- erased ----------------------------------------------------------------------------------------


def test_before_the_erasure_the_same_search_finds_the_person(story: Story) -> None:
    tables = {one.place for one in story.before["tables"]}

    assert tables >= WRITTEN - sealed_columns()
    assert tables <= set(FREE_TEXT) - sealed_columns()
    assert {one.place.partition("@")[0] for one in story.before["topics"]} == {_INBOUND}
    assert story.before["portal"]
    assert {place for place in EVERYWHERE if story.before[place]} <= {
        *("tables", "topics", "files", "portal"),
    }


def test_before_the_erasure_what_is_sealed_opens(story: Story) -> None:
    assert story.exported["before"] >= WRITTEN & sealed_columns()


@pytest.mark.rule("REF-23h")
def test_after_the_erasure_nothing_that_was_sealed_opens(story: Story) -> None:
    assert (story.exported["after"], story.exported["at last"]) == (set(), set())


@pytest.mark.rule("REF-23h")
@pytest.mark.parametrize("place", EVERYWHERE)
def test_after_the_erasure_nothing_of_the_person_stands_in(place: str, story: Story) -> None:
    assert story.after[place] == []


@pytest.mark.rule("REF-23h")
def test_a_backup_from_before_opens_nothing_once_the_keys_are_replaced(story: Story) -> None:
    assert story.details_in_the_backup == 1, "who it was stands there, sealed"
    assert story.keys_of_the_person == {"earlier": 1, "newest": 0}


@pytest.mark.rule("REF-23h")
def test_a_backup_from_before_says_in_clear_what_is_not_sealed_and_nothing_else(
    story: Story,
) -> None:
    found = {one.place for one in story.in_the_backup}

    assert WRITTEN - sealed_columns() <= found <= set(FREE_TEXT) - sealed_columns()


# -- restored --------------------------------------------------------------------------------------


@pytest.mark.rule("REF-23i")
def test_a_restore_undoes_no_erasure(story: Story) -> None:
    code, lines = story.verified["restored"]
    (line,) = lines
    assert (code, line["key"], line["region"]) == (1, str(story.person), str(REGION))
    assert line["fields"][:3] == ["key", "details", "is_known"]

    assert story.exported["restored"] >= WRITTEN & sealed_columns()

    assert story.previewed == {"erased_again": [], "left": [str(story.person)]}
    assert story.verified["previewed"] == (1, lines)

    assert story.erased_again == {"erased_again": [str(story.person)], "left": []}
    assert story.verified["erased again"] == (0, [])


@pytest.mark.rule("REF-23i")
@pytest.mark.parametrize("place", EVERYWHERE)
def test_erased_again_the_person_is_nowhere_again(place: str, story: Story) -> None:
    assert story.at_last[place] == []


@pytest.mark.rule("REF-23i")
def test_who_has_heard_of_the_erasure_before_takes_it_for_the_same(story: Story) -> None:
    told = [one for parked in story.parked.values() for one in parked]

    assert [one for one in told if one["topic"] == "orders.persons"] == []


# -- steps -----------------------------------------------------------------------------------------


@contextmanager
def _running(directory: Path, traces: Traces) -> Iterator[World]:
    with LocalSystem(State.open(directory), with_portal=True) as system:
        region = Region(system)
        try:
            yield World(
                system=system,
                region=region,
                traces=traces,
                sought=SOUGHT,
                findings={},
                places={},
            )
        finally:
            region.close()


def _searched(world: World, person: UUID) -> dict[str, list[Found]]:
    """What is found in each place; what the search itself is answered is searched too."""
    found = {place: world.search(place) for place in EVERYWHERE if place != "portal"}
    with visiting(_portal(world)) as client:
        paths = ("/", f"/mottagare/{person}", "/bestallningar", "/bmb", "/hamtordrar", "/arenden")
        found["portal"] = SOUGHT.search((path, client.get(path).text) for path in paths)
    return found


def _exported(state: Path, person: UUID) -> set[str]:
    """The columns of orders where `kvitt person export` opens something of the person."""
    folder = state.with_name("handed out")
    command = ("person", "export", str(person), "--region", str(REGION), "--out", str(folder))
    try:
        _kvitt(state, *command)
    except LocalProblem as problem:
        if "UNKNOWN_PERSON" not in problem.what:
            raise
        return set()
    told = json.loads((folder / f"{person}.json").read_text())
    shutil.rmtree(folder)
    written = told["orders"]["written"]
    return {
        f"orders.{one['of']}.{one['field']}" for one in written if SOUGHT.within(json.dumps(one))
    }


def _portal(world: World) -> str:
    assert world.system.portal is not None
    return world.system.portal.url


def _erase(world: World, state: Path, person: UUID) -> None:
    act = ("person", "erase", str(person), "--region", str(REGION))
    assert "Nothing is erased" in _kvitt(state, *act)
    assert "Nothing is erased" in _kvitt(state, *act, "--why", "Dnr 2026-114", "--dry-run")
    asked = ended(*act, "--why", "Dnr 2026-114", "--state", str(state))  # nobody says yes
    assert asked.exit_code == 1
    told = _kvitt(state, *act, "--why", "Dnr 2026-114", "--ordered", "--yes")
    assert f"{person} is erased" in told
    world.region.come_to_rest()


def _forget_what_the_region_sent(world: World) -> None:
    """As the topic's fourteen days do."""
    kafka = world.system.credentials(ADMIN)
    admin = admin_client(world.system.bootstrap, kafka)
    topic = admin.list_topics(timeout=30.0).topics[_INBOUND]
    every = [TopicPartition(_INBOUND, number, -1) for number in topic.partitions]
    for done in admin.delete_records(every).values():
        done.result()


def _restored_elsewhere(
    directory: Path, backup: Path, keys: Path, person: UUID, found: Story
) -> None:
    """A fresh cluster, made of the backup from before and of some keys."""
    State.open(directory)
    _kvitt(directory, "restore", str(backup), "--keys", str(keys), "--yes")
    with postgres_alone(State.open(directory)) as databases:
        with psycopg.connect(databases.admin_url_to("orders")) as orders:
            found.keys_of_the_person[keys.stem] = _count(orders, "person_keys", person)
            found.details_in_the_backup = _count(orders, "person_details", person)
        found.in_the_backup = SOUGHT.search(search.databases(databases.admin_url))


def _count(inside: psycopg.Connection, table: str, person: UUID) -> int:
    statement = f"SELECT count(*) FROM {table} WHERE person = %s"
    row = inside.execute(statement.encode(), (person,)).fetchone()
    assert row is not None
    return int(row[0])


def _verify(state: Path, step: str, found: Story) -> None:
    told = ended("verify", "persons", "--json", "--state", str(state))
    (one,) = json.loads(told.output)
    assert one["failed"] is None
    found.verified[step] = (told.exit_code, one["shown"])


def _kvitt(state: Path, *command: str) -> str:
    return printed(*command, "--state", str(state))
