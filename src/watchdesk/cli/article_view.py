"""Shows an article on a terminal, with the words that rules found marked in it.

The same as JSON is in `json_documents`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from rich.padding import Padding
from rich.text import Text

from watchdesk.cli.session import stdout
from watchdesk.documents.words import counted, local
from watchdesk.model import Article, Match, PublishedKnown, RuleLabel
from watchdesk.rules import Miss

MARK = "bold yellow"

_KNOWN = {
    PublishedKnown.EXACT: "",
    PublishedKnown.ZONE_ASSUMED: " (the page names no zone)",
    PublishedKnown.DAY: " (only the day is known)",
    PublishedKnown.ABSENT: "",
}


def marked(text: str, marks: Iterable[tuple[int, int]], style: str = "") -> Text:
    """The text with (start, end) ranges marked."""
    shown = Text(text, style=style)
    for start, end in marks:
        shown.stylize(MARK, start, end)
    return shown


def print_article(article: Article, matches: Sequence[Match], zone: tzinfo) -> None:
    """Prints title, facts, text by sections, and what was removed."""
    console = stdout()
    spans = [span for match in matches for span in match.spans]
    console.print(marked(article.title, ((s.start, s.end) for s in spans if s.field == "title"), "bold"))
    console.print(Text(_facts(article, zone), style="dim"))
    if article.url:
        console.print(Text(article.url, style="dim"), soft_wrap=True)
    body = marked(article.text, ((s.start, s.end) for s in spans if s.field == "body"))
    for start, end in _heading_ranges(article):
        body.stylize("bold", start, end)
    if article.text:
        console.print()
        console.print(body)
    if article.removed:
        console.print(Text("\nremoved as clutter:", style="dim"))
        for line in article.removed:
            console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2)))


def print_matches(
    article: Article,
    matches: Sequence[Match],
    misses: Sequence[Miss],
    labels: Mapping[str, RuleLabel],
    others: Sequence[str],
) -> None:
    """Prints which rules match, by which words; which do not, why not. `others`: of other languages."""
    console = stdout()
    for match in matches:
        console.print()
        title = Text("matches ", style="green").append(labels[match.rule].title, style="bold")
        console.print(title.append(f"  {match.rule}, score {match.score:.2f}", style="dim"))
        console.print(Padding(marked(match.snippet.text, match.snippet.marks), (0, 0, 0, 2)))
        console.print(Padding(Text(f"by: {', '.join(_found_words(article, match))}"), (0, 0, 0, 2)))
    for miss in misses:
        console.print()
        title = Text("does not match ", style="yellow").append(labels[miss.rule_id].title, style="bold")
        console.print(title.append(f"  {miss.rule_id}", style="dim"))
        console.print(Padding(Text(f"because: {miss.because}"), (0, 0, 0, 2)))
    console.print(f"\n{counted(len(matches), 'rule')} of {len(matches) + len(misses)} match")
    if others:
        console.print(Text(f"for other languages: {', '.join(others)}", style="dim"))


def _found_words(article: Article, match: Match) -> list[str]:
    """The distinct words of the article that made the rule match, in order."""
    texts = {"title": article.title, "body": article.text}
    found = (texts[s.field][s.start : s.end] if s.field in texts else s.term for s in match.spans)
    return list(dict.fromkeys(found))


def _facts(article: Article, zone: tzinfo) -> str:
    published = "no date"
    if article.published_at:
        published = local(article.published_at, zone) + _KNOWN[article.published_known]
    updated = f"updated {local(article.updated_at, zone)}" if article.updated_at else None
    words = counted(len(article.text.split()), "word") if article.text else "no text below the title"
    facts = [published, updated, article.byline, article.language, words]
    return " · ".join(fact for fact in facts if fact)


def _heading_ranges(article: Article) -> Iterable[tuple[int, int]]:
    position = 0
    for section in article.sections:
        if section.heading:
            yield position, position + len(section.heading)
            position += len(section.heading) + 2
        position += sum(len(paragraph) + 2 for paragraph in section.paragraphs)
