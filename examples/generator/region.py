"""One region's files from a seed: the cut-over, the month, and what must come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml
from kvitt_contracts.calendar import is_working_day, start_of_day
from kvitt_contracts.envelope import Message
from kvitt_contracts.personnummer import CoordinationNumber
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.regions import PersonsJoined, PersonStated
from kvitt_contracts.types import NamedPatient, RegionCode, RegionPersonId

from examples.generator import (
    applying,
    asking,
    at_once,
    by_line,
    catalogue,
    direct,
    faults,
    fetching,
    filling_up,
    home_region,
    late_returns,
    lending,
    lending_later,
    mending,
    own_devices,
    paying_later,
    phasing_out,
    posting,
    registry,
    responsibles,
    store_tales,
)
from examples.generator.closing import close_months
from examples.generator.messages import Act, Line, Pen, days_from
from examples.generator.mistakes import plan_mistakes
from examples.generator.model.counting import Model
from examples.generator.month import AFTERWARDS, AUTUMN, CUT_OVER, DUE, LAST_DAY, QUIET, Month
from examples.generator.ordering import (
    change_price,
    order_something,
    receive,
    return_something,
    withdraw_something,
)
from examples.generator.profiles import Profile
from examples.generator.shortages import plan_shortages
from examples.generator.transfer_kinds import (
    left_unanswered,
    transfer_in_each_way,
    transfer_something,
)

_BRIEF_UNTIL: Final = date(2026, 5, 18)
_POLICIES: Final = Path(__file__).parents[2] / "deploy" / "regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A region's files: the three of the cut-over, one for each day, one for each on which users
    act over HTTP, and what is expected.
    """

    cut_over: dict[str, list[Line]]
    days: dict[date, list[Line]]
    acts: dict[date, list[Act]]
    expected: dict[str, Any]

    @property
    def end(self) -> date:
        """The day after the last one, on whose morning things are as expected."""
        return max(self.days, default=LAST_DAY) + timedelta(days=1)

    @property
    def mornings(self) -> list[date]:
        """Each day after the cut-over to whose morning time goes on, the last one among them."""
        return [*sorted(self.days), self.end]

    def texts(self) -> dict[str, str]:
        """Each file's text by its path within the region's folder."""
        texts = {name: _text(lines) for name, lines in self.cut_over.items()}
        for day, lines in self.days.items():
            texts[f"month/{day.isoformat()}.jsonl"] = _text(lines)
        for day, acts in self.acts.items():
            texts[f"acts/{day.isoformat()}.jsonl"] = _text(acts)
        return texts


def policy_of(profile: Profile, *, at: date = CUT_OVER) -> RegionPolicy:
    """Returns the region's policy of that day's noon, from deploy/regions: what it begins in the
    morning holds for all that comes.
    """
    return _policies(profile.code).in_force(profile.code, start_of_day(at) + timedelta(hours=12))


@cache
def _policies(code: RegionCode) -> Policies:
    text = (_POLICIES / f"{code}.yaml").read_text(encoding="utf-8")
    return Policies.parse([yaml.safe_load(text)])


def _policy_on(profile: Profile, day: date) -> RegionPolicy:
    return policy_of(profile, at=day)


