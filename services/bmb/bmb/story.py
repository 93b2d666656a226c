"""A transfer's story in words: what each of its events means to whoever reads it, and what comes
next. Decides nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCancelled,
    TransferCompleted,
    TransferDeadlineNeared,
    TransferDissolved,
    TransferDrafted,
    TransferEvent,
    TransferExecutedAutomatically,
    TransferLineCompleted,
    TransferLineDropped,
    TransferLinesRejected,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferUnlockAsked,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.calendar import in_swedish, start_of_day, stockholm_day
from kvitt_contracts.policy import ExpiryOutcome, RegionPolicy
from kvitt_contracts.types import UserId

from bmb.domain import TAKING_EFFECT, Status, Transfer
from bmb.expiry.writes import DEADLINE, DEADLINE_NEAR
from bmb.requests.writes import HOLD_ANSWER

TIMERS: Final = (HOLD_ANSWER, DEADLINE_NEAR, DEADLINE)

_WHY: Final[Mapping[str, str]] = {
    "UNKNOWN_DEVICE": "hjälpmedlet är okänt för lagret",
    "IN_TRANSFER": "hjälpmedlet är redan i ett annat byte",
    "LOCKED": "hjälpmedlet är låst av ett obesvarat byte",
    "IN_DISPATCH": "hjälpmedlet är på väg ut från lagret",
    "IN_INVESTIGATION": "hjälpmedlet saknades vid en inventering och söks",
    "IN_PICKUP": "hjälpmedlet är i en hämtorder",
    "IN_SALE": "hjälpmedlet är i en försäljning till en annan region",
    "IN_RECONDITIONING": "hjälpmedlet rekonditioneras hos hjälpmedelsservice",
    "IN_BASKET": "hjälpmedlet är utlånat i en varukorg",
    "MEANT_FOR_PATIENT": "hjälpmedlet är till en patient som flyttat in, och ska tas ut till hen",
    "NOT_AT_RECIPIENT": "hjälpmedlet är inte hos den mottagare som bytet utgår från",
    "NOT_IN_STORE": "hjälpmedlet står inte i det förråd som bytet utgår från",
    "RESERVED_FOR_ORDERS": "förrådet har lovat bort sitt saldo till beställningar",
    "RETURNED_AT_ONCE": "hjälpmedlet ska genast till centrallagret, med en hämtorder",
    "SOLD": "hjälpmedlet är sålt till en annan region",
    "SCRAPPED": "hjälpmedlet är skrotat",
    "RETURNED_TO_SUPPLIER": "hjälpmedlet är återlämnat till leverantören",
    "NO_ANSWER": "lagret svarade inte i tid",
    "RETURNED": "hjälpmedlet är återlämnat",
    "DISPATCHED": "hjälpmedlet har skickats ut",
    "INACTIVE_RECIPIENT": "mottagaren är inte aktiv längre",
    "STORE_HOLDS_NO_STOCK": "förrådet får inte ha hjälpmedel i lager längre",
    "NOT_A_PRESCRIBER": "den nya förskrivaren är inte förskrivare längre",
}
"""What the codes of reasons say."""

_PLAIN: Final[Mapping[type[TransferEvent], Told]] = {
    TransferDrafted: Told(summary="Bytet sparades som utkast.", rule="BMB-2"),
    TransferCancelled: Told(summary="Utkastet kastades: allt är som förut.", rule="BMB-2"),
    TransferRequested: Told(
        summary="Bytet verkställdes: lagret prövar om hjälpmedlen kan bytas.", rule="BMB-2"
    ),
    TransferDeadlineNeared: Told(summary="En dag var kvar att kvittera.", rule="NTF-2"),
    TransferLocked: Told(
        summary="Ingen kvitterade i tid: hjälpmedlen är låsta tills kundtjänst låser upp dem.",
        rule="BMB-7",
    ),
    TransferUnlockAsked: Told(summary="Kundtjänst blev ombedd att låsa upp bytet.", rule="BMB-7"),
    TransferWithdrawn: Told(
        summary="Avsändaren ångrade bytet innan någon hade svarat: hjälpmedlen är fria.",
        rule="BMB-6",
    ),
    TransferDissolved: Told(summary="Inget hjälpmedel är kvar: bytet upplöstes.", rule="BMB-12"),
    TransferCompleted: Told(summary="Bytet är genomfört.", rule="BMB-4"),
}
"""Events that say no more than that they happened."""


def tell(event: TransferEvent) -> Told:
    """A transfer's event in words."""
    match event:
        case TransferRefused():
            why = " och ".join(dict.fromkeys(_why(one.reason) for one in event.reasons))
            return Told(summary=f"Bytet kunde inte skickas: {why}.", rule="BMB-12")
        case TransferSent() if event.accepted_at_once:
            return Told(summary="Lagret har hållit hjälpmedlen för bytet.", rule="BMB-12")
        case TransferSent():
            return Told(
                summary="Bytet nådde mottagaren, som kan kvittera till och med "
                f"{in_swedish(stockholm_day(event.deadline - timedelta(days=1)))}.",
                rule="BMB-7",
            )
        case TransferAccepted():
            how = "Avsändaren kvitterade själv" if event.at_once else "Bytet godkändes"
            return Told(
                summary=f"{how} för kund {event.customer_id} med betalare "
                f"{event.payer_id}, från och med {in_swedish(event.effective_on)}.",
                rule="BMB-4",
            )
        case TransferExecutedAutomatically():
            return Told(
                summary="Ingen kvitterade i tid: bytet genomfördes med den föreslagna betalaren "
                f"{event.payer_id}, från och med {in_swedish(event.effective_on)}.",
                rule="BMB-7",
            )
        case TransferRejected():
            why = " Skälet står i meddelandet." if event.has_message else ""
            return Told(
                summary=f"Bytet godkändes inte och är ogiltigt.{why} Ett nytt kan göras.",
                rule="BMB-5",
            )
        case TransferLinesRejected():
            why = " Skälet står i meddelandet." if event.has_message else ""
            return Told(summary=f"{_not_accepted(len(event.devices))}{why}", rule="BMB-5")
        case TransferUnlocked():
            return Told(
                summary="Kundtjänst låste upp hjälpmedlen, som "
                f"{event.asked_by} bad om. Ett nytt byte kan göras.",
                rule="BMB-7",
            )
        case TransferVoided():
            why = f", och {_why(event.reason)}" if event.reason else ""
            return Told(
                summary=f"Ingen kvitterade i tid{why}: bytet är ogiltigt. Ett nytt får göras.",
                rule="BMB-7",
            )
        case TransferLineCompleted():
            return Told(
                summary=f"Hjälpmedel bytte från och med {in_swedish(event.effective_on)}.",
                rule="BMB-4",
            )
        case TransferLineDropped():
            return Told(summary=f"Hjälpmedel föll ur bytet: {_why(event.reason)}.", rule="BMB-12")
        case _:
            return _PLAIN[type(event)]


