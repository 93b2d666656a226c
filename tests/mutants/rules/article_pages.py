"""Rule mutants of an article's page: its pictures, documents and supplier's words (INV-2a)."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_FILES: Final = "services/inventory/inventory/article_files"
_API: Final = "services/inventory/inventory/articles/page_api.py"
_TEMPLATES: Final = "portal/kvitt_portal/templates"
_PARTS: Final = "portal/tests/test_article_parts.py::test"
_PAGE: Final = "services/inventory/tests/test_article_pages.py::test"

ARTICLE_PAGES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-3a",
        "A class below the first level has no name",
        "portal/kvitt_portal/iso_classes.py",
        '    "1206": "Gånghjälpmedel för båda armarna",\n',
        "",
        f"{_PARTS}_every_class_of_the_examples_has_a_name_at_each_level",
    ),
    rule_mutant(
        "INV-2b",
        "What an article cost before is said to be what it will cost",
        "portal/kvitt_portal/pages/articles.py",
        'return "kommande" if one["valid_from"] > today else "tidigare"',
        'return "kommande"',
        f"{_PARTS}_every_price_is_shown_the_newest_first_with_what_it_is_beside_the_valid_one",
    ),
    rule_mutant(
        "INV-2c",
        "The contract's short lead time is not said",
        f"{_TEMPLATES}/articles/parts.html",
        "{% if article.is_lead_time_short %}",
        "{% if false %}",
        f"{_PARTS}_a_lead_time_is_the_contracts_short_or_its_days",
    ),
    rule_mutant(
        "INV-4e",
        "What is out is said to be there",
        f"{_TEMPLATES}/stores/parts.html",
        '"red": ("Slut", "error")',
        '"red": ("Finns", "error")',
        f"{_PARTS}_a_balances_colour_has_its_word",
    ),
    rule_mutant(
        "INV-13b",
        "A store's list does not say what is being reconditioned",
        f"{_TEMPLATES}/stores/parts.html",
        "{% if balance.in_reconditioning %}",
        "{% if false %}",
        f"{_PARTS}_what_is_being_reconditioned_is_said_beside_what_is_available",
    ),
    rule_mutant(
        "INV-2a",
        "A file is on the page before somebody shows it",
        f"{_FILES}/queries.py",
        "ArticleFileRow.article_number.in_(numbers), ArticleFileRow.is_shown)",
        "ArticleFileRow.article_number.in_(numbers), ArticleFileRow.is_kept)",
        f"{_PAGE}_a_file_is_on_its_articles_page_as_it_was_sent",
    ),
    rule_mutant(
        "INV-2a",
        "What is taken from a page is read as before",
        _API,
        "    if row is None or not row.is_shown:\n",
        "    if row is None:\n",
        f"{_PAGE}_a_file_that_is_taken_away_may_be_shown_again_within_a_day",
    ),
    rule_mutant(
        "INV-2a",
        "What is shown again is deleted all the same",
        f"{_FILES}/handlers.py",
        "    if not row.is_shown:\n",
        "    if row.is_kept:\n",
        f"{_PAGE}_a_file_that_is_taken_away_may_be_shown_again_within_a_day",
        more=(
            Swap(
                f"{_FILES}/writes.py",
                "        tx.cancel_timer(HIDDEN, key=row.file_id)\n",
                "",
            ),
        ),
    ),
    rule_mutant(
        "INV-2a",
        "What is never shown stays for ever",
        f"{_FILES}/writes.py",
        "    tx.put(row)\n    tx.schedule(HIDDEN, key=row.file_id, due=tx.now + FORGOTTEN_AFTER)\n",
        "    tx.put(row)\n",
        f"{_PAGE}_what_is_never_shown_is_forgotten_after_a_day",
    ),
    rule_mutant(
        "INV-2a",
        "A file may be of any size",
        _API,
        "limit=limit)\n    try:\n",
        "limit=limit * 100)\n    try:\n",
        f"{_PAGE}_what_is_too_large_is_refused_with_the_limit_and_leaves_nothing",
    ),
    rule_mutant(
        "INV-2a",
        "A page shows as many files as there are",
        f"{_FILES}/domain.py",
        "    if beside >= MOST:\n",
        "    if beside >= MOST * 10:\n",
        f"{_PAGE}_a_page_shows_so_many_files_and_no_more",
    ),
    rule_mutant(
        "INV-2a",
        "A supplier's link may be of any kind",
        f"{_FILES}/domain.py",
        'not link.startswith("https://")',
        'not link.startswith(("https://", "javascript:"))',
        f"{_PAGE}_the_suppliers_words_are_what_was_written_last",
    ),
    rule_mutant(
        "INV-2a",
        "What the supplier tells stays when it is written anew without",
        f"{_FILES}/handlers.py",
        "    row.text, row.link = command.text, command.link\n",
        "    row.text, row.link = command.text or row.text, command.link or row.link\n",
        f"{_PAGE}_the_suppliers_words_are_what_was_written_last",
    ),
    rule_mutant(
        "INV-2a",
        "Files are read by who does not see their article",
        _API,
        "[row.article_number], *await within_areas(reader))",
        "[row.article_number])",
        "services/inventory/tests/test_product_areas.py"
        "::test_an_articles_files_are_read_by_who_sees_the_article",
    ),
)
