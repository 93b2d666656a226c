"""The commands `kvitt connect`, `publish` and `tail`: a region's own client of the system."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from kvitt.integrator import clients, messages
from kvitt.integrator.connection import Connection
from kvitt.integrator.feed import Feed, FeedEvent
from kvitt.integrator.publishing import NoAnswer, answers
from kvitt.integrator.publishing import publish as send
from kvitt.local.problems import LocalProblem
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.signals import while_it_is_read

RegionOption = Annotated[
    str | None,
    typer.Option("--region", help="The region's code; may be left out where there is one alone."),
]
TopicOption = Annotated[
    str | None,
    typer.Option("--topic", help="The topic, by its whole name; else the one that takes the type."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(connect)
    app.command()(publish)
    app.command()(tail)


def connect(
    region: RegionOption = None,
    client: Annotated[
        clients.Client | None, typer.Option("--client", help="A first program, and how to run it.")
    ] = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show where a region's system connects and as whom, with a first program that runs.

    The password and the token are not shown: they are in a file that its owner alone may read.

    Examples:

      kvitt connect --region w                   addresses, user, files

      kvitt connect --region w --client node     and a first program in Node

      kvitt connect --region w --json            for a program
    """
    connection = Connection.of(state_dir, region)
    files = connection.write(state_dir)
    start = clients.quick_start(client, files) if client else None
    if as_json:
        told: dict[str, Any] = {
            "region": connection.region,
            "bootstrap": connection.bootstrap,
            "security": connection.security,
            "sasl_mechanism": "SCRAM-SHA-512",
            "username": connection.username,
            "environment_file": str(files.environment),
            "headers_file": str(files.headers),
            "feed": connection.feed,
            "group_prefix": connection.username,
            "partitioner": "murmur2",
            "http": dict(connection.urls),
        }
        if start:
            told["client"] = {
                "language": start.client,
                "directory": str(start.directory),
                "run": list(start.run),
                "program": start.program,
            }
        typer.echo(json.dumps(told, indent=2))
        return
    _show(connection, str(files.environment), str(files.headers))
    if start:
        typer.echo(f"\nA first program ({start.file}):\n\n{start.program}")
        typer.echo("Run it:\n" + "".join(f"  {line}\n" for line in start.run))


def publish(
    files: Annotated[
        list[Path], typer.Argument(help="CloudEvents as JSON, one, a list, or a line each.")
    ],
    region: RegionOption = None,
    topic: TopicOption = None,
    wait: Annotated[
        float, typer.Option("--wait", help="So many seconds for the receipts; 0: do not wait.")
    ] = 60.0,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Publish messages as the region's own user, and show each one's receipt and what became of it.

    Exit code 0: each has its receipt, none is refused. 1: refused, in quarantine, or none in time.

    Examples:

      kvitt publish order.json --region w             one message, and its answer

      kvitt publish --wait 0 registry.jsonl           many, without waiting

      kvitt sample region.payer.stated.v1 > p.json; kvitt publish p.json
    """
    connection = Connection.of(state_dir, region)
    sent = list(messages.read(files, region=connection.region, topic=topic))
    if not sent:
        raise LocalProblem(
            "There is no message in what is named.", remedy="kvitt sample shows one."
        )
    found: list[FeedEvent] = []
    unanswered: list[str] = []
    unreadable = [one.place for one in sent if one.envelope is None]
    with Feed(connection, from_start=False) as feed:
        send(connection, sent)
        if not as_json:
            typer.echo(f"published {len(sent)} on {', '.join(sorted({one.topic for one in sent}))}")
        if wait > 0:
            try:
                for event in answers(feed, sent, seconds=wait):
                    found.append(event)
                    if not as_json:
                        typer.echo(event.line)
            except NoAnswer as none:
                unanswered = none.unanswered
    if as_json:
        told = {
            "published": len(sent),
            "answers": [one.as_json for one in found],
            "unanswered": unanswered,
            "unreadable": unreadable,
        }
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif unanswered:
        typer.echo(f"no answer within {wait:g} s about {', '.join(unanswered)}; kvitt tail goes on")
    if unreadable and not as_json:
        typer.echo(f"in quarantine, unreadable: {', '.join(unreadable)}; kvitt check says why")
    good = not (unanswered or unreadable) and all(one.outcome not in _BAD for one in found)
    raise typer.Exit(0 if good else 1)


_BAD = ("refused", "quarantined", "waiting", "discarded")


def tail(
    region: RegionOption = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="From the feed's beginning, else from now on.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="End when what is there has been shown.")
    ] = False,
    wire_type: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only types that begin so (may be repeated)."),
    ] = None,
    about: Annotated[
        str | None,
        typer.Option("--about", help="Only what names this reference, id or message anywhere."),
    ] = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show a region's feed as it comes, each event once, until Ctrl-C.

    With --json each line is a CloudEvent.

    Examples:

      kvitt tail --region w                              from now on

      kvitt tail --from-start --once --json > feed.jsonl  all that is there

      kvitt tail --type region.message.refused           what was refused

      kvitt tail --from-start --about VB-2026-00871      one order
    """
    connection = Connection.of(state_dir, region)
    kinds = tuple(wire_type or ("",))
    with while_it_is_read(), Feed(connection, from_start=from_start or once) as feed:
        try:
            for event in feed.events(to_end=once):
                if event.envelope.type.startswith(kinds) and _names(event, about):
                    line = json.dumps(event.as_json, ensure_ascii=False) if as_json else event.line
                    typer.echo(line)
        except KeyboardInterrupt:
            return


def _names(event: FeedEvent, about: str | None) -> bool:
    return about is None or about in json.dumps(event.as_json, ensure_ascii=False)


def _show(connection: Connection, environment: str, headers: str) -> None:
    lines = {
        "Kafka": f"{connection.bootstrap}, {connection.security}, SCRAM-SHA-512",
        "user": connection.username,
        "password": f"in {environment} (KAFKA_PASSWORD); in a shell: . {environment}",
        "writes": ", ".join(messages.inbound_topics(connection.region)),
        "reads": connection.feed,
        "groups": f"must begin with {connection.username}",
        "partitioner": "murmur2, as Java's client (librdkafka: partitioner=murmur2_random)",
        "compression": "gzip, snappy, lz4 or zstd to send; the feed is gzip, which all read",
    }
    for name, url in connection.urls.items():
        lines[f"HTTP {name}"] = url
    if connection.token:
        lines["token"] = f"in {headers}; curl --header @{headers}"
    width = max(map(len, lines))
    typer.echo("\n".join(f"{name:<{width}}  {what}" for name, what in lines.items()))
