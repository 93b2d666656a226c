"""Whatever comes in whatever order, a transfer is decided once and every device ends once."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import get_args

import pytest
from bmb.acknowledgements.domain import accept, reject
from bmb.completion.domain import complete_line, drop_line
from bmb.domain import Status, Transfer, evolve
from bmb.expiry.domain import expire, near, unlock
from bmb.requests.domain import give_up, grant
from hypothesis import given, settings
from hypothesis import strategies as st
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCompleted,
    TransferDissolved,
    TransferEvent,
    TransferExecutedAutomatically,
    TransferLineCompleted,
    TransferLineDropped,
    TransferLinesRejected,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferVoided,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId

from contracts.tests.builders.story import SENDER, device_id
from services.bmb.tests.builders import (
    SENT_AT,
    a_customer,
    a_policy,
    a_receiver,
    a_transfer,
    the_parties,
)

DEVICES = tuple(device_id(str(number)) for number in range(3))
DECISIONS = (
    TransferAccepted
    | TransferRejected
    | TransferExecutedAutomatically
    | TransferLocked
    | TransferVoided
    | TransferRefused
)
STEPS = st.sampled_from(
    [
        "grant",
        "give up",
        "accept",
        "accept others",
        "reject",
        "expire",
        "near",
        "unlock",
        "complete",
        "drop",
    ]
)


def take(
    transfer: Transfer, step: str, *, device: int, outcome: str, now: datetime
) -> tuple[TransferEvent, ...]:
    """What a step does to the transfer; a refusal does nothing."""
    policy = a_policy(expiry={"days": 6, "outcome": outcome}, bundle="by_line")
    by, which = a_receiver(), DEVICES[device]
    try:
        match step:
            case "grant":
                return grant(transfer, policy=policy, now=now)
            case "give up":
                return give_up(transfer)
            case "accept" | "accept others":
                return accept(
                    transfer,
                    by=by,
                    customer=a_customer(),
                    payer_id=None,
                    parties=the_parties(),
                    policy=policy,
                    now=now,
                    rejecting={which} if step == "accept others" else set(),
                )
            case "reject":
                return reject(transfer, by=by, policy=policy, now=now, has_message=True)
            case "expire" if transfer.deadline is None or now >= transfer.deadline:
                return expire(transfer, ended=None, policy=policy, now=now)
            case "near":
                return near(transfer, now=now)
            case "unlock":
                return unlock(transfer, asked_by=UserId(SENDER))
            case "complete":
                return complete_line(transfer, device=which, on=now.date())
            case "drop":
                return drop_line(transfer, device=which, reason="LOST")
    except Refused:
        pass
    return ()


@pytest.mark.rule("BMB-12h")
@settings(max_examples=300)
@given(
    steps=st.lists(st.tuples(STEPS, st.integers(0, 2), st.integers(0, 48)), max_size=40),
    outcome=st.sampled_from(["auto_execute", "lock", "void"]),
)
def test_a_transfer_is_decided_at_most_once_and_every_device_ends_once(
    steps: list[tuple[str, int, int]], outcome: str
) -> None:
    transfer = a_transfer(Status.REQUESTED, devices=DEVICES, policy=a_policy().pin)
    now, said = SENT_AT, list[TransferEvent]()

    for step, device, hours in steps:
        now += timedelta(hours=hours)
        for event in take(transfer, step, device=device, outcome=outcome, now=now):
            transfer = evolve(transfer, event)
            said.append(event)

    decisions = [event for event in said if isinstance(event, get_args(DECISIONS))]
    assert len(decisions) <= 1
    accepted = [event for event in said if isinstance(event, TransferAccepted)]
    assert not accepted or accepted[0].effective_on < date(2026, 5, 8)
    ended = Counter(
        event.device_id
        for event in said
        if isinstance(event, TransferLineCompleted | TransferLineDropped)
    )
    for event in said:
        if isinstance(event, TransferLinesRejected):
            ended.update(event.devices)
    assert set(ended.values()) <= {1}
    assert set(ended) | set(transfer.remaining) == set(DEVICES)
    completed = [event for event in said if isinstance(event, TransferCompleted)]
    dissolved = [event for event in said if isinstance(event, TransferDissolved)]
    assert len(completed) + len(dissolved) == (not transfer.remaining)
    changed_hands = any(isinstance(event, TransferLineCompleted) for event in said)
    assert not (dissolved if changed_hands else completed)
