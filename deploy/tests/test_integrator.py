"""What the integrator's kit does where nothing runs: samples, checks, the conformance suite, how a
client connects. With a running system it is tested in tests/quickstarts.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer
from kvitt.app import app
from kvitt.integrator import clients, conformance, messages, samples
from kvitt.integrator.checking import Checked, Checker
from kvitt.integrator.connection import Connection
from kvitt.integrator.feed import FeedEvent
from kvitt.integrator.messages import Sent, binary
from kvitt.integrator.publishing import NoAnswer, answers
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.supervisor import default_regions_dir
from kvitt.local.tokens import TokenIssuer
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.topics import CATALOGUE
from typer.testing import CliRunner

TODAY = date(2026, 5, 4)
PAYER = "region.payer.stated.v1"
ORDER = "orders.order.place.v1"
LISTS = ("sample", "failpoints", f"sample {PAYER} --cases")


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by what is typed."""

    def below(command: Any, typed: str) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield typed, command
            return
        for name, one in inner.items():
            yield from below(one, f"{typed} {name}".strip())

    yield from below(typer.main.get_command(app), "")


def checked(*sent: Sent) -> list[Checked]:
    return list(Checker("w", today=TODAY).check(sent))


def a_payer(*, number: int = 1, version: int = 1, name: str = "Falun", at: str = "08:00") -> Sent:
    """A fact about payer 81001, the messages of which are told apart by their number."""
    one = samples.sample(PAYER, region="w", subject="81001")
    attributes = {
        **{name: one[name] for name in ("source", "type", "subject", "region", "specversion")},
        "id": f"00000000-0000-4000-8000-{number:012}",
        "time": f"2026-05-04T{at}:00Z",
    }
    data = one["data"] | {"payer_id": "81001", "version": version, "name": name}
    envelope = Envelope.from_attributes(attributes)
    return binary(envelope, data, place=str(number), topic="region.w.orders")


def reasons(*sent: Sent) -> dict[str, list[str]]:
    found = conformance.judge(checked(*sent)).findings
    return {group: [one.reason for one in those] for group, those in found.items() if those}


def test_every_command_has_json() -> None:
    lacking = [
        typed
        for typed, command in commands()
        if not any("--json" in parameter.opts for parameter in command.params)
    ]

    assert lacking == []


@pytest.mark.parametrize("typed", LISTS)
def test_what_is_printed_as_json_is_json(typed: str) -> None:
    told = CliRunner().invoke(app, [*typed.split(), "--json"])

    assert told.exit_code == 0, told.output
    try:
        json.loads(told.stdout)
    except ValueError:
        assert all(json.loads(line) for line in told.stdout.splitlines())


def test_a_table_is_an_object_for_each_row() -> None:
    told = CliRunner().invoke(app, ["failpoints", "--json"])

    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert any("consumer.before_offsets" in row.values() for row in rows)


@pytest.mark.parametrize("wire_type", samples.inbound_types())
def test_a_sample_of_each_type_is_right_and_has_an_id_of_its_own(
    wire_type: str, tmp_path: Path
) -> None:
    file = tmp_path / "sample.json"
    one, another = (samples.sample(wire_type, region="w") for _ in range(2))
    file.write_text(json.dumps([one, another]))

    findings = [found.line for each in _of(file) for found in each.findings]

    assert one["id"] != another["id"]
    assert [line for line in findings if "DAY-" not in line] == []


def test_what_a_region_sends_is_in_the_catalogue() -> None:
    inbound = {one.wire_type for topic in CATALOGUE if topic.is_inbound for one in topic.types}

    assert set(samples.inbound_types()) == inbound
    with pytest.raises(LocalProblem, match="No region sends"):
        samples.sample("bmb.transfer.accepted.v1", region="w")


def test_a_wrong_field_is_told_with_its_rule_and_way_on(tmp_path: Path) -> None:
    one = samples.sample(ORDER, region="w")
    one["data"]["lines"][0]["quantity"] = 0
    file = tmp_path / "order.json"
    file.write_text(json.dumps(one))

    told = CliRunner().invoke(app, ["check", str(file)])

    assert told.exit_code == 1
    assert "lines.0.quantity: INVALID_FIELD" in told.stdout
    assert "skicka igen" in told.stdout
    assert "1 messages, 1 wrong" in told.stdout


@pytest.mark.parametrize(
    ("attribute", "value", "told"),
    [("id", "17", "ce_id: unreadable"), ("time", "yesterday", "ce_time: INVALID_FIELD")],
)
def test_an_attribute_that_cannot_be_read_is_told_by_its_own_name(
    attribute: str, value: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(samples.sample(ORDER, region="w") | {attribute: value}))

    found = CliRunner().invoke(app, ["check", str(file)])

    assert found.exit_code == 1
    assert told in found.stdout


