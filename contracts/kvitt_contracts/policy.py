"""A region's policy: typed, versioned data (domain §8).

Reads no file and no clock; the caller passes the data and the instant.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kvitt_contracts.policy_parts import (
    Amount,
    HandoutPolicy,
    HomeRegionPolicy,
    InvoicePolicy,
    Link,
    Part,
    PickupPolicy,
    PriceList,
    ProductAreaPolicy,
    StocktakingPolicy,
    SupplierInvoicePolicy,
    SupplySource,
    in_order_of_day,
)
from kvitt_contracts.types import (
    Money,
    PolicyVersion,
    ProductArea,
    RegionCode,
    ServicePointId,
    StoreId,
    Word,
    content_hash,
)


class ExpiryOutcome(StrEnum):
    """What becomes of a transfer that nobody acknowledged (BMB-7)."""

    AUTO_EXECUTE = "auto_execute"
    LOCK = "lock"
    VOID = "void"


class Expiry(Part):
    """After how many calendar days, and what then (BMB-7)."""

    days: Annotated[int, Field(ge=1, le=60)]
    outcome: ExpiryOutcome


class TransferPolicy(Part):
    """transfer.* of domain §8. `bundle`: answered as a whole, or device by device (BMB-5)."""

    expiry: Expiry
    clock_starts: Literal["sent", "received"]
    sender: Literal["prescriber", "prescriber_and_requester"]
    ack_payer: Literal["follows_customer", "chosen"]
    rejection_message: Literal["mandatory", "optional"]
    patient_to_patient: Literal["allowed", "attested", "forbidden"]
    notify: Literal["main_responsible", "none"]
    back_dating: bool = False
    bundle: Literal["whole", "by_line"] = "whole"


class StoresPolicy(Part):
    """The stores that rules name; a purchasing store never shows a balance (INV-4).

    `own`: the units' stores that baskets are lent from (ORD-10); who owns which is a region's fact.
    """

    central: StoreId
    purchasing: StoreId | None = None
    own: tuple[StoreId, ...] = ()


class FeeRule(Part):
    """A patient fee (BIL-3, ORD-18): articles of `fee_group`, for patients who have passed
    `above_age`, charged when received, or when 90 whole days have passed since then.
    """

    fee_group: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}$")]
    amount: Amount
    above_age: Annotated[int, Field(ge=0, le=120)] = 20
    timing: Literal["immediate", "delayed_90_days"] = "immediate"


class FeePolicy(Part):
    """`free_until`: the 20th birthday, or the end of the year in which it falls (M5: "above 20").
    `calendar`: whether a delayed fee waits for 90 whole days or follows M5's table (BIL-3);
    `pause_notice_days`: until how long before it goes out it can be paused (BIL-4).
    """

    rules: tuple[FeeRule, ...] = ()
    free_until: Literal["birthday", "end_of_year"] = "birthday"
    calendar: Literal["promise", "table"] = "promise"
    pause_notice_days: Annotated[int, Field(ge=0, le=60)] = 14


class OrderPolicy(Part):
    """order.* of domain §8.

    `outside_assortment`: how one gets what is outside it (ORD-5). From the stores of
    `prescribes_to_patients_only` no care unit is a recipient. `basket_days` are working
    days (ORD-10); a draft of an application is removed after `draft_days` (ACT-5).
    """

    void_line: Literal["customer_service", "receiving_unit"] = "customer_service"
    outside_assortment: Literal["application", "consultant"] = "application"
    prescribes_to_patients_only: tuple[StoreId, ...] = ()
    draft_days: Annotated[int, Field(ge=1, le=365)] = 30
    basket_days: Annotated[int, Field(ge=1, le=30)] = 5


class LogPolicy(Part):
    """log.* of domain §8. For how many years it stands who looked at whom (REF-21): no fewer than
    the law's five.
    """

    keep_years: Annotated[int, Field(ge=5, le=100)] = 10


class IdFormat(Part):
    """How many characters the region's codes have."""

    customer: Annotated[int, Field(ge=2, le=10)]
    payer: Annotated[int, Field(ge=2, le=10)]
    care_unit: Annotated[int, Field(ge=2, le=10)]


