"""Commands for what is parked by cause, for many keys at once, and for what two persons decide; and
what else the operator's page of the portal watches. They use each service's admin HTTP.
"""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from kvitt_contracts.types import looks_like_personal_number
from rich.table import Table

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.operate import (
    As,
    EntryArgument,
    ServiceArgument,
    Why,
    change_of,
    local_time,
    quarantine,
)
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.terminal import console, in_words, show

RegionOption = Annotated[str | None, typer.Option(help="Only this region.")]
CauseOption = Annotated[str | None, typer.Option(help="Only this cause.")]
TopicOption = Annotated[str | None, typer.Option(help="Only this topic.")]
ReasonOption = Annotated[str | None, typer.Option(help="Only what failed so, word for word.")]
_LOOK_EVERY = 1.0


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line; those of the quarantine are added to its own."""
    app.command()(lag)
    app.command()(timers)
    app.command()(policies)
    app.command()(events)


@quarantine.command()
def causes(region: RegionOption = None, state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show what is parked by what is wrong with it: how many keys, and since when."""
    admin = Admin.of(state_dir)
    table = Table("service", "state", "cause", "reason", "topic", "region", "keys", "since")
    for name in admin.services:
        for one in admin.get(name, "parked/groups", region=region):
            since = local_time(one["oldest"])
            told = ("state", "cause", "reason", "topic", "region", "keys")
            _row(table, name, *(one[column] for column in told), since)
    _show(table, "Nothing is parked.")


