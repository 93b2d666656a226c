"""Logging in and out in Chromium, where forms are sent to no other place: at a real provider."""

import re
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from portal.tests import provider
from portal.tests.browser import Actor, Visitor
from portal.tests.issuing import USER
from portal.tests.provider import WithProvider
from portal.tests.system import PortalSystem


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_providers(
    portal_system: PortalSystem,
    issuers: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WithProvider]:
    """A portal whose users choose between two providers, both real ones."""
    directory = tmp_path_factory.mktemp("providers")
    async with provider.with_provider(portal_system, issuers, directory) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_provider(
    portal_system: PortalSystem,
    issuers: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WithProvider]:
    """A portal whose users log in at one provider, a real one."""
    directory = tmp_path_factory.mktemp("provider")
    async with provider.with_provider(portal_system, issuers[:1], directory) as found:
        yield found


@pytest.mark.task("T-76")
async def test_one_press_at_the_provider_logs_in(
    browser: Browser, with_provider: WithProvider
) -> None:
    anna = await somebody(browser, with_provider)

    await anna.click(USER)

    await anna.is_at("/")
    await anna.sees("Startsida")
    anna.counts("T-76")
    await anna.page.context.close()


async def test_who_leaves_is_logged_out_at_the_provider_too(
    browser: Browser, with_provider: WithProvider
) -> None:
    anna = await somebody(browser, with_provider)
    await anna.click(USER)

    await anna.page.locator("details.who summary").click()
    await anna.click("Avsluta")
    await expect(anna.page).to_have_url(re.compile(f"^{with_provider.issuer}/oauth2/end_session"))
    await anna.page.get_by_role("button").first.click()

    await anna.sees("Du är utloggad.")
    await anna.accessible()
    await anna.picture("log-in-out")
    await anna.back()
    await anna.back()
    await anna.sees_no("Att göra")
    await anna.page.context.close()


@pytest.mark.parametrize("script", [True, False])
async def test_nothing_typed_is_lost_with_the_session(
    browser: Browser, with_provider: WithProvider, script: bool
) -> None:
    anna = await somebody(browser, with_provider, at="/bestallningar/ny", script=script)
    await anna.click(USER)
    await anna.fill("Artikel", "Rullstol <b>hög</b>")
    await anna.page.locator("summary", has_text="Kontaktperson").click()
    await anna.fill("Instruktioner", "Ring på\nsedan vänta")
    await with_provider.lapse(await cookie_of(anna))
    await anna.fill("Kontaktperson", "Åsa")
    if script:
        await anna.sees("Du är utloggad. Det du har skrivit är kvar här")
        await anna.accessible()
        await anna.picture("log-in-ended")

    await anna.click("Lägg till rad")
    await anna.sees("Det du skrev är kvar")
    await anna.accessible()
    await anna.picture("log-in-kept")
    await anna.click("Logga in")
    await anna.click(USER)
    await anna.is_at("/fortsatt")
    await anna.accessible()
    await anna.picture("log-in-go-on")
    await anna.click("Skicka")

    await anna.has("Artikel", "Rullstol <b>hög</b>")
    await anna.has("Instruktioner", "Ring på\nsedan vänta")
    await anna.page.context.close()


async def test_one_of_several_providers_is_chosen(
    browser: Browser, with_providers: WithProvider
) -> None:
    anna = await somebody(browser, with_providers, at="/mina-uppgifter")
    await anna.accessible()
    await anna.picture("log-in-providers")

    await anna.reach(f"Regionen {with_providers.issuer[-4:]}")
    await anna.press("Enter")
    await anna.click(USER)

    await anna.is_at("/mina-uppgifter")
    await anna.sees(USER)
    await anna.page.context.close()


async def test_whom_the_register_does_not_know_is_told_what_to_do(
    browser: Browser, with_provider: WithProvider
) -> None:
    anna = await somebody(browser, with_provider)

    await anna.click("gone")

    await anna.sees("Be din enhetschef att ansöka om behörighet")
    await anna.accessible()
    await anna.picture("log-in-nobody")
    await anna.page.context.close()


async def somebody(
    browser: Browser, found: WithProvider, *, at: str = "/", script: bool = True
) -> Actor:
    """A person who is not logged in, at the log-in of a page."""
    context = await browser.new_context(
        base_url=found.portal.url, locale="sv-SE", java_script_enabled=script
    )
    await context.route("https://cdn.jsdelivr.net/**", _nothing)  # the provider's own style
    visitor = Visitor(user=USER, region="ac", at=at, has_script=script, width=1280)
    actor = Actor(await context.new_page(), visitor, found.portal.url)
    await actor.goes(at)
    return actor


async def cookie_of(actor: Actor) -> str:
    """The secret of the session that somebody's browser has."""
    return next(
        one["value"] for one in await actor.page.context.cookies() if one["name"] == "kvitt"
    )


async def _nothing(route: Route) -> None:
    await route.abort()