def make(profile: Profile, *, seed: int, last_day: date = AFTERWARDS) -> Files:
    """The files of a region; after `last_day` nothing more is sent, and time goes on."""
    rng = Random(f"{seed}/{profile.code}")
    pen = Pen(region=profile.code, seed=seed)
    own_pens = store_tales.pens(profile, seed=seed)
    model = Model(region=profile.code, policy_on=partial(_policy_on, profile), cut_over=CUT_OVER)
    units = registry.units(profile, rng)
    listed = list(catalogue.articles(rng))
    cut_over = {"registry.jsonl": _registry(profile, units, pen, rng, seed=seed)}
    cut_over["catalogue.jsonl"] = _catalogue(profile, units, listed, pen)
    own = store_tales.cut_over(profile, units, own_pens)
    cut_over["registry.jsonl"] += own["registry.jsonl"]
    cut_over["catalogue.jsonl"] += own["catalogue.jsonl"]
    model.take_all(cut_over["registry.jsonl"])
    model.take_all(cut_over["catalogue.jsonl"])
    patients = sorted(name for name, one in model.world.people.items() if one.active)
    cut_over["stock.jsonl"] = _stock(profile, units, listed, patients, pen, rng)
    if model.policy.transfer.bundle == "by_line":
        cut_over["stock.jsonl"] += [
            pen.write("inventory", one.device_number, one, day=CUT_OVER)
            for one in by_line.devices(profile, units, listed, patients[1:])
        ]
    for tales in (fetching, faults, mending, posting):
        cut_over["stock.jsonl"] += [
            pen.write("inventory", one.device_number, one, day=CUT_OVER)
            for one in tales.devices(profile, units, listed, model.world.people)
        ]
    cut_over["stock.jsonl"] += [
        pen.write("inventory", one.device_number, one, day=CUT_OVER)
        for one in at_once.devices(profile, units, model.world.people)
    ]
    if paying_later.is_in(model.policy):
        cut_over["stock.jsonl"] += [
            pen.write("inventory", one.device_number, one, day=CUT_OVER)
            for one in paying_later.devices(profile, units)
        ]
    if lending.is_in(model.policy):
        cut_over["stock.jsonl"] += [
            pen.write("inventory", name, one, day=CUT_OVER)
            for name, one in lending.stock(profile, model.policy)
        ]
        cut_over["stock.jsonl"] += [
            pen.write("inventory", one.device_number, one, day=CUT_OVER)
            for one in lending.devices(profile, model.policy)
        ]
    if filling_up.is_in(profile):
        cut_over["stock.jsonl"] += [
            pen.write("inventory", name, one, day=CUT_OVER)
            for name, one in filling_up.stock(profile, units)
        ]
    cut_over["stock.jsonl"] += own["stock.jsonl"]
    model.take_all(cut_over["stock.jsonl"])
    month = Month(
        profile=profile,
        policy=model.policy,
        units=units,
        listed=listed,
        patients=[name for name in patients if model.world.people[name].joined_to is None],
        rng=rng,
        pen=pen,
        model=model,
    )
    store_tales.plan(month, own_pens)
    days, acts = _business(month, own_pens, last_day=last_day)
    return Files(
        cut_over=cut_over,
        days=days,
        acts=acts,
        expected=model.expected(first=CUT_OVER, last=LAST_DAY),
    )


def count(profile: Profile, files: Files) -> Model:
    """The model after these lines, however they were made, and the end of the month."""
    model = Model(region=profile.code, policy_on=partial(_policy_on, profile), cut_over=CUT_OVER)
    for lines in files.cut_over.values():
        model.take_all(lines)
    for day in files.mornings:
        model.begin(day)
        model.let_time_pass()
        model.take_all(files.days.get(day, []))
        for act in files.acts.get(day, []):
            model.take_act(act)
    return model


def _business(
    month: Month, own_pens: list[Pen], *, last_day: date
) -> tuple[dict[date, list[Line]], dict[date, list[Act]]]:
    _plan_tales(month)
    days: dict[date, list[Line]] = {}
    acts: dict[date, list[Act]] = {}
    for day in days_from(CUT_OVER + timedelta(days=1), min(last_day, AFTERWARDS)):
        if day in QUIET:
            continue
        if day == LAST_DAY + timedelta(days=1):
            _plan_afterwards(month)
        month.begin_day(day)
        if day > LAST_DAY:
            pass  # what was planned is done, and nothing more begins
        elif month.profile.is_brief:
            _brief_day(month)
        elif is_working_day(day):
            _working_day(month)
        else:
            withdraw_something(month)
            return_something(month)
        month.end_day()
        _keep(month, days, acts)
    _rest(month, own_pens, days, acts, until=max(last_day, LAST_DAY))
    _end(month, after=max(days))
    return days, acts


