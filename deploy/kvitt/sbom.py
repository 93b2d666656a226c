"""What we use, and under which licences: `python -m kvitt.sbom` reads a CycloneDX bill of materials
and judges it by deploy/licences.yaml. `make sbom` writes the bill first.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from license_expression import ExpressionError, get_spdx_licensing

POLICY = Path(__file__).parents[1] / "licences.yaml"
_SPDX: Any = get_spdx_licensing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`permitted` identifiers, other `names` for them (None: it says nothing), and `packages` that
    are judged one by one.
    """

    permitted: frozenset[str]
    names: Mapping[str, str | None]
    packages: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, file: Path = POLICY) -> "Policy":
        """The policy of a YAML file."""
        found = yaml.safe_load(file.read_text())
        return cls(
            permitted=frozenset(found["permitted"]),
            names=found["names"],
            packages=found["packages"],
        )

    def licences_of(self, component: Mapping[str, Any]) -> list[str]:
        """What a component says of its licences, each by its identifier where it is known."""
        judged = self.packages.get(component["name"])
        if judged is not None:
            return [judged["licence"]]
        said = [
            one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
            for one in component.get("licenses", ())
        ]
        named = [self.names.get(one, one) for one in said]
        return sorted({one for one in named if one})

    def permits(self, component: Mapping[str, Any]) -> bool:
        """True when it is judged by itself, or all that it says may be."""
        if component["name"] in self.packages:
            return True
        found = self.licences_of(component)
        return bool(found) and all(map(self._permits, found))

    def _permits(self, expression: str) -> bool:
        try:
            parsed = _SPDX.parse(expression)
        except ExpressionError:
            return False
        may = {
            one: _SPDX.TRUE if str(one) in self.permitted else _SPDX.FALSE for one in parsed.symbols
        }
        return bool(parsed.subs(may, simplify=True) == _SPDX.TRUE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the list, and what is not permitted; the exit code is 1 where anything is not."""
    (file,) = arguments if arguments is not None else sys.argv[1:]
    components = json.loads(Path(file).read_text())["components"]
    policy = Policy.read()
    counted = Counter(" / ".join(policy.licences_of(one)) or "unknown" for one in components)
    lines = [f"{number:4} {licence}" for licence, number in counted.most_common()]
    refused = [one for one in components if not policy.permits(one)]
    lines += [
        f"not permitted: {one['name']} {one['version']}: "
        f"{' / '.join(policy.licences_of(one)) or 'it states no licence'}"
        for one in refused
    ]
    lines.append(f"{len(components)} components, {len(refused)} not permitted: {POLICY.name}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
