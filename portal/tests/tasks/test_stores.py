"""Lager: balances and devices of a store."""

import pytest

from portal.tests.browser import MakeActor
from portal.tests.scene import Scene
from portal.tests.ward import Ward, a_ward


@pytest.mark.rule("INV-14a")
async def test_ones_own_store_is_shown_first_with_its_balances(
    actor: MakeActor, scene: Scene
) -> None:
    ward = await a_ward(scene, cushions=3)
    anna = await actor(ward.user)

    await anna.click("Lager")

    await anna.has("Lager", ward.place.store)
    await anna.sees(ward.cushion_name)
    amounts = await anna.text_of(f"tr:has-text('{ward.cushion}') .amount")
    assert amounts[0].strip() == "3"
    await anna.picture("store-balances")
    await anna.accessible()


async def test_a_device_is_delivered_from_the_list_of_its_store(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at="/lager")

    await anna.click("Individer (1)")
    await anna.sees(ward.stored)
    await anna.picture("store-devices")
    await anna.accessible()
    await anna.click(f"Leverera individen {ward.stored}")

    await anna.is_at("/uttag/nytt")
    await anna.has("Individ", ward.stored)


async def test_the_list_remembers_its_filters(actor: MakeActor, scene: Scene) -> None:
    user = scene.user(scene.place())
    await scene.set()
    anna = await actor(user, at="/lager?store=500&with_balance=true", script=False)

    await anna.click("Lager")

    await anna.has("Saldo", "true")
    await anna.accessible()
    await anna.click("Rensa")
    await anna.has("Saldo", "")


@pytest.mark.rule("REF-18c")
async def test_anothers_store_is_not_there(actor: MakeActor, scene: Scene) -> None:
    mine, others = scene.place(), scene.place()
    user = scene.user(mine)
    await scene.set()

    anna = await actor(user, at=f"/lager?store={others.store}")

    await anna.sees("Lagret finns inte, eller är inte ditt.")
    await anna.picture("store-foreign")