def what_comes(
    transfer: Transfer,
    *,
    due: Mapping[str, datetime],
    policy: RegionPolicy | None,
    responsible: Sequence[UserId] = (),
) -> Iterator[Coming]:
    """What happens next to a transfer: who is to answer it, where its receiver has named somebody;
    what its timers that are `due` do, under the policy that it is pinned to; the day of its effect.
    """
    if transfer.is_pending and HOLD_ANSWER.name in due:
        yield Coming(at=due[HOLD_ANSWER.name], what="Har lagret inte svarat då nekas bytet.")
    is_open = transfer.status is Status.SENT
    if is_open and responsible:
        yield Coming(at=None, what=f"Kvitteras av {' eller '.join(responsible)}.")
    if is_open and DEADLINE_NEAR.name in due:
        yield Coming(at=due[DEADLINE_NEAR.name], what="Sista dagen att kvittera börjar.")
    if is_open and DEADLINE.name in due and policy is not None:
        outcome = _at_the_deadline(transfer, policy)
        yield Coming(at=due[DEADLINE.name], what=f"Har ingen kvitterat då {outcome}.")
    if transfer.status is Status.LOCKED:
        yield Coming(at=None, what=_how_it_is_unlocked(transfer))
    if transfer.status in TAKING_EFFECT and transfer.effective_on is not None:
        payer = f"{transfer.payer_id} betalar från och med den dagen"
        yield Coming(at=start_of_day(transfer.effective_on), what=f"Bytet får verkan: {payer}.")


def _how_it_is_unlocked(transfer: Transfer) -> str:
    if transfer.unlock_asked_by is None:
        return "Kundtjänst låser upp hjälpmedlen när någon ber om det."
    return "Kundtjänst är tillfrågad. När hjälpmedlen är upplåsta kan ett nytt byte göras."


def _at_the_deadline(transfer: Transfer, policy: RegionPolicy) -> str:
    match policy.transfer.expiry.outcome:
        case ExpiryOutcome.AUTO_EXECUTE:
            return f"genomförs bytet automatiskt, med betalare {transfer.proposed_payer}"
        case ExpiryOutcome.LOCK:
            return "låses hjälpmedlen, tills kundtjänst låser upp dem"
        case ExpiryOutcome.VOID:
            return "blir bytet ogiltigt, och ett nytt får göras"


def _not_accepted(count: int) -> str:
    if count == 1:
        return "Ett av hjälpmedlen godkändes inte och är fritt."
    return f"{count} av hjälpmedlen godkändes inte och är fria."


def _why(reason: str) -> str:
    return _WHY.get(reason, f"av skälet {reason}")
