"""Meddelanden: T-78, and what is taken out of the list."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.handover import Handover

TITLE = "Byte att kvittera"


@pytest.mark.task("T-78")
@pytest.mark.rule("NTF-1a")
async def test_a_message_leads_to_what_it_is_about(actor: MakeActor, handover: Handover) -> None:
    transfer = await handover.send(handover.devices[0])
    anna = await actor(handover.receiver)
    await anna.sees(TITLE)
    await anna.picture("start-messages")
    await anna.accessible()

    await anna.click(TITLE)

    await anna.is_at(f"/bmb/{transfer}")
    anna.counts("T-78")
    await anna.goes("/meddelanden?olasta=1")
    await anna.sees("Inga meddelanden.")
    await anna.accessible()


async def test_a_message_is_taken_out_of_the_list_without_script(
    actor: MakeActor, handover: Handover
) -> None:
    await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at="/meddelanden", script=False)

    await anna.page.get_by_label(f"Markera {TITLE}").check()
    await anna.click("Ta bort markerade")

    await anna.sees("1 meddelande borta.")
    await anna.sees("Inga meddelanden.")


async def test_nothing_ticked_says_what_to_do(actor: MakeActor, handover: Handover) -> None:
    await handover.send(handover.devices[0])
    anna = await actor(handover.receiver, at="/meddelanden")
    await anna.picture("messages")
    await anna.accessible()

    await anna.click("Ta bort markerade")

    await anna.sees("Markera de meddelanden som ska tas bort.")
