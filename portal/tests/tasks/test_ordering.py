"""Beställning: an order is written, checked and sent on one page (T-21)."""

from uuid import uuid4

import pytest

from portal.tests.browser import Actor, MakeActor
from portal.tests.hostile import HOSTILE, wrong_answers
from portal.tests.scene import Scene
from portal.tests.ward import PRESCRIBER, UNIT, Ward, a_ward

PAGE = "/bestallningar/ny"
SEND = "Skicka beställning"
FIELDS = (
    *("number", "unit", "person", "prescriber", "service_point", "payer", "pick", "remove", "seen"),
    *("article-1", "quantity-1", "payer-1", "comment-1", "do", "to", "address"),
    *("pick-payer", "order_phone", "door_code", "instructions", "contact_person", "information"),
)


async def ordered(anna: Actor, ward: Ward) -> None:
    """Write an order of the cushion, and send it."""
    await anna.goes(f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)
    await anna.is_at("/bestallningar/*")
    await anna.sees("är skickad.")


@pytest.mark.task("T-21")
@pytest.mark.rule("ORD-1c", "ORD-1f", "ORD-1g", "REF-3c")
async def test_an_article_is_ordered_for_a_patient_on_one_page(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user)

    await anna.click("Beställ")
    await anna.sees(f"{ward.place.id} {UNIT}")
    await anna.accessible()
    await anna.picture("order-empty")
    await anna.fill("Personnummer", ward.patient.hyphenated)
    await anna.sees(ward.patient.name)
    await anna.sees("Mottagarens adress: ")
    await anna.fill("Artikel", ward.cushion)
    await anna.sees("Så blir beställningen")
    await anna.sees(ward.place.payer, within=ward.cushion)
    await anna.sees("Centrallagret", within=ward.cushion)
    await anna.sees("2026", within=ward.cushion)
    await anna.sees("betalar")
    await anna.accessible()
    await anna.picture("order-before-sending")
    await anna.click(SEND)

    await anna.is_at("/bestallningar/*")
    await anna.sees("är skickad.")
    anna.counts("T-21")
    await anna.sees(PRESCRIBER)
    await anna.sees("Mottagarens adress")
    await anna.accessible()
    await anna.picture("order")


@pytest.mark.rule("ORD-14a")
async def test_an_order_is_undone_at_once(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user)
    await ordered(anna, ward)

    await anna.click("Ångra")

    await anna.sees("Makulerad")


