"""Beställning: T-21, T-30 and T-36, and what goes wrong on the way."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.tests.builders.regions import a_picking_begun
from portal.tests.browser import Actor, MakeActor
from portal.tests.scene import Patient, Place, Scene
from portal.tests.system import PortalSystem

NEW = "/bestallningar/ny"
LIST = "/bestallningar"
SEND = "Skicka beställning"
MENU = "Kundordrar"
"""What the region ac calls orders."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """A prescriber at a service point, a patient, and two articles of the assortment."""

    user: str
    place: Place
    patient: Patient
    cushion: str
    called: str
    """The cushion's name."""


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(scene: Scene) -> Clinic:
    """A clinic of the test's own."""
    place = scene.place("Hälsocentralen Ängen")
    called = f"Värmedyna {uuid4().hex[:6]}"
    found = Clinic(
        user=scene.user(place, name="Berit Förskrivare"),
        place=place,
        patient=scene.person("Tess Testsson"),
        cushion=scene.article(called, marked=False),
        called=called,
    )
    await scene.set()
    return found


async def ordered(anna: Actor, clinic: Clinic) -> str:
    """An order of the cushion; answers its address."""
    await anna.goes(f"{NEW}?article={clinic.cushion}")
    await anna.fill("Personnummer", clinic.patient.number)
    await anna.sees(clinic.patient.name)
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)
    await anna.is_at("/bestallningar/*")
    await anna.sees("är skickad.")
    return anna.path


async def orders_of(clinic: Clinic, system: PortalSystem) -> int:
    """How many orders the prescriber has."""
    async with system.api("orders", clinic.user) as client:
        answer = await client.get("/orders", params={"mine": True})
    return int(answer.json()["total"])


async def number_of(anna: Actor) -> str:
    """The number of the order that is shown."""
    (heading,) = await anna.text_of("h1")
    return heading.split()[-1]


@pytest.mark.task("T-21")
@pytest.mark.rule("ORD-1c", "REF-3c")
async def test_an_article_is_ordered_for_a_patient_on_one_page(
    actor: MakeActor, clinic: Clinic
) -> None:
    anna = await actor(clinic.user)

    await anna.click("Beställ")
    await anna.sees(f"{clinic.place.id} Hälsocentralen Ängen")
    await anna.accessible()
    await anna.picture("order-empty")
    await anna.fill("Personnummer", f"{clinic.patient.number[:8]}-{clinic.patient.number[8:]}")
    await anna.sees(clinic.patient.name)
    await anna.sees("Mottagarens adress: ")
    await anna.fill("Artikel", clinic.cushion)
    await anna.sees("Så blir beställningen")
    await anna.sees(clinic.place.payer, within=clinic.cushion)
    await anna.accessible()
    await anna.picture("order-before-sending")
    await anna.click(SEND)

    await anna.is_at("/bestallningar/*")
    await anna.sees("är skickad.")
    anna.counts("T-21")
    await anna.sees("Berit Förskrivare")
    await anna.sees("Mottagarens adress")
    await anna.accessible()
    await anna.picture("order")


@pytest.mark.task("T-30")
@pytest.mark.rule("ORD-14a")
async def test_an_order_is_voided(actor: MakeActor, clinic: Clinic) -> None:
    bo = await actor(clinic.user)
    await ordered(bo, clinic)
    number = await number_of(bo)
    anna = await actor(clinic.user)

    await anna.click(MENU)
    await anna.click(number)
    await anna.click("Makulera beställning")
    await anna.accessible()
    await anna.picture("order-void")
    await anna.click("Ja, makulera")

    await anna.sees("Makulerad")
    anna.counts("T-30")
    await anna.sees_no("Makulera beställning")
    await anna.accessible()
    await anna.picture("order-voided")


@pytest.mark.rule("ORD-14a")
async def test_an_order_is_undone_at_once(actor: MakeActor, clinic: Clinic) -> None:
    anna = await actor(clinic.user)
    await ordered(anna, clinic)

    await anna.click("Ångra")

    await anna.sees("Makulerad")


