"""The rules of acknowledging a transfer: accept and reject. No clock, no database."""

from datetime import datetime

from kvitt_contracts.bmb import TransferAccepted, TransferEvent, TransferRejected
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PayerId

from bmb.domain import Reason, Status, Transfer, takes_effect_on
from bmb.register.domain import Customer, User


def accept(
    transfer: Transfer,
    *,
    by: User,
    customer: Customer,
    payer_id: PayerId | None,
    policy: RegionPolicy,
    now: datetime,
    has_message: bool = False,
) -> tuple[TransferEvent, ...]:
    """Accept a sent transfer, for a customer of the receiving side (BMB-4).

    Raises Refused: not open, past its deadline (BMB-7), `by` may not answer, a customer of somebody
    else, a payer where the policy lets it follow the customer.
    """
    payer = payer_id or customer.payer_id
    chosen = (transfer.customer_id, transfer.payer_id)
    if transfer.status is Status.ACCEPTED and chosen == (customer.id, payer):
        return ()
    _refuse_answer(transfer, by=by, now=now)
    if customer.id not in {*by.service_points, transfer.receiving_service_point}:
        raise Refused(
            Reason.CUSTOMER_OF_ANOTHER_SIDE,
            rule="BMB-4",
            field="customer_id",
            way_on="Välj en kund som är ett av dina tjänsteställen.",
            customer=customer.id,
        )
    if policy.transfer.ack_payer == "follows_customer" and payer != customer.payer_id:
        raise Refused(
            Reason.PAYER_FOLLOWS_CUSTOMER,
            rule="BMB-4",
            field="payer_id",
            way_on="Utelämna betalaren: den följer av kunden. Välj den kund vars betalare avses.",
            payer=customer.payer_id,
        )
    return (
        TransferAccepted(
            transfer_id=transfer.id,
            devices=transfer.remaining,
            new_recipient=transfer.new_recipient,
            new_store=transfer.new_store,
            new_prescriber=transfer.new_prescriber,
            customer_id=customer.id,
            payer_id=payer,
            effective_on=takes_effect_on(
                transfer, decided_on=stockholm_day(now), policy=policy.transfer
            ),
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            policy=policy.pin,
            has_message=has_message,
        ),
    )


def reject(
    transfer: Transfer, *, by: User, policy: RegionPolicy, now: datetime, has_message: bool
) -> tuple[TransferEvent, ...]:
    """Reject a sent transfer: it is void and its devices are free (BMB-5).

    Raises Refused as `accept` does, and where the policy requires a message and there is none
    (MESSAGE_MISSING, BMB-5).
    """
    if transfer.status is Status.REJECTED:
        return ()
    _refuse_answer(transfer, by=by, now=now)
    if policy.transfer.rejection_message == "mandatory" and not has_message:
        raise Refused(
            Reason.MESSAGE_MISSING,
            rule="BMB-5",
            field="message",
            way_on="Skriv till avsändaren varför bytet inte godkänns.",
        )
    return (
        TransferRejected(
            transfer_id=transfer.id,
            devices=transfer.remaining,
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            has_message=has_message,
        ),
    )


def _refuse_answer(transfer: Transfer, *, by: User, now: datetime) -> None:
    if transfer.status is not Status.SENT or transfer.deadline is None:
        raise Refused(
            Reason.NOT_OPEN,
            rule="BMB-4",
            way_on="Bara ett skickat byte som ingen har svarat på kan kvitteras.",
            status=transfer.status,
        )
    if now >= transfer.deadline:
        raise Refused(
            Reason.DEADLINE_PASSED,
            rule="BMB-7",
            way_on="Tiden för att kvittera är ute; se vad som har hänt med bytet.",
            deadline=transfer.deadline,
        )
    # decision 0051: until there are responsibles (BMB-9)
    if not by.works_at(transfer.receiving_service_point):
        raise Refused(
            Reason.NOT_RESPONSIBLE,
            rule="BMB-4",
            field="by",
            way_on="Be någon som arbetar vid det mottagande tjänstestället att kvittera.",
            service_point=transfer.receiving_service_point,
        )
