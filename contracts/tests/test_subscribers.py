"""Who may subscribe to what."""

import pytest
from kvitt_contracts.envelope import Message
from kvitt_contracts.subscribers import Subscriber, open_topics, why_not
from kvitt_contracts.topics import CATALOGUE, ORDERS_PERSONS, REGION_EVENTS, catalogue
from kvitt_contracts.types import RegionPersonId
from pydantic import BaseModel, ValidationError


def _entry(**changes: object) -> Subscriber:
    return Subscriber.model_validate({"name": "board", "reads": ["inventory.devices"], **changes})


def test_an_entry_names_its_user_and_its_topics() -> None:
    one = _entry(reads=["inventory.devices", "bmb.transfers"])

    assert one.principal == "sub-board"
    assert [topic.name for topic in one.topics] == ["bmb.transfers", "inventory.devices"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reads": ["region.ac.persons"]}, "between a region and Kvitt"),
        ({"reads": [REGION_EVENTS.name]}, "between a region and Kvitt"),
        ({"reads": ["orders.refusals"]}, "what it has sent"),
        ({"reads": ["orders.persons"]}, "the region's own id of the person"),
        ({"reads": ["inventory.device"]}, "no such topic"),
        ({"reads": ["inventory.devices", "inventory.devices"]}, "named twice"),
        ({"reads": []}, "at least 1"),
        ({"name": "device-board"}, "match pattern"),
        ({"name": "b_189001019802"}, "personal number"),
        ({"contact": "189001019802"}, "personal number"),
        ({"writes": ["inventory.devices"]}, "not permitted"),
    ],
)
def test_an_entry_that_may_not_be_is_refused_with_the_reason(
    changes: dict[str, object], told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        _entry(**changes)


def test_no_topic_of_a_region_no_refusal_and_no_personal_data_is_open() -> None:
    names = {topic.name for topic in open_topics()}

    assert names
    closed = {one.name for one in catalogue(["ac"])} - names
    assert {one for one in names if one.startswith("region.") or one.endswith("refusals")} == set()
    assert {"region.ac.persons", "region.ac.events", "bmb.refusals"} <= closed
    assert not any(topic.personal_data for topic in open_topics())


def test_what_says_a_regions_own_id_of_a_person_is_closed() -> None:
    """The id is the region's own: who has it and a reference has a person."""
    naming = {
        topic.name
        for topic in CATALOGUE
        for message in topic.types
        if not topic.is_per_region and _has(message, RegionPersonId)
    }

    assert ORDERS_PERSONS.name in naming
    assert {name for name in naming if why_not(name) is None} == set()


def _has(model: type[Message] | type[BaseModel], wanted: type[object]) -> bool:
    return any(wanted.__name__ in repr(field.annotation) for field in model.model_fields.values())
