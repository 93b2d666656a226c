"""The command `kvitt policy what-if`: past transfers under another policy, and what that costs."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from bmb.what_if.domain import Ending, Replayed, ending, replay
from kvitt_chassis.policy_files import read_policy_file
from kvitt_contracts.bmb import TransferDrafted
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import DeviceId, RegionCode
from rich.table import Table

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.region_system import RegionSystem
from kvitt.terminal import console, in_words, kronor, show
from kvitt.what_if.costs import Cost, PastDevice, costs_of, together
from kvitt.what_if.past import PastReader, PastTransfer

policy = typer.Typer(no_args_is_help=True, help="What a region's policy does, before it does it.")

_ONE_DAY: Final = timedelta(days=1)


@policy.callback()
def _() -> None:
    """What a region's policy does, before it does it."""


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(policy, name="policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A transfer that would have ended otherwise, and the payers for whom that matters."""

    transfer: PastTransfer
    was: Ending
    would_be: Replayed
    costs: Sequence[Cost]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What was found: how many transfers were sent, and those that would have ended otherwise."""

    region: str
    since: date
    through: date
    policy: RegionPolicy
    sent: int
    otherwise: Sequence[Otherwise]

    @property
    def costs(self) -> list[Cost]:
        """The payers' sums."""
        return together(cost for one in self.otherwise for cost in one.costs)


@policy.command("what-if")
def what_if(
    region: Annotated[str, typer.Option(help="The region's code, such as w.")],
    policy_file: Annotated[
        Path, typer.Option("--policy", help="A policy file; its last version is tried.")
    ],
    since: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Transfers that were sent from this day on."),
    ],
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Tell how past transfers would have ended under another policy. Changes nothing.

    Each transfer is decided again by the rules that decide it today: what people did, at its time,
    and its deadline as the other policy has it. Then rent is counted day by day until yesterday,
    as it was and as it would have been.

    Examples:

      cp deploy/regions/ac.yaml new.yaml     then edit its last version

      kvitt policy what-if --region ac --policy new.yaml --since 2026-01-01
    """
    code = region.lower()
    tried = _last_version(policy_file, code)
    system = RegionSystem.of(state_dir, code)
    found = _look(PastReader(system, Admin.of(state_dir)), tried, since=since.date())
    if as_json:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _last_version(file: Path, region: str) -> RegionPolicy:
    """Raises LocalProblem for a file that is no policy of the region."""
    try:
        code = RegionCode(region)
    except ValueError:
        raise LocalProblem(
            f"{region} is no region's code.", remedy="It is one or two letters, as in ac."
        ) from None
    read = read_policy_file(file, of=code)
    if read.history is None:
        raise LocalProblem(
            f"That policy cannot be tried. {read.reason}",
            remedy="Correct that, and give the command again.",
        )
    return read.history.versions[-1]


def _look(reader: PastReader, tried: RegionPolicy, *, since: date) -> WhatIf:
    now, known = reader.now(), reader.known()
    through = stockholm_day(now) - _ONE_DAY
    devices: dict[DeviceId, PastDevice] = {}
    otherwise = []
    sent = 0
    for one in reader.transfers(since):
        sent += 1
        was = ending(past.event for past in one.log)
        would_be = replay(one.log, policy=tried, known=known, now=now)
        if would_be.ending == was:
            continue
        for device in {*was.devices, *would_be.ending.devices} - devices.keys():
            devices[device] = reader.device(device)
        costs = _costs(one, was, would_be.ending, devices, through=through)
        otherwise.append(Otherwise(transfer=one, was=was, would_be=would_be, costs=costs))
    return WhatIf(
        region=tried.region,
        since=since,
        through=through,
        policy=tried,
        sent=sent,
        otherwise=otherwise,
    )


def _costs(
    one: PastTransfer,
    was: Ending,
    would_be: Ending,
    devices: Mapping[DeviceId, PastDevice],
    *,
    through: date,
) -> list[Cost]:
    drafted = [past.event for past in one.log if isinstance(past.event, TransferDrafted)]
    return together(
        cost
        for device in sorted({*was.devices, *would_be.devices}, key=str)
        for cost in costs_of(
            devices[device],
            transfer=one.id,
            sent_at=one.sent_at,
            to_store=drafted[-1].new_store is not None,
            was=was,
            would_be=would_be,
            through=through,
        )
    )


def _print(found: WhatIf) -> None:
    if found.otherwise:
        changes = Table("was", "would have been", "transfers", title="How they would have ended")
        counted = Counter((one.was.status, one.would_be.ending.status) for one in found.otherwise)
        for (was, would_be), count in sorted(counted.items()):
            changes.add_row(_words(was), _words(would_be), str(count))
        show(changes)
        transfers = Table(
            "transfer", "sent", "was", "would have been", "refused", title="Which they are"
        )
        for one in found.otherwise:
            named = one.transfer.reference or str(one.transfer.id)
            sent = str(stockholm_day(one.transfer.sent_at))
            refused = in_words(one.would_be.refused)
            transfers.add_row(
                named,
                sent,
                _ending_in_words(one.was),
                _ending_in_words(one.would_be.ending),
                refused,
            )
        show(transfers)
    if found.costs:
        costs = Table(
            "payer",
            "was",
            "would have been",
            "difference",
            title=f"Rent through {found.through}, without VAT",
        )
        for cost in found.costs:
            difference = kronor(cost.would_be_ore - cost.was_ore, signed=True)
            costs.add_row(
                cost.payer_id, kronor(cost.was_ore), kronor(cost.would_be_ore), difference
            )
        show(costs)
    console.print(
        f"{len(found.otherwise)} of {found.sent} transfers that region {found.region} sent since "
        f"{found.since} would have ended otherwise under version {found.policy.version} of that "
        "file. Nothing was changed.",
        soft_wrap=True,
    )


def _ending_in_words(one: Ending) -> str:
    said = _words(one.status)
    if one.effective_on is not None:
        return f"{said}, paid by {one.payer_id} from {one.effective_on}"
    if one.deadline is not None:
        return f"{said}, to be answered before {stockholm_day(one.deadline)}"
    return said


def _words(status: str) -> str:
    return "never sent" if status == "draft" else status.replace("_", " ")


def _as_json(found: WhatIf) -> dict[str, Any]:
    return {
        "region": str(found.region),
        "since": str(found.since),
        "through": str(found.through),
        "policy": found.policy.pin.model_dump(mode="json"),
        "sent": found.sent,
        "otherwise": [
            {
                "transfer_id": str(one.transfer.id),
                "reference": one.transfer.reference,
                "sent_at": one.transfer.sent_at.isoformat(),
                "was": _ending_as_json(one.was),
                "would_be": _ending_as_json(one.would_be.ending),
                "refused": list(one.would_be.refused),
                "costs": _costs_as_json(one.costs),
            }
            for one in found.otherwise
        ],
        "costs": _costs_as_json(found.costs),
    }


def _ending_as_json(one: Ending) -> dict[str, Any]:
    return {
        "status": str(one.status),
        "devices": [str(device) for device in one.devices],
        "customer_id": one.customer_id,
        "payer_id": one.payer_id,
        "effective_on": one.effective_on and str(one.effective_on),
        "deadline": one.deadline and one.deadline.isoformat(),
    }


def _costs_as_json(costs: Iterable[Cost]) -> list[dict[str, Any]]:
    return [
        {"payer_id": one.payer_id, "was_ore": one.was_ore, "would_be_ore": one.would_be_ore}
        for one in costs
    ]
