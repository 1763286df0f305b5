"""What MkDocs is told besides mkdocs.yml: pages from outside docs/, and Markdown as forges read it.

The README and its like are written once, at the root of the repository, and are pages of the site as well.
Forges follow CommonMark, MkDocs an older dialect; pages are written for both, and this turns the differences.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]

AT_THE_ROOT = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "RELEASING.md": "releasing.md",
    "benchmarks/README.md": "measuring.md",
}
"""Files of the repository that are pages of the site, by the names that they have there."""

_SOURCES = {page: file for file, page in AT_THE_ROOT.items()}

OURS = {
    "site/javascripts/iframe-worker.js": "javascripts/iframe-worker.js",
    "site/stylesheets/watchdesk.css": "stylesheets/watchdesk.css",
}
"""What pages load that is ours, by its address on the site."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages that stand at the root, and what pages load that is ours."""
    for source, address in (AT_THE_ROOT | OURS).items():
        files.append(File.generated(config, address, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, **_: object) -> str:
    """The page as MkDocs reads it, with links that lead within the site."""
    address = page.file.src_uri
    source = PurePosixPath(_SOURCES.get(address, f"docs/{address}"))
    written = "\n".join(as_markdown_reads_it(markdown.split("\n")))
    forge = f"{config.extra['repository']}/blob/main/"
    return re.sub(
        r"(\]\()([^)\s]+)(?=\))", lambda found: found[1] + link(found[2], source, address, forge), written
    )


def link(target: str, source: PurePosixPath, address: str, forge: str) -> str:
    """A link as it leads within the site, or to the forge where the file is no page of it.

    Args:
        target: as it is written, from the folder of its page in the repository.
        source: the page, from the root of the repository.
        address: the same page, from the root of the site.
        forge: where the repository's files can be read.
    """
    path, anchor_sign, anchor = target.partition("#")
    if not path or re.match(r"[a-z]+:", target):
        return target
    file = os.path.normpath(source.parent / path)
    if file in AT_THE_ROOT:
        place = AT_THE_ROOT[file]
    elif file.startswith("docs/"):
        place = file.removeprefix("docs/")
        place += "/README.md" if (ROOT / file).is_dir() else ""
    else:
        return f"{forge}{file}{anchor_sign}{anchor}"
    return os.path.relpath(place, PurePosixPath(address).parent) + anchor_sign + anchor


def as_markdown_reads_it(lines: list[str]) -> Iterator[str]:
    """The lines, changed where the dialects differ.

    What belongs to an item of a list is indented by four, a blank line stands before each list, and
    a pipe within code in a table has no backslash, which forges need there.
    """
    fenced = False
    deeper = 0
    before = ""
    for line in lines:
        item = re.match(r"(\d+\.|[-*]) ", line)
        if line.startswith("```"):
            fenced = not fenced
            deeper = 0
        elif fenced:
            pass
        elif item:
            if before.strip() and not deeper:
                yield ""
            deeper = 2 if len(item[1]) == 1 else 1
        elif line[:1].strip():
            deeper = 0
        elif line.strip():
            line = " " * deeper + line  # noqa: PLW2901
        if line.startswith("|") and not fenced:
            line = re.sub(r"`[^`]*`", lambda code: code[0].replace("\\|", "|"), line)  # noqa: PLW2901
        yield line
        before = line