@pytest.mark.rule("ORD-14a")
async def test_what_the_warehouse_has_begun_says_why_it_is_not_voided(
    actor: MakeActor, clinic: Clinic, portal_system: PortalSystem
) -> None:
    reference = f"T-O-{uuid4().hex[:8]}"
    async with portal_system.api("orders", clinic.user) as client:
        identity = {"kind": "personal_number", "number": clinic.patient.number}
        asked = {"identity": identity, "purpose": "new_patient"}
        person = (await client.post("/persons:find", json=asked)).json()["person"]
        body = {
            "recipient": {"kind": "patient", "person": person},
            "prescriber": clinic.user,
            "service_point": clinic.place.id,
            "lines": [{"article_number": clinic.cushion, "quantity": 1}],
            "delivery": {"to": {"kind": "unit"}},
            "reference": reference,
        }
        answer = await client.post("/orders", json=body)
        assert answer.status_code == 201, answer.text
    await portal_system.state([(reference, a_picking_begun(reference))])
    anna = await actor(clinic.user, at=f"/bestallningar/{answer.json()['order_id']}")

    await anna.sees("Plocket har börjat.")
    await anna.sees("Regel ORD-14")
    await anna.sees_no("Ja, makulera")
    await anna.accessible()
    await anna.picture("order-picking-begun")


@pytest.mark.task("T-36")
@pytest.mark.rule("ORD-15a")
async def test_an_order_is_found_by_part_of_its_number(actor: MakeActor, clinic: Clinic) -> None:
    bo = await actor(clinic.user)
    await ordered(bo, clinic)
    number = await number_of(bo)
    anna = await actor(clinic.user)

    await anna.click(MENU)
    await anna.fill("Nummer", number[:6])

    await anna.sees(number)
    anna.counts("T-36")
    await anna.sees(clinic.patient.name)
    await anna.accessible()
    await anna.picture("orders")


@pytest.mark.rule("ORD-15b", "ORD-15e")
async def test_the_list_remembers_its_filters_and_sorts_by_its_columns(
    actor: MakeActor, clinic: Clinic, scene: Scene
) -> None:
    colleague = scene.user(clinic.place)
    await scene.set()
    bo = await actor(colleague)
    await ordered(bo, clinic)
    anna = await actor(clinic.user, at=LIST)
    await anna.sees(clinic.patient.name)

    await anna.choose("Vilka", "Mina")
    await anna.sees("Ingen träff.")
    await anna.accessible()
    await anna.picture("orders-none")
    await anna.goes(LIST)
    await anna.has("Vilka", "true")
    await anna.click("Rensa")
    await anna.sees(clinic.patient.name)
    await anna.click("Ord.datum")

    assert await anna.text_of("th[aria-sort]") == ["Ord.datum"]
    await anna.accessible()


async def test_an_order_is_written_by_keyboard_alone(actor: MakeActor, clinic: Clinic) -> None:
    anna = await actor(clinic.user, at=NEW)

    await anna.reach("Personnummer")
    await anna.write(clinic.patient.number)
    await anna.sees(clinic.patient.name)
    await anna.reach("Artikel")
    await anna.write(clinic.cushion)
    await anna.sees("Så blir beställningen")
    await anna.reach(SEND)
    await anna.press("Enter")

    await anna.sees("är skickad.")


async def test_without_script_an_order_is_seen_before_it_is_sent(
    actor: MakeActor, clinic: Clinic
) -> None:
    anna = await actor(clinic.user, at=NEW, script=False)

    await anna.fill("Personnummer", clinic.patient.number)
    await anna.fill("Artikel", clinic.called.lower())
    await anna.click(SEND)
    await anna.sees("Kontrollera beställningen.")
    await anna.sees(clinic.patient.name)
    await anna.sees(clinic.called)
    await anna.accessible()
    await anna.picture("order-to-check")
    await anna.click(SEND)

    await anna.sees("är skickad.")


