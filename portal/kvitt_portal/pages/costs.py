"""What a transfer will cost whom: billing's answer to who sends it, and to who is to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kvitt_portal.here import Visit
from kvitt_portal.services import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """A device with its payers; amounts in öre without VAT, of the month that is invoiced."""

    number: str
    payer_before: str | None
    before_ore: int
    payer_after: str | None
    after_ore: int
    month_ore: int | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What billing says that a transfer costs. `payers`: who pays for each device today, as others
    than billing say it: billing names only the user's own units' payers.
    """

    part: Part
    payers: Mapping[str, str | None]

    @property
    def lines(self) -> list[CostLine]:
        """Each device, as billing's invoice then has it; none while billing says nothing."""
        return [self._line(one) for one in self.part.value["lines"]] if self.part else []

    @property
    def month_ore(self) -> int | None:
        """What all of it costs a whole month; None where that is not known."""
        total: int | None = self.part.value["total_month_ore"] if self.part else None
        return total

    def _line(self, said: Mapping[str, Any]) -> CostLine:
        return CostLine(
            number=said["device_number"],
            payer_before=said["payer_before"] or self.payers.get(said["device_id"]),
            before_ore=said["before_ore"],
            payer_after=said["payer_after"],
            after_ore=said["after_ore"],
            month_ore=said["month_ore"],
        )


async def cost_of(
    here: Visit, payers: Mapping[str, str | None], *, payer: str | None, from_on: str
) -> Cost:
    """What it costs that a payer (None: a store) pays for devices from a day on. `payers` has the
    devices' ids, with who pays for each today.
    """
    body = {"devices": list(payers), "payer_id": payer, "from_on": from_on}
    part = await here.send("billing", "POST", "/transfers:preview", body)
    return Cost(part, payers)
