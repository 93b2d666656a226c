"""Retur: a patient's devices and goods come back into the unit's own store (T-57)."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.leaving import Leaving, a_leaving
from portal.tests.scene import Scene
from portal.tests.ward import Ward

SEARCH = "Sök personnummer"


@pytest.mark.task("T-57")
@pytest.mark.rule("INV-7a", "INV-7b", "INV-7c")
async def test_what_is_ticked_is_returned_into_the_own_store(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)

    await anna.fill(SEARCH, ward.patient.number)
    await anna.press("Enter")
    await anna.sees(f"ställs i förråd {ward.place.store} i dag")
    await anna.tick(f"Välj {ward.lent}")
    await anna.click("Returnera")
    await anna.sees(f"{ward.lent} är återlämnat till förråd {ward.place.store}.")
    anna.counts("T-57")

    await anna.sees("Återlämnat (1)")
    await anna.sees(ward.lent, within="Rollator Björk")
    await anna.picture("return-done")
    await anna.accessible()
    await anna.goes("/individ?alla")
    await anna.sees("På lager", within=ward.lent)


@pytest.mark.rule("INV-7a")
async def test_unmarked_goods_come_back_beside_devices_and_some_may_stay(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await actor(leaving.user, at=f"/mottagare/{leaving.person}")
    await anna.click("Returnera en annan dag, eller omärkt")
    await anna.click("Returnera")
    await anna.sees("Markera det som återlämnas.")
    await anna.fill(leaving.cheap, "9")
    await anna.click("Returnera")
    await anna.sees("Ange högst det som levererats av raden")
    await anna.picture("return-error")
    await anna.accessible()

    await anna.fill(leaving.cheap, "två")
    await anna.click("Returnera")
    await anna.sees("Skriv ett helt antal, högst 2.")
    await anna.fill(leaving.cheap, "1")
    await anna.tick(leaving.bed)
    await anna.picture("return-new")
    await anna.accessible()
    await anna.click("Returnera")

    await anna.sees(f"{leaving.bed}, Griptång 65 cm är återlämnade")
    assert not await leaving.has(leaving.bed)
    assert await leaving.left() == sorted([leaving.cheap, leaving.accessory])


@pytest.mark.rule("REF-7b", "REF-7c")
async def test_a_unit_without_a_store_sees_a_pickup_instead(actor: MakeActor, scene: Scene) -> None:
    leaving = await a_leaving(scene, with_store=False)
    anna = await actor(leaving.user, at=f"/mottagare/{leaving.person}")

    await anna.sees("det som ska tillbaka hämtas med en hämtorder")
    await anna.sees_no("Returnera")
    await anna.goes(f"/mottagare/{leaving.person}/retur?device={leaving.bed}")
    await anna.picture("return-nowhere")
    await anna.accessible()
    await anna.click("Skapa hämtorder")

    await anna.is_at("/hamtordrar/ny")
    await anna.sees(leaving.bed)


async def test_nothing_ticked_is_said_and_a_return_needs_no_script(
    actor: MakeActor, scene: Scene, ward: Ward
) -> None:
    person = await scene.ref(ward.patient, opened_to=ward.user)
    anna = await actor(ward.user, at=f"/mottagare/{person}", script=False)

    await anna.click("Returnera")
    await anna.sees("Markera det som återlämnas.")
    await anna.tick(ward.lent)
    await anna.click("Returnera")

    await anna.sees(f"{ward.lent} är återlämnat")


@pytest.mark.rule("INV-5n", "INV-7a")
async def test_what_is_scanned_is_marked_and_a_code_of_nothing_says_so(
    actor: MakeActor, leaving: Leaving
) -> None:
    anna = await actor(leaving.user, at=f"/mottagare/{leaving.person}/retur")
    await anna.fill("Skanna", "(01)07350053850019")
    await anna.press("Enter")
    await anna.sees("Koden är artikelns")
    await anna.fill("Skanna", "ZZ-404")
    await anna.press("Enter")
    await anna.sees("Inget hjälpmedel som du ser har den koden.")
    await anna.accessible()

    await anna.fill("Skanna", leaving.bed.lower())
    await anna.press("Enter")
    await anna.picture("return-scanned")
    await anna.click("Returnera")

    await anna.sees(f"{leaving.bed} är återlämnat till förråd")