def _keep(month: Month, days: dict[date, list[Line]], acts: dict[date, list[Act]]) -> None:
    days[month.today] = month.lines
    if month.acts:
        acts[month.today] = month.acts


def _plan_tales(month: Month) -> None:
    """What is told from day to day, where the region's policy has it."""
    if not month.profile.is_brief:
        plan_shortages(month)
        plan_mistakes(month)
    responsibles.plan_responsibles(month)
    if month.policy.transfer.bundle == "by_line":
        by_line.plan_bundles(month)
    fetching.plan_pickups(month)
    at_once.plan_returns(month)
    if paying_later.is_in(month.policy):
        paying_later.plan_fees(month)
    if lending.is_in(month.policy):
        lending.plan_baskets(month)
    lending_later.plan_articles(month)
    if filling_up.is_in(month.profile):
        filling_up.plan_filling_up(month)
    if phasing_out.is_in(month.profile):
        phasing_out.plan_phase_out(month)
    if direct.is_in(policy_of(month.profile, at=AFTERWARDS)):
        direct.plan_direct_deliveries(month)
    faults.plan_fault_reports(month)
    mending.plan_work_orders(month)
    posting.plan_postage(month)
    asking.plan_cases(month)
    applying.plan_applications(month)


def _plan_afterwards(month: Month) -> None:
    """What is told of the month when it has been invoiced, and what a later policy lets be done."""
    later = policy_of(month.profile, at=AFTERWARDS)
    if not direct.is_in(later):  # decision 0445: nobody else goes on
        month.drop_plans()
    late_returns.plan_late_return(month)
    lending_later.plan_in_june(month, later)
    if home_region.is_in(later):
        home_region.plan_home_region(month, later)


def _rest(
    month: Month,
    own_pens: list[Pen],
    days: dict[date, list[Line]],
    acts: dict[date, list[Act]],
    *,
    until: date,
) -> None:
    """Nothing more is sent, and time goes on: to a day, and where all has been told to `DUE` and
    the days of autumn.
    """
    month.drop_plans()
    quiet = [one for one in days_from(max(days) + timedelta(days=1), until) if one not in QUIET]
    if until == AFTERWARDS:
        lending_later.plan_in_autumn(month, policy_of(month.profile, at=AUTUMN[0]))
        store_tales.plan_in_autumn(month, own_pens)
        quiet += [DUE, *AUTUMN]
    for day in quiet:
        month.begin_day(day)
        if day == DUE:
            close_months(month)
        month.end_day()
        _keep(month, days, acts)


def _end(month: Month, *, after: date) -> None:
    """Time goes on to the morning on which things are as expected."""
    month.model.begin(after + timedelta(days=1))
    month.model.let_time_pass()


def _brief_day(month: Month) -> None:
    """A day of a region that sends transfers alone, until those of the first days have expired."""
    if month.today >= _BRIEF_UNTIL or not is_working_day(month.today):
        return
    for _ in range(month.rng.randint(2, 4)):
        transfer_something(month)
    if month.today.day == 6:
        transfer_in_each_way(month)
    left_unanswered(month)


def _working_day(month: Month) -> None:
    for _ in range(month.rng.randint(13, 16)):
        order_something(month)
    for _ in range(month.rng.randint(5, 8)):
        withdraw_something(month)
    for _ in range(month.rng.randint(6, 8)):
        transfer_something(month)
    if month.today.day == 6:
        transfer_in_each_way(month)
    if month.today.day < 16:
        left_unanswered(month)
    for _ in range(month.rng.randint(1, 3)):
        return_something(month)
    stocked = [one for one in month.listed if one.kind.stock]
    if month.rng.randrange(2):
        change_price(month, month.rng.choice(stocked))
    for _ in range(2):
        one = month.rng.choice(stocked)
        number = one.article.article_number
        receive(month, number, month.rng.randint(1, 3) if one.kind.marked else 20)


