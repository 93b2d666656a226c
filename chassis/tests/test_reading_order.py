"""Whose records come next: regions in turn, partitions of a region in turn."""

from kvitt_chassis.consuming.drain import in_turn
from kvitt_chassis.consuming.reading_order import ReadingOrder
from kvitt_chassis.consuming.turns import Partition

AC, AC_TWO, BD, CZ = PARTITIONS = [("ac", 0), ("ac", 1), ("bd", 0), ("cz", 0)]


def an_order() -> ReadingOrder:
    return ReadingOrder(lambda one: one[0])


def next_of(order: ReadingOrder, having: list[Partition]) -> Partition:
    """The partition whose records are taken next, one at a time, of those that have some."""
    turns = order.turns(PARTITIONS)
    taken = next(one for _, turn in turns for one in turn if one in having)
    order.took([taken])
    return taken


def test_each_region_with_records_has_its_turn_before_the_first_has_another() -> None:
    order = an_order()

    taken = [next_of(order, [AC, BD, CZ])[0] for _ in range(6)]

    assert sorted(taken[:3]) == sorted(taken[3:]) == ["ac", "bd", "cz"]


def test_a_region_that_has_been_silent_is_next() -> None:
    order = an_order()
    for _ in range(5):
        next_of(order, [AC])

    assert next_of(order, [AC, BD]) == BD


def test_a_regions_partitions_take_turns() -> None:
    order = an_order()

    taken = [next_of(order, [AC, AC_TWO]) for _ in range(4)]

    assert taken[:2] == taken[2:]
    assert set(taken) == {AC, AC_TWO}


def test_parked_keys_of_each_region_are_tried_in_turn() -> None:
    queues = {"ac": [("t", key) for key in "123"], "bd": [("t", "4")], "": [("t", "5")]}

    assert [key for _, (_, key) in in_turn(queues)] == ["1", "4", "5", "2", "3"]


def test_a_slow_regions_turn_becomes_shorter_and_grows_again_when_it_is_quick() -> None:
    order = ReadingOrder(lambda one: one[0], records=100, seconds=1.0)
    order.took([BD])
    order.ended(0.1)
    limits = []
    for seconds in (4.0, 0.9, 0.4, 0.4, 0.4):
        order.took([AC])
        order.ended(seconds)
        limits.append(order.limit(["ac"]))

    assert limits == [25, 25, 50, 100, 100]
    assert order.limit(["bd"]) == 100


def turns(order: ReadingOrder, taking: dict[str, tuple[float, float]], *, rounds: int) -> None:
    """Regions that each have more than enough; `taking`: the seconds of each transaction, and those
    of each record in it.
    """
    for _ in range(rounds):
        for region, (each_transaction, each_record) in taking.items():
            order.took([(region, 0)])
            order.ended(each_transaction + each_record * order.limit([region]))


def test_turns_stay_long_where_each_transaction_takes_long() -> None:
    """On a busy machine one record takes longer than a turn may: turns of one record would make it
    busier, and last for ever.
    """
    order = ReadingOrder(lambda one: one[0], records=50, seconds=0.04)

    turns(order, {"ac": (0.06, 0.005), "bd": (0.06, 0.005)}, rounds=100)

    assert order.limit(["ac"]) >= 20
    assert order.limit(["bd"]) >= 20


def test_turns_are_long_again_after_a_standstill() -> None:
    order = ReadingOrder(lambda one: one[0], records=50, seconds=0.04)
    turns(order, {"ac": (30.0, 0.0), "bd": (30.0, 0.0)}, rounds=3)
    assert order.limit(["ac", "bd"]) == 1

    turns(order, {"ac": (0.06, 0.005), "bd": (0.06, 0.005)}, rounds=100)

    assert order.limit(["ac", "bd"]) >= 20


def test_a_region_whose_records_take_long_has_one_at_a_time_beside_quick_ones() -> None:
    order = ReadingOrder(lambda one: one[0], records=50, seconds=0.04)

    turns(order, {"ac": (0.008, 0.3), "bd": (0.008, 0.0005)}, rounds=100)

    assert order.limit(["ac"]) == 1
    assert order.limit(["bd"]) == 50


def test_a_turn_is_never_of_nothing() -> None:
    order = ReadingOrder(lambda one: one[0], records=10, seconds=1.0)
    order.took([BD])
    order.ended(0.1)
    order.took([AC])
    order.ended(1_000.0)

    assert order.limit(["ac", "bd"]) == 1
