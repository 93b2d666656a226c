"""Commands to a region's ring, over HTTP alone. No wire type."""

from kvitt_contracts.envelope import Command


class RotateKeys(Command):
    """Wrap persons' keys by a new version of the region's ring (REF-22)."""


class DropOldKeys(Command):
    """Forget the versions that wrap nobody's key any more (REF-22)."""
