"""What a change of payer will cost whom, over HTTP. Records nothing."""

from collections.abc import Sequence

from kvitt_chassis.http import ApiRouter, NotFound, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.day_bounds import check_days
from kvitt_contracts.types import DeviceId, PayerId

from billing import queries
from billing.models import ArticleRow, DeviceRow, PayerRow
from billing.previews import domain
from billing.previews.views import PreviewBody, RentPreview, RentPreviewLine
from billing.rents.domain import RentSpan

router = ApiRouter(tags=["Betalning"])


@router.post("/transfers:preview", summary="Vad ett byte av betalare kostar vem")
async def preview_transfer(body: PreviewBody, tx: ReadTransaction, reader: Reader) -> RentPreview:
    """Vem som betalar vad, för varje hjälpmedel, när betalaren byts en dag: det som faktureringen
    sedan tar ut, på öret (BIL-16). Inget sparas, och inget hålls.

    Nekas: UNKNOWN_DEVICE (BIL-1); UNKNOWN_PAYER (REF-4);
    DAY_TOO_FAR_AHEAD, DAY_TOO_LONG_AGO (DAY-2).
    """
    check_days(body, today=tx.today)
    devices = await _devices(body, tx)
    await _must_be_payer(body.payer_id, tx)
    change = domain.Change(payer_id=body.payer_id, from_on=body.from_on)
    next_month = await queries.next_month(tx)
    through = domain.invoiced_through(change.from_on, next_month=next_month)
    firsts = {
        row.device_id: domain.first_day(
            change.from_on, row.unsettled_from, through=through, next_month=next_month
        )
        for row in devices
    }
    issued = await queries.settled_spans(
        tx, list(firsts), from_day=min(firsts.values()), to_day=through
    )
    named = await queries.payers_named_to(reader)
    numbers = {row.article_number for row in devices}
    articles = {row.article_number: row for row in await tx.look_up_all(ArticleRow, numbers)}
    lines = []
    for row in devices:
        rented = _rented(row, articles.get(row.article_number), issued.get(row.device_id, []))
        cost = domain.preview(rented, change, first=firsts[row.device_id], through=through)
        lines.append(RentPreviewLine.of(row, cost, change, named=named))
    return RentPreview.of(lines, change, through=through)


def _rented(
    row: DeviceRow, article: ArticleRow | None, issued: Sequence[RentSpan]
) -> domain.Rented:
    return domain.Rented(
        points=row.points,
        prices=article.prices if article else (),
        charging=article.charging if article else None,
        issued=issued,
    )


async def _devices(body: PreviewBody, tx: Transaction) -> list[DeviceRow]:
    """The devices, each once, in the body's order. Raises NotFound for one that is not there."""
    wanted = list(dict.fromkeys(DeviceId(one) for one in body.devices))
    found = {row.device_id: row for row in await tx.look_up_all(DeviceRow, wanted)}
    for place, device_id in enumerate(body.devices):
        if device_id not in found:
            raise NotFound(
                "device",
                rule="BIL-1",
                field=f"devices.{place}",
                way_on="Kontrollera hjälpmedlets id, eller försök igen om en stund.",
            )
    return [found[one] for one in wanted]


async def _must_be_payer(payer_id: PayerId | None, tx: Transaction) -> None:
    if payer_id is not None and await tx.look_up(PayerRow, payer_id) is None:
        raise NotFound(
            "payer",
            rule="REF-4",
            field="payer_id",
            way_on="Kontrollera betalarens kod, eller försök igen om en stund.",
        )
