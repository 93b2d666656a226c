"""What can stand in the way of the local platform, told so that a person can act. No logic."""


class LocalProblem(Exception):
    """Something outside Kvitt is missing or in the way.

    `what` says what was found, `remedy` what to do about it. Shown without a traceback.
    """

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy
