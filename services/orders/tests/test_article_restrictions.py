"""ORD-6, ORD-22: what an article itself allows. Pure rules."""

from collections.abc import Callable
from typing import Any

import pytest
from kvitt_contracts.orders import OrderPlaced
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import ArticleStatus, StoreId, SupplierId, Word
from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.placements.domain import place
from orders.suppliers.domain import Supplier

from services.orders.tests.builders import (
    TODAY,
    a_line,
    a_service_point,
    an_article,
    an_order_command,
    naming,
    parties,
    placed,
    refusal,
    withdrawn,
)

SUPPLIER = Supplier(
    supplier_id=SupplierId("nordhjalp"), name="Nordhjälp AB", is_active=True, has_order_address=True
)


@pytest.mark.rule("ORD-22a")
@pytest.mark.parametrize("place_it", [placed, withdrawn])
def test_an_article_for_own_units_is_not_for_a_private_clinic(
    policy: RegionPolicy, place_it: Callable[..., OrderPlaced]
) -> None:
    article = an_article(is_own_units_only=True)
    clinic = a_service_point(private_clinic=True, store=StoreId("402"))
    holds = policy.model_copy(update={"private_clinics_hold_stock": True})

    assert place_it(holds, article=article).lines
    with pytest.raises(OrderRefused) as refused:
        place_it(holds, article=article, service_point=clinic)
    assert refusal(refused) == (
        Reason.ARTICLE_FOR_OWN_UNITS_ONLY,
        "ORD-22",
        "lines.0.article_number",
    )


@pytest.mark.rule("ORD-22b")
@pytest.mark.parametrize(
    ("never", "allowed", "denied"),
    [("own_store", placed, withdrawn), ("central", withdrawn, placed)],
)
def test_an_article_is_not_had_from_where_it_never_comes(
    policy: RegionPolicy,
    never: str,
    allowed: Callable[..., OrderPlaced],
    denied: Callable[..., OrderPlaced],
) -> None:
    article = an_article(never_from=(Word(never),))

    assert allowed(policy, article=article).lines
    with pytest.raises(OrderRefused) as refused:
        denied(policy, article=article)
    assert refusal(refused) == (Reason.SOURCE_NOT_OF_ARTICLE, "ORD-22", "lines.0.article_number")


def ordered_direct(policy: RegionPolicy, article: Article) -> None:
    """An order of an article that the central store does not keep."""
    stores = policy.stores.model_copy(update={"purchasing": StoreId("750")})
    place(
        an_order_command(a_line()),
        naming=naming(),
        parties=parties(),
        articles={article.article_number: article},
        applications={},
        suppliers={SUPPLIER.supplier_id: SUPPLIER},
        policy=policy.model_copy(update={"stores": stores}),
        today=TODAY,
    )


@pytest.mark.rule("ORD-22b", "ORD-6f")
def test_what_is_phased_out_or_never_direct_is_not_purchased(policy: RegionPolicy) -> None:
    direct: dict[str, Any] = {"is_kept_in_central": False, "supplier_id": SUPPLIER.supplier_id}
    ordered_direct(policy, an_article(**direct))

    cases: tuple[tuple[dict[str, Any], Reason], ...] = (
        ({"status": ArticleStatus.PHASE_OUT}, Reason.NO_LONGER_PURCHASED),
        ({"never_from": (Word("direct"),)}, Reason.SOURCE_NOT_OF_ARTICLE),
    )
    for more, reason in cases:
        with pytest.raises(OrderRefused) as refused:
            ordered_direct(policy, an_article(**direct, **more))
        assert refused.value.reason == reason
