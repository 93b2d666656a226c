"""What can be in the way of the local platform, in words that a person can act on. No logic."""


class LocalProblem(Exception):
    """Something outside Kvitt is missing or in the way.

    `what` is what was found, `remedy` what to do about it. Printed without a traceback.
    """

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy
