"""Beställning that differs from what is usual: for another prescriber (T-22), another payer of a
line (T-23), another address or contact, and delivery in parts (T-24).
"""

from uuid import uuid4

import pytest

from portal.tests.browser import Actor, MakeActor
from portal.tests.ordering import written
from portal.tests.scene import Scene
from portal.tests.ward import PRESCRIBER, Ward

PAGE = "/bestallningar/ny"
SEND = "Skicka beställning"
ADDRESS = "Gatuadress, postnummer och ort"


async def payers_of(scene: Scene, *names: str) -> dict[str, str]:
    """Payers of a test's own: their codes by their names."""
    codes = {name: scene.payer(name=name) for name in names}
    await scene.set()
    return codes


@pytest.mark.task("T-22")
@pytest.mark.rule("REF-3b", "REF-6a")
async def test_an_order_is_registered_for_another_prescriber(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    other = scene.user(ward.place, name="Berit Förskrivare")
    stranger = scene.user(ward.place, name="Främmande Förskrivare")
    requester = scene.user(
        ward.place, name="Rune Beställare", roles=("requester",), acts_for=(ward.user, other)
    )
    await scene.set()
    rune = await written(actor, ward, scene, user=requester)
    await rune.sees_no("Främmande Förskrivare")
    await rune.click(SEND)
    await rune.sees("Det här behöver rättas")
    await rune.sees("Välj i vems namn du beställer.")
    await rune.accessible()
    await rune.picture("order-whose")

    rune = await written(actor, ward, scene, user=requester)
    await rune.tick("Berit Förskrivare")
    rune.counts("T-22")
    await rune.sees("Så blir beställningen")
    await rune.click(SEND)

    await rune.sees("är skickad.")
    await rune.sees("Berit Förskrivare (registrerad av Rune Beställare)")
    await rune.goes(f"{PAGE}?borja-om")
    whose = await rune.text_of("#f-prescriber label")
    assert whose == ["Berit Förskrivare", PRESCRIBER]
    async with ward.system.visiting(requester) as client:
        person = await scene.ref(ward.patient)
        said = {"person": person, "prescriber": stranger, "service_point": ward.place.id}
        asked = {**said, "article-1": ward.cushion, "quantity-1": "1", "to": "unit"}
        answer = await client.post(PAGE, data=asked)
    assert "Be enhetschefen om koppling." in answer.text


@pytest.mark.rule("REF-3b")
async def test_who_is_connected_to_no_prescriber_is_told_the_way_on(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    alone = scene.user(ward.place, roles=("requester",))
    await scene.set()

    rune = await actor(alone, at=PAGE)

    await rune.sees("du är inte kopplad till någon")
    await rune.sees("Be enhetschefen om koppling")
    await rune.accessible()
    await rune.picture("order-nobodys")


@pytest.mark.task("T-23")
@pytest.mark.rule("REF-4b", "REF-4c")
async def test_another_payer_pays_a_line(actor: MakeActor, ward: Ward, scene: Scene) -> None:
    name = f"Habiliteringen {uuid4().hex[:6]}"
    codes = await payers_of(scene, name)
    anna = await written(actor, ward, scene)

    await anna.click("Annan betalare, kommentar")
    await anna.fill("Betalare", name.lower()[:-2])
    await anna.sees(f"{codes[name]} {name}", within=ward.cushion_name)
    anna.counts("T-23")
    await anna.accessible()
    await anna.picture("order-other-payer")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees(f"{codes[name]} {name}", within=ward.cushion_name)


@pytest.mark.rule("REF-4b")
async def test_one_of_several_payers_is_chosen_for_the_line(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    made = f"Rehab {uuid4().hex[:6]}"
    codes = await payers_of(scene, f"{made} norr", f"{made} söder")
    anna = await written(actor, ward, scene, script=False)

    await anna.click("Annan betalare, kommentar")
    await anna.fill("Betalare", made)
    await anna.click(SEND)
    await anna.sees("Flera betalare heter så")
    await anna.sees(PRESCRIBER)
    await anna.accessible()
    await anna.picture("order-payers-to-choose")
    await anna.click(f"Välj {made} söder")
    await anna.has("Betalare", codes[f"{made} söder"])
    await anna.click(SEND)
    await anna.sees(f"{codes[f'{made} söder']} {made} söder", within=ward.cushion_name)
    await anna.fill("Betalare", "finns inte")
    await anna.click(SEND)

    await anna.sees("Ingen betalare heter ”finns inte”")


@pytest.mark.task("T-24")
@pytest.mark.rule("ORD-3b")
async def test_an_order_goes_to_another_address(actor: MakeActor, ward: Ward, scene: Scene) -> None:
    anna = await written(actor, ward, scene)

    await anna.tick("Annan adress, endast denna order")
    await anna.fill(ADDRESS, "Provgatan 7, 901 85 Testby")
    anna.counts("T-24")
    await anna.sees("Så blir beställningen")
    await anna.accessible()
    await anna.picture("order-other-address")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("Annan adress, endast denna order")
    address = {"street": "Provgatan 7", "postal_code": "90185", "city": "Testby"}
    assert (await _delivery_of(anna, scene, ward))["address"] == address


@pytest.mark.rule("ORD-3d", "ORD-3f")
async def test_an_order_has_another_contact_and_goes_in_parts(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    anna = await written(actor, ward, scene)

    await anna.click("Kontaktperson, telefon, portkod, delleverans")
    await anna.fill("Kontaktperson", "Kim Granne")
    assert anna.actions == 2
    await anna.tick("Delleverans")
    await anna.accessible()
    await anna.picture("order-contact-and-parts")
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("delleverans")
    delivery = await _delivery_of(anna, scene, ward)
    assert (delivery["contact_person"], delivery["consolidated"]) == ("Kim Granne", False)


@pytest.mark.rule("ORD-3b")
async def test_another_address_is_kept_in_a_draft(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    anna = await written(actor, ward, scene)
    await anna.tick("Annan adress, endast denna order")
    await anna.fill(ADDRESS, "Provgatan 7, 901 85 Testby")
    await anna.click("Spara utkast")
    await anna.sees("Utkastet är sparat")

    (draft,) = await anna.page.locator("a[href*='utkast=']").all()
    await draft.click()

    await anna.has(ADDRESS, "Provgatan 7, 90185 Testby")


async def _delivery_of(anna: Actor, scene: Scene, ward: Ward) -> dict[str, object]:
    """Where the order goes that somebody looks at, as who delivers it is told."""
    order = anna.path.rpartition("/")[2]
    staff = scene.user(ward.place, roles=("customer_service",))
    await scene.set()
    async with ward.system.api("orders", staff) as client:
        answer = await client.post(f"/orders/{order}:resolve-delivery")
    answer.raise_for_status()
    return dict(answer.json())
