"""Who gets an electronic invoice, and from whom. No clock, no database, no log."""

from kvitt_contracts.policy_parts import Seller
from kvitt_contracts.types import Address, Endpoint, OrganisationNumber, Value, VatNumber


class Buyer(Value):
    """A payer with an electronic address. `reference`: by which it knows whose invoice it is."""

    name: str
    endpoint: Endpoint
    reference: str
    organisation_number: OrganisationNumber | None = None
    vat_number: VatNumber | None = None
    address: Address | None = None


class Parties(Value):
    """The two that an electronic invoice names, as they are on its day of issue."""

    seller: Seller
    buyer: Buyer


# decision 0401: an electronic invoice goes to who has an address, from a region that has one
def parties_of(buyer: Buyer | None, *, seller: Seller | None) -> Parties | None:
    """The parties of a payer's electronic invoice; None where it gets none: it has no electronic
    address, or its region's policy names no seller (BIL-9).
    """
    if buyer is None or seller is None:
        return None
    return Parties(seller=seller, buyer=buyer)
