"""Where an exception comes from, for those whose type says nothing: OSError and TimeoutError."""


def is_from(error: BaseException, *packages: str) -> bool:
    """True when the exception has passed through code of one of these packages on its way here."""
    step = error.__traceback__
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__", ""))
        if module.startswith(packages):
            return True
        step = step.tb_next
    return False