async def test_one_of_several_articles_is_chosen_and_lines_are_added_and_taken_out(
    actor: MakeActor, clinic: Clinic, scene: Scene
) -> None:
    made = uuid4().hex[:6]
    for size in ("smal", "bred"):
        scene.article(f"Transportstol {made} {size}")
    await scene.set()
    anna = await actor(clinic.user, at=f"{NEW}?article={clinic.cushion}")
    await anna.fill("Personnummer", clinic.patient.number)
    await anna.sees(clinic.patient.name)

    await anna.click("Lägg till rad")
    await anna.fill("Artikel", f"{made} transportstol", within="Rad 2")
    await anna.sees(f"Transportstol {made} smal")
    await anna.accessible()
    await anna.picture("order-hits")
    await anna.click(f"Välj Transportstol {made} bred")
    await anna.sees("Så blir beställningen")
    assert len(await anna.text_of("#kostnad tbody tr")) == 2
    await anna.click(f"Ta bort rad 1: {clinic.called}")
    await anna.sees("Så blir beställningen")

    assert len(await anna.text_of("fieldset.line")) == 1
    await anna.sees(f"Transportstol {made} bred")


async def test_what_is_written_is_kept_until_it_is_sent(actor: MakeActor, clinic: Clinic) -> None:
    anna = await actor(clinic.user, at=NEW)
    await anna.fill("Personnummer", clinic.patient.number)
    await anna.sees(clinic.patient.name)
    await anna.fill("Artikel", clinic.cushion)
    await anna.sees("Så blir beställningen")

    await anna.goes("/artiklar")
    await anna.goes(NEW)
    await anna.sees("Pågående beställning")
    await anna.has("Artikel", clinic.cushion)
    await anna.sees(clinic.patient.name)
    await anna.sees("Så blir beställningen")
    await anna.accessible()
    await anna.picture("order-kept")
    await anna.click("Börja om")

    await anna.has("Artikel", "")
    await anna.has("Personnummer", "")


async def test_a_double_click_and_the_way_back_order_once(
    actor: MakeActor, clinic: Clinic, portal_system: PortalSystem
) -> None:
    before = await orders_of(clinic, portal_system)
    anna = await actor(clinic.user, at=f"{NEW}?article={clinic.cushion}")
    await anna.fill("Personnummer", clinic.patient.number)
    await anna.sees(clinic.patient.name)
    await anna.sees("Så blir beställningen")

    await anna.double_click(SEND)
    await anna.is_at("/bestallningar/*")
    await anna.sees("Registrerad")

    assert await orders_of(clinic, portal_system) == before + 1


@pytest.mark.rule("REF-14b")
async def test_a_refusal_stands_beside_its_field_and_nothing_that_was_written_is_lost(
    actor: MakeActor, clinic: Clinic, scene: Scene
) -> None:
    gone = scene.person("Moa Avflyttad", active=False)
    outside = scene.article("Cykel utanför", in_assortment=False)
    await scene.set()
    anna = await actor(clinic.user, at=f"{NEW}?article={outside}")

    await anna.fill("Personnummer", clinic.patient.number)
    await anna.sees(clinic.patient.name)
    await anna.fill("Antal", "två")
    await anna.click("Annan betalare, kommentar")
    await anna.fill("Kommentar", "<b>röd</b> \u202e🦽")
    await anna.click(SEND)
    await anna.sees("Det här behöver rättas")
    await anna.has("Antal", "två")
    await anna.has("Kommentar", "<b>röd</b> \u202e🦽")
    await anna.accessible()
    await anna.picture("order-refused")
    await anna.fill("Antal", "1")
    await anna.sees("utanför sortimentet")
    await anna.click(SEND)
    await anna.sees("utanför sortimentet")
    await anna.click("Byt mottagare")
    await anna.fill("Personnummer", gone.number)

    await anna.sees("hjälpmedelsservice")


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("Personnummer", "<script>alert(1)</script>"),
        ("Personnummer", "19000000-0000"),
        ("Artikel", "9" * 4_000),
        ("Artikel", "\u202eabc 🦽"),
        ("Artikel", "'; DROP TABLE orders; --"),
        ("Antal", "-1"),
        ("Antal", "²"),
        ("Antal", "99999999999999"),
    ],
)
async def test_what_no_field_takes_is_shown_as_text_and_refused_beside_it(
    actor: MakeActor, clinic: Clinic, label: str, written: str
) -> None:
    anna = await actor(clinic.user, at=f"{NEW}?article={clinic.cushion}", script=False)
    if label != "Personnummer":
        await anna.fill("Personnummer", clinic.patient.number)

    await anna.fill(label, written)
    await anna.click(SEND)

    await anna.sees("Det här behöver rättas")
    await anna.accessible()


