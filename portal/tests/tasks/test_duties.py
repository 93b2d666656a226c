"""Behörigheter: the table of acts, and what one user may do now."""

import pytest
from kvitt_contracts.access import ACTS, Grantee
from kvitt_contracts.types import Word
from kvitt_portal.log_words import GRANTEES, act_in_words
from kvitt_portal.rendering import role

from portal.tests.browser import MakeActor
from portal.tests.hostile import HOSTILE
from portal.tests.scene import Scene
from portal.tests.system import PortalSystem

CLERK = "kundtjanst1"
PAGE = "/behorigheter"


@pytest.mark.rule("REF-18p")
async def test_the_table_says_what_a_user_may_do_now_and_how_far(
    actor: MakeActor, scene: Scene
) -> None:
    place = scene.place()
    reviewer = scene.user(place, name="Doris Dataskydd", roles=(), duties=(Word("log_reviewer"),))
    asked = scene.user(place, name="Anna Förskrivare")
    inactive = scene.user(place, name="Ines Inaktiv", active=False)
    await scene.set()
    doris = await actor(reviewer)
    await doris.click("Behörigheter")
    await doris.picture("acts")
    await doris.accessible()
    await doris.click("Fakturering")
    await doris.sees("släppa leverantörsfaktura till betalning")

    await doris.fill("En användare", asked)
    await doris.fill("Handling", "beställning")
    await doris.click("Visa")
    await doris.sees("Anna Förskrivare")
    await doris.sees("egna enheter", within="orders.order.place")
    await doris.sees_no("orders.order.set-delivery")
    await doris.picture("acts-of-a-user")
    await doris.accessible()

    await doris.goes(f"{PAGE}?user={inactive}")
    await doris.sees("får inte göra något")
    await doris.sees("0 handlingar")


async def test_it_is_for_who_oversees_and_a_filter_is_shown_as_text(
    portal_system: PortalSystem, scene: Scene
) -> None:
    user = scene.user(scene.place())
    await scene.set()
    async with portal_system.visiting(user, region=scene.region) as client:
        assert (await client.get(PAGE)).headers["location"] == "/mina-uppgifter"
    async with portal_system.visiting(CLERK, region=scene.region) as client:
        one = await client.get(PAGE, params={"grantee": "log_reviewer", "service": "orders"})
        nobody = await client.get(PAGE, params={"user": "finns-inte", "text": HOSTILE["script"]})

    assert "orders.log-lines.list" in one.text
    assert "orders.case.answer" not in one.text
    assert "Ingen användare heter så" in nobody.text
    assert HOSTILE["script"] not in nobody.text


def test_an_act_is_said_in_words() -> None:
    shown = [act.name for act in ACTS if ".admin." not in act.name]

    assert act_in_words("orders.order.place") == "lägga beställning"
    assert act_in_words("orders.log-lines.list") == "läsa rad i loggen"
    assert act_in_words("inventory.article.made-up") == "inventory.article.made-up"
    assert [one for one in shown if act_in_words(one) == one] == []


def test_whoever_acts_are_granted_to_has_a_name() -> None:
    assert {one.value for one in Grantee} == set(GRANTEES)
    assert role("technician") == "tekniker"
