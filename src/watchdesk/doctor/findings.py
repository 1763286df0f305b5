"""What a trial found: one line for people, with what to do, and the same as a document. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watchdesk.documents.words import printable
from watchdesk.model.help_names import HelpName, with_help


class Result(StrEnum):
    """How it stands with a subject; the value is what people and programs read."""

    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should look at it."""
    WRONG = "wrong"
    """It needs a person."""
    UNTRIED = "untried"
    """It cannot be said from here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    subject: str
    """Such as `state directory` or `channel desk`."""
    result: Result
    what: str
    to_do: str | None = None
    """Where `what` does not say it."""
    help: HelpName | None = None
    """Where it is explained."""

    @property
    def said(self) -> str:
        """For people."""
        return with_help(f"{self.subject}: {self.what}", self.help)

    def cleaned(self) -> "Finding":
        """Without characters that control a terminal: servers and files have a say in it."""
        to_do = None if self.to_do is None else printable(self.to_do)
        return Finding(printable(self.subject), self.result, printable(self.what), to_do, self.help)


Findings = Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to try, and how; it may take a while."""

    subject: str
    run: Callable[[], Findings]


def ok(subject: str, what: str) -> Finding:
    """It is as it has to be."""
    return Finding(subject, Result.OK, what)


def warning(subject: str, what: str, to_do: str | None = None, help: HelpName | None = None) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(subject, Result.WARNING, what, to_do, help)


def wrong(subject: str, what: str, to_do: str | None = None, help: HelpName | None = None) -> Finding:
    """It needs a person."""
    return Finding(subject, Result.WRONG, what, to_do, help)


def untried(subject: str, what: str, to_do: str | None = None) -> Finding:
    """It cannot be said from here."""
    return Finding(subject, Result.UNTRIED, what, to_do)


def findings_document(found: Findings, untried: Findings) -> Mapping[str, object]:
    """`doctor --json`. `untried`: what is never tried, and the command that does."""
    return {
        "well": all(finding.result is not Result.WRONG for finding in found),
        "findings": [
            {
                "subject": finding.subject,
                "result": str(finding.result),
                "what": finding.what,
                "to_do": finding.to_do,
                "help": finding.help,
            }
            for finding in found
        ],
        "not_tried": [{"what": finding.what, "command": finding.to_do} for finding in untried],
    }
