"""A desk's own templates in the configuration folder, which replace those of watchdesk.

They are read with the configuration, and again at a reload. A broken one costs nobody a digest: the
built-in one is used, and the trouble is reported.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk import __version__
from watchdesk.config.files_read import FilesRead
from watchdesk.config.ordinary_files import read_file
from watchdesk.digests.rendering.written_templates import TEMPLATE_FOLDER, TemplateTrouble, Written, named_in
from watchdesk.doors import made_once

if TYPE_CHECKING:
    from watchdesk.digests.rendering.template_writing import TemplateWriter


class Templates:
    """The templates of one folder, by name; of an empty one there are none."""

    def __init__(self, files: Mapping[str, str] | None = None, unreadable: Mapping[str, str] | None = None):
        self._files = dict(files or {})
        self._unreadable = dict(unreadable or {})
        self._writer = made_once(self._loaded_writer)

    @property
    def fingerprint(self) -> str:
        """Another as soon as any file of it is another, or watchdesk is."""
        parts = (__version__, sorted(self._files.items()), sorted(self._unreadable.items()))
        return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def names(self) -> tuple[str, ...]:
        """Every file of it."""
        return tuple(sorted(self._files.keys() | self._unreadable.keys()))

    def line(self, name: str, number: int) -> str:
        """A line of a file, counted from 1; empty where there is none."""
        lines = self._files.get(name, "").splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def first_of(self, *names: str) -> str | None:
        """The first of these that is there."""
        return next((name for name in names if name in self._files or name in self._unreadable), None)

    def unused(self, digest_names: Iterable[str]) -> list[str]:
        """Files that no digest asks for by name, and that no other file extends, includes or imports."""
        stems = ("digest", "notice", *digest_names)
        asked = {f"{stem}.{ending}.j2" for stem in stems for ending in ("html", "txt")}
        for source in self._files.values():
            asked |= named_in(source)
        return [name for name in self.names if name not in asked]

    def _loaded_writer(self) -> "TemplateWriter":
        from watchdesk.digests.rendering.template_writing import TemplateWriter  # noqa: PLC0415 - Jinja2 is heavy

        return TemplateWriter(self._files, self._unreadable)

    def mistakes(self) -> Iterator[TemplateTrouble]:
        """What can be seen without writing: files that cannot be read, and mistakes of syntax."""
        return self._writer().mistakes() if self.names else iter(())

    def write(self, name: str, **values: object) -> Written | TemplateTrouble:
        """What the template writes of these values, HTML with its styles inlined."""
        return self._writer().write(name, values)


NONE = Templates()
"""Of a desk that has none."""


def template_files(directory: Path) -> Iterator[Path]:
    """The files in `templates/` of a configuration folder, and in folders within it, without hidden ones."""
    folder = directory / TEMPLATE_FOLDER
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        if not f"/{name}".count("/."):  # hidden is what systems and editors leave beside a template
            yield path


def load_templates(directory: Path, read: FilesRead | None = None) -> Templates:
    """The templates of a configuration folder. `read` hears which files they are."""
    files: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    for path in template_files(directory):
        name = path.relative_to(directory / TEMPLATE_FOLDER).as_posix()
        if read:
            read.note(path)
        try:
            files[name] = read_file(path).decode()
        except (OSError, UnicodeDecodeError) as error:
            unreadable[name] = f"it cannot be read: {error}".rstrip(".")
    return Templates(files, unreadable)
