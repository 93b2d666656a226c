"""Rule mutants of who may do what (REF-18)."""

from typing import Final

from tests.mutants.mutant import Swap
from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CHASSIS: Final = "chassis/kvitt_chassis"
_ACCESS: Final = f"{_CHASSIS}/access.py"
_ASKED: Final = "contracts/kvitt_contracts/access/asked.py"
_TABLE: Final = "contracts/kvitt_contracts/access/acts.py"
_ROWS: Final = "contracts/kvitt_contracts/access"
_TABLE_TEST: Final = "contracts/tests/test_access.py::test"
_FRAME: Final = "chassis/tests/test_access.py::test"
_CELLS: Final = "chassis/tests/test_access_cells.py::test"
_TOKEN: Final = "chassis/tests/test_auth.py::test"
_SHARE: Final = "chassis/tests/test_admin_shares.py::test"
_EACH_ROUTE: Final = f"{_CELLS}_each_route_is_granted_to_the_roles_of_its_row_and_to_nobody_else"
_EACH_REACH: Final = f"{_CELLS}_each_role_reaches_as_far_as_its_row_says"

ACCESS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-18k",
        "A technician is told who everybody is",
        f"{_ROWS}/orders.py",
        '"POST /persons:resolve": ("orders.persons.resolve", READS)',
        '"POST /persons:resolve": ("orders.persons.resolve", _SHOWS)',
        f"{_TABLE_TEST}_a_technician_does_visits_repairs_and_reconditioning_and_sees_no_register_of_persons",
    ),
    rule_mutant(
        "REF-18l",
        "Finance approves no month",
        f"{_ROWS}/billing.py",
        '("billing.run.approve", _FINANCE)',
        '("billing.run.approve", STAFF)',
        f"{_TABLE_TEST}_finance_bills_pays_and_keeps_the_accounts_and_nothing_of_care",
    ),
    rule_mutant(
        "REF-18m",
        "Who keeps the assortment publishes no news",
        f"{_ROWS}/notifications.py",
        '("notifications.news.publish", {**STAFF, **KEEPS})',
        '("notifications.news.publish", STAFF)',
        f"{_TABLE_TEST}_who_keeps_the_assortment_writes_of_articles_and_news_alone",
    ),
    rule_mutant(
        "REF-18n",
        "A region's system opens in an emergency",
        f"{_ROWS}/orders.py",
        '"orders.person.open",\n                dict.fromkeys(WORKS, Reach.REGION)',
        '"orders.person.open",\n                dict.fromkeys((*WORKS, *SYSTEM), Reach.REGION)',
        f"{_TABLE_TEST}_an_emergency_opening_has_a_row_of_its_own",
    ),
    rule_mutant(
        "REF-18q",
        "Who reaches the whole region is answered by the rule for what is not in it",
        f"{_CHASSIS}/http.py",
        "        if within is true() and isinstance(scope, RegionWide) and scope.begins:\n",
        "        if within is true():\n",
        "services/inventory/tests/test_cells.py::test_each_role_reaches_as_far_as_its_row_says",
    ),
    rule_mutant(
        "REF-18o",
        "A page asks for a role",
        "portal/kvitt_portal/pages/unlocking.py",
        'here.may_for_all("bmb.transfer.unlock")',
        '"customer_service" in here.user.roles',
        "tests/architecture/test_no_roles.py::test_what_may_be_done_is_asked_of_the_table",
    ),
    rule_mutant(
        "REF-18a",
        "Whoever is known may do what no row grants them",
        _ACCESS,
        "    if reach is None:\n        raise Forbidden(act)\n",
        "    if reach is None:\n        reach = Reach.OWN\n",
        _EACH_ROUTE,
        "chassis/tests/test_http.py::test_who_lacks_the_role_is_refused_by_the_acts_row",
    ),
    rule_mutant(
        "REF-18a",
        "A service starts with a route that no row grants to anybody",
        f"{_CHASSIS}/service.py",
        "        self.access.check(self.routers)\n",
        "",
        f"{_FRAME}_a_route_without_a_row_stops_the_start",
        f"{_FRAME}_a_route_that_asks_no_table_stops_the_start",
    ),
    rule_mutant(
        "REF-18b",
        "Whose service points a thing belongs to is not asked",
        f"{_CHASSIS}/web/scopes.py",
        "        if grant.reach is Reach.UNITS:\n",
        "        if grant.reach is Reach.OWN:\n",
        _EACH_REACH,
    ),
    rule_mutant(
        "REF-18b",
        "A list shows what is out of its reader's reach",
        f"{_CHASSIS}/web/lists.py",
        "self.rows.where(self.scope.within(reader.grant), *criteria, *wanted)",
        "self.rows.where(*criteria, *wanted)",
        f"{_FRAME}_a_list_says_nothing_of_what_is_out_of_reach",
        _EACH_REACH,
    ),
    rule_mutant(
        "REF-18b",
        "Of several roles the nearest reach counts",
        _TABLE,
        "return max(found, key=_ORDER.index, default=None)",
        "return min(found, key=_ORDER.index, default=None)",
        "contracts/tests/test_access.py::test_of_several_roles_the_farthest_reach_counts",
    ),
    rule_mutant(
        "REF-18c",
        "A thing out of reach is shown to who knows its id",
        f"{_CHASSIS}/web/reader.py",
        "select(row_type).where(column == key, scope.within(self.grant))",
        "select(row_type).where(column == key)",
        f"{_FRAME}_what_is_out_of_reach_is_answered_as_what_does_not_exist",
        _EACH_REACH,
    ),
    rule_mutant(
        "REF-18c",
        "Somebody acts upon a thing out of reach who knows its id",
        f"{_CHASSIS}/http.py",
        "scope.region == region, key_column(row_type) == target, within\n",
        "scope.region == region, key_column(row_type) == target\n",
        f"{_FRAME}_what_is_out_of_reach_is_answered_as_what_does_not_exist",
        _EACH_REACH,
    ),
    rule_mutant(
        "REF-18d",
        "A token says of its holder whatever role the table knows",
        f"{_CHASSIS}/auth.py",
        "frozenset(one for one in issuer.may_say if one in roles)",
        "frozenset(one for one in Grantee if one in roles)",
        f"{_TOKEN}_a_token_says_who_and_where_and_of_a_system_what",
    ),
    rule_mutant(
        "REF-18d",
        "The register gives roles without service points",
        _ACCESS,
        "service_points=frozenset(row.service_points) if row else frozenset(),",
        "service_points=frozenset(),",
        f"{_FRAME}_roles_and_units_are_the_registers_as_it_is_now",
    ),
    rule_mutant(
        "REF-18e",
        "Who becomes inactive while a body comes may still do what they began",
        "chassis/kvitt_chassis/http.py",
        "    grant = await context.access.grant_anew(request.scope[GRANT], context.database)\n",
        "    grant = request.scope[GRANT]\n",
        "chassis/tests/test_access.py"
        "::test_who_becomes_inactive_while_the_body_comes_does_nothing_either",
    ),
    rule_mutant(
        "REF-18e",
        "Who has become inactive keeps their roles",
        _ASKED,
        "granted_to(user.roles, user.duties) if user.active else frozenset()",
        "granted_to(user.roles, user.duties)",
        f"{_FRAME}_who_becomes_inactive_may_do_nothing_from_the_next_request_on",
        f"{_CELLS}_a_regions_command_is_granted_as_its_row_says",
        _EACH_ROUTE,
    ),
    rule_mutant(
        "REF-18f",
        "An issuer asserts any region",
        f"{_CHASSIS}/auth.py",
        "    if region not in issuer.regions:\n",
        "    if not region:\n",
        f"{_TOKEN}_what_does_not_hold_is_refused",
    ),
    rule_mutant(
        "REF-18f",
        "A token lives as long as its issuer likes",
        f"{_CHASSIS}/auth.py",
        " > issuer.longest_life_seconds:\n",
        " > 10 * issuer.longest_life_seconds:\n",
        f"{_TOKEN}_what_does_not_hold_is_refused",
    ),
    rule_mutant(
        "REF-18f",
        "Any issuer's key verifies any issuer's token",
        f"{_CHASSIS}/auth.py",
        "            key = await issuer.keys.key(unproven",
        "            issuer = list(self._issuers.values())[-1]\n"
        "            key = await issuer.keys.key(unproven",
        f"{_TOKEN}_an_issuer_is_known_by_its_own_keys_alone",
    ),
    rule_mutant(
        "REF-18f",
        "An issuer says a role that it may not say",
        f"{_CHASSIS}/auth.py",
        "frozenset(one for one in issuer.may_say if one in roles)",
        "frozenset(one for one in IN_TOKENS if one in roles)",
        f"{_TOKEN}_an_issuer_says_no_more_than_it_may",
        more=(
            Swap(
                f"{_CHASSIS}/auth.py",
                "import Act, Grantee\n",
                "import IN_TOKENS, Act, Grantee\n",
            ),
        ),
    ),
    rule_mutant(
        "REF-18g",
        "What a region commands is judged by no table",
        f"{_CHASSIS}/service.py",
        "        self.handlers = self.access.guarding(handlers)\n",
        "        self.handlers = handlers\n",
        f"{_CELLS}_a_regions_command_is_granted_as_its_row_says",
        f"{_FRAME}_a_command_of_a_region_without_a_row_stops_the_start",
    ),
    rule_mutant(
        "REF-18h",
        "Who operates one region operates all",
        f"{_CHASSIS}/operating/admin.py",
        "region=None if is_all else caller.region",
        "region=None if is_all or caller.region else caller.region",
        f"{_SHARE}_idle_counts_the_share_of_who_operates_one_region",
        f"{_SHARE}_another_regions_aggregate_is_as_if_there_were_none",
    ),
    rule_mutant(
        "REF-18i",
        "A denied request is counted and leaves no line",
        f"{_CHASSIS}/denials.py",
        "    log.warning(_LINES[why], ",
        "    log.debug(_LINES[why], ",
        f"{_FRAME}_a_denied_request_is_a_line_and_a_count_whatever_it_lacks",
    ),
    rule_mutant(
        "REF-18i",
        "A denied command is recorded as often as it is tried",
        f"{_CHASSIS}/consuming/refusals.py",
        "tx.after_commit(partial(denials.record_refused, unit.service, tx.region, refused))\n",
        "denials.record_refused(unit.service, tx.region, refused)\n",
        f"{_FRAME}_a_denied_command_is_recorded_once_however_often_its_batch_is_tried",
    ),
)
