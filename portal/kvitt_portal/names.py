"""What codes are called, for who reads a page: one question for all of a page's codes."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from kvitt_chassis.web.problems import Problem

from kvitt_portal.here import Visit
from kvitt_portal.services import Part

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Names:
    """Names by code. What has none is called by its code."""

    payers: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    care_units: Mapping[str, str] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """Users with name, phone, mobile and email."""
    problem: Problem | None = None
    """Why nothing is known of them: then codes stand for themselves."""

    @classmethod
    async def of(
        cls,
        here: Visit,
        *,
        payers: Iterable[str | None] = (),
        customers: Iterable[str | None] = (),
        care_units: Iterable[str | None] = (),
        users: Iterable[str | None] = (),
        stores: Iterable[str | None] = (),
    ) -> Self:
        """The names of these codes, in one question to each service that has any; none where it is
        silent. Of stores, those that the user may look up.
        """
        codes = {
            "payer": _each(payers),
            "customer": _each(customers),
            "care_unit": _each(care_units),
            "user": _each(users),
        }
        kept = _each(stores)
        named, stored = await asyncio.gather(
            here.ask("orders", "/names", **codes) if any(codes.values()) else _nothing(),
            here.ask("inventory", "/stores", store=kept, limit=_AT_ONCE) if kept else _nothing(),
        )
        found: dict[str, Any] = named.value if named and named.value else {}
        lines = stored.value["items"] if stored and stored.value else []
        stores_by_code = {one["store"]: one["name"] for one in lines}
        return cls(**found, stores=stores_by_code, problem=named.problem)

    def payer(self, code: str | None) -> str:
        """`20311 Hälsocentralen Ersboda`."""
        return _called(code, self.payers)

    def customer(self, code: str | None) -> str:
        """`40355 Hälsocentralen Ersboda`."""
        return _called(code, self.customers)

    def care_unit(self, code: str | None) -> str:
        """`30110 Avdelning 3`."""
        return _called(code, self.care_units)

    def store(self, code: str | None) -> str:
        """`402 Förråd NUS`."""
        return _called(code, self.stores)

    def user(self, user: str | None) -> str:
        """A user's name; the internal id where the region has left none."""
        return str(self.users[user]["name"]) if user and user in self.users else user or ""

    def contact(self, user: str | None) -> list[str]:
        """How a user is reached at work: phone, mobile, e-mail, as far as they are known."""
        known = self.users.get(user or "", {})
        return [way for one in ("phone", "mobile", "email") if (way := known.get(one))]

    def story(self, story: Mapping[str, Any]) -> dict[str, Any]:
        """A story with names in place of internal ids."""
        items = [{**one, "by": self.user(one["by"])} for one in story["items"]]
        return {**story, "items": items}


async def story_named(here: Visit, story: Part) -> dict[str, Any] | None:
    """A thing's story with names in place of internal ids; None where its service is silent."""
    if not story:
        return None
    names = await Names.of(here, users=[one["by"] for one in story.value["items"]])
    return names.story(story.value)


def _each(codes: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in codes if one))[:_AT_ONCE]


def _called(code: str | None, names: Mapping[str, str]) -> str:
    return f"{code} {names[code]}" if code and code in names else code or ""


async def _nothing() -> Part:
    return Part(200)
