"""Writes by a desk's own templates, and says what is wrong with one that cannot be used."""

import re
from collections.abc import Iterator, Mapping
from threading import Lock
from traceback import walk_tb

from css_inline import InlineError
from jinja2 import TemplateNotFound, TemplateSyntaxError

from watchdesk.digests.rendering.compiling import MOST_ELEMENTS, Mistake, elements_too_deep, mistake_in
from watchdesk.digests.rendering.environments import sandbox_of
from watchdesk.digests.rendering.inlining import inlined
from watchdesk.digests.rendering.sandbox import LONGEST, Endless
from watchdesk.digests.rendering.written_templates import TemplateTrouble, Written, named_in
from watchdesk.encoding.display import fit_to_store

GMAIL = 102 * 1024
"""Bytes of HTML that Gmail shows of a mail."""
_MODULE = re.compile(r"\bwatchdesk(?:\.\w+)+\.(\w+)")
_MISSING = re.compile(r"' has no attribute '(\w+)'")


class TemplateWriter:
    """The templates of one folder, compiled; `Templates` is the door. Safe to use from many threads."""

    def __init__(self, files: Mapping[str, str], unreadable: Mapping[str, str]) -> None:
        self._files, self._unreadable = dict(files), dict(unreadable)
        self._environment = sandbox_of(files)
        self._mistakes: dict[str, Mistake | None] = {}
        self._one_at_a_time = Lock()

    def mistakes(self) -> Iterator[TemplateTrouble]:
        """What can be seen without writing: files that cannot be read, and mistakes of syntax."""
        for name in sorted(self._files.keys() | self._unreadable.keys()):
            if name in self._unreadable:
                yield TemplateTrouble(name, 1, self._unreadable[name])
                continue
            mistake = self._mistake_in(name)
            if mistake:
                yield TemplateTrouble(name, mistake.line, _tidy(mistake.reason))

    def write(self, name: str, values: Mapping[str, object]) -> Written | TemplateTrouble:
        """What the template writes of these values, HTML with its styles inlined."""
        if name in self._unreadable:
            return TemplateTrouble(name, 1, self._unreadable[name])
        try:
            with self._one_at_a_time:
                content = fit_to_store(self._written(name, values))
            content = content.rstrip() + "\n" if name.endswith(".txt.j2") else _laid_out(content)
        except InlineError as error:
            return TemplateTrouble(name, 1, f"its styles cannot be read: {error}")
        except Exception as error:  # noqa: BLE001 - a template may raise anything, and must cost nobody a digest
            return self._trouble(name, error)
        if not re.sub(r"<(style|title)\b.*?</\1>|<[^>]*>", "", content, flags=re.DOTALL).strip():
            return TemplateTrouble(name, 1, "it writes nothing")
        size = len(content.encode("utf-8", "replace"))
        if name.endswith(".txt.j2") or size <= GMAIL:
            return Written(content)
        reason = f"it wrote {size / 1024:.0f} KB, of which Gmail shows the first {GMAIL // 1024}"
        return Written(content, TemplateTrouble(name, 1, reason, was_used=True))

    def _written(self, name: str, values: Mapping[str, object]) -> str:
        self._environment.begin()
        pieces: list[str] = []
        length = 0
        for piece in self._environment.get_template(name).generate(values):
            self._environment.step()
            length += len(piece)
            if length > LONGEST:
                raise Endless(f"it writes more than {LONGEST:,} characters")
            pieces.append(piece)
        return "".join(pieces)

    def _mistake_in(self, name: str) -> Mistake | None:
        """Why a file cannot be compiled; looked for once."""
        if name not in self._mistakes:
            self._mistakes[name] = mistake_in(self._environment, self._files[name], name)
        return self._mistakes[name]

    def _reached(self, name: str) -> Iterator[str]:
        """The file and those of the desk's that it extends, includes or imports."""
        seen, left = {name}, [name]
        while left:
            yield (file := left.pop())
            new = named_in(self._files[file]) & self._files.keys() - seen
            seen |= new
            left += sorted(new)

    def _trouble(self, name: str, error: Exception) -> TemplateTrouble:
        if not isinstance(error, TemplateNotFound):
            # What cannot be compiled is reported with its own place, whatever came of it further on.
            for file in self._reached(name):
                mistake = self._mistake_in(file)
                if mistake:
                    return TemplateTrouble(file, mistake.line, _tidy(mistake.reason))
        said = _MODULE.sub(r"\1", str(error)) or type(error).__name__
        if isinstance(error, RecursionError):
            said = "it includes or calls itself without end"
        elif isinstance(error, MemoryError):
            said = "it takes more memory than there is"
        elif isinstance(error, TemplateNotFound):
            said = f"there is no template '{error.name}'; ours begin with watchdesk/"
        elif missing := _MISSING.search(said):
            said = f"there is no '{missing[1]}' there; docs/digests.md has all that there is"
        if isinstance(error, TemplateSyntaxError):
            return TemplateTrouble(
                error.name if error.name in self._files else name, error.lineno, _tidy(said)
            )
        places = [
            (frame.f_code.co_filename, line)
            for frame, line in walk_tb(error.__traceback__)
            if frame.f_code.co_filename in self._files
        ]
        file, line = places[-1] if places else (name, 1)
        return TemplateTrouble(file, line, _tidy(said))


def _laid_out(page: str) -> str:
    if elements_too_deep(page):
        raise Endless(f"it nests more than {MOST_ELEMENTS:,} elements of HTML")
    return inlined(page)


def _tidy(said: str) -> str:
    return re.sub(r"\s+", " ", said).rstrip(".")
