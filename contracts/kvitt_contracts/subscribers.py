"""Who reads domain topics beside the services: an entry per subscriber, and what none may read.

An entry is data (`deploy/subscribers/<name>.yaml`); the broker's users, permissions and quotas are
made from it, as those of services and regions are made from the catalogue.
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kvitt_contracts.topics import CATALOGUE, Topic
from kvitt_contracts.types import Code, looks_like_personal_number
from kvitt_contracts.types.texts import NAME

_OF_PERSONS = {
    "orders.persons": "it joins a person's reference with the region's own id of the person",
    "orders.blocks": "it says what a patient has blocked",
    "orders.consents": "it says what a patient has consented to",
}


class SubscriberName(Code):
    """What a subscriber is called. No hyphen: what begins `sub-<name>-` is its own, and nobody
    else's.
    """

    __slots__ = ()
    pattern: ClassVar[str] = r"^[a-z][a-z0-9_]{1,39}$"
    may_hold_digits: ClassVar[bool] = False


# decision 0560: a subscriber reads what is named in its entry, and nothing about persons
class Subscriber(BaseModel):
    """One subscriber: which topics it reads, and who answers for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: SubscriberName
    reads: Annotated[tuple[str, ...], Field(min_length=1, max_length=40)]
    contact: Annotated[str, Field(pattern=NAME, max_length=200)] | None = None

    @field_validator("reads")
    @classmethod
    def _may_be_read(cls, reads: tuple[str, ...]) -> tuple[str, ...]:
        for name in reads:
            if why := why_not(name):
                raise ValueError(f"{name} is not for subscribers: {why}")
        if len(set(reads)) < len(reads):
            raise ValueError("a topic is named twice")
        return tuple(sorted(reads))

    @field_validator("contact")
    @classmethod
    def _names_nobody(cls, contact: str | None) -> str | None:
        if contact is not None and looks_like_personal_number(contact):
            raise ValueError("a contact must not hold a personal number")
        return contact

    @property
    def principal(self) -> str:
        """The broker's user, and the consumer group's name; further groups begin with it and a
        hyphen.
        """
        return f"sub-{self.name}"

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics that it reads."""
        return tuple(topic for topic in CATALOGUE if topic.name in self.reads)


def why_not(name: str) -> str | None:
    """Why no subscriber may read this topic; None where any may."""
    topic = next((one for one in CATALOGUE if one.name == name), None)
    if name.startswith("region."):
        return "it is between a region and Kvitt"
    if topic is None:
        return "there is no such topic"
    if topic.personal_data:
        return "it holds personal data"
    if name.endswith(".refusals"):
        return "it answers one region about what it has sent"
    return _OF_PERSONS.get(name)


def open_topics() -> tuple[Topic, ...]:
    """The topics that subscribers may read, in the catalogue's order."""
    return tuple(topic for topic in CATALOGUE if why_not(topic.name) is None)
