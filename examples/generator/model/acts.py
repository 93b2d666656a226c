"""What users do over HTTP, where no message can say it: which rule each act is judged by."""

from datetime import date
from typing import Any

from kvitt_contracts.inventory import PostStocktaking, RegisterSupplierReturn
from kvitt_contracts.orders import FinishWorkOrder
from kvitt_contracts.types import StoreId, UserId, Word, identify

from examples.generator.messages import Act
from examples.generator.model import (
    alternatives,
    applications,
    ledger,
    sent_back,
    stocktakings,
    work_orders,
)
from examples.generator.model.access import must_be_granted
from examples.generator.model.state import No, World

_OF_RETURN = RegisterSupplierReturn.model_fields
"""A comment is for the supplier, and changes nothing."""


def take(world: World, act: Act) -> dict[str, Any] | None:
    """Do what a user does; gives what a look must show, where that is told.

    Raises No where it is refused, ValueError for an act of no kind here.
    """
    if act.path.startswith("/articles:alternatives?"):
        return alternatives.proposed(world, act.path)
    thing, _, verb = act.path.partition(":")
    match verb or act.path:
        case "/work-orders":
            applications.apply(world, act.by, act.data)
        case "decide":
            applications.decide(world, _work(world, thing), act.by, act.data)
        case "finish":
            command = FinishWorkOrder(
                outcome=Word(act.data["outcome"]),
                finished_on=date.fromisoformat(act.data["finished_on"]),
                by=UserId(act.by),
            )
            has_action = bool(act.data.get("action"))
            work_orders.finish(world, _work(world, thing), command, has_action=has_action)
        case "/supplier-returns":
            said = {name: one for name, one in act.data.items() if name in _OF_RETURN}
            returned = RegisterSupplierReturn(**said, by=UserId(act.by))
            must_be_granted(world, returned)
            sent_back.register(world, act.data["reference"], returned)
        case "post":
            posted = PostStocktaking(store=StoreId(thing.split("/")[2]), by=UserId(act.by))
            must_be_granted(world, posted)
            stocktakings.post(world, "", posted)
        case "close":
            ledger.close(world, thing.rpartition("/")[2])
        case _ if act.data is None and act.path.endswith("/slip"):
            pass  # a look changes nothing
        case _:
            raise ValueError(f"no rule for {act.path}")
    return None


def _work(world: World, path: str) -> str:
    """The region's name of the work order in a path. Raises No where there is none."""
    region, named = world.policy.region, path.rpartition("/")[2]
    for one in world.works:
        if str(identify(region, "work-order", one)) == named:
            return one
    raise No("UNKNOWN_WORK_ORDER", "ACT-3")