def _registry(
    profile: Profile, units: registry.Units, pen: Pen, rng: Random, *, seed: int
) -> list[Line]:
    def say(topic: str, subject: str, body: Message) -> Line:
        return pen.write(topic, subject, body, day=CUT_OVER)

    lines = [say("orders", payer.payer_id, payer) for payer in units.payers]
    people = list(registry.persons(profile, rng, seed=seed))
    # persons come between the payers and those who name them, as a whole registry is sent
    for name, person in people:
        if name.endswith("-00007"):
            lines.append(_wrong_check_digit(pen, name, person))
            person = person.model_copy(update={"version": 2})
        lines.append(say("persons", name, person))
    lines += [say("orders", one.customer_id, one) for one in units.customers]
    lines += [say("orders", one.unit, one) for one in units.care_units]
    lines += [say("orders", one.user_id, one) for one in units.users]
    contacts = registry.contacts(profile, units.users)
    lines += [say("persons", one.user_id, one) for one in contacts]
    lines.append(say("orders", responsibles.HEAD, responsibles.head(units)))
    said = responsibles.at_the_cut_over(units)
    lines += [say("bmb", one.service_point, one) for one in said]
    one_more, another = registry.person_id(profile, registry.PERSONS + 1), people[7][1]
    lines.append(say("persons", one_more, another.model_copy(update={"identity": _other(another)})))
    joined = PersonsJoined(version=1, joined=RegionPersonId(one_more))
    lines.append(say("persons", people[7][0], joined))
    lines.append(lines[0])  # told twice: the same id, no effect
    return lines


def _wrong_check_digit(pen: Pen, name: str, person: PersonStated) -> Line:
    line = pen.write("persons", name, person, day=CUT_OVER)
    number = line.data["identity"]["number"]
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    return replace(line, data={**line.data, "identity": {**line.data["identity"], "number": wrong}})


def _other(person: PersonStated) -> CoordinationNumber:
    """Another number for the same person, as a registry has it before the two ids are joined."""
    number = registry.number_for_tests(person.identity.born, 989, coordination=True)
    return CoordinationNumber(number=number)


def _catalogue(
    profile: Profile, units: registry.Units, listed: list[catalogue.Listed], pen: Pen
) -> list[Line]:
    def say(subject: str, body: Message) -> Line:
        return pen.write("inventory", subject, body, day=CUT_OVER)

    lines = [say(store.store, store) for store in catalogue.stores(profile, units)]
    areas = policy_of(profile).product_areas
    lent = own_devices.article_of(listed).article_number
    for one in listed:
        article = one.article
        if areas and article.article_number == lent:
            article = article.model_copy(update={"product_area": areas[0].code})
        lines.append(say(article.article_number, article))
        lines.append(say(one.article.article_number, one.price))
    lines += [say(one.article_number, one) for one in at_once.catalogue()]
    if paying_later.is_in(policy_of(profile)):
        lines += [say(one.article_number, one) for one in paying_later.catalogue()]
    if lending.is_in(policy_of(profile)):
        lines += [say(one.article_number, one) for one in lending.catalogue()]
    if filling_up.is_in(profile):
        lines += [say(one.article_number, one) for one in filling_up.catalogue()]
    return lines


def _stock(
    profile: Profile,
    units: registry.Units,
    listed: list[catalogue.Listed],
    patients: list[str],
    pen: Pen,
    rng: Random,
) -> list[Line]:
    borrowers = [NamedPatient(person=RegionPersonId(name)) for name in rng.sample(patients, 110)]
    borrowers.append(
        NamedPatient(person=RegionPersonId(registry.person_id(profile, registry.PERSONS + 1)))
    )
    lines = [
        pen.write("inventory", subject, balance, day=CUT_OVER)
        for subject, balance in catalogue.balances(profile, listed, rng, day=CUT_OVER)
    ]
    lent = catalogue.devices(profile, units, listed, borrowers, rng, day=CUT_OVER)
    more = responsibles.devices(profile, units, listed, patients[0])
    lines += [
        pen.write("inventory", device.device_number, device, day=CUT_OVER)
        for device in (*lent, *more)
    ]
    return lines


def _text(lines: Sequence[Line | Act]) -> str:
    return "".join(f"{line.text()}\n" for line in lines)
