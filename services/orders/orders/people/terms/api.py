"""The re-keying of what persons are found by, over HTTP, for who operates a region."""

from typing import Annotated

from kvitt_chassis.http import ApiRouter, Body, Commands
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from pydantic import BaseModel, ConfigDict, Field

from orders.people.number_index import person_keys
from orders.people.terms.commands import RekeySearch
from orders.people.terms.handlers import INDEX
from orders.people.terms.models import RekeyingRow
from orders.people.terms.queries import count_by_version

router = ApiRouter(tags=["Personer"])


class RekeySearchBody(Body):
    """Om bytet av nyckel ska göras, eller stanna tills vidare."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"stopped": False}]})

    stopped: Annotated[bool, Field(description="Stanna; det som är gjort är gjort")] = False


class SearchIndex(BaseModel):
    """Vilken nyckel som regionens personer hittas med. Säger inget om någon person."""

    model_config = ConfigDict(frozen=True)

    version: Annotated[int, Field(description="Nyckelns version, som gäller nu")]
    done: Annotated[int, Field(description="Så många personer hittas med den")]
    left: Annotated[int, Field(description="Så många har en annan nyckel, eller ingen än")]
    begun: Annotated[bool, Field(description="Bytet till den har begärts")]
    stopped: Annotated[bool, Field(description="Bytet är stoppat tills vidare")]


@router.post("/search-index:rekey")
async def rekey_search(body: RekeySearchBody, commands: Commands) -> SearchIndex:
    """Byt nyckel för det som personer hittas med (REF-2), eller stanna. Sökningar går som vanligt
    medan det görs, och det går vidare där det var när det begärs igen.
    """
    return await commands.run(RekeySearch(is_stopped=body.stopped), show=_shown)


@router.get("/search-index")
async def show_search_index(tx: ReadTransaction) -> SearchIndex:
    """Hur långt bytet av nyckel har kommit."""
    return await _shown(tx)


async def _shown(tx: Transaction) -> SearchIndex:
    current = person_keys().current
    counted = await count_by_version(tx)
    row = await tx.look_up(RekeyingRow, INDEX)
    begun = row is not None and row.to_version == current
    return SearchIndex(
        version=current,
        done=counted.get(current, 0),
        left=sum(count for version, count in counted.items() if version != current),
        begun=begun,
        stopped=row is not None and begun and row.is_stopped,
    )
