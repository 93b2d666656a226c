"""What is asked of a month's run over HTTP. What a region commands by its topic is reserved."""

from kvitt_contracts.billing import Month, RunState
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import UserId


class ApproveMonth(Command):
    """Let a month be issued as the preview with this state shows it."""

    month: Month
    state: RunState
    by: UserId


class PreviewMonth(Command):
    """Preview a month, anew where it has been."""

    month: Month
