"""What the regions look like. Names of places are real, the units' codes are not."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvitt_contracts.types import RegionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A region. `digits` is the length of its codes (policy id_format). A brief one sends transfers
    alone, for some days.
    """

    code: RegionCode
    digits: int
    unit_word: str
    places: Sequence[str]
    towns: Sequence[tuple[str, str]]
    municipalities: Sequence[str]
    homes: Sequence[str]
    own_stores: Sequence[str]
    central: str = "500"
    device_letter: str
    sends_order: str
    sends_transfer: str
    is_brief: bool = False


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

W = Profile(
    code=RegionCode("w"),
    digits=5,
    unit_word="vårdcentral",
    places=(
        "Britsarvet", "Norslund", "Kvarnsveden", "Domnarvet", "Hedemora", "Säter", "Avesta",
        "Ludvika", "Smedjebacken", "Mora", "Orsa", "Älvdalen", "Malung", "Leksand",
    ),
    towns=(("79131", "Falun"), ("78431", "Borlänge"), ("79231", "Mora"), ("77131", "Ludvika")),
    municipalities=("Falun", "Borlänge", "Avesta", "Ludvika", "Mora", "Leksand", "Malung"),
    homes=("Herrhagsgården", "Hosjögården", "Tjärnagården", "Saxnäsgården", "Spanngården"),
    own_stores=("421", "422", "423", "424"),
    device_letter="D",
    sends_order="DB",
    sends_transfer="DB-BMB",
    is_brief=True,
)  # fmt: skip

M = Profile(
    code=RegionCode("m"),
    digits=5,
    unit_word="vårdcentral",
    places=(
        "Kirseberg", "Rosengård", "Limhamn", "Husie", "Norra Fäladen", "Tåbelund", "Eslöv",
        "Landskrona", "Rydebäck", "Ängelholm", "Hässleholm", "Kristianstad", "Simrishamn", "Ystad",
    ),
    towns=(("21121", "Malmö"), ("22220", "Lund"), ("25220", "Helsingborg"), ("29131", "Åhus")),
    municipalities=("Malmö", "Lund", "Helsingborg", "Kristianstad", "Ystad", "Eslöv", "Höör"),
    homes=("Lindängelund", "Papegojelyckan", "Vårlöken", "Solhällan", "Bokebo"),
    own_stores=("711", "712", "713", "714"),
    central="70",
    device_letter="S",
    sends_order="SB",
    sends_transfer="SB-BMB",
    is_brief=True,
)  # fmt: skip

PROFILES = {profile.code: profile for profile in (AC, BD, W, M)}
