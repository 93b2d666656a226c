"""The tables of templates. The name is in none of their events: it stands beside (ORD-9)."""

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.topics import ORDERS_TEMPLATES
from kvitt_contracts.types import Goods, StoreId, TemplateId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.templates import domain


class TemplateRow(
    Aggregate[domain.Template],
    Base,
    noun="template",
    topic=ORDERS_TEMPLATES,
    state=domain.Template,
    evolve=domain.evolve,
):
    """A template; without lines it is removed."""

    __tablename__ = "templates"

    store: Mapped[StoreId]
    lines: Mapped[tuple[Goods, ...]] = mapped_column(Json(tuple[Goods, ...]))


class TemplateNameRow(Regional, Base):
    """What a template is called."""

    __tablename__ = "template_names"
    __table_args__ = (Index("ix_template_names_name", "region", "name", "template_id"),)

    template_id: Mapped[TemplateId] = mapped_column(primary_key=True)
    name: Mapped[str]
