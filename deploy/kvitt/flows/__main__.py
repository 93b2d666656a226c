"""Write docs/flows of what was said on a local system in the month: `python -m kvitt.flows`, beside
a `kvitt run` that has come to its end and serves.
"""

import argparse
import sys
from pathlib import Path

from kvitt.flows.pages import differing, pages
from kvitt.flows.reading import read
from kvitt.local.kafka import ADMIN, Credentials
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.supervisor import default_regions_dir, region_codes
from kvitt.options import DEFAULT_STATE

FLOWS = Path(__file__).parents[3] / "docs" / "flows"


# decision 0562: a flow is drawn of what was said in the month
def made(state: State, regions: list[str]) -> dict[str, str]:
    """The pages of the system that runs on this state, by name. Raises LocalProblem where Kafka
    does not answer, or what was said there is no whole month.
    """
    credentials = Credentials(ADMIN, state.password(f"kafka:{ADMIN}"))
    said = read(f"127.0.0.1:{state.port('kafka')}", credentials, regions)
    try:
        return pages(said)
    except LookupError as error:
        raise LocalProblem(
            f"No diagrams can be made: {error}.",
            remedy="Let the month of all regions come to its end (kvitt run), then try again.",
        ) from error


def committed() -> dict[str, str]:
    """The pages as they are in the repository."""
    return {file.name: file.read_text(encoding="utf-8") for file in FLOWS.glob("*.md")}


def main() -> int:
    """The command line: 0 when the pages are written, or with --check are as they are made."""
    parser = argparse.ArgumentParser(prog="python -m kvitt.flows", description=__doc__)
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--check", action="store_true", help="Write nothing; say what differs.")
    options = parser.parse_args()
    try:
        state = State.existing(options.state.resolve())
        texts = made(state, region_codes(default_regions_dir()))
    except LocalProblem as problem:
        sys.stderr.write(f"{problem.what}\n{problem.remedy}\n")
        return 1
    wrong = differing(texts, committed())
    if not options.check:
        FLOWS.mkdir(exist_ok=True)
        for name in wrong:
            (FLOWS / name).unlink(missing_ok=True)
        for name, text in texts.items():
            (FLOWS / name).write_text(text, encoding="utf-8")
    for name in wrong:
        sys.stdout.write(f"{'differs' if options.check else 'written'}: docs/flows/{name}\n")
    return 1 if options.check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
