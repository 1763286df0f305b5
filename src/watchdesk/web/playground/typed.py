"""What somebody typed into the form of the playground, as requests to its processes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from watchdesk.backtest import Draft, Sources
from watchdesk.errors import UsageError
from watchdesk.web.asked import Refusal
from watchdesk.web.playground.messages import Explain, Search, TakeAway, TryArticle

DAYS = (1, 2, 7, 14, 30, 90)
USUAL_DAYS = 7
LONGEST_TEXT = 200_000
"""Characters of an article that is pasted."""
_MOST_MARKS = 60
_MARK = re.compile(r"(match|ignore)-(\d{1,18})")
_KEPT = ("query", "exclude", "sources", "at_least", "days", "against", "against_query")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form."""

    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").replace("\r\n", "\n")

    @property
    def has_query(self) -> bool:
        """Whether there is something to ask."""
        return bool(self["query"].strip())

    @property
    def days(self) -> int:
        """How far back."""
        text = self["days"]
        return int(text) if text.isascii() and text.isdigit() and int(text) in DAYS else USUAL_DAYS

    @property
    def draft(self) -> Draft:
        """The rule. Raises `UsageError` for what no rule can have."""
        text = self["at_least"].strip().replace(",", ".")
        try:
            at_least = float(text or 0)
        except ValueError:
            raise UsageError("`at_least` must be a number from 0 to 1") from None
        return Draft(self["query"], self["exclude"], Sources.read(self["sources"]), at_least)

    @property
    def marks(self) -> Mapping[int, bool]:
        """Articles that are marked as examples. Raises `UsageError` for too many, or one marked as both."""
        found: dict[int, bool] = {}
        for name, value in self.fields.items():
            marked = _MARK.fullmatch(name)
            if marked and value:
                number, should_match = int(marked[2]), marked[1] == "match"
                if found.setdefault(number, should_match) is not should_match:
                    raise UsageError(f"article {number} is marked as a match and as no match")
        if len(found) > _MOST_MARKS:
            raise UsageError(f"at most {_MOST_MARKS} articles can be marked")
        return found

    def search(self, seconds: float, *, tells: bool) -> Search:
        """What it finds. `tells`: see `Search`."""
        against_query = self["against_query"].strip()
        return Search(
            self.draft,
            timedelta(days=self.days),
            against_query or self["against"].strip(),
            against_is_query=bool(against_query),
            seconds=seconds,
            tells=tells,
        )

    def explain(self) -> Explain:
        """Why one article matches, or not."""
        number = self["article"]
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise Refusal(404, "There is no such article here.")
        return Explain(self.draft, int(number))

    def take_away(self) -> TakeAway:
        """The rule as YAML."""
        return TakeAway(self.draft, " ".join(self["title"].split())[:200], self.marks)

    def try_article(self) -> TryArticle:
        """A text or an address, asked the query; without one the rules of the files."""
        text, address = self["text"], self["address"].strip()
        if len(text) > LONGEST_TEXT:
            raise UsageError(f"a text may have {LONGEST_TEXT:,} characters here")
        if not text.strip() and not address:
            raise UsageError("paste a text, or give the address of a page")
        if address and not address.startswith(("http://", "https://")):
            raise UsageError("an address begins with https:// or http://")
        return TryArticle(text, address, None, self.draft if self.has_query else None)

    def link(self, **more: object) -> str:
        """The query string of a link to the same search."""
        kept = {name: self[name] for name in _KEPT if self[name].strip()}
        return urlencode({**kept, **more})
