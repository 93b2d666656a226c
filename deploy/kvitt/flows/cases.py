"""The flows that are drawn, and which case of the month stands for each. Values only."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kvitt_contracts.types import RegionCode, identify

from kvitt.flows.reading import REGION, Said

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What is drawn in a flow of its own, or tells of the work of services and not of the matter.
_APART = ("billing.ledger-", "notifications.email.", "inventory.day.")


def _its_key(said: Said) -> tuple[str, ...]:
    return (said.key,)


def _its_run_too(said: Said) -> tuple[str, ...]:
    """An invoice is about its month's run, too."""
    run = identify(RegionCode(said.region), "invoice-run", said.data["month"])
    return said.key, str(run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow: what it is called (in Swedish), which message begins it (a wire type without its
    version), and what the case that stands for it must have said, and must not.

    `about`: the ids of the things that the case is about; None: it is what the message brought
    about, and that in its turn. `most_lines`: how many lines its matter may have.
    """

    name: str
    title: str
    text: str
    begins: str
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    about: Callable[[Said], tuple[str, ...]] | None = field(default=_its_key)
    shows_invoices: bool = False
    most_lines: int = 1


FLOWS: tuple[Flow, ...] = (
    Flow(
        name="order",
        title="Order ur förråd",
        text="En förskrivare beställer, förrådet plockar och skickar, och varan kommer fram.",
        begins="orders.order.placed",
        has=frozenset(
            (
                "orders.order.place",
                "inventory.reservation.reserved",
                "region.goods.dispatched",
                "orders.order.delivered",
            )
        ),
        lacks=frozenset(
            (
                "inventory.reservation.backordered",
                "orders.order.void",
                "orders.order.line-voided",
                "orders.order.line-purchased",
                "region.goods.received",
            )
        ),
    ),
    Flow(
        name="direct-delivery",
        title="Direktleverans från leverantör",
        text="Varan går från leverantören till den som ska ha den, och passerar inget förråd.",
        begins="orders.order.placed",
        has=frozenset(
            (
                "orders.order.line-purchased",
                "orders.receipt.report",
                "orders.order.delivered",
            )
        ),
        lacks=frozenset(("inventory.reservation.reserved",)),
        most_lines=2,
    ),
    Flow(
        name="withdrawal",
        title="Uttag",
        text="En förskrivare tar varan ur ett förråd nära patienten och berättar det efteråt.",
        begins="orders.order.placed",
        has=frozenset(("orders.withdrawal.register", "orders.order.delivered")),
        lacks=frozenset(("orders.order.declined",)),
    ),
    Flow(
        name="transfer-accepted",
        title="Byte som kvitteras",
        text="Hjälpmedel byter mottagare eller betalare, och den som tar över kvitterar.",
        begins="bmb.transfer.drafted",
        has=frozenset(("bmb.transfer.sent", "bmb.transfer.accept", "bmb.transfer.completed")),
        lacks=frozenset(("bmb.transfer.lines-rejected", "inventory.hold.broken")),
    ),
    Flow(
        name="transfer-rejected",
        title="Byte som inte godkänns",
        text="Den som skulle ta över säger nej, och allt är som förut.",
        begins="bmb.transfer.drafted",
        has=frozenset(("bmb.transfer.sent", "bmb.transfer.reject", "bmb.transfer.rejected")),
    ),
    Flow(
        name="transfer-executed-automatically",
        title="Byte som ingen svarar på: det genomförs",
        text="Så slutar väntan i en region vars policy säger `auto_execute` (BMB-7).",
        begins="bmb.transfer.drafted",
        has=frozenset(("bmb.transfer.executed-automatically", "bmb.transfer.completed")),
        lacks=frozenset(("inventory.hold.broken",)),
    ),
    Flow(
        name="transfer-locked",
        title="Byte som ingen svarar på: det låses",
        text="Så slutar väntan i en region vars policy säger `lock` (BMB-7).",
        begins="bmb.transfer.drafted",
        has=frozenset(("bmb.transfer.locked",)),
        lacks=frozenset(("bmb.transfer.unlocked", "inventory.hold.broken")),
    ),
    Flow(
        name="transfer-voided",
        title="Byte som ingen svarar på: det makuleras",
        text="Så slutar väntan i en region vars policy säger `void` (BMB-7).",
        begins="bmb.transfer.drafted",
        has=frozenset(("bmb.transfer.voided",)),
        lacks=frozenset(("inventory.hold.broken",)),
    ),
    Flow(
        name="return",
        title="Återlämning",
        text="Ett hjälpmedel är tillbaka i ett förråd. Det som har hänt gäller före annat.",
        begins="region.device.returned",
        has=frozenset(("inventory.device.custody-changed",)),
        lacks=frozenset(("inventory.hold.broken", "inventory.claim.broken")),
        about=None,
    ),
    Flow(
        name="pickup",
        title="Hämtning",
        text="Hjälpmedel hämtas hos den som har dem.",
        begins="orders.pickup.requested",
        has=frozenset(("orders.pickup.registered", "orders.pickup.closed")),
        lacks=frozenset(("orders.pickup.overdue", "orders.pickup.refused")),
    ),
    Flow(
        name="invoice",
        title="Faktura",
        text="En månad är slut, och varje betalare får sin faktura.",
        begins="billing.invoice.issued",
        has=frozenset(("billing.invoice-run.started", "region.invoice.reported")),
        about=_its_run_too,
        shows_invoices=True,
    ),
)


class Month:
    """What was said in a month, as cases are looked for in it."""

    def __init__(self, said: Iterable[Said]) -> None:
        self._by_id = {one.id: one for one in said}
        self._naming: defaultdict[str, list[Said]] = defaultdict(list)
        self._caused: defaultdict[str, list[Said]] = defaultdict(list)
        for one in self._by_id.values():
            for named in {one.key, *_ID.findall(one.body)}:
                self._naming[named].append(one)
            if one.cause is not None:
                self._caused[one.cause].append(one)

    def case(self, flow: Flow) -> list[Said]:
        """The first case of the month that is the flow's, by region, day, and what the region calls
        it: the same in every run. Raises LookupError where there is none.
        """
        begun = [
            one
            for one in self._by_id.values()
            if stem(one.type) == flow.begins and self._has_few_lines(one, flow)
        ]
        for first in sorted(begun, key=self._place):
            found = self._about(first, flow)
            types = {stem(one.type) for one in found}
            if flow.has <= types and not flow.lacks & types:
                return newest_versions(found)
        raise LookupError(f"nothing in the month is a {flow.name}")

    def _has_few_lines(self, first: Said, flow: Flow) -> bool:
        """True but for a matter with more lines, whose steps would come several times."""
        said = self._by_id.get(first.cause or "", first)
        lines = said.data.get("lines") or said.data.get("devices") or ()
        return first.type.startswith("billing.") or len(lines) <= flow.most_lines

    def _place(self, first: Said) -> tuple[str, str, str]:
        """Where a case stands among those of its flow: no id of one run and no time of day."""
        said = self._by_id.get(first.cause or "", first)
        named = said.key if said.by == REGION else said.data.get("payer", {}).get("payer_id", "~")
        return first.region, first.day.isoformat(), named

    def _about(self, first: Said, flow: Flow) -> list[Said]:
        found = {first.id: first}
        if flow.about is None:
            found |= {one.id: one for one in self._effects(first)}
        else:
            found |= {one.id: one for root in flow.about(first) for one in self._naming[root]}
        for one in list(found.values()):
            cause = self._by_id.get(one.cause or "")
            if cause is not None:
                found.setdefault(cause.id, cause)
            for told in self._caused[one.id]:
                if told.is_told_to_region or told.type.startswith("notifications.message."):
                    found.setdefault(told.id, told)
        return [one for one in found.values() if _belongs(one, flow)]

    def _effects(self, first: Said) -> list[Said]:
        effects = [first]
        for one in effects:
            effects += self._caused[one.id]
        return effects


def stem(wire_type: str) -> str:
    """A wire type without its version."""
    return wire_type.rpartition(".v")[0]


def newest_versions(case: Sequence[Said]) -> list[Said]:
    """Without what was said in an older version beside a newer one."""
    newest: dict[str, str] = {}
    for one in case:
        newest[stem(one.type)] = max(newest.get(stem(one.type), ""), one.type, key=_version)
    return [one for one in case if newest[stem(one.type)] == one.type]


def _version(wire_type: str) -> int:
    return int(wire_type.rpartition(".v")[2] or 0)


def _belongs(said: Said, flow: Flow) -> bool:
    is_invoice = said.type.startswith(("billing.invoice", "region.invoice."))
    return not said.type.startswith(_APART) and (flow.shows_invoices or not is_invoice)


def cases(said: Iterable[Said]) -> Mapping[str, Sequence[Said]]:
    """The case of each flow, by the flow's name. Raises LookupError."""
    month = Month(said)
    return {flow.name: month.case(flow) for flow in FLOWS}
