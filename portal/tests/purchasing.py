"""What a supplier is to deliver direct to a ward, that nobody has received."""

from dataclasses import dataclass
from typing import Any

from kvitt_contracts.types.check_digits import gln_holds

from portal.tests.browser import Actor, MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ordered, Ward

SUPPLIER = "Testhjälpmedel Åtta AB"


@dataclass(frozen=True, slots=True)
class Purchased:
    """An order's purchase order: of a marked walker, and where they are bought too of two ramps,
    which are not.
    """

    order: Ordered
    number: str
    supplier: str
    id: str
    gtin: str
    """Of the walker."""

    @property
    def purchase_page(self) -> str:
        """The address of the purchase order's page."""
        return f"/inkopsordrar/{self.id}"

    @property
    def page(self) -> str:
        """The address of its receipt."""
        return f"/direktleveranser/{self.number}"


def a_gtin(number: int) -> str:
    """A GTIN of nobody else's, by its check digit."""
    begun = f"0735{number:09}"
    return next(f"{begun}{n}" for n in range(10) if gln_holds(f"{begun}{n}"))


async def a_want(scene: Scene, ward: Ward, *, suppliers: int = 1, **more: Any) -> Ordered:
    """The ward's prescriber has ordered a walker of each supplier, and bought none."""
    lines = []
    for _ in range(suppliers):
        supplier = scene.supplier(name=SUPPLIER)
        direct: dict[str, Any] = {"is_kept_in_central": False, "supplier_id": supplier}
        lines.append({"article_number": scene.article("Gåstol Älv", **direct), "quantity": 1})
    await scene.set()
    return await ward.order(lines=lines, **more)


async def a_purchase(scene: Scene, ward: Ward, *, with_ramps: bool = True) -> Purchased:
    """The ward's prescriber has ordered, and bought of a supplier."""
    supplier = scene.supplier(name=SUPPLIER)
    direct: dict[str, Any] = {"is_kept_in_central": False, "supplier_id": supplier}
    gtin = a_gtin(next(scene.system.numbers))
    walker = scene.article("Gåstol Älv", gtin=gtin, **direct)
    ramp = scene.article("Ramp Älv", marked=False, priced=False, **direct)
    await scene.set()
    lines = [{"article_number": walker, "quantity": 1}]
    if with_ramps:
        lines.append({"article_number": ramp, "quantity": 2})
    order = await ward.order(lines=lines)
    body = {"order_id": order.page.rpartition("/")[2], "supplier_id": supplier}
    bought = await scene.system.done(ward.user, "/purchase-orders", body)
    number, id_ = bought["purchase_order_number"], bought["purchase_order_id"]
    return Purchased(order, str(number), supplier, str(id_), gtin)


async def at_delivery(actor: MakeActor, user: str, bought: Purchased) -> Actor:
    """Somebody who is to receive it, by the start page."""
    somebody = await actor(user)
    await somebody.picture("start-direktleveranser")
    await somebody.accessible()
    await somebody.click(f"Ta emot {bought.number}")
    return somebody
