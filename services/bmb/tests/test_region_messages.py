"""No service but orders lets a person's facts in over HTTP."""

from bmb.app import service
from kvitt_contracts.types import Role
from kvitt_testkit.sending import an_event, send_structured
from kvitt_testkit.world import Given

from contracts.tests.builders.regions import OLD_WOMAN, a_person_stated
from services.bmb.tests.worlds import AT


async def test_a_persons_fact_is_not_let_in_and_none_of_it_is_repeated(given: Given) -> None:
    event = an_event(a_person_stated(), subject="ac-person-1")
    async with (
        given(service, at=AT) as world,
        world.http(user="ac-system", roles=[Role.REGION_SYSTEM]) as client,
    ):
        answer = await send_structured(client, event)

    assert answer.status_code == 422
    assert answer.json()["results"][0]["reason"] == "WRONG_TOPIC"
    assert OLD_WOMAN not in answer.text
    assert "Tess" not in answer.text
