"""What users say of a return to a supplier. Over HTTP alone: a region sends no comment."""

from typing import Annotated, ClassVar

from kvitt_contracts.inventory import RegisterSupplierReturn
from kvitt_contracts.types import TEXT
from pydantic import Field

Comment = Annotated[str, Field(min_length=1, max_length=2_000, pattern=TEXT)]


class SendBack(RegisterSupplierReturn):
    """Register a return to a supplier, with why it goes back (INV-8)."""

    wire_type: ClassVar[str] = ""  # it travels on no topic

    comment: Comment | None
