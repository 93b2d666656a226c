"""Hämtning på närståendes begäran: T-14. Customer service orders it, the unit sees it and may take
devices back, the technician reports.
"""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.fetching import CLERK, OTHER_CLERK, Fetching


@pytest.mark.task("T-14")
@pytest.mark.rule("PCK-3a", "PCK-3d", "PCK-3e")
async def test_the_unit_takes_a_device_back_and_the_technician_reports(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.relatives(*home.devices)
    anna = await actor(home.user)
    await anna.click("Hämtning beställd")
    await anna.is_at(f"/hamtordrar/{known['pickup_id']}")
    await anna.sees("En närstående, registrerad av")
    await anna.picture("pickup-of-relatives")
    await anna.accessible()
    await anna.click(f"Avbeställ {home.devices[2]}")
    await anna.sees("Avbeställt", within=home.devices[2])
    await anna.picture("pickup-line-voided")
    await anna.accessible()

    tove = await actor(CLERK)
    await tove.click("Hämtordrar")
    await tove.picture("pickups-customer-service")
    await tove.accessible()
    await tove.click("Allt fanns", within=known["pickup_number"])
    await tove.sees("Rapporten är lämnad.")
    anna.counts("T-14", tove)
    await tove.sees("På plats")
    await tove.picture("pickup-reported")
    await tove.accessible()
    await home.system.settle()
    await anna.goes("/")
    await anna.sees("Hämtning rapporterad")


@pytest.mark.rule("PCK-3c", "BIL-8a")
async def test_the_unit_makes_it_urgent_and_sees_what_it_costs_and_whom(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.relatives()
    anna = await actor(home.user, at=f"/hamtordrar/{known['pickup_id']}")

    await anna.click("Gör brådskande")

    await anna.sees("Hämtningen är brådskande.")
    await anna.sees("500 kr utan moms")
    await anna.sees_no("Gör brådskande")
    await anna.picture("pickup-urgent")
    await anna.accessible()
    await anna.click("Hämtordrar")
    await anna.sees("Brådskande", within=known["pickup_number"])

    tove = await actor(CLERK, at="/hamtordrar")
    await tove.sees_no("Allt fanns", within=known["pickup_number"])
    await tove.click("Rapportera", within=known["pickup_number"])
    await tove.is_at(f"/hamtordrar/{known['pickup_id']}")


@pytest.mark.rule("PCK-3b", "PCK-1c")
async def test_customer_service_orders_it_within_the_window(
    actor: MakeActor, home: Fetching
) -> None:
    tove = await actor(CLERK)
    await tove.fill("Sök personnummer", home.patient.number)
    await tove.press("Enter")
    await tove.tick(f"Välj {home.devices[0]}")
    await tove.click("Beställ hämtning")
    await tove.has("Kund/leveransadress", home.place.id)
    await tove.tick("Mottagaren är avliden")
    await tove.tick("En närstående")
    await tove.click("Tidigast och senast")
    await tove.fill("Tidigast", "2026-05-06")
    await tove.picture("pickup-new-customer-service")
    await tove.accessible()
    await tove.click("Beställ hämtning")
    await tove.sees("Välj dagar från")
    await tove.has("Tidigast", "2026-05-06")
    await tove.picture("pickup-new-outside-window")
    await tove.accessible()
    await tove.fill("Tidigast", "")
    await tove.click("Beställ hämtning")

    await tove.sees("är beställd.")
    await tove.sees("En närstående")
    await tove.sees("Senast")


@pytest.mark.rule("PCK-1a", "REF-6a")
async def test_who_fetches_looks_where_to_go_and_what_was_not_there_is_reported(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.relatives(*home.devices[:2])
    tove = await actor(CLERK, at=f"/hamtordrar/{known['pickup_id']}")

    await tove.picture("pickup-customer-service")
    await tove.accessible()
    await tove.click("Visa adress och telefon")
    await tove.sees("070-174 06 05")
    await tove.picture("pickup-place")
    await tove.accessible()
    await tove.tick(home.devices[1])
    await tove.click("Lämna rapport")

    await tove.sees("Fanns inte där", within=home.devices[1])
    await tove.accessible()


@pytest.mark.rule("PCK-3e")
async def test_a_report_that_was_made_meanwhile_is_read_before_it_is_changed(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.relatives(*home.devices[:2])
    tove = await actor(CLERK, at="/hamtordrar")
    reported = {"not_found": [known["lines"][1]["number"]]}
    await home.system.done(OTHER_CLERK, f"/pickups/{known['pickup_id']}:report", reported)

    await tove.click("Allt fanns", within=known["pickup_number"])

    await tove.sees("En kollega har redan lämnat en rapport.")
    await tove.sees("Fanns inte där", within=home.devices[1])
    await tove.accessible()


@pytest.mark.rule("PCK-3d")
async def test_the_whole_of_it_is_taken_back_without_script(
    actor: MakeActor, home: Fetching
) -> None:
    known = await home.relatives(*home.devices[:2])
    anna = await actor(home.user, at=f"/hamtordrar/{known['pickup_id']}", script=False)

    await anna.click("Avbeställ allt")

    await home.system.settle()
    await anna.goes(f"/hamtordrar/{known['pickup_id']}")
    await anna.sees("Avbeställd")
    await anna.picture("pickup-voided")
    await anna.accessible()


async def test_what_is_over_already_is_said_to_be(actor: MakeActor, home: Fetching) -> None:
    known = await home.pickup(home.devices[0])
    anna = await actor(home.user, at=f"/hamtordrar/{known['pickup_id']}")
    await home.void(known)

    await anna.click("Avbeställ allt")

    await anna.sees("Avbeställd")
    await anna.accessible()