async def test_an_order_is_written_by_keyboard_alone(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)

    await anna.reach("Personnummer")
    await anna.write(ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.reach("Artikel")
    await anna.write(ward.cushion)
    await anna.sees("Så blir beställningen")
    await anna.reach(SEND)
    await anna.press("Enter")

    await anna.sees("är skickad.")


async def test_without_script_an_order_is_seen_before_it_is_sent(
    actor: MakeActor, ward: Ward
) -> None:
    anna = await actor(ward.user, at=PAGE, script=False)

    await anna.fill("Personnummer", ward.patient.number)
    await anna.fill("Artikel", ward.cushion_name.lower())
    await anna.click(SEND)
    await anna.sees("Kontrollera beställningen.")
    await anna.sees(ward.patient.name)
    await anna.sees(ward.cushion_name)
    await anna.accessible()
    await anna.picture("order-to-check")
    await anna.click(SEND)

    await anna.sees("är skickad.")


async def test_one_of_several_articles_is_chosen_and_lines_are_added_and_taken_out(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    made = f"Transportstol {uuid4().hex[:8]}"
    for size in ("smal", "bred"):
        scene.article(f"{made} {size}")
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)

    await anna.click("Lägg till rad")
    await anna.fill("Artikel", " ".join(reversed(made.lower().split())), within="Rad 2")
    await anna.sees(f"{made} smal")
    await anna.accessible()
    await anna.picture("order-hits")
    await anna.click(f"Välj {made} bred")
    await anna.sees("Så blir beställningen")
    assert len(await anna.text_of("#kostnad tbody tr")) == 2
    await anna.click(f"Ta bort rad 1: {ward.cushion_name}")
    await anna.sees("Så blir beställningen")

    assert len(await anna.text_of("fieldset.line")) == 1
    await anna.sees(f"{made} bred")


async def test_what_is_written_is_kept_until_it_is_sent(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=PAGE)
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.fill("Artikel", ward.cushion)
    await anna.sees("Så blir beställningen")

    await anna.goes("/artiklar")
    await anna.goes(PAGE)
    await anna.sees("Pågående beställning")
    await anna.has("Artikel", ward.cushion)
    await anna.sees(ward.patient.name)
    await anna.sees("Så blir beställningen")
    await anna.accessible()
    await anna.picture("order-kept")
    await anna.click("Börja om")

    await anna.has("Artikel", "")
    await anna.has("Personnummer", "")


async def test_a_double_click_and_the_way_back_order_once(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.sees("Så blir beställningen")

    await anna.double_click(SEND)
    await anna.is_at("/bestallningar/*")
    await anna.sees("Registrerad")
    await anna.back()
    await anna.has("Personnummer", "")

    assert await ward.total("orders", "orders") == 1


@pytest.mark.rule("REF-14b")
async def test_a_refusal_stands_beside_its_field_and_nothing_that_was_written_is_lost(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    gone = scene.person("Moa Avflyttad", active=False)
    outside = scene.article("Cykel utanför", in_assortment=False)
    await scene.set()
    anna = await actor(ward.user, at=f"{PAGE}?article={outside}")

    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
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
        ("Personnummer", HOSTILE["script"]),
        ("Personnummer", "19000000-0000"),
        ("Artikel", HOSTILE["long"]),
        ("Artikel", HOSTILE["rtl"]),
        ("Artikel", HOSTILE["sql"]),
        ("Antal", "-1"),
        ("Antal", "²"),
        ("Antal", "99999999999999"),
    ],
    ids=lambda value: value[:12],
)
async def test_what_no_field_takes_is_shown_as_text_and_refused_beside_it(
    actor: MakeActor, ward: Ward, label: str, written: str
) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}", script=False)
    if label != "Personnummer":
        await anna.fill("Personnummer", ward.patient.number)

    await anna.fill(label, written)
    await anna.click(SEND)

    await anna.sees("Det här behöver rättas")
    await anna.accessible()


async def test_each_field_takes_hostile_text_as_text(ward: Ward) -> None:
    whole = {
        "number": ward.patient.number,
        "prescriber": ward.user,
        "service_point": ward.place.id,
        "article-1": ward.cushion,
        "quantity-1": "1",
        "to": "one_off",
        "address": "Provgatan 7, 901 85 Testby",
    }

    async with ward.system.visiting(ward.user) as client:
        assert await wrong_answers(client, PAGE, whole, FIELDS) == []


@pytest.mark.rule("ORD-3b")
async def test_another_address_is_for_this_order_alone(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)

    await anna.fill("Gatuadress, postnummer och ort", "Provgatan 7, 12 Testby")
    await anna.click(SEND)
    await anna.sees("Välj Annan adress för adressen som är skriven")
    await anna.tick("Annan adress, endast denna order")
    await anna.click(SEND)
    await anna.sees_no("Välj Annan adress för")
    await anna.sees("Det här behöver rättas")
    await anna.sees("Skriv gata, postnummer och ort")
    await anna.has("Gatuadress, postnummer och ort", "Provgatan 7, 12 Testby")
    await anna.accessible()
    await anna.picture("order-address-refused")
    await anna.fill("Gatuadress, postnummer och ort", "Provgatan 7 901 85 Testby")
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("Annan adress, endast denna order")


async def test_an_order_is_for_a_care_unit_too(actor: MakeActor, ward: Ward) -> None:
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    units = await anna.text_of("select[name=unit] option")

    await anna.choose("eller vårdenhet", units[1])
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)

    await anna.sees("är skickad.")
    await anna.sees("Vårdenhet ")


async def test_without_the_warehouse_an_order_is_shown_and_another_begun(
    actor: MakeActor, ward: Ward
) -> None:
    order = await ward.order()
    anna = await actor(ward.user)

    async with ward.system.without("inventory"):
        await anna.goes(order.page)
        await anna.sees(ward.cushion)
        await anna.goes(f"{PAGE}?borja-om")
        await anna.fill("Personnummer", ward.patient.number)
        await anna.sees(ward.patient.name)
        await anna.fill("Artikel", "dyna")
        await anna.sees("Lager och hjälpmedel svarar inte just nu")
        await anna.has("Artikel", "dyna")


