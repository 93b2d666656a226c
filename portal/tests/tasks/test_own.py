"""Min sida, where one works, the keys, help, and the end of a session."""

import pytest

from portal.tests.browser import Actor, MakeActor
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem
from portal.tests.ward import PRESCRIBER, a_ward

NAME = "Anna Exempelstierna"


@pytest.mark.rule("REF-3a")
async def test_where_one_works_is_seen_and_changed_on_every_page(
    actor: MakeActor, scene: Scene
) -> None:
    mine, other = scene.place("Rehabiliteringen"), scene.place("Hörselcentralen vid Exempelsjön")
    user = scene.user(mine, other, name=NAME)
    await scene.set()
    anna = await actor(user, at="/artiklar?query=rullstol")
    await anna.sees(f"{mine.id} Rehabiliteringen")

    await anna.click(NAME)
    await anna.accessible()
    await anna.picture("own-menu")
    await anna.click(f"{other.id} Hörselcentralen vid Exempelsjön")

    await anna.is_at("/artiklar")
    await anna.has("Sök artikel", "rullstol")
    assert anna.actions == 2
    assert other.id in (await anna.text_of(".who__place"))[0]


async def test_min_sida_says_what_the_register_knows(actor: MakeActor, scene: Scene) -> None:
    place = scene.place("Rehabiliteringen")
    user = scene.user(place, name=NAME)
    await scene.set()
    anna = await actor(user)

    await anna.click(NAME)
    await anna.click("Dina uppgifter")

    await anna.sees(f"{place.id} Rehabiliteringen (valt nu)")
    await anna.sees("förskrivare")
    await anna.accessible()
    await anna.picture("own")


@pytest.mark.rule("NTF-4d")
async def test_what_also_comes_by_mail_is_chosen_and_chosen_away(
    actor: MakeActor, scene: Scene
) -> None:
    user = scene.user(scene.place("Rehabiliteringen"), name=NAME)
    await scene.set()
    anna = await actor(user)

    await anna.click(NAME)
    await anna.click("Dina uppgifter")
    await anna.tick("Byten som du har skickat")
    await anna.tick("Dina varukorgar")
    await anna.click("Spara val av e-post")

    await anna.sees("Ditt val av e-post är sparat.")
    assert anna.actions == 5
    assert await chosen(anna) == ["transfer", "basket_loan"]
    await anna.accessible()
    await anna.picture("own-mail")
    await anna.tick("Byten som du har skickat")
    await anna.click("Spara val av e-post")
    await anna.sees("Ditt val av e-post är sparat.")
    assert await chosen(anna) == ["basket_loan"]


@pytest.mark.rule("NTF-4d")
async def test_what_cannot_be_chosen_is_said_beside_its_field(
    actor: MakeActor, scene: Scene
) -> None:
    user = scene.user(scene.place("Rehabiliteringen"), name=NAME)
    await scene.set()
    anna = await actor(user, at="/mina-uppgifter")

    for odd in ("purchase_order", "Byten!"):
        await anna.page.locator("#f-email-1").evaluate("(box, value) => box.value = value", odd)
        await anna.tick("Byten som du har skickat")
        await anna.click("Spara val av e-post")
        assert await anna.text_of("#f-email .label__message--error") != []
        await anna.accessible()
    await anna.picture("own-mail-refused")
    await anna.goes("/mina-uppgifter")
    assert await chosen(anna) == []


