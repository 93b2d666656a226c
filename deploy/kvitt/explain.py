"""The commands `kvitt explain`: why a transfer, a device, an order or a line of an invoice is as it
is, put together from what each service tells over HTTP. They decide nothing and change nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.types import (
    Code,
    DeviceNumber,
    OrderNumber,
    RegionCode,
    identify,
    looks_like_personal_number,
)
from rich.table import Table

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.region_system import Json, RegionSystem
from kvitt.terminal import console, in_words, kronor, show

explain = typer.Typer(no_args_is_help=True, help="Why something is as it is, in all services.")

IdArgument = Annotated[str, typer.Argument(help="Its id; or its number or reference.")]
RegionOption = Annotated[
    str | None, typer.Option(help="Its region; none: it is looked for in every region here.")
]


LineArgument = Annotated[int, typer.Argument(help="Which of its lines, from 1.", min=1)]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(explain, name="explain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a service tells of something: when and what, by whom, by which rule, and under which
    version of the region's policy.
    """

    at: str
    service: str
    of: str
    what: str
    by: str | None
    rule: str | None
    policy_version: int | None
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What comes next; `at` is None where it comes when somebody does it."""

    at: str | None
    service: str
    of: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Who pays for a device from a Stockholm day on; None: nobody does."""

    device: str
    from_day: str
    payer_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """What an invoice's line follows from, by which rule, and what that says."""

    what: str
    rule: str
    sentence: str


@dataclass(slots=True, kw_only=True)
class Explained:
    """Something, how it stands in each service, its story, what it waits for, and who pays; of a
    line of an invoice, what it follows from.
    """

    noun: str
    id: str
    region: str
    now: dict[str, str] = field(default_factory=dict)
    story: list[Told] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)
    payers: list[Paid] = field(default_factory=list)
    because: list[Because] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def tell(self, service: str, of: str, key: str, story: Json) -> None:
        """Add what a service tells of a thing with that key."""
        self.keys.add(key)
        for one in story["items"]:
            self.story.append(
                Told(
                    at=one["at"],
                    service=service,
                    of=of,
                    what=one["summary"],
                    by=one["by"],
                    rule=one["rule"],
                    policy_version=one["policy_version"],
                    times=one["times"],
                )
            )
        for one in story["next"]:
            self.awaited.append(Awaited(at=one["at"], service=service, of=of, what=one["what"]))


Find = Callable[[RegionSystem, str], Explained | None]


