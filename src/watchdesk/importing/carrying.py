"""What was found → sources with names of their own, drafts of rules, secrets, and what is left. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from watchdesk.articles.plain import plain_title
from watchdesk.config.names import name_from, source_names, tag_from
from watchdesk.documents.words import printable
from watchdesk.importing.drafts import ITS_SOURCE
from watchdesk.importing.found import Draft, Found, FoundSource, Left, Login

_LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Carried:
    """What is to be written."""

    program: str
    """Its title."""
    added: Mapping[str, FoundSource]
    """By the id of each."""
    known: Mapping[str, str]
    """Sources that are followed already: their ids, by the address in the imported file."""
    drafts: Mapping[str, tuple[Draft, str | None]]
    """By the id of each rule: it, and the source that it is about."""
    left: Sequence[Left]

    @property
    def logins(self) -> Mapping[str, Login]:
        """Logins by the id of their source; those without a password are left out."""
        found = {name: source.login for name, source in self.added.items()}
        return {name: login for name, login in found.items() if login and login.password}

    @property
    def is_worth_writing(self) -> bool:
        """Whether anything is new."""
        return bool(self.added or self.drafts)


def carry(
    program: str,
    found: Found,
    known: Mapping[str, str],
    taken: Collection[str],
    rules: Collection[str],
) -> Carried:
    """Names everything.

    `known`: ids of sources that are followed already, by the address in the file. `taken`: names that sources
    have. `rules`: names that rules have.
    """
    new = [_clean(source) for source in found.sources if source.url not in known]
    names = source_names({source.url: source.title for source in new}, taken)
    ids = {**known, **names}
    drafts: list[tuple[Draft, str | None]] = [
        (_of_source(source.draft, ids[source.url]), ids[source.url])
        for source in found.sources
        if source.draft
    ]
    drafts += [(draft, None) for draft in found.drafts]
    left = [
        *found.left,
        *(
            Left(source.place, f"login of {source.login.user}", "it has no password: add auth: yourself")
            for source in new
            if source.login and not source.login.password
        ),
    ]
    return Carried(program, {names[source.url]: source for source in new}, known, _named(drafts, rules), left)


def _clean(source: FoundSource) -> FoundSource:
    title = printable(plain_title(source.title))[:_LONGEST_TITLE].strip() or None
    tags = dict.fromkeys(tag for one in source.tags if (tag := tag_from(one)))
    return replace(source, title=title, tags=tuple(tags))


def _of_source(draft: Draft, name: str) -> Draft:
    return replace(draft, query=f"source:{name}") if draft.query == ITS_SOURCE else draft


def _named(
    drafts: Sequence[tuple[Draft, str | None]], taken: Collection[str]
) -> Mapping[str, tuple[Draft, str | None]]:
    found: dict[str, tuple[Draft, str | None]] = {}
    for draft, source in drafts:
        wanted = name_from(draft.title) or "draft"
        name, number = wanted, 2
        while name in taken or name in found:
            name, number = f"{wanted}-{number}", number + 1
        found[name] = draft, source
    return found
