"""What who operates a region says of its search. No wire type: it travels on no topic."""

from kvitt_contracts.envelope import Command


class RekeySearch(Command):
    """Have what the region's persons are found by hashed anew by the current key, or stop that."""

    is_stopped: bool
