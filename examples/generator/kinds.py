"""The kinds of assistive devices in the examples' catalogues, read from kinds.yaml."""

from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from kvitt_contracts.types import VatPercent
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Kind(BaseModel):
    """A kind with its variants, each an article. `ore`: a month for rent, a unit for sale.

    `stock`: what the central store has at the cut-over, of all marked devices of the kind, or of
    each unmarked article. `outside` the assortment (ORD-5).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    iso: Annotated[str, Field(pattern=r"^\d{4}(\d{2})?$")]
    name: str
    variants: tuple[str, ...]
    ore: int
    stock: int
    type: Literal["main_device", "accessory", "spare_part", "service"] = "main_device"
    charging: Literal["rent", "sale"] = "sale"
    marked: bool = False
    lead: int = 5
    fee: str | None = None
    vat: VatPercent = 25
    outside: bool = False


KINDS: Final = TypeAdapter(tuple[Kind, ...]).validate_python(
    yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text(encoding="utf-8"))
)
