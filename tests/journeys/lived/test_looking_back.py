"""What operators ask of the past, on a running system after some days of the regions' business: why
something is so, what another policy would have made of it, and whether its records agree.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.local.supervisor import default_regions_dir
from kvitt.region_system import RegionSystem
from kvitt_contracts.access import Grantee
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import RegionCode, identify
from kvitt_testkit.world import wait_for
from psycopg.types.json import Jsonb

from deploy.tests.printing import ended, printed
from tests.journeys.lived.system import OTHERWISE, REGIONS, Json, Lived

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=385)]

AUTOMATIC = "bmb.transfer.executed-automatically.v1"


def told(past: Lived, noun: str, named: object, region: str = "ac") -> Json:
    """What `kvitt explain` tells a program."""
    found: Json = json.loads(past.kvitt("explain", noun, str(named), "--region", region, "--json"))
    return found


def instants(found: Json) -> list[datetime]:
    """When what is told took place, in its order."""
    return [datetime.fromisoformat(one["at"]) for one in found["story"]]


# -- why it is so ----------------------------------------------------------------------------------


@pytest.mark.rule("REF-6e")
def test_a_transfer_is_told_with_its_devices_in_order_of_time(past: Lived) -> None:
    name = past.transfers("ac", "completed")[0]
    key = identify(RegionCode("ac"), "transfer", name)
    found, again = told(past, "transfer", name), told(past, "transfer", key)

    assert found == again
    assert (found["noun"], found["id"], found["region"]) == ("transfer", str(key), "ac")
    assert found["now"]["bmb"] == "completed"
    assert f"inventory, hold for transfer {name}" in found["now"]
    assert instants(found) == sorted(instants(found))
    assert {one["service"] for one in found["story"]} == {"bmb", "inventory"}
    assert {one["policy_version"] for one in found["story"]} == {None, 1}
    assert found["awaited"] == []


@pytest.mark.rule("REF-6e")
def test_a_transfer_that_has_ended_tells_nothing_of_its_devices_afterwards(past: Lived) -> None:
    for name in past.transfers("bd", "completed"):
        found = told(past, "transfer", name, "bd")
        own = [one for one in found["story"] if one["service"] == "bmb"]
        assert found["story"][0]["at"] >= own[0]["at"], name
        assert found["story"][-1]["at"] <= own[-1]["at"], name


@pytest.mark.rule("REF-6e")
def test_what_it_waits_for_is_told_by_who_waits(past: Lived) -> None:
    found = told(past, "transfer", past.transfers("bd", "locked")[0], "bd")

    assert found["now"]["bmb"] == "locked"
    assert "bmb" in {one["service"] for one in found["awaited"]}
    assert any("kundtjänst" in one["what"].lower() for one in found["awaited"])


@pytest.mark.rule("REF-6e")
@pytest.mark.parametrize("kind", ["order", "transfer"])
def test_a_device_is_told_with_each_order_and_transfer_it_was_in(past: Lived, kind: str) -> None:
    system = past.of("ac")
    views = (
        system.get("inventory", f"/devices/{one['device_id']}")
        for one in system.all("inventory", "/devices")
    )
    view = next(one for one in views if _made_by(one, kind))
    orders = [system.get("orders", f"/orders/{one}") for one in _made_by(view, "order")]
    transfers = [system.get("bmb", f"/transfers/{one}") for one in _made_by(view, "transfer")]

    found = told(past, "device", view["device_number"])

    assert found == told(past, "device", view["device_id"])
    assert {one["of"] for one in found["story"]} >= {
        f"device {view['device_number']}",
        *(f"order {one['order_number']}" for one in orders),
        *(f"transfer {one['reference']}" for one in transfers),
    }
    assert instants(found) == sorted(instants(found))
    expected = past.expected("ac", "devices")[view["device_number"]]
    assert found["payers"][-1]["payer_id"] == expected["payer"]


@pytest.mark.rule("REF-6e")
def test_an_order_is_told_with_what_the_store_did_and_what_was_charged(past: Lived) -> None:
    system = past.of("ac")
    charge = next(iter(system.all("billing", "/charges")))
    order = system.get("orders", f"/orders/{charge['order_id']}")

    found = told(past, "order", order["order_id"])

    assert found == told(past, "order", order["order_number"])
    assert found["now"]["orders"] == order["status"]
    assert f"inventory, reservation of order {order['order_number']}" in found["now"]
    charged = f"billing, {charge['kind']} of {charge['article_number']}"
    assert found["now"][charged].endswith(f"on {charge['charged_on']}")


@pytest.mark.rule("REF-6e")
async def test_what_is_parked_of_it_is_told_with_its_cause(past: Lived) -> None:
    name = past.transfers("bd", "locked")[-1]
    key = str(identify(RegionCode("bd"), "transfer", name))
    sender = past.of("bd").get("bmb", f"/transfers/{key}")["sender"]
    move = "UPDATE marks SET seq = seq + %s WHERE topic = 'bmb.transfers' AND key = %s"
    with past.database("notifications") as database:
        database.execute(move, (-1, key))  # so that the next one finds a number missing
        path = f"/transfers/{key}:unlock"
        past.post("kundtjanst1", "bmb", path, {"asked_by": sender}, region="bd")
        await wait_for(lambda: _parks(past, "notifications", key))

        found = told(past, "transfer", name, "bd")
        database.execute(move, (1, key))

    (parked,) = [one for one in found["awaited"] if one["service"] == "notifications"]
    assert parked["what"].startswith("1 messages of bmb.transfers are parked: ")
    await wait_for(lambda: not _parks(past, "notifications", key), within=60)


def test_a_person_reads_it_in_tables_and_no_person_is_named(past: Lived) -> None:
    system = past.of("ac")
    device = next(
        one for one in system.all("inventory", "/devices") if one["holder"]["kind"] == "patient"
    )

    found = past.kvitt("explain", "device", device["device_number"], "--region", "ac")

    assert "What happened" in found
    assert "Who pays" in found
    assert "It waits for nothing." in found
    assert device["holder"]["person"] not in found


def test_what_several_regions_call_so_is_asked_for_by_region(past: Lived) -> None:
    numbers = [
        {one["order_number"] for one in past.of(code).all("orders", "/orders")}
        for code in ("ac", "bd")
    ]

    with pytest.raises(LocalProblem, match=r"Several regions have a order.*ac, bd"):
        past.kvitt("explain", "order", str(min(numbers[0] & numbers[1])))


@pytest.mark.parametrize("named", ["4711-9", "7" * 41], ids=["unknown", "too long to be one"])
@pytest.mark.parametrize("noun", ["transfer", "device", "order"])
def test_what_is_not_there_is_told(past: Lived, noun: str, named: str) -> None:
    with pytest.raises(LocalProblem, match=f"no {noun} {named} in ac"):
        told(past, noun, named)


def test_elsewhere_it_asks_with_the_tokens_that_are_given(
    past: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = past.transfers("ac", "completed")[0]
    expected = told(past, "transfer", name)
    tokens = past.system.tokens
    system = tokens.issue("a-system", region="ac", roles=[Grantee.REGION_SYSTEM])
    operator = tokens.issue("an-operator", region="ac", roles=[Grantee.OPS])
    command = ("explain", "transfer", name, "--region", "ac", "--json")

    past.elsewhere(monkeypatch, token=system, admin_token=operator)
    assert json.loads(printed(*command)) == expected

    past.elsewhere(monkeypatch, token=operator, admin_token=operator)
    with pytest.raises(LocalProblem) as denied:
        printed(*command)
    assert "role region_system" in denied.value.remedy
    assert operator not in f"{denied.value.what} {denied.value.remedy}"


# -- in whose name it is read ----------------------------------------------------------------------


def test_each_region_is_read_by_a_system_of_its_own(past: Lived) -> None:
    systems = RegionSystem.each(past.state, None)
    payers = {
        one.region: {row["payer_id"] for row in one.all("orders", "/payers")} for one in systems
    }

    assert [one.region for one in systems] == [*REGIONS, OTHERWISE]
    assert payers["ac"].isdisjoint(payers["bd"])


def test_what_is_not_there_is_none_and_said_where_it_is_needed(past: Lived) -> None:
    system = past.of("ac")

    assert system.find("orders", "/payers/99999") is None
    with pytest.raises(LocalProblem, match="orders has nothing there"):
        system.get("orders", "/payers/99999")
    with pytest.raises(LocalProblem, match="no region zz here"):
        RegionSystem.each(past.state, "zz")


# -- what another policy would have made of it -----------------------------------------------------


@pytest.mark.rule("BMB-15a")
@pytest.mark.parametrize("code", REGIONS)
def test_under_its_own_policy_nothing_would_have_ended_otherwise(past: Lived, code: str) -> None:
    found = what_if(past, default_regions_dir() / f"{code}.yaml", region=code)

    assert found["sent"] > 0
    assert found["otherwise"] == []


@pytest.mark.rule("BMB-15a", "BMB-15b")
def test_what_was_executed_automatically_would_have_been_void(past: Lived, tmp_path: Path) -> None:
    recorded = past.recorded()
    automatic = {name for name in past.expected("ac", "transfers") if _is_automatic(past, name)}

    found = what_if(past, a_file(tmp_path, outcome="void"))

    assert {one["reference"] for one in found["otherwise"]} == automatic
    assert {one["would_be"]["status"] for one in found["otherwise"]} == {"voided"}
    costs = [(one["was"]["payer_id"], cost) for one in found["otherwise"] for cost in one["costs"]]
    assert costs
    for took_over, cost in costs:
        assert (cost["would_be_ore"] < cost["was_ore"]) == (cost["payer_id"] == took_over)
    assert past.recorded() == recorded
    text = past.kvitt(*_what_if(a_file(tmp_path, outcome="void"), "ac", "2026-05-01"))
    assert f"{len(automatic)} of {found['sent']} transfers that region ac sent" in text
    assert "Nothing was changed." in text


def test_what_was_sent_before_the_day_is_not_looked_at(past: Lived, tmp_path: Path) -> None:
    file = a_file(tmp_path, outcome="void")

    assert what_if(past, file, since="2026-05-07")["sent"] < what_if(past, file)["sent"]
    assert what_if(past, file, since="2026-06-01")["sent"] == 0


# -- whether its records agree ---------------------------------------------------------------------


def test_what_must_say_the_same_does(past: Lived) -> None:
    for command in (("devices", "--region", "ac"), ("all",), ("last",)):
        found = json.loads(past.kvitt("verify", *command, "--json"))
        assert [one for one in found if one["differences"] or one["failed"]] == []

    found = json.loads(past.kvitt("verify", "devices", "--json"))
    assert [(one["service"], one["check"]) for one in found] == [
        *(("inventory", name) for name in ("rows", "custody", "claims", "places")),
        ("billing", "payers"),
    ]
    assert "equal" in past.kvitt("verify", "last")


def test_what_differs_is_named_by_its_key_until_it_is_mended(past: Lived) -> None:
    with _planted(past) as device:
        found = ended("verify", "devices", "--json", "--state", str(past.state))
        shown = [line for one in json.loads(found.output) for line in one["shown"]]
        assert found.exit_code == 1
        assert {(one["table"], one["key"]) for one in shown} == {("custody_changes", device)}
        assert ended("verify", "last", "--state", str(past.state)).exit_code == 1
        elsewhere = ("verify", "last", "--region", "bd", "--state", str(past.state))
        assert ended(*elsewhere).exit_code == 0

    assert ended("verify", "devices", "--state", str(past.state)).exit_code == 0


def test_each_log_is_what_was_sealed_and_is_handed_on(past: Lived) -> None:
    found = json.loads(past.kvitt("verify", "log", "--json"))
    ends = json.loads(past.kvitt("log", "heads"))
    lines = [json.loads(one) for one in past.kvitt("log", "export", "--region", "ac").splitlines()]

    assert [one for one in found if one["broken"]] == []
    assert {(one["service"], one["log"], one["region"]) for one in found} >= {
        ("orders", "person_accesses", "ac"),
        *((service, "audit", None) for service in SERVICES),
    }
    assert ends["orders"]["person_accesses/ac"]["position"] >= len(lines) > 0
    assert [one["event"]["sequence"] for one in lines] == list(range(1, len(lines) + 1))
    assert {one["kvitt"]["look"] for one in lines} >= {"done"}


# -- what waits for a person -----------------------------------------------------------------------


def test_every_parked_key_is_read_however_many_come_at_once(
    past: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = Admin.of(past.state)
    at_once = {name: list(admin.parked(name)) for name in admin.services}

    monkeypatch.setattr("kvitt.admin._PARKED_AT_ONCE", 1)

    assert {name: list(admin.parked(name)) for name in admin.services} == at_once
    assert len(at_once["orders"]) > 1


# -- helpers ---------------------------------------------------------------------------------------


def _what_if(file: Path, region: str, since: str) -> tuple[str, ...]:
    return ("policy", "what-if", "--region", region, "--policy", str(file), "--since", since)


def what_if(past: Lived, file: Path, *, region: str = "ac", since: str = "2026-05-01") -> Json:
    """What `kvitt policy what-if` tells a program."""
    found: Json = json.loads(past.kvitt(*_what_if(file, region, since), "--json"))
    return found


def a_file(directory: Path, *, outcome: str) -> Path:
    """Västerbotten's policy, with another end of what nobody answers."""
    text = (default_regions_dir() / "ac.yaml").read_text(encoding="utf-8")
    changed = text.replace("outcome: auto_execute", f"outcome: {outcome}")
    assert changed != text
    file = directory / "new.yaml"
    file.write_text(changed, encoding="utf-8")
    return file


