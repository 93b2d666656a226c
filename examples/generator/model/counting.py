"""The model: takes a region's lines day by day, and computes what must have come of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kvitt_contracts import billing, bmb, inventory, orders, regions
from kvitt_contracts.envelope import Command, Fact, Message
from kvitt_contracts.policy import RegionPolicy

from examples.generator.messages import Act, Line
from examples.generator.model import (
    acts,
    baskets,
    cards,
    cases,
    direct,
    fault_reports,
    home_region,
    invoices,
    later,
    ledger,
    pickups,
    region_sales,
    registry,
    reminders,
    replenishments,
    sent_back,
    stock,
    stocktakings,
    takeovers,
    transfers,
    work_orders,
)
from examples.generator.model import orders as placing
from examples.generator.model.access import must_be_granted
from examples.generator.model.outcome import of_world
from examples.generator.model.reading import Read, Unreadable, read, read_envelope
from examples.generator.model.state import No, Waits, World


class NeverComes(Exception):
    """A fact names something that is not there at the end of its day: it waits in vain."""


Rule = Callable[[World, str, Any], None]

_RULES: dict[type[Message], Rule] = {
    regions.PersonStated: registry.person,
    regions.PersonsJoined: registry.persons_joined,
    regions.PayerStated: registry.payer,
    regions.CustomerStated: registry.customer,
    regions.CareUnitStated: registry.care_unit,
    regions.UserStated: registry.user,
    regions.UserContactStated: registry.contact,
    regions.ResponsiblesStated: registry.responsibles,
    regions.StoreStated: registry.store,
    regions.ArticleStated: registry.article,
    regions.ArticlePriceStated: registry.price,
    regions.GoodsReceived: stock.received,
    regions.BalanceStated: stock.balance_stated,
    regions.DeviceStated: stock.device_stated,
    regions.SafetyLevelStated: replenishments.level_stated,
    regions.PickingBegun: stock.picking,
    regions.GoodsDispatched: stock.dispatched,
    regions.DeviceReturned: stock.returned,
    regions.ReconditioningStated: stock.reconditioned,
    orders.PlaceOrder: placing.place,
    orders.RegisterWithdrawal: placing.withdraw,
    orders.VoidOrder: placing.void,
    regions.SupplierStated: direct.supplier,
    regions.SupplierInvoiceStated: direct.billed,
    orders.CreatePurchaseOrder: direct.purchase,
    orders.SendPurchaseOrder: direct.send,
    orders.DelayPurchaseOrder: direct.delay,
    orders.ReportReceipt: direct.receive,
    orders.RequestBasketLoan: baskets.request,
    orders.ActOnBasketLoan: baskets.act,
    orders.DeliverBasketFee: baskets.deliver_fee,
    orders.PlaceReplenishment: replenishments.place,
    orders.RequestPickup: pickups.request,
    orders.MakePickupUrgent: pickups.make_urgent,
    orders.VoidPickup: pickups.void,
    orders.ReportPickup: pickups.report,
    orders.ReportFault: fault_reports.report,
    orders.NamePrescriber: fault_reports.name_prescriber,
    orders.ForwardFaultReport: fault_reports.forward,
    orders.AssessRisk: fault_reports.assess,
    orders.CloseFaultReport: fault_reports.close,
    orders.RegisterWorkOrder: work_orders.register,
    orders.PlanWorkOrder: work_orders.plan,
    orders.StartWorkOrder: work_orders.start,
    orders.FinishWorkOrder: work_orders.finish,
    orders.VoidWorkOrder: work_orders.void,
    orders.AskCase: cases.ask,
    orders.AnswerCase: cases.answer,
    orders.WithdrawCase: cases.withdraw,
    inventory.RenumberDevice: cards.renumber,
    inventory.RegisterReturn: stock.return_registered,
    inventory.TakeOverDevice: takeovers.take_over,
    inventory.RegisterSupplierReturn: sent_back.register,
    inventory.DropRefill: replenishments.drop,
    inventory.OpenStocktaking: stocktakings.open_round,
    regions.ShelfCountStated: stocktakings.count,
    inventory.PostStocktaking: stocktakings.post,
    inventory.FindDevice: stocktakings.find,
    bmb.SaveTransfer: transfers.save,
    bmb.ExecuteTransfer: transfers.execute,
    bmb.CancelTransfer: transfers.cancel,
    bmb.AcceptTransfer: transfers.accept,
    bmb.RejectTransfer: transfers.reject,
    bmb.UnlockTransfer: transfers.unlock,
    billing.ReleaseSupplierInvoice: direct.release,
    billing.PauseCharge: later.pause,
    billing.RequestRegionSale: region_sales.request,
    billing.ProposeRegionSale: region_sales.propose,
    billing.ApproveRegionSale: region_sales.approve,
    billing.DisapproveRegionSale: region_sales.disapprove,
    billing.CommitHomeRegion: home_region.commit,
    billing.FinishFitting: home_region.finish,
}


@dataclass(slots=True)
class Model:
    """What must come of one region's messages. Days come in order; within a day any order does."""

    region: str
    policy_on: Callable[[date], RegionPolicy]
    cut_over: date
    world: World = field(init=False)
    refused: dict[str, dict[str, str]] = field(default_factory=dict)
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    quarantined: list[dict[str, str | None]] = field(default_factory=list)
    duplicates: int = 0
    obsolete: int = 0
    receipts: dict[str, str] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _facts: dict[tuple[str, str, str, str], tuple[int, Message]] = field(default_factory=dict)
    _waiting: list[tuple[Line, Read]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(
            policy=self.policy_on(self.cut_over), today=self.cut_over, first_day=self.cut_over
        )

    @property
    def policy(self) -> RegionPolicy:
        """The region's policy of the day."""
        return self.world.policy

    def begin(self, day: date) -> None:
        """The clock stands on a new Stockholm day, which may have another policy."""
        ledger.enter_charges(self.world)
        stocktakings.end_day(self.world)
        self.world.today, self.world.policy = day, self.policy_on(day)

    def let_time_pass(self) -> None:
        """What was due by today takes place: deadlines, effective days, arrivals."""
        world = self.world
        for transfer in world.transfers.values():
            deadline = transfer.deadline_on
            if transfer.status == "sent" and deadline is not None and deadline <= world.today:
                transfers.expire(world, transfer)
            due = transfer.effective_on
            if transfer.left and due is not None and due <= world.today:
                transfers.take_effect(world, transfer)
        for order in world.orders.values():
            stock.arrive(world, order)
        replenishments.propose(world)
        for pickup in world.pickups.values():
            pickups.fall_due(world, pickup)
            reminders.of_pickup(world, pickup)
        for device in world.devices.values():
            reminders.of_device(world, device)
        for fault in world.faults.values():
            fault_reports.escalate(world, fault)
        for work in world.works.values():
            work_orders.fall_late(world, work)
        for case in world.cases.values():
            cases.remind(world, case)
        later.fall_due(world)
        baskets.fall_due(world)
        invoices.fall_due(world)

    def take_all(self, lines: Iterable[Line]) -> None:
        """Take lines, and then what of them had to wait for another."""
        for line in lines:
            self.take(line)
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for line, found in waiting:
                self._apply(line, found)
            if len(self._waiting) == len(waiting):
                raise NeverComes(waiting[0][0].message_id)

    def take(self, line: Line) -> None:
        """Take one line as it was published."""
        try:
            envelope = read_envelope(line)
            seen = (envelope.source, line.message_id)
            if seen in self._seen:
                self.duplicates += 1
                self.receipts.setdefault(line.message_id, "duplicate")
                return
            self._seen.add(seen)
            found = read(line, envelope, region=self.region)
        except Unreadable as error:
            self.quarantined.append(
                {
                    "message_id": line.headers.get("ce_id"),
                    "topic": line.topic,
                    "key": line.key,
                    "reason": error.reason,
                }
            )
            return
        except No as no:
            self._refuse(line, no)
            return
        self._apply(line, found)

    def take_act(self, act: Act) -> None:
        """Take what a user does over HTTP, and what is answered."""
        self.answered[act.name] = {"reason": None, "rule": None}
        try:
            found = acts.take(self.world, act)
        except No as no:
            self.answered[act.name] = {"reason": no.reason, "rule": no.rule}
            return
        if found is not None:
            self.answered[act.name]["found"] = found

    def expected(self, *, first: date, last: date) -> dict[str, Any]:
        """expected.json; payers are of the days from `first` to `last`."""
        return {
            **of_world(self.world, first=first, last=last),
            "acts": dict(sorted(self.answered.items())),
            "refused": dict(sorted(self.refused.items())),
            "quarantined": sorted(self.quarantined, key=lambda one: str(one["message_id"])),
            "duplicates": self.duplicates,
            "obsolete": self.obsolete,
            "receipts": self._receipts(),
        }

    def _receipts(self) -> dict[str, int]:
        """How many messages each receipt is the first of; those that were refused, or rest in
        quarantine, have another.
        """
        others = {*self.refused, *(one["message_id"] for one in self.quarantined)}
        counts = Counter(outcome for name, outcome in self.receipts.items() if name not in others)
        return dict(sorted(counts.items()))

    def _apply(self, line: Line, found: Read) -> None:
        envelope = found.envelope
        thing = found.body.thing() if isinstance(found.body, Fact) else ""
        fact = (envelope.source, envelope.type, envelope.subject, thing)
        version = getattr(found.body, "version", None)
        known = self._facts.get(fact)
        if known is not None and version is not None and version <= known[0]:
            self._settle_known(line, found.body, version, known)
            return
        try:
            if isinstance(found.body, Command):
                must_be_granted(self.world, found.body)
            _RULES[type(found.body)](self.world, envelope.subject, found.body)
        except No as no:
            self._refuse(line, no)
            return
        except Waits:
            self._waiting.append((line, found))
            return
        self.receipts[line.message_id] = "applied"
        if version is not None:
            self._facts[fact] = (version, found.body)

    def _settle_known(
        self, line: Line, body: Message, version: int, known: tuple[int, Message]
    ) -> None:
        if version < known[0]:
            self.obsolete += 1
            self.receipts[line.message_id] = "obsolete"
        elif body == known[1]:
            self.duplicates += 1
            self.receipts[line.message_id] = "duplicate"
        else:
            self._refuse(line, No("VERSION_TAKEN", "contract"))

    def _refuse(self, line: Line, no: No) -> None:
        self.refused[line.message_id] = {
            "reason": no.reason,
            "rule": no.rule,
            "topic": line.topic,
        }
