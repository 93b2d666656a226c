"""What another region pays for its patients: committed, and invoiced when the fitting is reported
finished (BIL-5).

Each raises No with the reason and the rule when it is refused.
"""

from dataclasses import replace

from kvitt_contracts.billing import CommitHomeRegion, FinishFitting
from kvitt_contracts.orders import PlaceOrder, RegisterWithdrawal

from examples.generator.model.state import No, World
from examples.generator.model.trade import Charge, HomeRegionCase


def payer_of(world: World, command: PlaceOrder | RegisterWithdrawal) -> str | None:
    """The payer that stands for the recipient's region; None where nobody else pays."""
    if command.cover is None:
        return None
    known = world.policy.home_region
    payer = None
    if known is not None and command.cover.kind == "home_region":
        payer = known.payers.get(command.cover.region)
    if payer is None:
        raise No("NO_PAYER_FOR_COVER", "BIL-5")
    return str(payer)


def open_case(world: World, subject: str, command: PlaceOrder | RegisterWithdrawal) -> None:
    """An order that another region pays for has a case by its reference."""
    payer = payer_of(world, command)
    if payer is not None:
        world.home_region_cases[subject] = HomeRegionCase(payer=payer)


def wait(case: HomeRegionCase, sold: Charge) -> None:
    """What is sold waits for the fitting's end, each unit by itself."""
    unit = replace(sold, kind="home_region", quantity=1, net_ore=sold.net_ore // sold.quantity)
    case.waiting += [unit] * sold.quantity


def commit(world: World, subject: str, command: CommitHomeRegion) -> None:
    """The home region undertakes to pay."""
    case = _known(world, subject)
    case.approved_on, case.commitment = command.approved_on, str(command.reference)


def finish(world: World, subject: str, command: FinishFitting) -> None:
    """The fitting is reported finished: what waited is owed from today."""
    case = _known(world, subject)
    if case.finished_on is not None and case.finished_on != command.finished_on:
        raise No("ALREADY_FINISHED", "BIL-5")
    case.finished_on, case.reported_on = command.finished_on, world.today
    world.charges += [replace(one, day=max(one.day, world.today)) for one in case.waiting]
    case.waiting = []


def _known(world: World, subject: str) -> HomeRegionCase:
    if subject not in world.home_region_cases:
        raise No("UNKNOWN_ORDER", "BIL-5")
    return world.home_region_cases[subject]
