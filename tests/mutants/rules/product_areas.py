"""Rule mutants of product areas and connected stores (REF-11)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_PROFESSION: Final = "services/orders/tests/test_professions.py::test"
_ORDERS: Final = "services/orders/orders"
_INVENTORY: Final = "services/inventory/inventory"
_AREAS: Final = f"{_ORDERS}/product_areas/domain.py"
_ORDERED: Final = "services/orders/tests/test_product_areas.py::test"
_SEEN: Final = "services/inventory/tests/test_product_areas.py::test"

PRODUCT_AREAS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-11d",
        "A user acts upon a store of their unit that they are not connected to",
        "services/inventory/inventory/stores/queries.py",
        "is_connected = by.stores is None or store in by.stores",
        "is_connected = by.stores is None or store not in by.stores",
        "services/inventory/tests/test_product_areas.py::test"
        "_in_a_store_that_a_user_is_not_connected_to_they_do_nothing",
    ),
    rule_mutant(
        "REF-11a",
        "What is of no area of theirs is ordered",
        f"{_ORDERS}/units/domain.py",
        "area is None or self.product_areas is None or area in self.product_areas",
        "True",
        f"{_ORDERED}_who_orders_an_article_has_its_product_area",
    ),
    rule_mutant(
        "REF-11a",
        "What is of no area is ordered by who has no limit alone",
        f"{_ORDERS}/units/domain.py",
        "area is None or self.product_areas is None",
        "self.product_areas is None",
        f"{_ORDERED}_an_area_of_theirs_no_limit_and_an_article_of_no_area_are_ordered",
    ),
    rule_mutant(
        "REF-11a",
        "The catalogue has every area",
        f"{_INVENTORY}/articles/queries.py",
        "    if areas is None:\n",
        "    if areas is not None:\n",
        f"{_SEEN}_the_catalogue_has_the_articles_of_a_users_areas_and_those_of_none",
    ),
    rule_mutant(
        "REF-11a",
        "Devices on a patient are those of every area",
        f"{_INVENTORY}/devices/api.py",
        '[or_(DeviceRow.holder_kind != "patient", *areas)] if areas else []',
        "[]",
        f"{_SEEN}_devices_on_a_patient_are_those_of_a_users_areas",
    ),
    rule_mutant(
        "REF-11b",
        "An area is had from any source",
        _AREAS,
        "source not in sources:\n",
        "not sources:\n",
        f"{_ORDERED}_an_area_is_had_from_its_own_sources",
    ),
    rule_mutant(
        "REF-11c",
        "An excepted unit has the sources of all",
        "contracts/kvitt_contracts/policy.py",
        "        return next(own, area.sources)\n",
        "        return area.sources\n",
        f"{_ORDERED}_a_unit_that_is_excepted_has_its_own_sources",
    ),
    rule_mutant(
        "REF-11d",
        "Anybody of the unit withdraws from its store",
        f"{_ORDERS}/placements/domain.py",
        "    must_be_connected(command.store, parties.prescriber, parties.requester)\n",
        "",
        f"{_ORDERED}_who_withdraws_is_connected_to_the_store",
    ),
    rule_mutant(
        "REF-11d",
        "Anybody of the unit scraps and takes back in its store",
        f"{_INVENTORY}/stores/queries.py",
        "    if row is None or not is_connected:\n",
        "    if row is None:\n",
        "services/inventory/tests/test_product_areas.py::test"
        "_in_a_store_that_a_user_is_not_connected_to_they_do_nothing",
    ),
    rule_mutant(
        "REF-11d",
        "Every store of the unit is seen",
        f"{_INVENTORY}/stores/queries.py",
        "    return and_(of_units, may_draw_from(caller, StoreRow.store))\n",
        "    return of_units\n",
        f"{_SEEN}_a_user_sees_the_stores_that_they_are_connected_to_and_the_central_ones",
    ),
    rule_mutant(
        "REF-15a",
        "Where the region names no professions nobody prescribes",
        "services/orders/orders/product_areas/domain.py",
        "        if allowed and prescriber.profession not in allowed:\n",
        "        if prescriber.profession not in allowed:\n",
        f"{_PROFESSION}_what_the_regions_professions_may_prescribe_is_prescribed",
    ),
    rule_mutant(
        "REF-15b",
        "Who has no profession prescribes everything",
        "services/orders/orders/product_areas/domain.py",
        "        if allowed and prescriber.profession not in allowed:\n",
        "        if prescriber.profession and prescriber.profession not in (allowed or ()):\n",
        f"{_PROFESSION}_what_a_profession_may_not_prescribe_is_refused",
    ),
    rule_mutant(
        "REF-15c",
        "An area's own professions count for nothing",
        "contracts/kvitt_contracts/policy.py",
        "        return own or self.professions\n",
        "        return self.professions or own\n",
        f"{_PROFESSION}_an_areas_own_professions_count_instead_of_the_regions",
    ),
)