def _made_by(device: Json, kind: str) -> list[str]:
    """The ids of the orders, or the transfers, that a device changed custody by."""
    return sorted({one[f"{kind}_id"] for one in device["history"]} - {None})


def _is_automatic(past: Lived, name: str) -> bool:
    key = identify(RegionCode("ac"), "transfer", name)
    story = past.of("ac").find("bmb", f"/transfers/{key}/story")
    return story is not None and AUTOMATIC in {one["type"] for one in story["items"]}


def _parks(past: Lived, service: str, key: str) -> bool:
    return any(one["key"] == key for one in Admin.of(past.state).parked(service))


@contextmanager
def _planted(past: Lived) -> Iterator[str]:
    """Within: a device's first change of custody names another payer in the table alone."""
    pick = (
        "SELECT device_id, custody -> 'payer_id' FROM custody_changes "
        "WHERE region = 'ac' AND number = 1 LIMIT 1"
    )
    plant = (
        "UPDATE custody_changes SET custody = jsonb_set(custody, '{payer_id}', %s) "
        "WHERE device_id = %s AND number = 1"
    )
    with past.database("inventory") as database:
        ((device, payer),) = database.execute(pick).fetchall()
        database.execute(plant, (Jsonb("99999"), device))
        try:
            yield str(device)
        finally:
            database.execute(plant, (Jsonb(payer), device))
