"""Topic `orders.templates`, one aggregate kind: the replenishment template (ORD-9).

Its name stays with orders.
"""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import Goods, StoreId, TemplateId, UserId


class TemplateSaved(Event, type="orders.template.saved.v1"):
    """A template is new or changed; all users see it (ORD-9). `store`: the one that delivers."""

    template_id: TemplateId
    store: StoreId
    lines: Annotated[tuple[Goods, ...], Field(min_length=1)]
    by: UserId


class TemplateRemoved(Event, type="orders.template.removed.v1"):
    """The template is empty, and gone (ORD-9)."""

    template_id: TemplateId
    by: UserId


TemplateEvent = TemplateSaved | TemplateRemoved
"""Every event of a replenishment template."""


class SaveTemplate(Command, type="orders.template.save.v1"):
    """Save a template anew; without lines it is removed (ORD-9).

    Subject: the region's own reference, which also is the template's name.
    """

    store: StoreId
    lines: Annotated[tuple[Goods, ...], Field(max_length=200)] = ()
    by: UserId
