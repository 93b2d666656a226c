"""The values of an article that the rules of ordering read."""

from dataclasses import dataclass

from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    GroupName,
    ProductArea,
    SupplierId,
    Word,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of inventory's catalogue, reduced to what the rules of ordering read. `is_hourly`:
    training, whose quantity is hours (ORD-11). `is_contribution`: ordered, never stocked (INV-16).
    """

    article_number: ArticleNumber
    type: ArticleType
    marked: bool
    in_assortment: bool
    status: ArticleStatus
    fee_group: str | None = None
    product_area: ProductArea | None = None
    lead_time_days: int = 5
    supplier_id: SupplierId | None = None
    is_kept_in_central: bool = True
    is_own_units_only: bool = False
    never_from: tuple[Word, ...] = ()
    is_free: bool = False
    is_attachment_needed: bool = False
    replacement_group: GroupName | None = None
    is_hourly: bool = False
    is_contribution: bool = False

    @property
    def is_purchased(self) -> bool:
        """False for what is phased out or discontinued: what there is of it can be used (ORD-6)."""
        return self.status is ArticleStatus.ACTIVE

    @property
    def is_never_stocked(self) -> bool:
        """True for what no store has: services, and contributions (INV-4, INV-16)."""
        return self.type is ArticleType.SERVICE or self.is_contribution