class RegionPolicy(Part):
    """One version of a region's policy, in force from `effective_from` until the next one is.

    The keys after `rent_proration` are reserved for rules to come; their meaning is in domain §8.
    Not given, each is off (decision 0174).
    """

    region: RegionCode
    name: str
    version: Annotated[int, Field(ge=1)]
    effective_from: AwareDatetime
    transfer: TransferPolicy
    stores: StoresPolicy
    fees: FeePolicy = FeePolicy()
    order: OrderPolicy = OrderPolicy()
    id_format: IdFormat
    private_clinics_hold_stock: bool = False
    rent_proration: Literal["by_day"] = "by_day"
    phase_out: tuple[Literal["central", "own"], ...] = ()
    product_areas: tuple[ProductAreaPolicy, ...] = ()
    pickup: PickupPolicy = PickupPolicy()
    handouts: HandoutPolicy = HandoutPolicy()
    reconditioning: bool = False
    stocktaking: StocktakingPolicy | None = None
    scrap_below: Amount | None = None
    home_region: HomeRegionPolicy | None = None
    supplier_invoice: SupplierInvoicePolicy = SupplierInvoicePolicy()
    invoice: InvoicePolicy = InvoicePolicy()
    postage: Amount | None = None
    price_list: Annotated[tuple[PriceList, ...], AfterValidator(in_order_of_day)] = ()
    professions: tuple[Word, ...] = ()
    inactive_after_months: Annotated[int, Field(ge=1, le=60)] | None = None
    answer_working_days: Annotated[int, Field(ge=1, le=60)] = 2
    child_until: Annotated[int, Field(ge=1, le=30)] = 18
    block_opening_hours: Annotated[int, Field(ge=1, le=72)] = 8
    email: tuple[Word, ...] = ()
    links: tuple[Link, ...] = ()
    log: LogPolicy = LogPolicy()

    def product_area(self, code: ProductArea) -> ProductAreaPolicy | None:
        """The product area of this code, or None where this version has none of it (REF-11)."""
        return next((area for area in self.product_areas if area.code == code), None)

    def pickup_reasons_of(self, code: ProductArea | None) -> tuple[Word, ...]:
        """The reasons for which devices of a product area are fetched: its own where it has any,
        else the region's (PCK-4).
        """
        area = self.product_area(code) if code is not None else None
        own = area.pickup_reasons if area is not None else ()
        return own or self.pickup.reasons

    def professions_of(self, code: ProductArea | None) -> tuple[Word, ...]:
        """The professions that prescribe the articles of a product area: its own where it has any,
        else the region's; none at all: whoever is a prescriber (REF-15).
        """
        area = self.product_area(code) if code is not None else None
        own = area.professions if area is not None else ()
        return own or self.professions

    def price_of(self, service: Word, *, on: date) -> Money | None:
        """What a service costs on a day by the price list that is valid then; None where it says
        nothing of it, or there is none yet (BIL-15).
        """
        lists = [one for one in self.price_list if one.valid_from_on <= on]
        prices = lists[-1].prices if lists else ()
        return next((one.price for one in prices if one.service == service), None)

    def sources_of(
        self, code: ProductArea, *, at: ServicePointId
    ) -> tuple[SupplySource, ...] | None:
        """Where a service point may have an area's lines from: its own exception's sources, else
        the area's; None where this version has none of the area (REF-11).
        """
        area = self.product_area(code)
        if area is None:
            return None
        own = (one.sources for one in area.exceptions if one.service_point == at)
        return next(own, area.sources)

    @property
    def pin(self) -> PolicyVersion:
        """Returns the version and content hash by which a decision names the policy it was made
        under.

        Defaults are left out of the hash: a key that a later release adds changes no old pin.
        """
        # decision 0022: a policy's pin leaves defaults out
        said = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return PolicyVersion(version=self.version, content_hash=content_hash(text))


class UnknownPolicy(LookupError):
    """No such region, no version in force yet, or a version that this service does not have (it
    parks).
    """


class OutCause(StrEnum):
    """Why a region is out of service."""

    POLICY_UNREADABLE = "POLICY_UNREADABLE"
    POLICY_CHANGED = "POLICY_CHANGED"
    POLICY_MISSING = "POLICY_MISSING"


@dataclass(frozen=True, slots=True)
class Outage:
    """Why nothing is decided for a region; `detail` is written for who operates the service."""

    cause: OutCause
    detail: str


