"""The region's catalogue and its prices."""

from operator import not_
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kvitt_contracts.day_bounds import ValidOn
from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import Name, Version
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    Flag,
    Goods,
    GroupName,
    Gtin,
    IsoCode,
    Ore,
    ProductArea,
    Quantity,
    StoreId,
    SupplierArticleNumber,
    SupplierId,
    VatPercent,
    Word,
)


class ArticleStated(Fact, type="region.article.stated.v1"):
    """An article of the region's catalogue (INV-2). Subject: the article number.

    `product_area` is one of the policy's (REF-11); none: whoever orders may order it.
    `return_at_once`: what comes back of it is sent to the central store at once (PCK-7).
    `is_kept_in_central`: false for what is ordered direct from `supplier_id`, where the region has
    a purchasing store (ORD-21). `is_own_units_only` and `never_from` (`central`, `own_store`)
    restrict who may order it from where (ORD-22); `is_attachment_needed`: no order without one
    (ORD-24); `is_free`: 0 is its price (ORD-12). A service that `is_hourly` is training, and its
    quantity hours (ORD-11). `gtin` is what GS1 codes on the article say; no other article of the
    region has it. What is left out has today's meaning.
    `version` counts statements of the article.
    """

    version_of = ()

    version: Version
    article_number: ArticleNumber
    name: Name
    iso_code: IsoCode
    type: ArticleType
    marked: bool
    in_assortment: bool
    charging: Charging
    status: ArticleStatus = ArticleStatus.ACTIVE
    supplier: Name | None = None
    lead_time_days: Annotated[int, Field(strict=True, ge=0, le=365)] = 5
    fee_group: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}$")] | None = None
    unit: Literal["piece", "pair", "set"] = "piece"
    product_area: ProductArea | None = None
    return_at_once: Flag = False
    supplier_id: SupplierId | None = None
    supplier_article_number: SupplierArticleNumber | None = None
    product: Name | None = None
    replacement_group: GroupName | None = None
    is_kept_in_central: Annotated[bool, Field(exclude_if=bool)] = True
    is_own_units_only: Flag = False
    never_from: Annotated[tuple[Word, ...], Field(max_length=10, exclude_if=not_)] = ()
    is_lead_time_short: Flag = False
    package_size: Quantity | None = None
    maintenance_months: Annotated[int, Field(strict=True, ge=1, le=240)] | None = None
    is_contribution: Flag = False
    is_free: Flag = False
    is_attachment_needed: Flag = False
    is_hourly: Flag = False
    order_guide: Annotated[tuple[Goods, ...], Field(max_length=50, exclude_if=not_)] = ()
    gtin: Gtin | None = None

    @model_validator(mode="after")
    def _rent_is_counted_by_device(self) -> Self:
        if self.charging is Charging.RENT and not self.marked:
            raise ValueError(
                "BIL-1: rent is charged by device and day, so the article must be marked"
            )
        return self

    @model_validator(mode="after")
    def _hours_are_of_services(self) -> Self:
        if self.is_hourly and self.type is not ArticleType.SERVICE:
            raise ValueError("ORD-11: hours are of a service, so the article's type must be that")
        return self


class ArticlePriceStated(Fact, type="region.article-price.stated.v1"):
    """The price of an article from a day on: per month for rent, per unit for sale, in öre.

    Subject: the article number.
    `version` counts statements of the price from one day on.
    """

    version_of = ("valid_from",)

    version: Version
    article_number: ArticleNumber
    valid_from: ValidOn
    net_ore: Annotated[Ore, Field(ge=0)]
    vat_percent: VatPercent = 25


class SafetyLevelStated(Fact, type="region.safety-level.stated.v1"):
    """Below which level a store wants an article refilled; 0: never (INV-9).

    Subject: a reference of its own, one for each store and article.
    `version` counts statements of the level of one article in one store.
    """

    version_of = ("store", "article_number")

    version: Version
    store: StoreId
    article_number: ArticleNumber
    level: Annotated[int, Field(strict=True, ge=0, le=100_000)]
