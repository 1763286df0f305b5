"""Files → YAML documents, with the place of everything in them. What is wrong with one is noted.

`well_formed` reads what holds nothing unusual, which is nearly every file; `any_yaml` reads the rest.
"""

from pathlib import Path

from watchdesk.config.ordinary_files import read_file
from watchdesk.config.places import Place, Problems
from watchdesk.config.well_formed import Unsure, read_well_formed
from watchdesk.config.yaml_document import Element, SourceText


def read_document(path: Path, problems: Problems, name: str | None = None) -> Element | None:
    """The file's one document, or None for an empty file or after an error was noted.

    `name` is what messages call the file; its path when left out.
    """
    text = read_text(path, problems, name)
    return None if text is None else parse_document(text, name or str(path), problems)


def read_text(path: Path, problems: Problems, name: str | None = None) -> str | None:
    """The file's text; None after an error was noted. `name`: as for `read_document`."""
    shown = name or str(path)
    try:
        content = read_file(path)
    except FileNotFoundError as error:
        problems.files.note(path)
        hint = f"looked for in {path.absolute().parent}; name another directory with --config DIR"
        problems.error(Place(shown, 1, 1), f"cannot be read: {error.strerror}", hint)
        return None
    except OSError as error:
        problems.files.note(path)
        problems.error(Place(shown, 1, 1), f"cannot be read: {error.strerror}")
        return None
    problems.files.note(path, content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        problems.error(
            Place(shown, line, column), "is not UTF-8 text here", "save the file with the encoding UTF-8"
        )
        return None


def parse_document(
    text: str, name: str, problems: Problems, shown: SourceText | None = None
) -> Element | None:
    """As `read_document`, for a text that was read already.

    `shown`: what its places show, where that is another text of as many lines.
    """
    source = SourceText(name, text) if shown is None else shown
    try:
        return read_well_formed(source, text)
    except Unsure:
        from watchdesk.config.any_yaml import read_any  # noqa: PLC0415 - its library is heavy, and seldom needed

        return read_any(source, problems, text)