@pytest.mark.rule("REF-3b")
async def test_a_requester_orders_in_the_name_of_a_prescriber(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    requester = scene.user(
        ward.place, name="Rune Beställare", roles=("requester",), acts_for=(ward.user,)
    )
    await scene.set()
    rune = await actor(requester)

    await ordered(rune, ward)

    await rune.sees(f"{PRESCRIBER} (registrerad av Rune Beställare)")
    await rune.accessible()


@pytest.mark.rule("ORD-7a")
async def test_what_stands_in_the_own_store_is_said_with_the_way_to_withdraw_it(
    actor: MakeActor, scene: Scene
) -> None:
    ward = await a_ward(scene, cushions=3)
    anna = await actor(ward.user, at=f"{PAGE}?article={ward.cushion}")
    await anna.fill("Personnummer", ward.patient.number)

    await anna.sees("3 i eget förråd")
    await anna.accessible()
    await anna.picture("order-own-store")
    await anna.click("3 i eget förråd: gör ett uttag i stället")

    await anna.is_at("/uttag/nytt")
    await anna.sees(ward.patient.name)


async def an_older_stool(ward: Ward, scene: Scene, **stores: int) -> tuple[str, str, str]:
    """A stool that is new, and an older one with so many in the named stores: their numbers, and
    what both are called.
    """
    made, group = f"Ståstol {uuid4().hex[:8]}", f"g{uuid4().hex[:12]}"
    new = scene.article(f"{made} ny", marked=False, replacement_group=group, lead_time_days=10)
    old = scene.article(f"{made} äldre", marked=False, replacement_group=group, status="phase_out")
    for store, quantity in stores.items():
        scene.stock(old, quantity, store="500" if store == "central" else ward.place.store)
    await scene.set()
    return new, old, made


@pytest.mark.task("T-26")
@pytest.mark.rule("ORD-6a", "ORD-6b", "ORD-6i")
async def test_an_older_article_with_balance_is_proposed_and_chosen(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    new, old, made = await an_older_stool(ward, scene, central=3, own=1)
    anna = await actor(ward.user)

    await anna.goes(f"{PAGE}?article={new}")
    await anna.sees("Ta en äldre artikel i stället för")
    await anna.sees("3 i centrallagret", within=old)
    await anna.sees("Bara den äldre finns.")
    await anna.accessible()
    await anna.picture("order-older-article")
    await anna.click(f"Välj {made} äldre")
    anna.counts("T-26")
    await anna.sees("I stället för")
    await anna.has("Artikel", old)
    await anna.accessible()
    await anna.picture("order-older-article-chosen")

    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.sees("Så blir beställningen")
    await anna.click(SEND)
    await anna.sees("är skickad.")
    await anna.sees(f"I stället för {new}")


@pytest.mark.rule("ORD-6b")
async def test_the_new_article_is_kept_though_an_older_one_is_proposed(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    new, old, made = await an_older_stool(ward, scene, central=3)
    anna = await actor(ward.user, at=f"{PAGE}?article={new}")
    await anna.sees("Ta en äldre artikel i stället för")

    await anna.click(f"Behåll {made} ny")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.sees("Så blir beställningen")

    await anna.sees_no("Ta en äldre artikel")
    await anna.has("Artikel", new)
    await anna.click(SEND)
    await anna.sees("är skickad.")
    await anna.sees_no(old)


@pytest.mark.rule("ORD-6a", "ORD-6i")
async def test_what_the_own_store_alone_has_is_withdrawn_instead(
    actor: MakeActor, ward: Ward, scene: Scene
) -> None:
    new, _, made = await an_older_stool(ward, scene, own=2)
    anna = await actor(ward.user, at=f"{PAGE}?article={new}")
    await anna.fill("Personnummer", ward.patient.number)
    await anna.sees(ward.patient.name)
    await anna.sees("Så blir beställningen")

    await anna.click(f"Ta ut {made} äldre ur eget förråd")
    await anna.is_at("/uttag/nytt")
    await anna.sees(f"I stället för {new}.")
    await anna.sees(ward.patient.name)
    await anna.click("Leverera")

    await anna.sees("Uttaget är levererat.")
    await anna.sees(f"I stället för {new}")
