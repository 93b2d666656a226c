"""Who may command what (REF-18): roles and activity are what the region has stated of its users."""

from kvitt_contracts import bmb, orders
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import Role

from examples.generator.model.state import No, World

_CARE = frozenset({Role.PRESCRIBER, Role.REQUESTER})
_STAFF = frozenset({Role.CUSTOMER_SERVICE})
_OF_STAFF = (
    bmb.UnlockTransfer,
    orders.ReportPickup,
    orders.ReportFault,
    orders.CloseFaultReport,
)
_OF_CARE = (orders.NamePrescriber, orders.ForwardFaultReport)


def must_be_granted(world: World, command: Command) -> None:
    """Whoever acts is a known, active user with a role for it. Raises No; what part they have in
    the order or the transfer is asked after this.
    """
    by = world.user(_who_acts(command))
    unlocks = isinstance(command, bmb.UnlockTransfer)
    roles = set() if isinstance(command, _OF_STAFF) else {*_CARE}
    roles |= set() if isinstance(command, _OF_CARE) else _STAFF
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
        case orders.RequestPickup() | orders.VoidPickup() | orders.ReportFault():
            return command.by
        case orders.NamePrescriber() | orders.ForwardFaultReport() | orders.AssessRisk():
            return command.by
        case orders.CloseFaultReport():
            return command.by
        case orders.ReportPickup():
            return command.technician
    raise TypeError(f"nobody is said to act by {type(command).__name__}")
