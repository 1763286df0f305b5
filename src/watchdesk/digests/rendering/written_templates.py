"""What comes of a template of the desk's: what it wrote, or what is wrong with it."""

import re
from dataclasses import dataclass

TEMPLATE_FOLDER = "templates"
"""In the configuration folder."""


@dataclass(frozen=True, slots=True)
class TemplateTrouble:
    """What is wrong with a template of the desk's."""

    file: str
    """Its name in the folder."""
    line: int
    reason: str
    was_used: bool = False
    """What it wrote goes out all the same."""

    @property
    def outcome(self) -> str:
        """What becomes of the digest."""
        return "it is used all the same" if self.was_used else "the built-in template is used in its place"

    @property
    def sentence(self) -> str:
        """What is wrong, and what became of it."""
        return f"{TEMPLATE_FOLDER}/{self.file}:{self.line}: {self.reason}; {self.outcome}."


@dataclass(frozen=True, slots=True)
class Written:
    """What a template wrote; and that it is too long, if it is."""

    content: str
    trouble: TemplateTrouble | None = None


def named_in(source: str) -> set[str]:
    """Files that a template extends, includes or imports."""
    return set(re.findall(r"[\"']([^\"'\s]+\.j2)[\"']", source))