async def test_without_the_service_of_messages_the_rest_of_min_sida_is_shown(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    anna = await actor("f101")
    async with portal_system.without("notifications"):
        await anna.goes("/mina-uppgifter")
        await anna.sees("Meddelanden svarar inte just nu")
        await anna.sees("Användarnamn")
        await anna.accessible()


async def chosen(anna: Actor) -> list[str]:
    """What is ticked in the list of what comes by mail."""
    ticked = await anna.page.locator("#f-email input:checked").all()
    return [str(await one.get_attribute("value")) for one in ticked]


async def test_min_sida_without_its_service_says_so(
    actor: MakeActor, portal_system: PortalSystem
) -> None:
    anna = await actor("f101")
    async with portal_system.without("orders"):
        await anna.goes("/mina-uppgifter")
        await anna.sees("Beställningar svarar inte just nu")
        await anna.accessible()


async def test_keys_lead_to_the_search_to_help_and_to_the_start(actor: MakeActor) -> None:
    anna = await actor("f101", at="/artiklar")

    await anna.press("s")
    await anna.write("s?g")
    assert await anna.page.locator("#sok").input_value() == "s?g"
    await anna.reach("Sök")
    await anna.press("?")

    await anna.is_at("/hjalp")
    await anna.press("g")
    await anna.is_at("/")


async def test_keys_are_turned_off_for_good(actor: MakeActor) -> None:
    anna = await actor("f101", at="/hjalp")
    await anna.accessible()
    await anna.picture("help")

    await anna.reach("Stäng av tangenterna")
    await anna.page.keyboard.press("Enter")
    await anna.sees("Tangenterna är av.")
    await anna.press("g")
    await anna.is_at("/hjalp")
    await anna.reach("Sätt på tangenterna")
    await anna.page.keyboard.press("Enter")
    await anna.sees("Tangenterna är på.")
    await anna.press("g")

    await anna.is_at("/")


async def test_the_name_opens_and_escape_closes(actor: MakeActor) -> None:
    anna = await actor("f101")

    await anna.reach(await anna.page.locator("details.who summary").inner_text())
    await anna.press("Enter")
    await anna.sees("Avsluta")
    await anna.press("Escape")

    await anna.sees_no("Avsluta")


@pytest.mark.parametrize("path", ["/hjalp", "/tillganglighet"])
async def test_help_and_the_statement_are_for_everybody(
    actor: MakeActor, path: str, portal_system: PortalSystem
) -> None:
    anna = await actor("f101", at=path, script=False)
    assert await anna.text_of(".nav li") != []
    await anna.page.context.clear_cookies()

    assert await anna.goes(path) == 200
    assert await anna.text_of(".nav li") == []
    await anna.accessible()


async def test_who_is_idle_is_warned_and_stays_by_one_press(actor: MakeActor) -> None:
    anna = await actor("f101")
    await anna.page.clock.install()
    await anna.reload()

    await anna.page.clock.fast_forward("27:05")
    await anna.sees("Du loggas ut om ungefär två minuter.")
    await anna.accessible()
    await anna.picture("own-idle")
    await anna.click("Fortsätt vara inloggad")
    await anna.sees_no("Du loggas ut om ungefär två minuter.")

    await anna.page.clock.fast_forward("27:05")
    await anna.sees("Du loggas ut om ungefär två minuter.")
    await anna.page.context.clear_cookies()
    await anna.click("Fortsätt vara inloggad")
    await anna.sees("Du är utloggad. Det du har skrivit är kvar här")
    await anna.accessible()


@pytest.mark.task("T-33")
@pytest.mark.rule("REF-10a")
async def test_a_source_is_chosen_that_is_proposed(actor: MakeActor, scene: Scene) -> None:
    ward = await a_ward(scene, cushions=3)
    anna = await actor(ward.user)

    await anna.click(PRESCRIBER)
    await anna.click("Dina uppgifter")
    await anna.sees("hjälpmedelsverksamheten")
    await anna.sees_no("Föreslå leverantören direkt")
    await anna.accessible()
    await anna.picture("own-default-supply")
    await anna.click("Föreslå eget förråd")

    await anna.sees("Ditt förval är sparat.")
    anna.counts("T-33")
    await anna.goes(f"/artiklar/{ward.cushion}")
    await anna.sees("Uttag ur eget förråd")
    assert list(await anna.text_of(".actions .button--primary")) == ["Uttag ur eget förråd"]
