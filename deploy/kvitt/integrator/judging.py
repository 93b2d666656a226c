"""The commands `kvitt check` and `kvitt sample`: they need no running system."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from kvitt_contracts.calendar import stockholm_day

from kvitt.integrator import conformance, messages, samples
from kvitt.integrator.checking import Checked, Checker, Finding
from kvitt.integrator.connection import Connection
from kvitt.integrator.inbound import read_topic
from kvitt.local.problems import LocalProblem
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(check)
    app.command()(sample)


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="CloudEvents as JSON: one, a list, or one on each line."),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="The region's code; else what the messages say.")
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(
            "--topic",
            help="Where all of the files go; without files: read what was sent there, as operator.",
        ),
    ] = None,
    suite: Annotated[
        bool,
        typer.Option("--conformance", help="The messages to each other too: ids, versions, order."),
    ] = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Check messages before they are sent: form, schema, days; field, rule and way on are named.

    With files alone nothing needs to run. What a rule says of Kvitt's own data (a person that is
    not there, an article out of stock) is said when they are sent.

    Exit code 0: all are right. 1: at least one is wrong. 2: wrong usage.

    Examples:

      kvitt check order.json                       one message

      kvitt check --conformance day1.jsonl day2.jsonl  a region's whole output, in its order

      kvitt check --conformance --topic region.w.orders  what lies on a topic here
    """
    if not files and not topic:
        raise typer.BadParameter("Name files, or a topic with --topic.")
    chosen = files or []
    code = (region or _region_of(chosen, topic)).lower()
    sent: Iterable[messages.Sent]
    if chosen:
        sent = messages.read(chosen, region=code, topic=topic)
    else:
        assert topic is not None
        sent = read_topic(Connection.of(state_dir, code), topic, state_dir)
    checker = Checker(code, today=stockholm_day(datetime.now(UTC)))
    checked = checker.check(sent)
    good = _suite(checked, as_json=as_json) if suite else _each(checked, as_json=as_json)
    raise typer.Exit(0 if good else 1)


def sample(
    wire_type: Annotated[
        str, typer.Argument(metavar="[TYPE]", help="The type; none: list every type.")
    ] = "",
    region: Annotated[str, typer.Option("--region", help="The region's code.")] = "w",
    case: Annotated[
        str | None, typer.Option("--case", help="Which sample; --cases lists them.")
    ] = None,
    list_cases: Annotated[
        bool, typer.Option("--cases", help="List the samples of a type.")
    ] = False,
    subject: Annotated[
        str | None, typer.Option("--subject", help="What the region calls the thing.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a valid message of a type, with an id of its own, as a CloudEvent in JSON.

    Examples:

      kvitt sample                                    every type that a region sends

      kvitt sample orders.order.place.v1 > order.json  one that the sandbox accepts

      kvitt sample region.payer.stated.v1 --cases      its samples by name
    """
    if not wire_type:
        types = samples.inbound_types()
        lines = [f"{name}  {what}" for name, what in types.items()]
        typer.echo(json.dumps(types, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))
        return
    if list_cases:
        named = samples.cases(wire_type)
        typer.echo(json.dumps(named) if as_json else "\n".join(named))
        return
    found = samples.sample(wire_type, region=region.lower(), case=case, subject=subject)
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _region_of(files: list[Path], topic: str | None) -> str:
    """The region that the topic names, or the first message."""
    if topic is not None and topic.count(".") > 1:
        return topic.split(".")[1]
    for one in messages.read(files, region="<code>"):
        if one.region is not None:
            return one.region
        break
    raise LocalProblem(
        "The first message does not say its region.", remedy="Name the region with --region."
    )


def _each(checked: Iterator[Checked], *, as_json: bool) -> bool:
    count = 0
    found: list[Finding] = []
    for one in checked:
        count += 1
        found += one.findings
        if not as_json:
            for finding in one.findings:
                typer.echo(finding.line)
    if as_json:
        told = {"messages": count, "findings": [asdict(one) for one in found]}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        wrong = len({one.place for one in found})
        typer.echo(f"{count} messages, {wrong} wrong" if wrong else f"{count} messages, all right")
    return not found


def _suite(checked: Iterator[Checked], *, as_json: bool) -> bool:
    report = conformance.judge(checked)
    if as_json:
        told: dict[str, Any] = {
            "is_conforming": report.is_conforming,
            "messages": report.messages,
            "repeated": report.repeated,
            "sources": sorted(report.sources),
            "types": report.types,
            "checks": {
                name: {"what": what, "findings": [asdict(one) for one in report.findings[name]]}
                for name, what in conformance.GROUPS.items()
            },
        }
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return report.is_conforming
    typer.echo(
        f"{report.messages} messages of {len(report.types)} types"
        f" from {', '.join(sorted(report.sources)) or 'nobody'}; {report.repeated} repeated"
    )
    for name, what in conformance.GROUPS.items():
        found = report.findings[name]
        typer.echo(f"{'FAILS' if found else 'holds'}  {name}: {what}")
        for one in found:
            typer.echo(f"       {one.line}")
    return report.is_conforming