def test_what_is_no_message_is_told_as_that_and_a_misspelt_type_with_the_right_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "order.json"

    file.write_text("{}")
    with pytest.raises(LocalProblem, match="is no CloudEvent: it has no type"):
        list(messages.read([file], region="w"))
    file.write_text('{"type": "orders.order.plcae.v1"}')
    with pytest.raises(LocalProblem, match=r"orders\.order\.plcae\.v1") as misspelt:
        list(messages.read([file], region="w"))

    assert misspelt.value.remedy.startswith(f"Is it {ORDER}")


def test_a_day_out_of_bounds_is_told_where_nothing_runs(tmp_path: Path) -> None:
    one = samples.sample("region.balance.stated.v1", region="w")
    one["data"]["stated_on"] = "2026-12-31"
    file = tmp_path / "balance.json"
    file.write_text(json.dumps(one))

    (found,) = [found for each in _of(file) for found in each.findings]

    assert (found.rule, found.field) == ("DAY-1", "stated_on")


def test_a_key_that_is_not_the_subject_is_told() -> None:
    one = a_payer()
    other = Sent(
        place=one.place, topic=one.topic, key=b"other", headers=one.headers, value=one.value
    )

    assert reasons(other) == {"order": ["KEY_IS_NOT_THE_SUBJECT"]}


def test_a_record_that_lies_elsewhere_than_java_would_put_it_is_told() -> None:
    one = a_payer()
    (partition,) = [number for number in range(6) if "order" not in reasons(_lying(one, at=number))]

    wrong = _lying(one, at=(partition + 1) % 6)

    assert reasons(wrong) == {"order": ["NOT_PLACED_BY_MURMUR2"]}


def test_what_is_said_twice_in_the_same_words_is_no_fault() -> None:
    report = conformance.judge(checked(a_payer(), a_payer()))

    assert report.is_conforming
    assert report.repeated == 1


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (
            a_payer(number=1, version=3, name="Mora"),
            {"ids": ["ID_REUSED"]},
        ),
        (a_payer(number=2, version=2, name="Mora"), {"versions": ["VERSION_TAKEN"]}),
        (a_payer(number=2, version=1), {"versions": ["OBSOLETE"]}),
        (a_payer(number=2, version=3, at="07:00"), {"order": ["TIME_GOES_BACK"]}),
        (a_payer(number=2, version=3), {}),
    ],
    ids=["id", "version", "obsolete", "time", "right"],
)
def test_the_suite_finds_what_messages_are_to_each_other(
    second: Sent, expected: dict[str, list[str]]
) -> None:
    assert reasons(a_payer(number=1, version=2), second) == expected


def test_a_command_that_comes_again_with_another_id_is_told(tmp_path: Path) -> None:
    one = samples.sample(ORDER, region="w", subject="VB-1")
    file = tmp_path / "orders.jsonl"
    file.write_text(f"{json.dumps(one)}\n{json.dumps(one | {'id': str(_uuid())})}\n")

    told = CliRunner().invoke(app, ["check", "--conformance", "--json", str(file)])

    found = json.loads(told.stdout)["checks"]["idempotency"]["findings"]
    assert told.exit_code == 1
    assert [one["reason"] for one in found] == ["SAME_CONTENT_ANOTHER_ID"]


def test_what_the_month_of_a_region_begins_with_conforms() -> None:
    folder = Path(clients.FOLDER).parents[2] / "examples" / "regions" / "w"
    sent = messages.read([folder / "catalogue.jsonl"], region="w")

    assert conformance.judge(Checker("w", today=TODAY).check(sent)).is_conforming


