"""What `beside` runs in either commit's checkout, by that checkout's python: `python -c` of this
text, the place of the checkout that measures, a flood and seconds. What sends and looks is of that
place, the world in which it does is of the checkout; the last line out is the answer.
"""

import json
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_OF_THE_MEASURING = (
    "tests.faults.checker.evidence",
    "tests.faults.load",
    "tests.faults.flooding",
    "tests.bench.one_bad_region",
)


def overlay(root: Path) -> None:
    """Load the modules that measure from `root`, whether or not this checkout has them."""
    for name in _OF_THE_MEASURING:
        import_module(name.rpartition(".")[0])
        spec = spec_from_file_location(name, root / f"{name.replace('.', '/')}.py")
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


if __name__ == "__main__":
    place, flood, seconds = sys.argv[1:]
    overlay(Path(place))
    measured = import_module("tests.bench.one_bad_region")
    sys.stdout.write(json.dumps(measured.one_flood(flood, seconds=float(seconds))) + "\n")
