"""Månadens fakturor: a month is previewed before it is over, by customer service alone."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.system import PortalSystem

CLERK = "kundtjanst1"


@pytest.mark.rule("BIL-9o", "BIL-9q")
async def test_customer_service_previews_the_month_that_is_not_over(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    today = await portal_system.now()
    kim = await actor(CLERK, at="/manadens-fakturor/2099-01")
    await kim.sees("Månaden är inte förhandsvisad.")
    await kim.picture("invoicing-none")
    await kim.accessible()

    await kim.goes(f"/manadens-fakturor/{today:%Y-%m}")
    again = kim.page.get_by_role("button", name="Förhandsvisa på nytt")  # others do so too
    await kim.click("Förhandsvisa på nytt" if await again.count() else "Förhandsvisa")

    await kim.sees("Månaden är inte slut")
    await kim.sees("Det här sticker ut")
    await kim.sees("Förhandsvisa på nytt")
    await kim.picture("invoicing-previewed")
    await kim.accessible()


@pytest.mark.rule("BIL-9o")
async def test_a_month_that_is_far_ahead_is_refused_with_the_way_on(actor: MakeActor) -> None:
    kim = await actor(CLERK, at="/manadens-fakturor/2099-01")

    await kim.click("Förhandsvisa")

    await kim.sees("den månaden faktureras härnäst")
    await kim.picture("invoicing-refused")
    await kim.accessible()


async def test_who_is_no_clerk_sees_no_month_and_approves_none(portal_system: PortalSystem) -> None:
    async with portal_system.visiting("f101") as client:
        shown = await client.get("/manadens-fakturor/2026-05")
        approved = await client.post("/manadens-fakturor/2026-05/godkann", data={"state": "x"})
    async with portal_system.visiting(CLERK) as client:
        unread = await client.post("/manadens-fakturor/2026-05/godkann", data={"state": "x"})
        nowhere = await client.get("/manadens-fakturor/2026-5")

    assert (shown.status_code, approved.status_code) == (403, 403)
    assert (unread.status_code, nowhere.status_code) == (422, 404)
