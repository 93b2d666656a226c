"""Rule mutants of the search for persons (REF-2), and of who opens a hit (REF-19)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/orders/orders"
_RULES: Final = f"{_CODE}/people/terms/domain.py"
_DUE: Final = f"{_CODE}/people/terms/queries.py"
_SEARCH: Final = f"{_CODE}/care/searching.py"
_VIEWS: Final = f"{_CODE}/care/views.py"
_LISTED: Final = f"{_CODE}/people/queries.py"
_RULE: Final = "services/orders/tests/test_person_search.py::test"
_HTTP: Final = "services/orders/tests/test_searching_persons.py::test"
_KEYS: Final = "services/orders/tests/test_rekeying.py::test"

PERSON_SEARCH: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-2a",
        "A postal code narrows nothing",
        _RULES,
        "            and self.postal_code in (None, _postal_code(details))\n",
        "",
        f"{_RULE}_whatever_a_person_has_not_narrows_them_away",
    ),
    rule_mutant(
        "REF-2a",
        "Of a name the last word alone is searched",
        _RULES,
        "    for word in name.split():\n",
        "    for word in name.split()[-1:]:\n",
        f"{_RULE}_any_combination_finds_a_person_who_has_all_of_it",
    ),
    rule_mutant(
        "REF-2a",
        "What is stated anew finds nobody",
        f"{_CODE}/people/handlers.py",
        "    details.deceased = fact.deceased\n    await keep_terms(details, tx, before=before)\n",
        "    details.deceased = fact.deceased\n",
        f"{_HTTP}_what_is_stated_anew_finds_a_person_and_what_was_does_not",
    ),
    rule_mutant(
        "REF-2c",
        "A year alone is searched",
        _RULES,
        "        return long or self.number is not None or self.born_on is not None\n",
        "        return True\n",
        f"{_RULE}_what_half_a_town_has_is_refused_with_what_to_add",
    ),
    rule_mutant(
        "REF-2d",
        "A hit shows the number",
        _VIEWS,
        "            name=details.name,\n            born_on=details.born_on,\n",
        '            name=f"{details.name} {details.identity.number}",\n'
        "            born_on=details.born_on,\n",
        f"{_HTTP}_a_hit_tells_persons_apart_is_logged_and_shows_no_number",
    ),
    rule_mutant(
        "REF-2e",
        "Two letters find whatever begins so",
        _RULES,
        "    return name.startswith(word) if len(word) >= BEGINNING else name == word\n",
        "    return name.startswith(word)\n",
        f"{_RULE}_a_word_of_one_or_two_letters_is_a_whole_name",
    ),
    rule_mutant(
        "REF-2f",
        "A postal code finds who is protected",
        _RULES,
        "    if details.protected or details.address is None:\n",
        "    if details.address is None:\n",
        f"{_RULE}_no_postal_code_finds_who_is_protected",
    ),
    rule_mutant(
        "REF-2f",
        "Everybody's search shows who is protected",
        _SEARCH,
        "    return [row for row in rows if not row.protected or row.person in known]\n",
        "    return [row for row in rows if known is not None]\n",
        f"{_HTTP}_who_is_protected_is_found_by_the_units_concerned_alone",
    ),
    rule_mutant(
        "REF-2g",
        "A re-keying that is stopped goes on",
        _DUE,
        "        RekeyingRow.to_version == current,\n        ~RekeyingRow.is_stopped,\n",
        "        RekeyingRow.to_version == current,\n",
        f"{_KEYS}_a_region_is_rekeyed_when_it_is_said_stopped_and_goes_on",
    ),
    rule_mutant(
        "REF-2g",
        "While terms are re-keyed only the new key's are found",
        f"{_CODE}/people/terms/hashing.py",
        "    return tuple(hash_of(term, region=region, key=key) for key in person_keys().every())",
        "    return (hash_of(term, region=region),)",
        f"{_KEYS}_a_region_is_rekeyed_when_it_is_said_stopped_and_goes_on",
    ),
    rule_mutant(
        "REF-19h",
        "A hit of long ago is opened",
        _LISTED,
        "        row.at > func.now() - HOUR,\n        row.user_id == user,\n",
        "        row.user_id == user,\n",
        f"{_HTTP}_a_hit_is_opened_to_whoever_was_shown_it_within_the_hour",
    ),
    rule_mutant(
        "REF-19i",
        "A user is shown as many hits in an hour as they like",
        _SEARCH,
        ", terms.SHOWN_AN_HOUR):\n",
        ",):\n",
        f"{_HTTP}_nobody_reads_the_registry_by_searching",
    ),
    rule_mutant(
        "REF-19i",
        "A hit that is shown is not logged",
        _SEARCH,
        "        log_accesses(tx, caller.user_id, purpose, refs, look=look)\n",
        "        log_accesses(tx, caller.user_id, purpose, refs[:0], look=look)\n",
        f"{_HTTP}_a_hit_tells_persons_apart_is_logged_and_shows_no_number",
    ),
)
