"""Commands for an operator: what is parked, what is published, business time. They use each
service's admin HTTP, never a database.
"""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.topics import SERVICES
from rich.table import Table

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.terminal import console, in_words, show, show_json

quarantine = typer.Typer(no_args_is_help=True, help="Messages that wait for a person.")
outbox = typer.Typer(no_args_is_help=True, help="What services have sent, and send again.")
clock = typer.Typer(no_args_is_help=True, help="Business time, for training and tests.")

ServiceArgument = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")]
EntryArgument = Annotated[int, typer.Argument(help="The entry's number in the list.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept in the audit.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as", help="Who acts, for the audit; else KVITT_OPERATOR, or this machine's user."
    ),
]
_BARRIER_SECONDS = 120.0


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(parked)
    app.command()(idle)
    app.add_typer(quarantine, name="quarantine")
    app.add_typer(outbox, name="outbox")
    app.add_typer(clock, name="clock")


def parked(
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show every parked key: what waits, why, since when, and when it is tried again."""
    admin = Admin.of(state_dir)
    table = Table("service", "entry", "topic", "key", "state", "cause", "tries", "waiting", "since")
    for name in _chosen(admin, service):
        for one in admin.parked(name):
            _row(
                table,
                name,
                one["id"],
                one["topic"],
                one["key"],
                one["state"],
                one["cause"],
                one["tries"],
                one["messages"],
                local_time(one["parked_at"]),
            )
    _show(table, "Nothing is parked.")


def idle(state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show what each service still has to do. Exit code 1 while anything moves."""
    admin = Admin.of(state_dir)
    columns = ("lag", "unsent", "parked_waiting", "quarantined", "untold", "due_timers", "in_hand")
    table = Table("service", *(column.replace("_", " ") for column in columns))
    moving = False
    for name in admin.services:
        found = admin.get(name, "idle")
        moving = moving or _moves(found)
        _row(table, name, *(found[column] for column in columns))
    show(table)
    raise typer.Exit(1 if moving else 0)


@quarantine.command("list")
def list_quarantine(
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    cause: Annotated[str | None, typer.Option(help="Only this cause.")] = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """List what stands in quarantine, by cause, the oldest first."""
    admin = Admin.of(state_dir)
    table = Table(
        "service", "entry", "cause", "reason", "field", "topic", "key", "waiting", "since"
    )
    for name in _chosen(admin, service):
        for one in admin.parked(name, state="quarantined", cause=cause):
            _row(
                table,
                name,
                one["id"],
                one["cause"],
                one["reason"],
                one["field"],
                one["topic"],
                one["key"],
                one["messages"],
                local_time(one["parked_at"]),
            )
    _show(table, "Nothing stands in quarantine.")


@quarantine.command("show")
def show_entry(
    service: ServiceArgument, entry: EntryArgument, state_dir: StateOption = DEFAULT_STATE
) -> None:
    """Show one entry: its message as it came, with numbers and texts masked."""
    show_json(Admin.of(state_dir).get(service, f"quarantine/{entry}"))


@quarantine.command()
def retry(
    service: ServiceArgument,
    entry: EntryArgument,
    why: Why,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Try an entry again; what stands behind it follows in order."""
    _act(state_dir, operator, service, entry, "retry", {"why": why})


@quarantine.command()
def edit(
    service: ServiceArgument,
    entry: EntryArgument,
    why: Why,
    file: Annotated[
        Path | None, typer.Option(help="The body as it should have been, as JSON.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A field by its path: lines.0.quantity=2"),
    ] = None,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Mend an entry's message, which another operator confirms where that changes what comes of it;
    who acts by it stays who it was.
    """
    body = {"why": why, **change_of(file, set_)}
    _act(state_dir, operator, service, entry, "edit", body)


@quarantine.command()
def discard(
    service: ServiceArgument,
    entry: EntryArgument,
    why: Why,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Throw an entry's message away for good, which another operator confirms where an effect is
    lost by it or something stands behind it; that is tried then.
    """
    _act(state_dir, operator, service, entry, "discard", {"why": why})


@outbox.command("status")
def outbox_status(state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show how far each service's event log is sent."""
    admin = Admin.of(state_dir)
    table = Table("service", "unsent", "oldest", "lease", "refusal")
    for name in admin.services:
        one = admin.get(name, "outbox")
        oldest = f"{one['oldest_unsent_seconds']:.1f} s"
        lease = "held" if one["lease_seconds_left"] > 0 else "free"
        _row(table, name, one["unsent"], oldest, lease, one["refusal"])
    show(table)


@outbox.command("last-numbers")
def last_numbers(
    service: ServiceArgument,
    topic: Annotated[str, typer.Option(help="The topic, such as inventory.devices.")],
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Print each key of a topic and its last number, a line each, to compare with what was read."""
    for key, number in Admin.of(state_dir).last_numbers(service, topic):
        typer.echo(f"{key}\t{number}")


@outbox.command()
def republish(
    service: ServiceArgument,
    topic: Annotated[str, typer.Option(help="The topic, such as inventory.devices.")],
    key: Annotated[str, typer.Option(help="The aggregate's id.")],
    why: Why,
    from_: Annotated[int, typer.Option("--from", help="The first number that is sent.")] = 1,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Send one aggregate's events again, as they were: heals a gap at a reader."""
    body = {"topic": topic, "key": key, "from_seq": from_, "why": why}
    answer = Admin.of(state_dir, operator=operator).post(service, "outbox:republish", body)
    console.print(f"{answer['sent']} events sent again.")


@outbox.command()
def rebase(
    service: ServiceArgument,
    resend: Annotated[
        str, typer.Option(help="What is sent again: nothing, everything, or those after an id.")
    ],
    why: Why,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Let the relay go on after a restore, a promotion, or with another Kafka cluster."""
    chosen = int(resend) if resend.isdigit() else resend
    body = {"resend": chosen, "why": why}
    answer = Admin.of(state_dir, operator=operator).post(service, "outbox:rebase", body)
    console.print(f"{answer['resent']} events will be sent again.")


@clock.command("show")
def show_clock(state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show each service's business time."""
    admin = Admin.of(state_dir)
    table = Table("service", "business time", "ahead")
    for name in admin.services:
        one = admin.get(name, "clock")
        _row(table, name, local_time(one["now"]), f"{one['offset_seconds'] / 86400:.2f} days")
    show(table)


@clock.command()
def advance(
    to: Annotated[
        datetime,
        typer.Argument(
            help="A Stockholm wall clock.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        ),
    ],
    why: Annotated[str, typer.Option(help="The reason; it is kept.")] = "training or test",
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Move business time of all services to an instant, once nothing moves any more."""
    admin = Admin.of(state_dir, operator=operator)
    require_movable_clock(admin)
    await_idle(admin)
    advance_to(admin, to.replace(tzinfo=STOCKHOLM), why=why)
    await_idle(admin)
    show_clock(state_dir)


def require_movable_clock(admin: Admin) -> None:
    """Raises LocalProblem where a service does not let its business time be moved."""
    fixed = [name for name in admin.services if not admin.get(name, "clock")["moves"]]
    if fixed:
        raise LocalProblem(
            f"Business time is not moved here ({', '.join(fixed)}).",
            remedy="It moves in the local profile alone: with it, everybody's deadlines and rent.",
        )


def advance_to(admin: Admin, instant: datetime, *, why: str) -> None:
    """Advance every service to one offset: that which brings the first one to the instant."""
    first, *others = admin.services
    moved = admin.post(first, "clock:advance", {"to": instant.isoformat(), "why": why})
    for name in others:
        offset = {"offset_seconds": moved["offset_seconds"], "why": why}
        admin.post(name, "clock:advance", offset)


def await_idle(admin: Admin, *, within: float = _BARRIER_SECONDS) -> None:
    """Wait until no service has anything to do, found twice with nothing recorded between: what one
    has just published, another may not have seen at the first look. Raises LocalProblem.
    """
    until = time.monotonic() + within
    before: list[int] | None = None
    while True:
        looks = [admin.get(name, "idle") for name in admin.services]
        recorded = [look["recorded"] for look in looks]
        quiet = not any(_moves(look) for look in looks)
        if quiet and recorded == before:
            return
        before = recorded if quiet else None
        if time.monotonic() > until:
            raise LocalProblem(
                f"The services have not come to rest within {within:g} s.",
                remedy="kvitt idle and kvitt parked show what moves.",
            )
        time.sleep(0.05)


def _moves(found: dict[str, int]) -> bool:
    return any(value for name, value in found.items() if name not in ("recorded", "quarantined"))


def _act(
    state_dir: Path,
    operator: str | None,
    service: str,
    entry: int,
    act: str,
    body: dict[str, Any],
) -> None:
    answer = Admin.of(state_dir, operator=operator).post(service, f"quarantine/{entry}:{act}", body)
    if "proposed_at" in answer:
        console.print(
            f"Proposed: {act} of {service} {entry}. It changes what comes of the message: another"
            f" operator decides it, by kvitt quarantine confirm {service} {entry}."
        )
        return
    console.print(f"Done: {act} of {service} {entry}.")


def _chosen(admin: Admin, service: str | None) -> Sequence[str]:
    return admin.services if service is None else (service,)


def _row(table: Table, *values: object) -> None:
    table.add_row(*map(in_words, values))


def _show(table: Table, nothing: str) -> None:
    if table.row_count:
        show(table)
    else:
        console.print(nothing)


def change_of(file: Path | None, sets: list[str] | None) -> dict[str, Any]:
    """What an edit makes of a message: a body from a file, or fields by `path=value`, whose value
    is JSON, or a text where it is none. Raises LocalProblem.
    """
    fields: dict[str, Any] = {}
    for one in sets or ():
        path, equals, value = one.partition("=")
        if not equals:
            raise LocalProblem(f"'{one}' sets nothing.", remedy="Write it like lines.0.quantity=2.")
        try:
            fields[path.strip()] = json.loads(value)
        except ValueError:
            fields[path.strip()] = value.strip()
    body = {"body": json.loads(file.read_text())} if file is not None else {}
    return {**body, **({"fields": fields} if fields else {})}


def local_time(instant: str) -> str:
    """An instant as Stockholm's clocks show it, to the second."""
    return datetime.fromisoformat(instant).astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M:%S")
