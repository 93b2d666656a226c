"""Who may command what (REF-18): roles and activity are what the region has stated of its users."""

from kvitt_contracts import bmb, orders
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import Role

from examples.generator.model.state import No, World

_ALL = frozenset({Role.PRESCRIBER, Role.REQUESTER, Role.CUSTOMER_SERVICE})


def must_be_granted(world: World, command: Command) -> None:
    """Whoever acts is a known, active user with a role for it. Raises No; what part they have in
    the order or the transfer is asked after this.
    """
    by = world.user(_who_acts(command))
    unlocks = isinstance(command, bmb.UnlockTransfer)
    roles = {Role.CUSTOMER_SERVICE} if unlocks else _ALL
    if not by.active or roles.isdisjoint(by.roles):
        raise No("CUSTOMER_SERVICE_ONLY", "REF-12") if unlocks else No("FORBIDDEN", "REF-18")


def _who_acts(command: Command) -> str:
    match command:
        case orders.PlaceOrder() | orders.RegisterWithdrawal():
            return command.requester or command.prescriber
        case bmb.SaveTransfer():
            return command.sender
        case orders.VoidOrder() | bmb.ExecuteTransfer() | bmb.CancelTransfer():
            return command.by
        case bmb.AcceptTransfer() | bmb.RejectTransfer() | bmb.UnlockTransfer():
            return command.by
    raise TypeError(f"nobody is said to act by {type(command).__name__}")
