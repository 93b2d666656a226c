"""Rule mutants of inventory: the catalogue, stores and stock here, what moves devices beside it."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.article_pages import ARTICLE_PAGES
from tests.mutants.rules.damages import DAMAGES
from tests.mutants.rules.inventory_devices import DEVICES
from tests.mutants.rules.inventory_orders import ORDERS_IN_STOCK
from tests.mutants.rules.inventory_reach import REACH
from tests.mutants.rules.inventory_stocktakings import STOCKTAKINGS
from tests.mutants.rules.reconditionings import RECONDITIONINGS
from tests.mutants.rules.region_sales import REGION_SALES
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant
from tests.mutants.rules.takeovers import TAKEOVERS

_CODE: Final = "services/inventory/inventory"
_TESTS: Final = "services/inventory/tests"
_ARTICLES: Final = f"{_TESTS}/test_articles.py::test"
_SEARCH: Final = f"{_TESTS}/test_article_search.py::test"
_STOCK: Final = f"{_TESTS}/test_stock.py::test"
_LISTS: Final = f"{_TESTS}/test_lists.py::test"
_ENDED: Final = f"{_TESTS}/test_what_has_ended.py::test"

_CATALOGUE: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-1a",
        "Two characters are enough for a search",
        f"{_CODE}/articles/domain.py",
        "SHORTEST_QUERY = 3",
        "SHORTEST_QUERY = 2",
        f"{_ARTICLES}_a_search_needs_three_characters",
    ),
    rule_mutant(
        "INV-1b",
        "The words of a search are found in their order alone",
        f"{_CODE}/articles/queries.py",
        "[func.strpos(ArticleRow.search_text, word) > 0 for word in words]",
        '[func.strpos(ArticleRow.search_text, " ".join(words)) > 0]',
        f"{_ARTICLES}_articles_are_found_by_words_in_any_order_and_by_filters",
    ),
    rule_mutant(
        "INV-1c",
        "A search does not look at the supplier",
        f"{_CODE}/articles/domain.py",
        "        article.supplier,\n",
        "",
        f"{_ARTICLES}_articles_are_found_by_words_in_any_order_and_by_filters",
    ),
    rule_mutant(
        "INV-1b",
        "Of several frequent words one is enough",
        f"{_CODE}/articles/queries.py",
        "        *(_has_gram(one) for one in dict.fromkeys(more)),\n",
        "",
        f"{_SEARCH}_two_frequent_words_are_both_found",
    ),
    rule_mutant(
        "INV-1b",
        "The rest of a long word is not looked at",
        f"{_CODE}/articles/queries.py",
        "[word for word in words if word not in met]",
        "[word for word in words if len(word) < domain.GRAM]",
        f"{_SEARCH}_a_search_finds_what_reading_every_article_finds",
    ),
    rule_mutant(
        "INV-1c",
        "A name is found by what it was before",
        "services/inventory/migrations/versions/0041_what_articles_are_found_by.py",
        "WHERE region = old.region AND",
        "WHERE false AND",
        f"{_SEARCH}_a_search_finds_what_reading_every_article_finds",
    ),
    rule_mutant(
        "INV-1c",
        "A hyphen must be written as it stands",
        "contracts/kvitt_contracts/folding.py",
        '_PLAIN, "-\\u2010',
        '_PLAIN, "\\u2010',
        f"{_SEARCH}_letters_are_as_swedes_expect_and_hyphens_make_no_difference",
    ),
    rule_mutant(
        "INV-1c",
        "A Swedish letter is found by the letter without its ring or dots",
        "contracts/kvitt_contracts/folding.py",
        'unicodedata.normalize("NFC", text).lower()',
        'unicodedata.normalize("NFC", text).lower().replace("ö", "o")',
        f"{_SEARCH}_letters_are_as_swedes_expect_and_hyphens_make_no_difference",
    ),
    rule_mutant(
        "INV-1e",
        "A search of a thousand hits is said to have more",
        f"{_CODE}/articles/api.py",
        "counted_to=1_000",
        "counted_to=999",
        f"{_SEARCH}_a_search_counts_to_a_thousand_and_says_so",
    ),
    rule_mutant(
        "INV-1d",
        "What is out is in stock",
        f"{_CODE}/articles/api.py",
        "return there if in_stock else not_(there)",
        "return not_(there) if in_stock else there",
        f"{_ARTICLES}_articles_are_found_by_words_in_any_order_and_by_filters",
    ),
    rule_mutant(
        "INV-1d",
        "The filter of the supplier looks at the name of the article",
        f"{_CODE}/articles/api.py",
        "ArticleRow.supplier.icontains(",
        "ArticleRow.name.icontains(",
        f"{_ARTICLES}_articles_are_found_by_words_in_any_order_and_by_filters",
    ),
    rule_mutant(
        "INV-1d",
        "The filter of the assortment is another's",
        f"{_CODE}/articles/api.py",
        'Eq(ArticleRow.in_assortment, "Bara i',
        'Eq(ArticleRow.marked, "Bara i',
        f"{_ARTICLES}_articles_are_found_by_words_in_any_order_and_by_filters",
    ),
    rule_mutant(
        "INV-1e",
        "More than two hundred rows are shown",
        "chassis/kvitt_chassis/web/lists.py",
        "MAX_LIMIT = 200",
        "MAX_LIMIT = 201",
        f"{_ARTICLES}_all_hits_are_counted_and_at_most_two_hundred_are_shown",
    ),
    rule_mutant(
        "INV-1e",
        "The hits are counted as far as they are shown",
        "chassis/kvitt_chassis/web/lists.py",
        "total, is_exact = min(found, self._most), found <= self._most",
        "total, is_exact = min(found, asked.limit), found <= self._most",
        f"{_ARTICLES}_all_hits_are_counted_and_at_most_two_hundred_are_shown",
    ),
    rule_mutant(
        "INV-1f",
        "Of fifty hits the balance is computed at once",
        f"{_CODE}/articles/api.py",
        "BALANCE_AT_ONCE_BELOW = 50",
        "BALANCE_AT_ONCE_BELOW = 51",
        f"{_ARTICLES}_balances_are_computed_at_once_below_fifty_hits_and_on_request_from_fifty_on",
    ),
    rule_mutant(
        "INV-1f",
        "Of forty-nine hits no balance is computed",
        f"{_CODE}/articles/api.py",
        "BALANCE_AT_ONCE_BELOW = 50",
        "BALANCE_AT_ONCE_BELOW = 49",
        f"{_ARTICLES}_balances_are_computed_at_once_below_fifty_hits_and_on_request_from_fifty_on",
    ),
    rule_mutant(
        "INV-1f",
        "A request for balances is not heard",
        f"{_CODE}/articles/api.py",
        "if asked.with_balance or page.total",
        "if page.total",
        f"{_ARTICLES}_balances_are_computed_at_once_below_fifty_hits_and_on_request_from_fifty_on",
    ),
    rule_mutant(
        "INV-3a",
        "A class holds no articles of the classes below it",
        f"{_CODE}/articles/domain.py",
        "for digits in range(2, len(code) + 1, 2):",
        "for digits in range(len(code), len(code) + 1):",
        f"{_ARTICLES}_the_catalogue_is_a_tree_of_classes_with_all_suppliers_articles",
    ),
    rule_mutant(
        "INV-3b",
        "A class shows the articles that begin its name alone",
        f"{_CODE}/articles/api.py",
        "StartsWith(ArticleRow.iso_code,",
        "StartsWith(ArticleRow.name,",
        f"{_ARTICLES}_the_catalogue_is_a_tree_of_classes_with_all_suppliers_articles",
    ),
    rule_mutant(
        "INV-2b",
        "A price that is told anew stands beside the old one of its day",
        f"{_CODE}/articles/domain.py",
        "[p for p in article.prices if p.valid_from != event.valid_from]",
        "list(article.prices)",
        f"{_ARTICLES}_an_article_has_the_last_told_price_of_each_day_in_the_order_of_the_days",
    ),
    rule_mutant(
        "INV-2b",
        "Prices are in the order in which they were told",
        f"{_CODE}/articles/domain.py",
        "sorted([*others, point], key=lambda p: p.valid_from)",
        "[*others, point]",
        f"{_ARTICLES}_an_article_has_the_last_told_price_of_each_day_in_the_order_of_the_days",
    ),
    rule_mutant(
        "INV-2c",
        "Every article has five days' lead time",
        f"{_CODE}/articles/api.py",
        "lead_time_days=row.lead_time_days",
        "lead_time_days=5",
        f"{_ARTICLES}_an_article_page_has_price_unit_lead_time_and_status",
    ),
    rule_mutant(
        "INV-2d",
        "Every article is active",
        f"{_CODE}/articles/domain.py",
        "return Article(**same_fields(event, Article), prices=prices)",
        "values = same_fields(event, Article) | {'status': ArticleStatus.ACTIVE}\n"
        "            return Article(**values, prices=prices)",
        f"{_ARTICLES}_an_article_page_has_price_unit_lead_time_and_status",
    ),
    rule_mutant(
        "INV-1g",
        "The supplier's article number is not searched",
        "services/inventory/inventory/articles/domain.py",
        "        article.supplier_article_number,\n",
        "",
        "services/inventory/tests/test_articles.py"
        "::test_an_article_is_of_a_product_and_found_by_that_and_by_its_suppliers_number",
    ),
    rule_mutant(
        "INV-1g",
        "The product is not searched",
        "services/inventory/inventory/articles/domain.py",
        "        article.product,\n    )\n",
        "    )\n",
        "services/inventory/tests/test_articles.py"
        "::test_an_article_is_of_a_product_and_found_by_that_and_by_its_suppliers_number",
    ),
    rule_mutant(
        "INV-1h",
        "The filters of a search are forgotten",
        "portal/kvitt_portal/here.py",
        "            self.user.remembered[page] = urlencode(kept)\n",
        "            urlencode(kept)\n",
        "portal/tests/tasks/test_articles.py"
        "::test_what_fits_a_product_is_found_from_an_article_and_the_filters_are_kept",
        seconds=300.0,
    ),
    rule_mutant(
        "INV-2e",
        "An article's page does not say what replaces it",
        "services/inventory/inventory/articles/api.py",
        "        replacement_group=row.replacement_group,\n",
        "",
        "services/inventory/tests/test_articles.py"
        "::test_an_article_is_of_a_product_and_found_by_that_and_by_its_suppliers_number",
    ),
    rule_mutant(
        "INV-2h",
        "An article's page does not say how many are in a package",
        "services/inventory/inventory/articles/api.py",
        "        package_size=row.package_size,\n",
        "",
        "services/inventory/tests/test_articles.py"
        "::test_an_article_is_of_a_product_and_found_by_that_and_by_its_suppliers_number",
    ),
    rule_mutant(
        "INV-3c",
        "What fits a product is found with all else",
        "services/inventory/inventory/articles/api.py",
        "Eq(ArticleRow.product, ",
        "Eq(ArticleRow.supplier, ",
        "services/inventory/tests/test_articles.py"
        "::test_an_article_is_of_a_product_and_found_by_that_and_by_its_suppliers_number",
    ),
    rule_mutant(
        "INV-2g",
        "Every article is sold by the piece",
        f"{_CODE}/articles/api.py",
        "unit=row.unit",
        'unit="piece"',
        f"{_ARTICLES}_an_article_page_has_price_unit_lead_time_and_status",
    ),
    rule_mutant(
        "INV-2f",
        "An article's page shows no balances",
        f"{_CODE}/articles/api.py",
        "for balance in balances],\n    )",
        "for balance in balances[:0]],\n    )",
        f"{_ARTICLES}_an_article_page_has_prices_and_balances_per_store",
    ),
)

_STORES: tuple[RuleMutant, ...] = (
    rule_mutant(
        "INV-4a",
        "Every store is a unit's own",
        f"{_CODE}/stocktakings/handlers.py",
        "kind=lambda fact: StoreKind(fact.kind)",
        "kind=lambda fact: StoreKind.OWN",
        f"{_STOCK}_stores_are_central_purchasing_own_with_their_unit_and_investigation",
    ),
    rule_mutant(
        "INV-4b",
        "An empty balance of a purchasing store is shown",
        f"{_CODE}/stores/queries.py",
        "StoreRow.kind == domain.StoreKind.PURCHASING",
        "StoreRow.kind == domain.StoreKind.INVESTIGATION",
        f"{_LISTS}_an_empty_balance_of_a_store_that_became_a_purchasing_store_is_not_shown",
    ),
    rule_mutant(
        "INV-4b",
        "A purchasing store gets a balance",
        f"{_CODE}/stores/domain.py",
        "store.kind is not StoreKind.PURCHASING and not is_clinics",
        "not is_clinics",
        f"{_STOCK}_a_purchasing_store_never_shows_a_balance",
        f"{_ENDED}_no_transfer_enters_a_store_that_became_a_purchasing_store",
    ),
    rule_mutant(
        "INV-4c",
        "A balance moves without a line in the ledger",
        f"{_CODE}/stock/writes.py",
        "    tx.put(_ledger_line(tx, moved, cause_id))\n",
        "",
        f"{_STOCK}_the_ledger_adds_up_to_every_balance",
    ),
    rule_mutant(
        "INV-4c",
        "What is reserved or on order falls below zero",
        f"{_CODE}/stock/domain.py",
        "if min(after.available, after.reserved, after.on_order, after.in_reconditioning) < 0:",
        "if after.available < 0:",
        f"{_STOCK}_a_balance_never_falls_below_zero_and_is_the_sum_of_its_moves",
    ),
    rule_mutant(
        "INV-4c",
        "The ledger does not say by which delivery goods came",
        f"{_CODE}/receipts/handlers.py",
        '        cause_id=identify(tx.region, "delivery", delivery.reference),\n',
        "",
        f"{_LISTS}_the_ledger_shows_each_move_with_what_it_was_made_for",
    ),
    rule_mutant(
        "INV-4c",
        "The ledger does not say what a move was made for",
        f"{_CODE}/stock/writes.py",
        "        cause_id=cause_id,\n        **same_columns",
        "        cause_id=None,\n        **same_columns",
        f"{_LISTS}_the_ledger_shows_each_move_with_what_it_was_made_for",
    ),
    rule_mutant(
        "INV-4d",
        "More is set aside than is available",
        f"{_CODE}/reservations/domain.py",
        "got = min(line.quantity, free.get(line.article_number, 0))",
        "got = line.quantity if free.get(line.article_number, 0) else 0",
        f"{_TESTS}/test_reservations.py"
        "::test_no_more_is_set_aside_than_there_is_and_nothing_is_lost",
    ),
    rule_mutant(
        "INV-4d",
        "Two lines of an order get the same piece",
        f"{_CODE}/reservations/domain.py",
        "free[line.article_number] = free.get(line.article_number, 0) - got",
        "free[line.article_number] = free.get(line.article_number, 0)",
        f"{_TESTS}/test_reservations.py"
        "::test_no_more_is_set_aside_than_there_is_and_nothing_is_lost",
    ),
    rule_mutant(
        "INV-4d",
        "A transfer takes from a store what is reserved for orders",
        f"{_CODE}/holds/domain.py",
        "    free[place] -= 1\n",
        "",
        f"{_TESTS}/test_holds.py"
        "::test_a_store_that_has_promised_all_to_orders_gives_none_to_a_transfer",
    ),
    rule_mutant(
        "INV-4e",
        "What is on order has the colour of what there is none of",
        f"{_CODE}/stock/domain.py",
        "return Colour.YELLOW if on_order > 0 else Colour.RED",
        "return Colour.RED",
        f"{_STOCK}_the_status_of_a_balance_is_a_colour",
    ),
    rule_mutant(
        "INV-14a",
        "A store's balance list has those of every store",
        f"{_CODE}/store_balances/api.py",
        "BALANCES.page(asked, reader, BalanceRow.store == store)",
        "BALANCES.page(asked, reader)",
        f"{_LISTS}_balances_are_those_of_one_store_at_a_time",
    ),
    rule_mutant(
        "INV-14b",
        "An empty query leaves out what is not available",
        f"{_CODE}/store_balances/api.py",
        ".where(is_shown())",
        ".where(is_shown(), BalanceRow.available > 0)",
        f"{_LISTS}_a_stores_balances_are_listed_and_filtered",
    ),
    rule_mutant(
        "INV-14c",
        "The filter of what has a balance lets everything through",
        f"{_CODE}/store_balances/api.py",
        "BalanceRow.available > 0",
        "BalanceRow.available >= 0",
        f"{_LISTS}_a_stores_balances_are_listed_and_filtered",
    ),
    rule_mutant(
        "REF-7a",
        "A private clinic's store receives goods",
        f"{_CODE}/receipts/handlers.py",
        "    await check_store_holds_stock(tx, fact.store)\n    article =",
        "    article =",
        f"{_STOCK}_a_private_clinic_has_no_stock_by_delivery_or_return",
    ),
    rule_mutant(
        "REF-7b",
        "A device is returned to a private clinic's store",
        f"{_CODE}/returns/handlers.py",
        "    await check_store_holds_stock(tx, fact.store)\n",
        "",
        f"{_STOCK}_a_private_clinic_has_no_stock_by_delivery_or_return",
    ),
    rule_mutant(
        "REF-7b",
        "A private clinic takes devices back into a store of its own",
        f"{_CODE}/stores/domain.py",
        "is_clinics = store.of_private_clinic and not private_clinics_hold_stock",
        "is_clinics = store.of_private_clinic and private_clinics_hold_stock",
        f"{_STOCK}_a_private_clinic_has_no_stock_by_delivery_or_return",
    ),
    rule_mutant(
        "REF-7f",
        "A transfer takes effect into the store of what has become a private clinic",
        f"{_CODE}/holds/handover.py",
        "        return domain.Hindrance.STORE_HOLDS_NO_STOCK\n",
        "        return None\n",
        f"{_ENDED}_nothing_enters_the_store_of_what_became_a_private_clinic_before_the_day",
    ),
    rule_mutant(
        "REF-14c",
        "What was sent to a patient who has become inactive since is in nobody's custody",
        f"{_CODE}/reservations/writes.py",
        "    holder = await current_holder(tx, order.recipient)\n",
        "    if not await may_receive(tx, order.recipient):\n        return\n"
        "    holder = await current_holder(tx, order.recipient)\n",
        f"{_TESTS}/test_dispatches.py"
        "::test_what_was_sent_arrives_though_the_patient_has_become_inactive",
        more=(
            Swap(
                f"{_CODE}/reservations/writes.py",
                "import current_holder\n",
                "import current_holder, may_receive\n",
            ),
        ),
    ),
    rule_mutant(
        "REF-14c",
        "A loan of the old stock to a patient who is inactive is not taken in",
        f"{_CODE}/receipts/handlers.py",
        "    stated = DeviceStatedOnLoan(\n",
        "    if not await may_receive(tx, await recipient_named(tx, recipient)):\n"
        "        return\n"
        "    stated = DeviceStatedOnLoan(\n",
        f"{_ENDED}_a_device_of_the_old_stock_is_at_whoever_has_it_though_they_are_inactive",
        more=(
            Swap(
                f"{_CODE}/receipts/handlers.py",
                "import current_holder, ",
                "import current_holder, may_receive, ",
            ),
        ),
    ),
    rule_mutant(
        "REF-14d",
        "A transfer takes effect on a patient who has become inactive",
        f"{_CODE}/holds/handover.py",
        "        return domain.Hindrance.INACTIVE_RECIPIENT\n",
        "        return None\n",
        f"{_ENDED}_nothing_takes_effect_on_a_patient_who_became_inactive_before_the_day",
    ),
    rule_mutant(
        "REF-14d",
        "A patient is asked by a reference that is an alias now",
        f"{_CODE}/people/queries.py",
        "    person = await current_ref(tx, recipient.person)\n    row =",
        "    person = recipient.person\n    row =",
        f"{_ENDED}_an_inactive_patient_is_asked_by_the_reference_that_they_have_now",
    ),
)

INVENTORY: tuple[RuleMutant, ...] = (
    *_CATALOGUE,
    *ARTICLE_PAGES,
    *_STORES,
    *DEVICES,
    *ORDERS_IN_STOCK,
    *STOCKTAKINGS,
    *REGION_SALES,
    *DAMAGES,
    *RECONDITIONINGS,
    *TAKEOVERS,
    *REACH,
)
