"""Who pays instead of the region's own payers: another region, or the state (BIL-5, BIL-11). No
clock, no database, no log.
"""

from kvitt_contracts.orders import (
    Cover,
    CoveredByRegion,
    CoveredByState,
    CoverToOrder,
    PlaceOrder,
    RegisterWithdrawal,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import CareUnitRecipient, PayerId, Word

from orders.customer_orders.reasons import OrderRefused, Reason
from orders.parties.domain import Parties

Command = PlaceOrder | RegisterWithdrawal


def payer_of(cover: CoverToOrder | None, policy: RegionPolicy) -> PayerId | None:
    """The payer of the register that a policy lets pay for a cover; None where it has none, or
    nobody else pays.
    """
    known = policy.home_region
    match cover:
        case CoveredByRegion() if known is not None:
            return known.payers.get(cover.region)
        case CoveredByState() if known is not None:
            return known.state_payer
        case _:
            return None


def choices(policy: RegionPolicy) -> tuple[tuple[CoverToOrder, PayerId], ...]:
    """The covers that a policy has a payer for, other regions first (BIL-5, BIL-11)."""
    known = policy.home_region
    if known is None:
        return ()
    regions: list[tuple[CoverToOrder, PayerId]] = [
        (CoveredByRegion(region=region), payer) for region, payer in sorted(known.payers.items())
    ]
    state = [] if known.state_payer is None else [(CoveredByState(), known.state_payer)]
    return (*regions, *state)


# decision 0431: the cover's payer is the payer of every line
def cover_of(command: Command, parties: Parties, policy: RegionPolicy) -> Cover | None:
    """Who pays for the lines of an order instead of the service point's payer; None where its cover
    is not said.

    Raises OrderRefused naming the field: COVER_FOR_PATIENTS_ONLY, NO_PAYER_FOR_COVER,
    PAYER_BESIDE_COVER (BIL-5; BIL-11 of the state's), COVER_BY_OWN_UNITS_ONLY, the state's at a
    private clinic (BIL-11).
    """
    cover = command.cover
    if cover is None:
        return None
    rule = "BIL-5" if isinstance(cover, CoveredByRegion) else "BIL-11"
    if isinstance(parties.recipient, CareUnitRecipient):
        raise OrderRefused(
            Reason.COVER_FOR_PATIENTS_ONLY,
            rule=rule,
            field="cover",
            way_on="Bara en patients hjälpmedel betalas av en annan region eller av staten. Ta bort"
            " valet, eller välj patienten som mottagare.",
        )
    if isinstance(cover, CoveredByState) and parties.service_point.private_clinic:
        raise OrderRefused(
            Reason.COVER_BY_OWN_UNITS_ONLY,
            rule=rule,
            field="cover",
            way_on="Bara regionens egna enheter provar ut hjälpmedel som staten betalar. Hänvisa"
            " patienten till en av dem.",
        )
    payer_id = payer_of(cover, policy)
    if payer_id is None:
        raise OrderRefused(
            Reason.NO_PAYER_FOR_COVER,
            rule=rule,
            field="cover",
            way_on="Regionen har ingen betalare för det valet. Välj en annan hemregion, eller"
            " kontakta kundtjänst.",
        )
    named = ["payer_id"] if command.payer_id is not None else []
    named += [
        f"lines.{n}.payer_id" for n, one in enumerate(command.lines) if one.payer_id is not None
    ]
    if named:
        raise OrderRefused(
            Reason.PAYER_BESIDE_COVER,
            rule=rule,
            field=named[0],
            way_on="Hemregionen eller staten betalar hela ordern. Ta bort betalaren, eller lägg en"
            " order för sig.",
        )
    return Cover(kind=Word(cover.kind), payer_id=payer_id)
