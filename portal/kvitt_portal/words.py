"""The words that regions use for one thing: data of each region, never an `if`."""

import logging
from collections.abc import Mapping
from pathlib import Path

import yaml

log = logging.getLogger(__name__)

GENERAL = frozenset(
    {
        "Beställning",
        "Beställningar",
        "Aktivitet",
        "Aktiviteter",
        "Tjänsteställe",
        "Sortimentskatalog",
        "Min sida",
        "Patientavgift",
        "Pågående beställning",
        "BMB",
    }
)
"""Every word that a region may say in its own way, as it is said where no region has another."""


# decision 0299: a region's words are data beside its policy
def read_words(regions_dir: Path) -> dict[str, Mapping[str, str]]:
    """Each region's words by the general one, from `words/<code>.yaml` beside the policies. A file
    that is wrong is logged and passed over: the general words stand then.
    """
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted((regions_dir / "words").glob("*.yaml")):
        try:
            read = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            log.error("a region's words cannot be read: %s", file.name)
            continue
        if not isinstance(read, dict) or not all(isinstance(one, str) for one in read.values()):
            log.error("a region's words are no list of word: word: %s", file.name)
            continue
        if unknown := sorted(set(read) - GENERAL):
            log.error("%s says words that no page has: %s", file.name, ", ".join(map(str, unknown)))
        found[file.stem] = {key: one for key, one in read.items() if key in GENERAL}
    return found