FIELDS = (
    "number",
    "unit",
    "person",
    "prescriber",
    "service_point",
    "article-1",
    "quantity-1",
    "payer-1",
    "comment-1",
    "to",
    "street",
    "postal_code",
    "city",
    "order_phone",
    "door_code",
    "instructions",
    "contact_person",
    "information",
    "payer",
    "pick",
    "remove",
    "seen",
    "do",
)


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "\u202e🦽\x00'; --", "å" * 5_000],
    ids=["script", "signs", "long"],
)
async def test_each_field_takes_hostile_text_as_text(
    actor: MakeActor, clinic: Clinic, hostile: str
) -> None:
    anna = await actor(clinic.user)
    origin = {"Origin": anna.portal, "Sec-Fetch-Site": "same-origin"}
    whole = {
        "number": clinic.patient.number,
        "prescriber": clinic.user,
        "service_point": clinic.place.id,
        "article-1": clinic.cushion,
        "quantity-1": "1",
        "to": "one_off",
        "street": "Provgatan 7",
        "postal_code": "90185",
        "city": "Testby",
    }

    for field in FIELDS:
        answer = await anna.page.request.post(
            NEW, form={**whole, field: hostile}, headers=origin, max_redirects=0
        )
        assert answer.status in (200, 422), f"{field}: {answer.status}"
        assert "<script>alert" not in await answer.text(), field


@pytest.mark.rule("ORD-3b")
async def test_another_address_is_for_this_order_alone(actor: MakeActor, clinic: Clinic) -> None:
    anna = await actor(clinic.user, at=f"{NEW}?article={clinic.cushion}")
    await anna.fill("Personnummer", clinic.patient.number)
    await anna.sees(clinic.patient.name)

    await anna.click("Annan adress, telefon, portkod")
    await anna.fill("Gatuadress", "Provgatan 7")
    await anna.fill("Postnummer", "12")
    await anna.fill("Ort", "Testby")
    await anna.click(SEND)
    await anna.sees("Välj Annan adress för adressen som är skriven")
    await anna.tick("Annan adress, endast denna order")
    await anna.click(SEND)
    await anna.sees_no("Välj Annan adress för")
    await anna.sees("Det här behöver rättas")
    await anna.has("Gatuadress", "Provgatan 7")
    await anna.accessible()
    await anna.fill("Postnummer", "90185")
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("Annan adress, endast denna order")


async def test_an_order_is_for_a_care_unit_too(actor: MakeActor, clinic: Clinic) -> None:
    anna = await actor(clinic.user, at=f"{NEW}?article={clinic.cushion}")
    units = await anna.text_of("select[name=unit] option")

    await anna.choose("eller vårdenhet", units[1])
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("Vårdenhet ")


async def test_another_regions_order_is_a_page_that_does_not_exist(
    actor: MakeActor, clinic: Clinic
) -> None:
    anna = await actor(clinic.user)
    address = await ordered(anna, clinic)
    bo = await actor("f101", region="bd")

    assert await bo.goes(address) == 404
    await bo.accessible()