def test_a_connection_shows_no_secret(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    state.port("kafka")
    TokenIssuer(tmp_path).issuers_file(["w"])

    for options in ([], ["--json"], ["--client", "python"]):
        told = CliRunner().invoke(app, ["connect", "--state", str(tmp_path), *options])

        assert told.exit_code == 0, told.output
        assert state.password("kafka:region-w") not in told.stdout
        assert not re.search(r"eyJ[\w-]+\.", told.stdout)
    files = sorted((tmp_path / "clients").iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert state.password("kafka:region-w") in files[0].read_text()


def test_a_connection_elsewhere_is_the_environments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "kafka.example:9092")

    with pytest.raises(LocalProblem, match="KAFKA_USERNAME and KAFKA_PASSWORD"):
        Connection.of(tmp_path, None)
    monkeypatch.setenv("KAFKA_USERNAME", "region-ac")
    monkeypatch.setenv("KAFKA_PASSWORD", "not-told")
    found = Connection.of(tmp_path, None)

    assert (found.region, found.security, found.feed) == ("ac", "SASL_SSL", "region.ac.events")
    assert "not-told" not in repr(found)


@pytest.mark.parametrize("client", clients.Client)
def test_each_quick_start_names_its_program_and_tells_what_a_client_must_set(
    client: clients.Client, tmp_path: Path
) -> None:
    state = State.open(tmp_path)
    state.port("kafka")
    TokenIssuer(tmp_path).issuers_file(["w"])
    files = Connection.of(tmp_path, "w").write(tmp_path)

    found = clients.quick_start(client, files)
    page = (found.directory / "README.md").read_text(encoding="utf-8")

    assert found.program
    if client is not clients.Client.CURL:
        assert all(word in page.lower() for word in ("murmur2", "region-<kod>", "gzip"))
    assert clients.START[client] in page


class Told:
    """A feed on which these events come, and then none."""

    def __init__(self, *events: FeedEvent) -> None:
        self._left = list(events)

    def events(self, *, seconds: float) -> Iterator[FeedEvent]:
        while self._left:
            yield self._left.pop(0)


def test_what_is_published_has_its_receipt_and_then_what_became_of_it() -> None:
    order, thing = _order("V-1"), str(uuid4())
    feed = Told(
        _receipt(_order("V-1"), "refused"),
        _receipt(order, "applied", thing="order", thing_id=thing),
        _event("region.order.reported.v1", key=str(uuid4()), order="V-2", status="registered"),
        _event("region.order-line.reported.v1", key=str(uuid4()), status="ordered"),
        _event("region.order.reported.v1", key=thing, order="V-1", status="registered"),
        _event("region.order.reported.v1", key=thing, order="V-1", status="delivered"),
    )

    found = [one.outcome for one in answers(feed, [order], seconds=1.0)]

    assert found == ["applied", "registered"]


def test_a_thing_that_was_told_of_before_the_receipt_is_not_waited_for() -> None:
    order, thing = _order("V-1"), str(uuid4())
    feed = Told(
        _event("region.order.reported.v1", key=thing, order="V-1", status="registered"),
        _receipt(order, "applied", thing="order", thing_id=thing),
        _event("region.order.reported.v1", key=thing, order="V-1", status="delivered"),
    )

    found = [one.outcome for one in answers(feed, [order], seconds=1.0)]

    assert found == ["registered", "applied"]


@pytest.mark.parametrize("outcome", ["refused", "quarantined", "waiting", "duplicate", "obsolete"])
def test_a_message_that_is_not_applied_has_its_receipt_alone(outcome: str) -> None:
    order = _order("V-1")
    feed = Told(_receipt(order, outcome), _receipt(order, "discarded"))

    assert [one.outcome for one in answers(feed, [order], seconds=1.0)] == [outcome]


def test_who_has_no_receipt_in_time_is_named() -> None:
    order, other = _order("V-1"), _order("V-2")

    with pytest.raises(NoAnswer) as none:
        list(answers(Told(_receipt(order, "applied")), [order, other], seconds=0.0))

    assert none.value.unanswered == ["V-2"]


def test_a_region_is_added_by_its_policy_alone(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(_policy_of("w"))
    typed = ["region", "add", "z", "--name", "Region Z", "--regions-dir", str(tmp_path), "--json"]
    nowhere = ["--state", str(tmp_path / "nothing")]

    told = CliRunner().invoke(app, [*typed, *nowhere])
    again = CliRunner().invoke(app, [*typed, *nowhere])

    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["is_right"] is True
    assert (tmp_path / "z.yaml").exists()
    assert isinstance(again.exception, LocalProblem)


def _order(reference: str) -> Sent:
    one = samples.sample(ORDER, region="w", subject=reference)
    data = one.pop("data")
    return binary(Envelope.from_attributes(one), data, place="1", topic="region.w.orders")


def _receipt(sent: Sent, outcome: str, **told: Any) -> FeedEvent:
    assert sent.envelope is not None
    is_refused = outcome == "refused"
    kind = "region.message.refused.v1" if is_refused else "region.message.settled.v1"
    said = told if is_refused else {"outcome": outcome, **told}
    return _event(kind, key=str(uuid4()), message_id=str(sent.envelope.id), **said)


def _event(wire_type: str, *, key: str, **data: Any) -> FeedEvent:
    attributes = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "urn:kvitt:notifications",
        "type": wire_type,
        "time": "2026-05-04T08:00:00Z",
        "subject": key,
        "region": "w",
    }
    return FeedEvent(Envelope.from_attributes(attributes), data)


def _of(file: Path) -> list[Checked]:
    return checked(*messages.read([file], region="w"))


def _lying(one: Sent, *, at: int) -> Sent:
    return Sent(
        place=one.place,
        topic=one.topic,
        key=one.key,
        headers=one.headers,
        value=one.value,
        partition=at,
        is_placed=True,
    )


def _uuid() -> str:
    return "00000000-0000-4000-8000-000000000001"


def _policy_of(code: str) -> str:
    return (default_regions_dir() / f"{code}.yaml").read_text(encoding="utf-8")
