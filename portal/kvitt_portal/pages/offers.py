"""What a transfer means for who is to answer it: whom it is of, what it costs, from when, how long
one may wait, and what stands against it. Asked of the services; nothing is decided here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kvitt_contracts.calendar import stockholm_day

from kvitt_portal import statuses
from kvitt_portal.here import Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.articles import TYPES, articles_of, rent_on
from kvitt_portal.pages.asking import devices_of, named, recipients_of
from kvitt_portal.pages.costs import Cost, cost_of
from kvitt_portal.rendering import instant


@dataclass(frozen=True, slots=True)
class Piece:
    """A device of a transfer (BMB-8), with what its rent is a month; None where nothing is known of
    it. `end`: how it ended for it; empty while it is in the transfer.
    """

    device_id: str
    number: str
    article_number: str
    name: str
    type: str
    rent_ore: int | None
    payer_id: str
    waits: bool
    end: str

    @property
    def is_counted(self) -> bool:
        """True for what goes, or went, with the transfer."""
        return self.end in ("", statuses.LINE_ENDS["changed_hands"])


@dataclass(frozen=True, slots=True)
class Offer:
    """A transfer as it is shown."""

    transfer: dict[str, Any]
    pieces: Sequence[Piece]
    recipient: Person | None
    days_left: int | None
    may_answer: bool
    """True where it waits for this user, as far as who answers there is set."""
    against: Sequence[str] = field(default_factory=list)
    cost: Cost | None = None
    """What billing says that it costs; None where that was not asked, or it is decided."""

    @property
    def lines(self) -> Sequence[Piece]:
        """The devices that may be answered each by itself: none where the transfer is answered as a
        whole, or has but one left.
        """
        left = [piece for piece in self.pieces if piece.waits]
        return left if self.transfer["by_line"] and len(left) > 1 else []

    @property
    def has_ends(self) -> bool:
        """True where it has ended for some of the devices."""
        return any(piece.end for piece in self.pieces)

    @property
    def rejected(self) -> Sequence[Piece]:
        """The devices that were not accepted."""
        return [piece for piece in self.pieces if piece.end == statuses.LINE_ENDS["rejected"]]

    @property
    def rent_ore(self) -> int | None:
        """What goes with it a month, in öre without VAT; None where a rent is not known."""
        if self.cost is not None and self.cost.part:
            return self.cost.month_ore
        gone = [piece for piece in self.pieces if piece.is_counted] or self.pieces
        rents = [piece.rent_ore for piece in gone]
        return None if None in rents else sum(one for one in rents if one is not None)


async def offers_of(
    here: Visit, transfers: Sequence[str], *, with_costs: bool = False
) -> tuple[list[Offer], Names]:
    """These transfers in full, in their order; one that is gone meanwhile is left out. With costs:
    what each that is not decided costs whom.
    """
    found = await named(here, "bmb", "/transfers:named", "id", transfers)
    today, people, names, devices = await asyncio.gather(
        today_if_known(here),
        recipients_of(here, found),
        names_of(here, found),
        _devices_of(here, found),
    )
    articles, costs = await asyncio.gather(
        articles_of(here, [one["article_number"] for one in devices.values()]),
        _costs_of(here, found if with_costs else (), devices),
    )
    offers = [_offer(here, view, people, devices, articles, today) for view in found]
    return [replace(one, cost=costs.get(one.transfer["id"])) for one in offers], names


async def today_if_known(here: Visit) -> date | None:
    """Today in business time; None while orders is silent, and the rest is shown without it."""
    part = await here.ask("orders", "/today")
    return date.fromisoformat(part.value["today"]) if part else None


async def names_of(here: Visit, transfers: Sequence[dict[str, Any]]) -> Names:
    """What the codes of these transfers are called."""
    units = ("sending_service_point", "receiving_service_point", "proposed_customer", "customer_id")
    return await Names.of(
        here,
        users=[
            *_codes(transfers, "sender", "prescriber", "unlock_asked_by"),
            *_codes(transfers, "contact", "sender_contact"),
            *(user for one in transfers for user in one.get("responsibles", ())),
        ],
        customers=_codes(transfers, *units),
        payers=[
            *_codes(transfers, "proposed_payer", "payer_id"),
            *(payer for one in transfers for payer in one.get("payers", ())),
        ],
    )


def _codes(transfers: Sequence[dict[str, Any]], *fields: str) -> list[str | None]:
    return [one.get(field) for one in transfers for field in fields]


def days_left(deadline: str | None, today: date | None) -> int | None:
    """How many days there are to answer: 0 is today; None without a deadline."""
    if deadline is None or today is None:
        return None
    last = stockholm_day(instant(deadline)) - today
    return max(last.days - 1, 0)  # it is to be answered before the deadline's day begins


def may_answer(here: Visit, view: Mapping[str, Any]) -> bool:
    """True where a transfer waits for this user: of those who answer for the service point, or
    where none is set, of those who work there.
    """
    if view["status"] != "sent":
        return False
    if view["responsibles"]:
        return here.user.user_id in view["responsibles"]
    return view["receiving_service_point"] in here.user.service_points


async def _devices_of(
    here: Visit, transfers: Sequence[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    return await devices_of(
        here, [one["device_id"] for view in transfers for one in view["devices"]]
    )


async def _costs_of(
    here: Visit, transfers: Sequence[dict[str, Any]], devices: Mapping[str, dict[str, Any]]
) -> dict[str, Cost]:
    asked = [one for one in transfers if one["would_take_effect_on"]]
    costs = await asyncio.gather(
        *(
            cost_of(
                here,
                {
                    one["device_id"]: devices.get(one["device_id"], {}).get("payer_id")
                    for one in view["devices"]
                    if one["waits"]
                },
                payer=None if view["new_store"] else view["proposed_payer"],
                from_on=view["would_take_effect_on"],
            )
            for view in asked
        )
    )
    return {view["id"]: cost for view, cost in zip(asked, costs, strict=True)}


async def rents_of(
    here: Visit, devices: Sequence[Mapping[str, Any]], today: date | None
) -> dict[str, int | None]:
    """What the rent of these devices' articles is a month, by their numbers; see `rent_on`."""
    articles = await articles_of(here, [one["article_number"] for one in devices])
    return {number: rent_on(article, today) for number, article in articles.items()}