async def test_without_the_warehouse_the_list_and_an_order_are_shown(
    actor: MakeActor, clinic: Clinic, portal_system: PortalSystem
) -> None:
    anna = await actor(clinic.user)
    address = await ordered(anna, clinic)

    async with portal_system.without("inventory"):
        await anna.goes(address)
        await anna.sees(clinic.cushion)
        await anna.goes(f"{NEW}?borja-om")
        await anna.fill("Personnummer", clinic.patient.number)
        await anna.sees(clinic.patient.name)
        await anna.fill("Artikel", "dyna")
        await anna.sees("Lager och hjälpmedel svarar inte just nu")
        await anna.has("Artikel", "dyna")


async def test_a_day_that_is_none_is_refused_beside_its_field(
    actor: MakeActor, clinic: Clinic
) -> None:
    anna = await actor(clinic.user, at=f"{LIST}?placed_from=igår&order_number=x")

    await anna.sees("Skriv numret med siffror, högst nio.")
    await anna.sees("Skriv en dag som finns.")
    await anna.accessible()
    await anna.picture("orders-refused")


@pytest.mark.rule("ORD-14f")
async def test_customer_service_voids_an_order_of_a_person_whom_they_do_not_see(
    actor: MakeActor, clinic: Clinic, scene: Scene
) -> None:
    elsewhere = scene.place()
    staff = scene.user(elsewhere, roles=("customer_service",))
    await scene.set()
    anna = await actor(clinic.user)
    address = await ordered(anna, clinic)
    cleo = await actor(staff, at=address)

    await cleo.sees("Visas inte för dig")
    await cleo.click("Makulera beställning")
    await cleo.click("Ja, makulera")

    await cleo.sees("Makulerad")


@pytest.mark.rule("REF-3b")
async def test_a_requester_orders_in_the_name_of_a_prescriber(
    actor: MakeActor, clinic: Clinic, scene: Scene
) -> None:
    requester = scene.user(
        clinic.place, name="Rune Beställare", roles=("requester",), acts_for=(clinic.user,)
    )
    await scene.set()
    rune = await actor(requester)

    await ordered(rune, clinic)

    await rune.sees("Berit Förskrivare (registrerad av Rune Beställare)")
    await rune.accessible()


async def test_an_order_is_found_and_voided_by_keyboard_alone_and_without_script(
    actor: MakeActor, clinic: Clinic
) -> None:
    bo = await actor(clinic.user)
    await ordered(bo, clinic)
    number = await number_of(bo)
    anna = await actor(clinic.user, at=LIST, script=False)

    await anna.reach("Nummer")
    await anna.write(number)
    await anna.press("Enter")
    await anna.reach(number)
    await anna.press("Enter")
    await anna.is_at("/bestallningar/*")
    await anna.reach("Makulera beställning")
    await anna.press("Enter")
    await anna.reach("Ja, makulera")
    await anna.press("Enter")

    await anna.sees("Makulera")
    await anna.reload()
    await anna.sees("Makulerad")


@pytest.mark.rule("REF-6c")
async def test_an_order_says_why_it_is_so_and_what_comes(actor: MakeActor, clinic: Clinic) -> None:
    anna = await actor(clinic.user)
    await ordered(anna, clinic)

    await anna.click("Varför är det så?")

    await anna.sees("regel ORD-1")
    await anna.sees("Berit Förskrivare · ")
    await anna.sees("beräknas lämna centrallagret")
    await anna.accessible()
    await anna.picture("order-explained")


@pytest.mark.rule("ORD-7a")
async def test_what_stands_in_the_own_store_is_said_with_the_way_to_withdraw_it(
    actor: MakeActor, clinic: Clinic, scene: Scene
) -> None:
    scene.stock(clinic.cushion, 3, store=clinic.place.store)
    await scene.set()
    anna = await actor(clinic.user, at=f"{NEW}?article={clinic.cushion}")
    await anna.fill("Personnummer", clinic.patient.number)

    await anna.sees("3 i eget förråd")
    await anna.accessible()
    await anna.picture("order-own-store")
    await anna.click("3 i eget förråd: gör ett uttag i stället")

    await anna.is_at("/uttag/nytt")
    await anna.sees(clinic.patient.name)
