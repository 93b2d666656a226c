"""Build the site: `python -m kvitt.site` writes `.kvitt/site`, to be opened from the disk."""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from kvitt.site import openapi, sources

ROOT = Path(__file__).parents[3]

VENDOR = Path(__file__).parent / "vendor"

_FROM_ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"?https?://[^>]*>")

# decision 0555: no font and no script from another place; `polyfills` names the file that gives a
# page from the disk its search, which zensical takes from a CDN where none is named
_CONFIG = """\
[project]
site_name = "Kvitt"
site_description = "Kvitt för den som ansluter en region"
docs_dir = "pages"
site_dir = "site"
use_directory_urls = false
nav = [
  {{ "Start" = "index.md" }},
  {{ "Ansluta" = [
    {integrators}
  ] }},
  {{ "Meddelanden" = "messages/index.md" }},
{flows}  {{ "HTTP" = [
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

[project.extra]
polyfills = ["assets/iframe-worker.js"]

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
    shutil.copytree(VENDOR, work / "pages" / "assets")
    (work / "zensical.toml").write_text(_configured(work / "pages"), encoding="utf-8")
    built = subprocess.run([program, "build", "--clean", "--strict"], cwd=work, check=False)
    if built.returncode != 0:
        return built.returncode
    asking = _asking_elsewhere(work / "site")
    if asking:
        sys.stderr.write("These ask the network:\n" + "\n".join(asking) + "\n")
        return 1
    shutil.rmtree(into, ignore_errors=True)
    (work / "site").rename(into)
    sys.stdout.write(f"file://{into}/index.html\n")
    return 0


def _asking_elsewhere(site: Path) -> list[str]:
    """Every tag that makes a browser fetch something from another place, after its page."""
    return [
        f"{page.relative_to(site)}: {found[0]}"
        for page in sorted(site.rglob("*.html"))
        for found in _FROM_ELSEWHERE.finditer(page.read_text(encoding="utf-8"))
    ]


def _configured(pages: Path) -> str:
    return _CONFIG.format(
        integrators=_listed(pages, "integrators"),
        flows=_section("Flöden", _listed(pages, "flows")),
        http=_listed(pages, "http"),
    )


def _section(title: str, listed: str) -> str:
    """A part of the navigation; nothing where it has no pages."""
    return f'  {{ "{title}" = [\n    {listed}\n  ] }},\n' if listed else ""


def _listed(pages: Path, folder: str) -> str:
    files = sorted(
        (pages / folder).glob("*.md"), key=lambda file: (file.stem != "index", file.stem)
    )
    return ",\n    ".join(f'"{folder}/{file.name}"' for file in files)


if __name__ == "__main__":
    sys.exit(main())