@quarantine.command("retry-all")
def retry_all(
    service: ServiceArgument,
    why: Why,
    cause: CauseOption = None,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    region: RegionOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Tell how far, until it ends.")] = False,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Try every quarantined key of a service again in the background: all, or those of a cause."""
    admin = Admin.of(state_dir, operator=operator)
    chosen = {"cause": cause, "topic": topic, "reason": reason, "region": region}
    begun = admin.post(service, "quarantine:retry", {"why": why, **chosen})
    console.print(
        f"Retry {begun['id']} of {service}: {begun['total']} keys."
        f" kvitt quarantine stop {service} {begun['id']} stops it."
    )
    while wait and not begun["ended_at"]:
        time.sleep(_LOOK_EVERY)
        begun = next(one for one in admin.get(service, "retries") if one["id"] == begun["id"])
        console.print(_far(begun))


@quarantine.command()
def progress(state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show the latest retries of many keys, and how far they are."""
    admin = Admin.of(state_dir)
    table = Table("service", "retry", "of", "by", "begun", "how far", "state")
    for name in admin.services:
        for one in admin.get(name, "retries"):
            of = [one[part] for part in ("region", "cause", "topic", "reason") if one[part]]
            _row(
                table,
                name,
                one["id"],
                of or "all",
                one["who"],
                local_time(one["begun_at"]),
                _far(one),
                _state(one),
            )
    _show(table, "Nothing is retried.")


@quarantine.command()
def stop(
    service: ServiceArgument,
    retry: Annotated[int, typer.Argument(help="The retry's number.")],
    why: Why,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Stop a retry of many keys: what it has not let go stays in quarantine."""
    admin = Admin.of(state_dir, operator=operator)
    stopped = admin.post(service, f"retries/{retry}:stop", {"why": why})
    console.print(f"Stopped: {_far(stopped)}.")


@quarantine.command()
def preview(
    service: ServiceArgument,
    entry: EntryArgument,
    act: Annotated[str, typer.Argument(help="retry, edit or discard.")],
    file: Annotated[Path | None, typer.Option(help="Of an edit: the whole body, as JSON.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Of an edit: lines.0.quantity=2")
    ] = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show what an act would do, and whether a second person decides it; nothing is done."""
    body = {"what": act, **change_of(file, set_)}
    shown = Admin.of(state_dir).post(service, f"quarantine/{entry}:preview", body)
    console.print_json(json.dumps(shown))


@quarantine.command()
def confirm(
    service: ServiceArgument,
    entry: EntryArgument,
    why: Why,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Do what another operator has proposed for an entry."""
    admin = Admin.of(state_dir, operator=operator)
    proposed = admin.get(service, f"quarantine/{entry}")["proposed"]
    seen = proposed["proposed_at"] if proposed else None
    admin.post(service, f"quarantine/{entry}:confirm", {"why": why, "seen": seen})
    console.print(f"Done: what was proposed for {service} {entry}.")


@quarantine.command()
def withdraw(
    service: ServiceArgument,
    entry: EntryArgument,
    why: Why,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Take back what is proposed for an entry; its message stays where it is."""
    admin = Admin.of(state_dir, operator=operator)
    admin.post(service, f"quarantine/{entry}:withdraw", {"why": why})
    console.print(f"Withdrawn: what was proposed for {service} {entry}.")


@quarantine.command()
def proposals(state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show what waits for a second person."""
    admin = Admin.of(state_dir)
    table = Table("service", "entry", "act", "by", "at", "why")
    for name in admin.services:
        for one in admin.get(name, "proposals"):
            at = local_time(one["proposed_at"])
            _row(table, name, one["entry"], one["what"], one["who"], at, one["why"])
    _show(table, "Nothing waits for a second person.")


def lag(region: RegionOption = None, state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show how late each service is with what it sends and reads, in seconds by topic."""
    admin = Admin.of(state_dir)
    table = Table("service", "what", "region", "messages", "seconds")
    for name in admin.services:
        seen = admin.get(name, "overview", region=region)
        relay = seen["relay"]
        if relay["unsent"]:
            seconds = f"{relay['oldest_unsent_seconds']:.0f}"
            _row(table, name, "not sent yet", None, relay["unsent"], seconds)
        for one in seen["late"]:
            seconds = f"{'at least ' if one['is_longer'] else ''}{one['seconds']:.0f}"
            _row(table, name, one["topic"], one["region"], one["messages"], seconds)
    _show(table, "Everything is sent and read.")


def timers(
    service: ServiceArgument,
    name: Annotated[str | None, typer.Option(help="Only this, such as transfer_deadline.")] = None,
    hours: Annotated[float, typer.Option(help="Within so many hours of business time.")] = 72.0,
    region: RegionOption = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show what becomes due at a service, the first first."""
    asked = {"timer": name, "within": int(hours * 3600), "region": region}
    table = Table("timer", "region", "key", "due", "hours left", "failed")
    for one in Admin.of(state_dir).get(service, "timers", **asked):
        left = f"{one['seconds'] / 3600:.1f}"
        _row(
            table,
            one["timer"],
            one["region"],
            one["key"],
            local_time(one["due"]),
            left,
            one["attempts"],
        )
    _show(table, "Nothing becomes due by then.")


def policies(
    region: Annotated[str, typer.Argument(help="The region's code.")],
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show the versions of a region's policy, and what each changes."""
    admin = Admin.of(state_dir)
    found = admin.get(admin.services[0], "policies", region=region)
    if not found:
        raise LocalProblem(
            f"There is no policy of {region}.", remedy="kvitt region check names those that are."
        )
    before: dict[str, Any] = {}
    for version in found[0]["versions"]:
        title = f"version {version['version']} from {local_time(version['effective_from'])}"
        table = Table("what", "before", "now", title=title)
        says = version["says"]
        for path in sorted({**before, **says}):
            if before.get(path) != says.get(path):
                _row(table, path, before.get(path), says.get(path))
        before = says
        show(table)


def events(
    named: Annotated[
        str, typer.Argument(help="The id, number or reference of an order, a device …")
    ],
    region: RegionOption = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show every event of one thing in all services: when, because of what, by which trace."""
    admin = Admin.of(state_dir)
    key = _id_of(admin, named, region)
    told = {name: admin.get(name, f"story/{key}", region=region) for name in admin.services}
    table = Table("recorded", "event", "number", "by", "because of", "trace")
    said = [one for story in told.values() for one in story["said"]]
    types = {one["event_id"]: one["type"] for one in said}
    for one in sorted(said, key=lambda one: (one["recorded_at"], one["seq"])):
        because = types.get(one["because"], one["because"])
        at = local_time(one["recorded_at"])
        _row(table, at, one["type"], one["seq"], one["actor"], because, one["trace"])
    _show(table, "No service has said anything of it.")
    for name, story in told.items():
        for one in story["parked"]:
            console.print(f"{name}: parked entry {one['id']} of {one['topic']}: {one['cause']}")
        for one in story["awaited"]:
            console.print(f"{name}: {one['timer']} at {local_time(one['due'])}")


def _id_of(admin: Admin, named: str, region: str | None) -> str:
    """The id of what is named so. Raises LocalProblem where it is nothing, or several things."""
    with suppress(ValueError):
        return str(UUID(named))
    if looks_like_personal_number(named):
        raise LocalProblem(
            "A personal number is asked for nowhere.", remedy="Name the person by reference."
        )
    found = {
        one["id"]: one
        for name in admin.services
        for one in admin.get(name, "find", named=named, region=region)
    }
    if len(found) == 1:
        return next(iter(found))
    told = ", ".join(f"{one['noun']} {key} of {one['region']}" for key, one in found.items())
    raise LocalProblem(
        f"{named} names several things: {told}." if found else f"Nothing is called {named}.",
        remedy="Name one by its id.",
    )


def _far(one: dict[str, Any]) -> str:
    return (
        f"{one['released']} of {one['total']} let go: {one['settled']} settled,"
        f" {one['waiting']} waiting, {one['failed']} failed again"
    )


def _state(one: dict[str, Any]) -> str:
    return "stopped" if one["is_stopped"] else "ended" if one["ended_at"] else "under way"


def _row(table: Table, *values: object) -> None:
    table.add_row(*map(in_words, values))


def _show(table: Table, nothing: str) -> None:
    if table.row_count:
        show(table)
    else:
        console.print(nothing)
