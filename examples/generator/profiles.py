"""What the two regions look like. Names of places are real, the units' codes are not."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvitt_contracts.types import RegionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A region. `digits` is the length of its codes (policy id_format)."""

    code: RegionCode
    digits: int
    unit_word: str
    places: Sequence[str]
    towns: Sequence[tuple[str, str]]
    municipalities: Sequence[str]
    homes: Sequence[str]
    own_stores: Sequence[str]
    device_letter: str
    sends_order: str
    sends_transfer: str


AC = Profile(
    code=RegionCode("ac"),
    digits=5,
    unit_word="hälsocentral",
    places=(
        "Ålidhem", "Ersboda", "Mariehem", "Teg", "Holmsund", "Vännäs", "Lycksele", "Vilhelmina",
        "Storuman", "Dorotea", "Åsele", "Malå", "Norsjö", "Anderstorp", "Erikslid", "Kåge",
        "Burträsk", "Robertsfors", "Nordmaling", "Vindeln",
    ),
    towns=(
        ("90325", "Umeå"), ("90732", "Umeå"), ("92131", "Lycksele"), ("93131", "Skellefteå"),
        ("91231", "Vilhelmina"), ("92332", "Storuman"), ("91432", "Nordmaling"),
    ),
    municipalities=("Umeå", "Skellefteå", "Lycksele", "Vilhelmina", "Storuman", "Vännäs", "Malå"),
    homes=(
        "Tomtebogård", "Prästsjögården", "Fjällbacka", "Lundagården", "Solbacken", "Älvbacken",
        "Björkgården", "Ängsgården", "Granlunden", "Strandgården", "Marielund", "Sörgården",
    ),
    own_stores=("402", "602", "403", "404", "405", "406", "603", "604"),
    device_letter="R",
    sends_order="VB",
    sends_transfer="VB-BMB",
)  # fmt: skip

BD = Profile(
    code=RegionCode("bd"),
    digits=4,
    unit_word="vårdcentral",
    places=(
        "Bergnäset", "Björkskatan", "Gammelstad", "Hertsön", "Mjölkudden", "Porsön", "Råneå",
        "Hortlax", "Piteå", "Björknäs", "Älvsbyn", "Arvidsjaur", "Arjeplog", "Jokkmokk",
        "Gällivare", "Kiruna", "Pajala", "Övertorneå", "Kalix", "Haparanda",
    ),
    towns=(
        ("97238", "Luleå"), ("97753", "Luleå"), ("94131", "Piteå"), ("96131", "Boden"),
        ("98131", "Kiruna"), ("98231", "Gällivare"), ("95231", "Kalix"),
    ),
    municipalities=("Luleå", "Piteå", "Boden", "Kiruna", "Gällivare", "Kalix", "Pajala"),
    homes=(
        "Midskogen", "Bergviken", "Örnäset", "Källbogården", "Fyren", "Ekbacken", "Norrgården",
        "Rosengården", "Furuhedsgården", "Vintergatan", "Forsen", "Tallgården",
    ),
    own_stores=("411", "412", "413", "414", "415", "416", "417", "418"),
    device_letter="N",
    sends_order="NB",
    sends_transfer="NB-BYTE",
)  # fmt: skip

PROFILES = {profile.code: profile for profile in (AC, BD)}