class RegionOut(UnknownPolicy):
    """The region is out of service: its policy cannot be used (decision 0195)."""

    def __init__(self, region: RegionCode, outage: Outage) -> None:
        super().__init__(f"region {region} is out of service: {outage.detail}")
        self.region = region
        self.outage = outage


class PolicyHistory(BaseModel):
    """All versions of one region's policy: append-only, numbered 1, 2, 3 …, each in force later
    than the one before.
    """

    model_config = ConfigDict(frozen=True)

    versions: Annotated[tuple[RegionPolicy, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for number, version in enumerate(self.versions, start=1):
            if version.version != number:
                raise ValueError(
                    f"version {version.version} stands where version {number} is expected"
                )
        starts = [version.effective_from for version in self.versions]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            raise ValueError("each version's effective_from must lie after the one before")
        if len({version.region for version in self.versions}) != 1:
            raise ValueError("all versions must be of one region")
        return self

    def in_force(self, instant: datetime) -> RegionPolicy:
        """The version in force at an aware instant. Raises UnknownPolicy before the first."""
        for version in reversed(self.versions):
            if version.effective_from <= instant:
                return version
        raise UnknownPolicy(
            f"no policy of {self.versions[0].region} is in force at {instant.isoformat()}"
        )

    def pinned(self, pin: PolicyVersion) -> RegionPolicy:
        """The version that a decision was pinned to.

        Raises UnknownPolicy when it is missing or its content differs.
        """
        for version in self.versions:
            if version.version == pin.version and version.pin == pin:
                return version
        raise UnknownPolicy(
            f"policy {pin.version} ({pin.content_hash}) of {self.versions[0].region} is unknown"
        )


class Policies:
    """The policies of all regions that a service serves, and which regions are out of service."""

    def __init__(
        self,
        histories: Mapping[RegionCode, PolicyHistory],
        *,
        out: Mapping[RegionCode, Outage] = MappingProxyType({}),
    ) -> None:
        self._histories = dict(histories)
        self._out = dict(out)

    @classmethod
    def parse(cls, documents: Sequence[Mapping[str, Any]]) -> "Policies":
        """Read documents of the form {region, name, versions: [{version, effective_from, …}]}
        (deploy/regions/*.yaml). Raises pydantic.ValidationError; KeyError where a part is missing.
        """
        histories = {}
        for document in documents:
            common = {"region": document["region"], "name": document["name"]}
            history = PolicyHistory.model_validate(
                {"versions": [{**common, **v} for v in document["versions"]]}
            )
            histories[history.versions[0].region] = history
        return cls(histories)

    @property
    def regions(self) -> tuple[RegionCode, ...]:
        """The codes of all regions that are in service, sorted."""
        return tuple(sorted(self._histories))

    @property
    def out(self) -> Mapping[RegionCode, Outage]:
        """The regions that are out of service, each with its reason: a view that follows
        `take_out`.
        """
        return MappingProxyType(self._out)

    def take_out(self, region: RegionCode, outage: Outage) -> None:
        """From now on nothing is decided for the region; the others are not concerned."""
        self._histories.pop(region, None)
        self._out[region] = outage

    def of(self, region: RegionCode) -> PolicyHistory:
        """All versions of a region. Raises UnknownPolicy; RegionOut where it is out of service."""
        if region in self._out:
            raise RegionOut(region, self._out[region])
        try:
            return self._histories[region]
        except KeyError:
            raise UnknownPolicy(f"region {region} has no policy") from None

    def in_force(self, region: RegionCode, instant: datetime) -> RegionPolicy:
        """The policy of a region at an instant. Raises UnknownPolicy."""
        return self.of(region).in_force(instant)

    def pinned(self, region: RegionCode, pin: PolicyVersion) -> RegionPolicy:
        """The policy that a decision was pinned to. Raises UnknownPolicy."""
        return self.of(region).pinned(pin)


def fee_free_on(born: date, *, day: date, rule: FeeRule, free_until: str) -> bool:
    """True while a person born on `born` pays no fee of `rule` on `day` (BIL-3, ORD-18, policy
    fee.free_until).
    """
    turns = born.year + rule.above_age
    if free_until == "end_of_year":
        return day.year <= turns
    return (day.year, day.month, day.day) < (turns, born.month, born.day)
