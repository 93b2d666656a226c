"""Rule mutants of who operates one region's share of the system, or all (REF-18h)."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CHASSIS: Final = "chassis/kvitt_chassis"
_SHARES: Final = "chassis/tests/test_admin_shares.py::test"
_OTHERS: Final = (
    "chassis/tests/test_quarantine.py::test_who_operates_another_region_finds_nothing_of_this_one"
)

OPERATING: tuple[RuleMutant, ...] = (
    rule_mutant(
        "REF-18h",
        "Who operates one region has the share of all",
        f"{_CHASSIS}/operating/admin.py",
        "        is_all = grant.reach is Reach.PLATFORM\n",
        "        is_all = grant.reach is not Reach.UNITS\n",
        f"{_SHARES}_idle_counts_the_share_of_who_operates_one_region",
    ),
    rule_mutant(
        "REF-18h",
        "Rows of no region tell that another region has a person",
        f"{_CHASSIS}/operating/stored.py",
        "            if region is not None and not (one.has_region or is_theirs):\n",
        "            if region is None and not (one.has_region or is_theirs):\n",
        f"{_SHARES}_who_operates_a_region_is_told_of_its_persons_alone",
    ),
    rule_mutant(
        "REF-18h",
        "Another region's parked keys are seen and acted on",
        f"{_CHASSIS}/consuming/quarantine.py",
        "      AND (CAST(:region AS text) IS NULL OR k.region = :region)\n",
        "      AND (CAST(:region AS text) IS NULL OR k.region <> '-')\n",
        _OTHERS,
    ),
    rule_mutant(
        "REF-18h",
        "Another region's parked keys are counted",
        f"{_CHASSIS}/consuming/quarantine.py",
        "    WHERE CAST(:region AS text) IS NULL OR region = :region\n    GROUP BY",
        "    WHERE CAST(:region AS text) IS NULL OR region <> '-'\n    GROUP BY",
        _OTHERS,
    ),
    rule_mutant(
        "REF-18h",
        "Another region's log is read",
        f"{_CHASSIS}/relaying/outbox.py",
        '    "AND (CAST(:region AS text) IS NULL OR region = :region) ORDER BY seq LIMIT :limit"\n',
        "    \"AND (CAST(:region AS text) IS NULL OR region <> '-') ORDER BY seq LIMIT :limit\"\n",
        f"{_SHARES}_another_regions_aggregate_is_as_if_there_were_none",
    ),
    rule_mutant(
        "REF-18h",
        "Who operates one region moves everybody's log",
        "contracts/kvitt_contracts/access/admin.py",
        '    "POST /admin/outbox:rebase": ("outbox.rebase", {Grantee.PLATFORM: Reach.PLATFORM}),\n',
        '    "POST /admin/outbox:rebase": ("outbox.rebase", OPERATES),\n',
        f"{_SHARES}_what_concerns_all_regions_takes_who_operates_all",
    ),
)
