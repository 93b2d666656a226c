"""Build the site: `python -m kvitt.site` writes `.kvitt/site`, to be opened from the disk."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from kvitt.site import openapi, sources

ROOT = Path(__file__).parents[3]

_FROM_ELSEWHERE = re.compile(r"<script[^>]*src=\"?https?://[^>]*></script>")

# decision 0555: no font, no search and no script from another place
_CONFIG = """\
[project]
site_name = "Kvitt"
site_description = "Kvitt för den som ansluter en region"
docs_dir = "pages"
site_dir = "{site}"
use_directory_urls = false
nav = [
  {{ "Start" = "index.md" }},
  {{ "Ansluta" = [
    {integrators}
  ] }},
  {{ "Meddelanden" = "messages/index.md" }},
  {{ "HTTP" = [
    {http}
  ] }},
  {{ "Ändringar" = "changes.md" }},
  {{ "Vem som får vad" = "access.md" }},
  {{ "Regler" = "domain.md" }},
]

[project.theme]
language = "sv"
font = false
features = ["navigation.tabs", "search.highlight", "content.code.copy", "navigation.top"]

[project.plugins.search]

[project.plugins.offline]
"""


def main() -> int:
    """The command line: 0 when the site has been built."""
    parser = argparse.ArgumentParser(prog="python -m kvitt.site", description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / ".kvitt" / "site")
    parser.add_argument("--zensical", type=Path, required=True, help="the program (make site)")
    options = parser.parse_args()
    into, program = options.into.resolve(), options.zensical.absolute()
    work = into.with_name(f"{into.name}-source")
    sources.write(ROOT, work / "pages")
    openapi.write(work / "pages" / "http")
    (work / "zensical.toml").write_text(_configured(work / "pages", into), encoding="utf-8")
    built = subprocess.run([program, "build", "--clean", "--strict"], cwd=work, check=False)
    if built.returncode == 0:
        _keep_off_the_network(into)
        sys.stdout.write(f"file://{into}/index.html\n")
    return built.returncode


def _keep_off_the_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(_FROM_ELSEWHERE.sub("", text), encoding="utf-8")


def _configured(pages: Path, site: Path) -> str:
    return _CONFIG.format(
        site=site,
        integrators=_listed(pages, "integrators"),
        http=_listed(pages, "http"),
    )


def _listed(pages: Path, folder: str) -> str:
    files = sorted(
        (pages / folder).glob("*.md"), key=lambda file: (file.stem != "index", file.stem)
    )
    return ",\n    ".join(f'"{folder}/{file.name}"' for file in files)


if __name__ == "__main__":
    sys.exit(main())
