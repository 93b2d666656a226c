"""What goes back to a supplier, which has agreed to it: a marked device of one's own store, and
unmarked goods by the device service (INV-8).

Each raises No with the reason and the rule when it is refused.
"""

from kvitt_contracts.inventory import RegisterSupplierReturn
from kvitt_contracts.types import Role

from examples.generator.model.counted import SentBack
from examples.generator.model.state import No, World
from examples.generator.model.stocktakings import is_their_store

_GONE = ("scrapped", "sold", "returned_to_supplier")


def register(world: World, subject: str, command: RegisterSupplierReturn) -> None:
    """It has left for the supplier, and the balance falls."""
    is_staff = Role.CUSTOMER_SERVICE in world.user(command.by).roles
    if (command.device_number is None) == (command.article_number is None):
        raise No("EITHER_DEVICE_OR_ARTICLE", "INV-8")
    if not is_their_store(world, command.store, command.by):
        raise No("NOT_YOUR_STORE", "REF-18")
    if subject in world.sent_back:
        raise No("REFERENCE_USED", "INV-8")
    if command.device_number is not None:
        article = _device_leaves(world, command)
    else:
        article = _goods_leave(world, command, is_staff=is_staff)
    world.balances[command.store, article].available -= command.quantity
    world.sent_back[subject] = SentBack(
        supplier=command.supplier_id,
        store=command.store,
        article=article,
        quantity=command.quantity,
        device=command.device_number,
        returned_on=command.returned_on,
        by=command.by,
    )


def _device_leaves(world: World, command: RegisterSupplierReturn) -> str:
    device = world.devices.get(command.device_number or "")
    if device is None or device.store != command.store or device.status in _GONE:
        raise No("NOT_IN_STORE", "INV-8")
    if command.returned_on < device.now.since:
        raise No("RETURNED_BEFORE_IT_CAME", "DAY-5")
    if device.claim is not None:
        raise No("DEVICE_CLAIMED", "BMB-12")
    if world.balances[command.store, device.article].available < 1:
        raise No("RESERVED_FOR_ORDERS", "ORD-4")
    device.status = "returned_to_supplier"
    return device.article


def _goods_leave(world: World, command: RegisterSupplierReturn, *, is_staff: bool) -> str:
    article = world.articles.get(command.article_number or "")
    if article is None:
        raise No("UNKNOWN_ARTICLE", "INV-8")
    if article.marked:
        raise No("ARTICLE_IS_MARKED", "INV-5")
    if not is_staff:
        raise No("CUSTOMER_SERVICE_ONLY", "INV-8")
    if command.asked_by is None:
        raise No("ASKED_BY_MISSING", "REF-12")
    number = str(article.article_number)
    if world.balances[command.store, number].available < command.quantity:
        raise No("BALANCE_TOO_LOW", "INV-4")
    return number
