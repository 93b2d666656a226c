"""What a page says while a service is silent: never that there is nothing."""

from pathlib import Path
from uuid import uuid4

from kvitt_chassis.web.problems import Problem
from kvitt_portal.names import Names
from kvitt_portal.rendering import environment
from kvitt_portal.services import Part

from portal.tests.beside import silent
from portal.tests.ward import Ward


async def test_a_search_says_who_is_silent_and_not_that_there_is_nothing(
    ward: Ward, tmp_path: Path
) -> None:
    async with silent(ward.system, "inventory", ward.user, tmp_path) as anna:
        answer = await anna.post("/sok", data={"q": ward.lent})

    assert answer.status_code == 200
    assert "Lager och hjälpmedel svarar inte just nu" in answer.text
    assert "Ingen träff" not in answer.text


async def test_an_article_is_shown_without_the_service_that_says_what_day_it_is(
    ward: Ward, tmp_path: Path
) -> None:
    async with silent(ward.system, "orders", ward.user, tmp_path) as anna:
        answer = await anna.get(f"/artiklar/{ward.rollator}")

    assert answer.status_code == 200
    assert "Rollator Björk" in answer.text
    assert "310 kr" in answer.text
    assert "Beställningar svarar inte just nu" in answer.text


async def test_what_was_not_removed_is_not_said_to_be(ward: Ward, tmp_path: Path) -> None:
    async with silent(ward.system, "notifications", ward.user, tmp_path) as anna:
        answer = await anna.post("/meddelanden/ta-bort", data={"message": str(uuid4())})

    assert "message-box--warning" in answer.text
    assert "0 borta. " in answer.text


def test_a_part_says_why_it_is_not_there_unless_nobody_grants_it() -> None:
    page = environment().from_string('{% import "parts.html" as p %}{{ p.trouble(part) }}')
    said = "Beställningar svarar inte just nu"
    problem = Problem(status=503, reason="SERVICE_SILENT", title=said, detail="", way_on="")
    refused = problem.model_copy(update={"status": 403})

    assert said in page.render(part=Part(503, problem=problem))
    assert said in page.render(part=Names(problem=problem))
    assert said in page.render(part=Part(403, problem=refused))  # by the register, as it is now
    assert page.render(part=Part(403, problem=refused, is_denied=True)).strip() == ""
    assert page.render(part=Names()).strip() == ""
