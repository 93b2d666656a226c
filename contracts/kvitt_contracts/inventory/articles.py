"""Topic `inventory.articles`: the region's catalogue."""

from datetime import date
from operator import not_
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
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
    Money,
    ProductArea,
    Quantity,
    SupplierArticleNumber,
    SupplierId,
    Word,
)


class ArticleListed(Event, type="inventory.article.listed.v1"):
    """An article is in the region's catalogue, or its data have changed.

    Prices are in ArticlePriced. What follows `unit` has today's meaning by default: `product` and
    `replacement_group` join articles (INV-2, INV-3); `is_own_units_only` and `never_from` restrict
    who may order it from where (ORD-22); `is_kept_in_central` decides the supply (ORD-21);
    `is_contribution`: never stocked, returned or rented; `is_free`: a price of 0 is its price
    (ORD-12); `is_attachment_needed`: no order without one (ORD-24); `is_hourly`: its
    quantity is hours (ORD-11); `order_guide`: what is
    proposed together with it (ORD-23); `return_at_once`: what comes back is sent to the central
    store at once (PCK-7); `gtin`: 14 digits, of no other article of the region.
    """

    article_number: ArticleNumber
    name: str
    iso_code: IsoCode
    type: ArticleType
    marked: bool
    in_assortment: bool
    charging: Charging
    status: ArticleStatus
    lead_time_days: int
    fee_group: str | None = None
    supplier: str | None = None
    unit: str = "piece"
    product: str | None = None
    supplier_id: SupplierId | None = None
    supplier_article_number: SupplierArticleNumber | None = None
    replacement_group: GroupName | None = None
    product_area: ProductArea | None = None
    is_own_units_only: Flag = False
    never_from: Annotated[tuple[Word, ...], Field(exclude_if=not_)] = ()
    is_kept_in_central: Annotated[bool, Field(exclude_if=bool)] = True
    is_lead_time_short: Flag = False
    package_size: Quantity | None = None
    maintenance_months: Annotated[int, Field(ge=1, le=240)] | None = None
    has_documents: Flag = False
    is_contribution: Flag = False
    is_free: Flag = False
    is_attachment_needed: Flag = False
    is_hourly: Flag = False
    order_guide: Annotated[tuple[Goods, ...], Field(exclude_if=not_)] = ()
    return_at_once: Flag = False
    gtin: Gtin | None = None


class ArticlePriced(Event, type="inventory.article.priced.v1"):
    """From `valid_from` on the article costs this: per month for rent, per unit for sale."""

    article_number: ArticleNumber
    valid_from: date
    price: Money


ArticleEvent = ArticleListed | ArticlePriced
"""Every event of an article."""
