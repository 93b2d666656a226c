"""Suppliers' electronic invoices over HTTP: read piece by piece, and taken in. No rule here."""

from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Query, Request
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.streaming import Streamed
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import SupplierId
from pydantic import ValidationError

from billing.supplier_invoices import domain, reading
from billing.supplier_invoices.api import show_with_lines
from billing.supplier_invoices.commands import ReceiveSupplierInvoice
from billing.supplier_invoices.views import SupplierInvoiceWithLines

router = ApiRouter(tags=["Leverantörsfakturor"], streams=True)

XML: Final = "application/xml"
_BODY: Final = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/supplier-invoices:ubl",
    status_code=201,
    summary="Ta in en leverantörs e-faktura",
    openapi_extra={"requestBody": {"required": True, "content": {XML: _BODY}}},
)
async def take_in_electronic_invoice(
    request: Request,
    reader: Reader,
    streamed: Streamed,
    supplier_id: Annotated[
        SupplierId | None,
        Query(description="Leverantören, där fakturans organisationsnummer inte säger det"),
    ] = None,
) -> SupplierInvoiceWithLines:
    """Ta in en faktura eller kreditfaktura i Peppol BIS Billing 3 (UBL 2.1): kroppen är filen
    själv, högst 10 MB. Leverantören känns igen på organisationsnumret (BIL-6), artiklarna på våra
    nummer, annars på leverantörens.

    Nekas: NOT_XML, UNSAFE_XML, NOT_UBL, TOO_LARGE, TOO_MANY_LINES, MISSING_FIELD, INVALID_FIELD,
    OTHER_CURRENCY, NEGATIVE_PRICE, PRICE_NOT_WHOLE, PREPAID, SUMS_DIFFER, NOT_OURS,
    UNKNOWN_SUPPLIER, SUPPLIER_NOT_NAMED, SUPPLIER_DIFFERS, DUPLICATE_NUMBER (BIL-6),
    DAY_TOO_FAR_AHEAD, DAY_TOO_LONG_AGO (DAY-2).
    """
    digest = sha256()

    async def pieces() -> AsyncIterator[bytes]:
        async for piece in request.stream():
            digest.update(piece)
            yield piece

    try:
        values = await reading.understood(pieces(), supplier_id, reader)
    except Refused:
        await _drain(request)  # who is still sending reads no answer
        raise
    commands = await streamed.commands(digest.digest())
    key = domain.invoice_id(commands.caller.region, values["supplier_id"], values["number"])
    try:
        command = ReceiveSupplierInvoice.model_validate({**values, "by": commands.caller.user_id})
    except ValidationError as error:
        raise reading.unusable(error) from None
    return await commands.run(command, target=key, rule="BIL-6", show=show_with_lines(key))


async def _drain(request: Request) -> None:
    with suppress(RuntimeError):  # it has come to its end already
        async for _ in request.stream():
            pass
