"""What a user has chosen, as it is shown and as it is said. Swedish, since people read it."""

from collections.abc import Collection, Mapping
from typing import Annotated, Final

from kvitt_chassis.http import Body
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import Word
from pydantic import BaseModel, ConfigDict, Field

from notifications.preferences.domain import (
    ACCESS,
    BASKET_LOAN,
    DIRECT_DELIVERY,
    ORDER,
    PICKUP_BY_RELATIVES,
    ROUTINES,
    STOCKTAKING,
    TRANSFER,
    WORK_ORDER,
    is_of_region,
)

TITLES: Final[Mapping[Word, str]] = {
    TRANSFER: "Byten som du har skickat eller ska kvittera",
    ORDER: "Dina beställningar: nytt leveransdatum, levererat, makulerat",
    DIRECT_DELIVERY: "Direktleveranser att beställa eller ta emot",
    BASKET_LOAN: "Dina varukorgar: försenade, eller nekade",
    WORK_ORDER: "Arbetsordrar och ansökningar som du har gjort",
    PICKUP_BY_RELATIVES: "Hämtningar som patienter eller närstående har beställt",
    STOCKTAKING: "Inventering av enhetens förråd",
    ACCESS: "Din behörighet: beviljad, eller på väg att upphöra",
}
"""What each routine is about."""


class PreferencesBody(Body):
    """Vilka slag av meddelanden som också ska komma med e-post, allt på en gång."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": ["transfer", "order"]}]})

    email: Annotated[
        tuple[Word, ...],
        Field(max_length=40, description="Slagen; tomt: inga andra än de som regionen skickar"),
    ]


class ChoiceView(BaseModel):
    """Ett slag av meddelanden, och om de också kommer med e-post."""

    routine: Annotated[Word, Field(description="Slaget")]
    title: Annotated[str, Field(description="Vad meddelandena handlar om")]
    by_region: Annotated[
        bool, Field(description="Regionen skickar dem till alla: de går inte att välja bort")
    ]
    chosen: Annotated[bool, Field(description="Du har själv valt att få dem")]


class PreferencesView(BaseModel):
    """Vilka av dina meddelanden som också kommer med e-post."""

    email: list[ChoiceView]

    @classmethod
    def of(cls, chosen: Collection[Word], policy: RegionPolicy) -> "PreferencesView":
        """Every routine, with who has decided that it mails."""
        return cls(
            email=[
                ChoiceView(
                    routine=one,
                    title=TITLES[one],
                    by_region=is_of_region(one, policy),
                    chosen=one in chosen,
                )
                for one in ROUTINES
            ]
        )
