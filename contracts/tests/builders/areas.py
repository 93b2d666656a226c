"""Policies of a region that has product areas (REF-11), or says something else of its own."""

from typing import Any

from kvitt_contracts.policy import Policies, PolicyHistory, RegionPolicy
from kvitt_contracts.types import RegionCode


def with_product_areas(
    delivered: Policies, *areas: dict[str, Any] | str, region: str = "ac"
) -> Policies:
    """These policies, of which one region has product areas besides: as its policy would have them,
    or by their codes alone and then supplied from anywhere.
    """
    everywhere = ["central", "own_store"]
    said = [area if isinstance(area, dict) else _area(area, everywhere) for area in areas]
    return with_policy(delivered, region=region, product_areas=said)


def with_policy(delivered: Policies, *, region: str = "ac", **changes: Any) -> Policies:
    """These policies, of which one region's says something else."""
    histories = {code: delivered.of(code) for code in delivered.regions}
    first = histories[RegionCode(region)].versions[0]
    known = first.model_dump(mode="json", exclude_unset=True)
    policy = RegionPolicy.model_validate({**known, **changes})
    return Policies({**histories, policy.region: PolicyHistory(versions=(policy,))})


def _area(code: str, sources: list[str]) -> dict[str, Any]:
    return {"code": code, "sources": sources}
