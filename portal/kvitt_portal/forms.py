"""What somebody has filled in, and what is wrong with it, beside each field."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from kvitt_chassis.web.problems import FieldProblem, Problem
from kvitt_contracts.problems import CONTRACT

from kvitt_portal.services import File

KEY = "_key"
"""The hidden field with the form's idempotency key: a form that is sent twice is done once."""
MAX_LENGTH = 4_000
_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
_SENT_BEFORE = (
    "Sidan har redan skickats, med andra uppgifter, och det som skickades då är gjort. Se efter vad"
    " som blev gjort: skickar du sidan igen görs det en gång till."
)
"""Of a page that was gone back to, changed and sent again."""
_WHOSE = "."
"""In a key, between what it is and whose it is."""

ANOTHERS_PAGE = Problem(
    status=409,
    reason="ANOTHERS_PAGE",
    title="Sidan är någon annans",
    detail="Någon annan har loggat in i webbläsaren sedan sidan öppnades. Ingenting är gjort.",
    way_on="Öppna sidan på nytt, så görs det i ditt namn.",
)


class Form:
    """A form as it was sent, or empty; with defaults where a page proposes values."""

    def __init__(
        self, sent: Sequence[tuple[str, str]] = (), *, given: Mapping[str, str] | None = None
    ) -> None:
        self._values: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in sent:
            self._values[name].append(_cleaned(value))
        for name, value in (given or {}).items():
            self._values.setdefault(name, [value])
        self.errors: dict[str, list[str]] = {}
        self.key = self[KEY] or str(uuid4())
        self.file: File | None = None  # that was chosen

    def bind(self, mark: str) -> None:
        """Let the form's key say whose page it stands on."""
        self.key = f"{self.key.partition(_WHOSE)[0]}{_WHOSE}{mark}"

    def is_bound_to(self, mark: str) -> bool:
        """False where it stood on the page of somebody else; a key may say nothing of that."""
        _, says, whose = self.key.partition(_WHOSE)
        return not says or whose == mark

    def __getitem__(self, name: str) -> str:
        """The value of a field, without blanks around it; empty where it was not sent."""
        values = self._values.get(name)
        return values[0] if values else ""

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def give(self, name: str, value: str) -> None:
        """Set the value of a field."""
        self._values[name] = [value]

    def give_all(self, name: str, values: Sequence[str]) -> None:
        """Set the values of a field that may be sent several times."""
        self._values[name] = list(values)

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be sent several times."""
        return [one for one in self._values.get(name, ()) if one]

    def sent(self) -> list[tuple[str, str]]:
        """All of it, to be shown again."""
        return [(name, one) for name, values in self._values.items() for one in values]

    @property
    def ok(self) -> bool:
        """True while nothing is wrong."""
        return not self.errors

    def add(self, field: str, text: str) -> None:
        """Say what is wrong with a field; with the empty name, of the form as a whole."""
        self.errors.setdefault(field, []).append(text)

    def must(self, *fields: str, text: str = "Fyll i fältet.") -> None:
        """Fields that must not be empty."""
        for name in fields:
            if not self[name]:
                self.add(name, text)

    def refuse(self, problem: Problem | None, names: Mapping[str, str] | None = None) -> None:
        """Show a service's problem beside the fields that it is about. `names` are the form's names
        of fields by the API's; what is about no field of the form is said above it. A form that
        was refused goes again under a new key.
        """
        if problem is None:
            return
        known = dict(names or {})
        for one in _fields_of(problem):
            # a contract's way on is for who programs: whoever writes here is told what to write
            said = f"Uppgiften {one.problem}." if one.rule == CONTRACT else one.problem
            way_on = "" if one.rule == CONTRACT else one.way_on
            self.add(_named(one.field, known), f"{said} {way_on}".strip())
        if not problem.fields:
            self.add(_named(problem.field or "", known), said_of(problem))
        if problem.status < 500:
            self.key = str(uuid4())


def is_id(text: str) -> bool:
    """True for what can be the id of a thing."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def said_of(problem: Problem) -> str:
    """What to do, and by which rule: the code of a refusal tells its reader nothing."""
    if problem.reason == _KEY_REUSED:
        return _SENT_BEFORE
    if problem.rule and problem.way_on and problem.reason in problem.detail:
        return f"{problem.way_on} (Regel {problem.rule})"
    return f"{problem.detail} {problem.way_on}".strip()


def _fields_of(problem: Problem) -> Sequence[FieldProblem]:
    return problem.fields


def _named(field: str, names: Mapping[str, str]) -> str:
    if field in names:
        return names[field]
    above = [one for one in names if field.startswith(f"{one}.")]
    return names[max(above, key=len)] if above else ""


def _cleaned(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\x00", "").strip()[:MAX_LENGTH]
