"""A sale's story in words. Decides nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.billing import (
    RegionSaleApproved,
    RegionSaleEvent,
    RegionSaleLineDropped,
    RegionSaleNotApproved,
    RegionSaleProposed,
    RegionSaleRefused,
    RegionSaleReminderDue,
    RegionSaleRequested,
)
from kvitt_contracts.calendar import in_swedish

from billing.documents import amount_said
from billing.region_sales.domain import REPLY
from billing.region_sales.writes import ANSWER, REMIND

TIMERS: Final = (ANSWER, REMIND)


def tell(event: RegionSaleEvent) -> Told:
    """An event of a sale in words."""
    match event:
        case RegionSaleRequested():
            said = f"Begärdes såld till betalare {event.payer_id}."
        case RegionSaleRefused():
            said = (
                "Kunde inte säljas: lagret svarade inte i tid."
                if not event.refused
                else "Kunde inte säljas: lagret kunde inte ta undan alla hjälpmedel."
            )
        case RegionSaleProposed():
            net = amount_said(sum(line.price.net_ore for line in event.lines))
            day = in_swedish(event.answer_by_on)
            said = f"Kundtjänst föreslog {net} utan moms, att svara på senast {day}."
        case RegionSaleApproved():
            said = f"Den andra regionen köpte från och med {in_swedish(event.sold_on)}."
        case RegionSaleNotApproved():
            said = "Den andra regionen köpte inte: hjälpmedlen ska återlämnas."
        case RegionSaleLineDropped():
            said = "Ett hjälpmedel kom tillbaka, eller försvann, och ingår inte längre."
        case RegionSaleReminderDue():
            said = (
                "Den andra regionen hade inte svarat i tid."
                if event.waits_for == REPLY
                else "Det som inte köptes var inte återlämnat efter 30 dagar."
            )
    return Told(summary=said, rule="BIL-7")


def what_comes(due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What happens next by itself."""
    if at := due.get(ANSWER.name):
        yield Coming(at=at, what="Har lagret inte svarat säljs inget.")
    if at := due.get(REMIND.name):
        yield Coming(at=at, what="Väntar den fortfarande får enheten veta det.")
