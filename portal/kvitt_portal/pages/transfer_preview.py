"""A transfer as it would be, for who is about to send it: whom and what it is of, who pays from
when, who acknowledges and until when, and what stands against it. Asked of the services.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kvitt_portal.forms import Form
from kvitt_portal.here import Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.costs import Cost, cost_of
from kvitt_portal.pages.offers import rents_of, today_if_known
from kvitt_portal.pages.registering import digest_of
from kvitt_portal.pages.transfer_form import body_of, devices_of, take_devices
from kvitt_portal.services import Part

HELD: Final[Mapping[str, str]] = {
    "transfer": "är redan i ett annat byte",
    "lock": "är låst av ett obesvarat byte: be kundtjänst låsa upp",
    "dispatch": "är på väg ut från lagret",
    "pickup": "ska hämtas: avbeställ hämtordern först",
    "reconditioning": "rekonditioneras",
    "investigation": "söks efter en inventering",
}
"""What holds a device, for who wants to send it (BMB-12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of it. `part` is bmb's answer; `seen` names all that was shown."""

    part: Part
    devices: Sequence[Mapping[str, Any]] = ()
    rents: Mapping[str, int | None] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    people: Mapping[str, Person] = field(default_factory=dict)
    cost: Cost | None = None
    seen: str = ""

    @property
    def against(self) -> list[str]:
        """What inventory will say no to, as far as it can be seen now."""
        held = [one for one in self.devices if one["claim"]]
        said = [f"{one['device_number']} {HELD[one['claim']['kind']]}." for one in held]
        if self.part and self.part.value["new_store"]:
            kept = [one["device_number"] for one in self.devices if one.get("return_at_once")]
            said += [f"{one} ska genast till centrallagret: beställ hämtning." for one in kept]
        after = self.person(self.part.value["recipient"]) if self.part else None
        if after is not None and after.is_deceased:
            said.append("Mottagaren är avliden: inget nytt registreras på den.")
        return said

    @property
    def rent_ore(self) -> int | None:
        """What all of it costs a month; None where something of that is not known."""
        if self.cost is not None and self.cost.part:
            return self.cost.month_ore
        rents = [self.rents.get(one["article_number"]) for one in self.devices]
        return None if not rents or None in rents else sum(one for one in rents if one is not None)

    def person(self, recipient: Mapping[str, str] | None) -> Person | None:
        """The patient that a recipient is, where the user may see them."""
        return self.people.get((recipient or {}).get("person", ""))

    def customers(self) -> list[tuple[str, str]]:
        """For whom the sender may accept it, each with who pays then."""
        names, choices = self.names, self.part.value["accepts_for"] if self.part else []
        said = "{}, betalare {}"
        return [
            (
                one["customer_id"],
                said.format(names.customer(one["customer_id"]), names.payer(one["payer_id"])),
            )
            for one in choices
        ]


async def shown_of(here: Visit, form: Form) -> Shown | None:
    """What the form would send; None while it names no device."""
    devices = await take_devices(here, form)
    numbers = devices_of(form)
    if not numbers or form.errors.get("device"):
        return None
    body = body_of(form, at=here.service_point)
    part = await here.send("bmb", "POST", "/transfers:preview", body)
    if part.problem is not None:
        return Shown(part=part, devices=devices)
    said = part.value
    holders = (said["current_recipient"], said["recipient"])
    people, names, rents, cost = await asyncio.gather(
        here.people([(one or {}).get("person") for one in holders], purpose="ordering"),
        _names(here, said),
        _rents(here, devices),
        _cost(here, said),
    )
    return Shown(
        part=part,
        devices=devices,
        rents=rents,
        names=names,
        people=people,
        cost=cost,
        seen=digest_of([said, numbers, sorted(rents.items()), cost.part.value]),
    )


async def _names(here: Visit, said: Mapping[str, Any]) -> Names:
    holders = (said["current_recipient"], said["recipient"])
    choices = said["accepts_for"]
    return await Names.of(
        here,
        payers=[
            said["proposed_payer"],
            *said["payers_now"],
            *(one["payer_id"] for one in choices),
        ],
        customers=[
            said["receiving_service_point"],
            said["proposed_customer"],
            *(one["customer_id"] for one in choices),
        ],
        care_units=[(one or {}).get("unit") for one in holders],
        users=[said["new_prescriber"]],
        stores=[said["current_store"], said["new_store"]],
    )


async def _cost(here: Visit, said: Mapping[str, Any]) -> Cost:
    return await cost_of(
        here,
        {one["device_id"]: one["payer_now"] for one in said["devices"]},
        payer=None if said["new_store"] else said["proposed_payer"],
        from_on=said["effective_on"],
    )


async def _rents(here: Visit, devices: Sequence[Mapping[str, Any]]) -> dict[str, int | None]:
    return await rents_of(here, devices, await today_if_known(here))