def _offer(
    here: Visit,
    view: dict[str, Any],
    people: dict[str, Person],
    devices: dict[str, dict[str, Any]],
    articles: dict[str, dict[str, Any]],
    today: date | None,
) -> Offer:
    known = ((one, devices.get(one["device_id"], {})) for one in view["devices"])
    pieces = [_piece(*one, articles, today) for one in known]
    recipient = people.get((view.get("recipient") or {}).get("person", ""))
    return Offer(
        transfer=view,
        pieces=pieces,
        recipient=recipient,
        days_left=days_left(view["deadline"], today) if view["status"] == "sent" else None,
        may_answer=may_answer(here, view),
        against=list(_against(view, pieces, recipient)),
    )


def _piece(
    line: dict[str, Any],
    known: dict[str, Any],
    articles: dict[str, dict[str, Any]],
    today: date | None,
) -> Piece:
    number = known.get("article_number", "")
    article = articles.get(number)
    return Piece(
        device_id=line["device_id"],
        number=line["device_number"] or "",
        article_number=number,
        name=known.get("name", ""),
        type=dict(TYPES).get(article["type"], "") if article else "",
        rent_ore=rent_on(article, today) if article else None,
        payer_id=known.get("payer_id") or "",
        waits=line["waits"],
        end=statuses.LINE_ENDS.get(line["end"] or "", ""),
    )


def _against(
    view: dict[str, Any], pieces: Sequence[Piece], recipient: Person | None
) -> Sequence[str]:
    said = []
    if recipient is not None and recipient.is_deceased:
        said.append("Mottagaren är avliden: inget nytt registreras på den.")
    if any(piece.rent_ore is None for piece in pieces):
        said.append("Hyran är inte känd för alla hjälpmedel.")
    is_open = view["status"] in ("sent", "locked")  # afterwards, nothing waits for its effect
    if is_open and any(not line["waits"] for line in view["devices"]):
        said.append("Något hjälpmedel har fallit ur bytet.")
    return said
