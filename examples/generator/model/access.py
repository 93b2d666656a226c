"""Who may command what (REF-18): roles and activity are what the region has stated of its users."""

from kvitt_contracts import billing, bmb, inventory, orders
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
    orders.PlanWorkOrder,
    orders.StartWorkOrder,
    orders.AnswerCase,
    orders.DelayPurchaseOrder,
    billing.PauseCharge,
    billing.ReleaseSupplierInvoice,
    billing.ProposeRegionSale,
    billing.ApproveRegionSale,
    billing.DisapproveRegionSale,
    inventory.PostStocktaking,
    inventory.FindDevice,
    inventory.TakeOverDevice,
)
_BY_STAFF_ALONE = (
    bmb.UnlockTransfer,
    orders.AnswerCase,
    billing.PauseCharge,
    billing.ProposeRegionSale,
    billing.ApproveRegionSale,
    billing.DisapproveRegionSale,
    inventory.PostStocktaking,
    inventory.FindDevice,
    inventory.TakeOverDevice,
)
"""What others are told so of, by REF-12."""
_OF_CARE = (orders.NamePrescriber, orders.ForwardFaultReport)


def must_be_granted(world: World, command: Command) -> None:
    """Whoever acts is a known, active user with a role for it. Raises No; what part they have in
    the order or the transfer is asked after this.
    """
    by = world.user(_who_acts(command))
    roles = set() if isinstance(command, _OF_STAFF) else {*_CARE}
    roles |= set() if isinstance(command, _OF_CARE) else _STAFF
    if not by.active or roles.isdisjoint(by.roles):
        if isinstance(command, _BY_STAFF_ALONE):
            raise No("CUSTOMER_SERVICE_ONLY", "REF-12")
        raise No("FORBIDDEN", "REF-18")


def _who_acts(command: Command) -> str:
    match command:
        case orders.PlaceOrder() | orders.RegisterWithdrawal() | orders.RequestBasketLoan():
            return command.requester or command.prescriber
        case orders.RegisterWorkOrder() | orders.PlaceReplenishment():
            return command.requester
        case orders.ReportPickup() | orders.StartWorkOrder():
            return command.technician
        case bmb.SaveTransfer():
            return command.sender
    by: str | None = getattr(command, "by", None)
    if by is None:
        raise TypeError(f"nobody is said to act by {type(command).__name__}")
    return by
