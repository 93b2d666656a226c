"""An erasure as the API shows it before it is done."""

from typing import Annotated

from kvitt_contracts.types import PersonRef
from pydantic import BaseModel, ConfigDict, Field

from orders.erasures.domain import Kept, Left


class Amount(BaseModel):
    """Hur mycket det finns av något om personen."""

    model_config = ConfigDict(frozen=True)

    what: Annotated[str, Field(description="Vad det är")]
    count: Annotated[int, Field(description="Hur många")]
    law: Annotated[str | None, Field(description="Lagen som förbjuder radering")] = None


class ErasurePreview(BaseModel):
    """Vad en radering tar bort, vad lagen kräver ska vara kvar, och vad som hindrar den."""

    model_config = ConfigDict(frozen=True)

    person: PersonRef
    hindered_by: Annotated[
        tuple[Amount, ...], Field(description="Det som ska avslutas först (REF-23)")
    ]
    erased: Annotated[tuple[Amount, ...], Field(description="Det som raderas")]
    remains: Annotated[
        tuple[Amount, ...],
        Field(description="Det som står kvar under referensen, utan att säga vem det gällde"),
    ]

    @classmethod
    def of(cls, person: PersonRef, *, left: Left, kept: Kept) -> "ErasurePreview":
        """The amounts, with their words."""
        return cls(
            person=person,
            hindered_by=_some(
                ("Utlånade hjälpmedel", left.devices),
                ("Öppna ordrar", left.orders),
                ("Öppna hämtordrar", left.pickups),
                ("Öppna arbetsordrar", left.work_orders),
                ("Öppna felanmälningar", left.fault_reports),
                ("Ärenden som väntar på svar", left.cases),
            ),
            erased=_some(
                ("Namn, nummer, adress och kontaktuppgifter", kept.details),
                ("Leveransuppgifter, beskrivningar och kommentarer", kept.delivery_texts),
                ("Utkast", kept.drafts),
                ("Bifogade filer", kept.attachments),
            ),
            remains=(
                Amount(what="Ordrar", count=kept.orders, law="Bokföringslagen 7 kap. 2 §: sju år"),
                Amount(
                    what="Arbetsordrar",
                    count=kept.work_orders,
                    law="Patientdatalagen 3 kap. 17 §: minst tio år",
                ),
                Amount(
                    what="Loggen över vem som såg personen",
                    count=kept.looks,
                    law="Patientdatalagen 4 kap. 3 §",
                ),
            ),
        )


def _some(*amounts: tuple[str, int]) -> tuple[Amount, ...]:
    return tuple(Amount(what=what, count=count) for what, count in amounts if count)