@explain.command()
def transfer(
    named: IdArgument,
    region: RegionOption = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Tell a transfer's story: from draft to effect, its devices, what it waits for, who pays.

    Its id, or the reference that the region gave it.
    """
    _explain("transfer", named, _transfer, region, state_dir, as_json=as_json)


@explain.command()
def device(
    named: IdArgument,
    region: RegionOption = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Tell a device's story: each order and transfer that it was in, what holds it, who pays.

    Its id, or its device number.
    """
    _explain("device", named, _device, region, state_dir, as_json=as_json)


@explain.command()
def order(
    named: IdArgument,
    region: RegionOption = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Tell an order's story: what the store did for it, what it waits for, what was charged.

    Its id, its order number, or the reference that the region gave it.
    """
    _explain("order", named, _order, region, state_dir, as_json=as_json)


@explain.command()
def invoice(
    named: IdArgument,
    line: LineArgument = 1,
    region: RegionOption = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Tell why a line of an invoice is as it is, by which rules.

    Days, payer, price and rounding; then the story of the transfer, order or work that it came of,
    with who decided that. Its id, or its number: kvitt explain invoice AC-2026-000001 3
    """

    def find(system: RegionSystem, named: str) -> Explained | None:
        return _line(system, named, line)

    _explain("invoice", named, find, region, state_dir, as_json=as_json)


def _explain(
    noun: str,
    named: str,
    find: Find,
    region: str | None,
    state_dir: Path,
    *,
    as_json: bool,
) -> None:
    if looks_like_personal_number(named):
        raise LocalProblem(
            f"A personal number names no {noun}, and nobody was asked for it.",
            remedy="Name it by its id, its number or its reference.",
        )
    systems = RegionSystem.each(state_dir, region.lower() if region else None)
    found = [one for system in systems if (one := find(system, named)) is not None]
    if not found:
        raise LocalProblem(
            f"There is no {noun} {named} in {', '.join(one.region for one in systems)}.",
            remedy="Its id, number or reference is in the lists of the services and of the portal.",
        )
    if len(found) > 1:
        raise LocalProblem(
            f"Several regions have a {noun} {named}: {', '.join(one.region for one in found)}.",
            remedy="Name one with --region.",
        )
    (one,) = found
    one.awaited += _parked(Admin.of(state_dir), one.keys)
    one.story.sort(key=lambda told: datetime.fromisoformat(told.at))
    if as_json:
        typer.echo(json.dumps(_as_json(one), ensure_ascii=False, indent=2))
    else:
        _print(one)


def _transfer(system: RegionSystem, named: str) -> Explained | None:
    key = _id(system, "transfer", named)
    view = system.find("bmb", f"/transfers/{key}")
    if view is None:
        return None
    found = Explained(noun="transfer", id=str(key), region=system.region)
    found.now["bmb"] = view["status"]
    _tell_transfer(found, system, str(key))
    lasted = found.story[0].at, None if found.awaited else found.story[-1].at
    for line in view["devices"]:
        _tell_device(found, system, line["device_id"], of=str(key), lasted=lasted)
    return found


def _device(system: RegionSystem, named: str) -> Explained | None:
    view = _device_named(system, named)
    if view is None:
        return None
    found = Explained(noun="device", id=view["device_id"], region=system.region)
    held = view["holder"]["kind"].replace("_", " ")
    claim = f", claimed by {view['claim']['kind']} {view['claim']['by']}" if view["claim"] else ""
    found.now["inventory"] = f"{view['article_number']} at a {held} since {view['since']}{claim}"
    _tell_device(found, system, view["device_id"])
    claimed = view["claim"]["by"] if view["claim"] else None
    transfers = {one["transfer_id"] for one in view["history"]} | {claimed}
    orders = {one["order_id"] for one in view["history"]} | {claimed}
    for one in sorted(filter(None, orders)):
        _tell_order(found, system, one)
    for one in sorted(filter(None, transfers)):
        _tell_transfer(found, system, one)
    return found


def _order(system: RegionSystem, named: str) -> Explained | None:
    view = _order_named(system, named)
    if view is None:
        return None
    found = Explained(noun="order", id=view["order_id"], region=system.region)
    found.now["orders"] = view["status"]
    _tell_order(found, system, view["order_id"])
    for charge in system.all("billing", "/charges", order_id=view["order_id"]):
        payer = charge["payer"].get("payer_id") or "the patient"
        amount = kronor(charge["amount"]["net_ore"])
        what = f"billing, {charge['kind']} of {charge['article_number']}"
        found.now[what] = f"{amount} to {payer} on {charge['charged_on']}"
    return found


def _line(system: RegionSystem, named: str, n: int) -> Explained | None:
    view = _invoice_named(system, named)
    if view is None:
        return None
    if n > len(view["lines"]):
        raise LocalProblem(
            f"Invoice {view['number']} has {len(view['lines'])} lines.",
            remedy="Name one of them, counted from 1.",
        )
    told = system.get("billing", f"/invoices/{view['id']}/lines/{n}:explain")
    found = Explained(noun="invoice", id=view["id"], region=system.region)
    payer = told["payer"].get("payer_id") or "the patient"
    amount = kronor(told["line"]["amount"]["net_ore"])
    found.now["billing"] = f"line {n} of {view['number']}: {amount} without VAT, to {payer}"
    found.because = [
        Because(what=one["said"], rule=one["rule"], sentence=one["sentence"])
        for one in told["steps"]
    ]
    links = {(one["kind"], one["id"]) for step in told["steps"] for one in step["links"]}
    for kind, key in sorted(links):
        _tell_cause(found, system, kind, key)
    return found


def _tell_cause(found: Explained, system: RegionSystem, kind: str, key: str) -> None:
    """Add the story of what a line came of, where it has one."""
    match kind:
        case "transfer":
            _tell_transfer(found, system, key)
        case "order":
            _tell_order(found, system, key)
        case "work_order":
            view = system.find("orders", f"/work-orders/{key}")
            if view is not None:
                of = f"work order {view['work_order_number']}"
                found.tell("orders", of, key, system.get("orders", f"/work-orders/{key}/story"))


def _invoice_named(system: RegionSystem, named: str) -> Json | None:
    key: object = _uuid(named)
    if key is None:
        listed = system.all("billing", "/invoices", number=named) if len(named) <= 20 else ()
        key = next((one["id"] for one in listed), None)
    return None if key is None else system.find("billing", f"/invoices/{key}")


def _tell_transfer(found: Explained, system: RegionSystem, key: str) -> None:
    view = system.find("bmb", f"/transfers/{key}")
    if view is None:
        return
    of = f"transfer {view['reference'] or key}"
    found.tell("bmb", of, key, system.get("bmb", f"/transfers/{key}/story"))
    hold = system.find("inventory", f"/holds/{key}")
    if hold is not None:
        found.now[f"inventory, hold for {of}"] = hold["status"]


def _tell_order(found: Explained, system: RegionSystem, key: str) -> None:
    view = system.find("orders", f"/orders/{key}")
    if view is None:
        return
    of = f"order {view['order_number']}"
    found.tell("orders", of, key, system.get("orders", f"/orders/{key}/story"))
    reserved = system.find("inventory", f"/reservations/{key}")
    if reserved is not None:
        found.now[f"inventory, reservation of {of}"] = reserved["status"]


def _tell_device(
    found: Explained,
    system: RegionSystem,
    key: str,
    *,
    of: str | None = None,
    lasted: tuple[str, str | None] | None = None,
) -> None:
    """Add a device's story, and who pays for it. `of` a transfer: what was told while that
    `lasted`, and what comes as long as the device is held for it.
    """
    view = system.find("inventory", f"/devices/{key}")
    if view is None:
        return
    story = system.get("inventory", f"/devices/{key}/story")
    if lasted is not None:
        items = [one for one in story["items"] if _is_within(one["at"], *lasted)]
        is_held = view["claim"] is not None and view["claim"]["by"] == of
        story = {"items": items, "next": story["next"] if is_held else []}
    number = view["device_number"]
    found.tell("inventory", f"device {number}", key, story)
    paid = system.find("billing", f"/devices/{key}/payers") or {"periods": []}
    found.payers += [
        Paid(device=number, from_day=one["from_day"], payer_id=one["payer_id"])
        for one in paid["periods"]
    ]


def _is_within(at: str, begun: str, ended: str | None) -> bool:
    instant = datetime.fromisoformat(at)
    is_over = ended is not None and instant > datetime.fromisoformat(ended)
    return instant >= datetime.fromisoformat(begun) and not is_over


def _device_named(system: RegionSystem, named: str) -> Json | None:
    key: object = _uuid(named)
    if key is None and _is_a(DeviceNumber, named):
        listed = system.all("inventory", "/devices", device_number=named)
        cards = (system.find("inventory", f"/devices/{one['device_id']}") for one in listed)
        return next((one for one in cards if one and named in _numbers_of(one)), None)
    return None if key is None else system.find("inventory", f"/devices/{key}")


def _numbers_of(card: Json) -> tuple[str, ...]:
    """Each number that a device bears or has borne (INV-6)."""
    return (card["device_number"], *card["former_numbers"])


def _order_named(system: RegionSystem, named: str) -> Json | None:
    found: Json | None = system.find("orders", f"/orders/{_id(system, 'order', named)}")
    if found is None and _is_a(OrderNumber, named):
        listed = system.all("orders", "/orders", order_number=named)
        key = next((one["order_id"] for one in listed if str(one["order_number"]) == named), None)
        found = system.find("orders", f"/orders/{key}") if key else None
    return found


def _id(system: RegionSystem, noun: str, named: str) -> UUID:
    """The id of what is named so: by itself, or by the region's own reference."""
    return _uuid(named) or identify(RegionCode(system.region), noun, named)


def _is_a(code: type[Code], named: str) -> bool:
    """True where it can be one: what cannot be a number is in no list, and is not asked for."""
    try:
        code(named)
    except ValueError:
        return False
    return True


def _uuid(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None


def _parked(admin: Admin, keys: set[str]) -> list[Awaited]:
    """What a service could not take in yet of one of the keys, and why."""
    found = []
    for service in admin.services:
        for one in admin.parked(service):
            if one["key"] in keys:
                waits = f"{one['messages']} messages of {one['topic']} are parked"
                cause = one["reason"] or one["cause"]
                what = f"{waits}: {cause} (kvitt parked)"
                found.append(Awaited(at=None, service=service, of=one["key"], what=what))
    return found


def _print(found: Explained) -> None:
    console.print(f"[bold]{found.noun} {found.id}, region {found.region}[/]", soft_wrap=True)
    for where, how in found.now.items():
        console.print(f"  {where}: {how}", soft_wrap=True, highlight=False)
    if found.because:
        why = Table("what", "rule", "which says", title="Why it is so")
        for reason in found.because:
            _row(why, reason.what, reason.rule, reason.sentence)
        show(why)
    story = Table("when", "service", "of", "what", "by", "rule", "policy", title="What happened")
    for told in found.story:
        what = f"{told.what} ({told.times} times)" if told.times > 1 else told.what
        _row(
            story,
            _local(told.at),
            told.service,
            told.of,
            what,
            told.by or "time or rule",
            told.rule,
            told.policy_version,
        )
    if found.story or not found.because:
        show(story)
        _show_awaited(found.awaited)
    if found.payers:
        payers = Table("device", "from", "payer", title="Who pays")
        for one in found.payers:
            _row(payers, one.device, one.from_day, one.payer_id or "nobody")
        show(payers)


def _show_awaited(awaited: Sequence[Awaited]) -> None:
    if not awaited:
        console.print("It waits for nothing.")
        return
    table = Table("when", "service", "of", "what", title="What comes, and what it waits for")
    for one in awaited:
        _row(table, _local(one.at) if one.at else "", one.service, one.of, one.what)
    show(table)


def _row(table: Table, *values: object) -> None:
    table.add_row(*map(in_words, values))


def _as_json(found: Explained) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(found).items() if name != "keys"}


def _local(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
