"""Every example in the documentation does what is said of it."""

import doctest
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.pages import Row, code, codes, tables
from watchdesk.cli.root import watchdesk
from watchdesk.config import settings_schema
from watchdesk.errors import ConfigurationError
from watchdesk.model import Article
from watchdesk.rules import Query, RuleSet, check_examples
from watchdesk.rules.lint import lint_query

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOURCES = frozenset({"harbour-post", "wire"})
CATEGORIES = frozenset({"Weather"})

_PARTS = settings_schema({})["properties"]
SETTINGS = [
    ("polling.md", "### Polls", _PARTS["polling"]),
    ("polling.md", "### Articles", _PARTS["articles"]),
    ("digests.md", "## Keys", _PARTS["digests"]["additionalProperties"]),
    ("page.md", "## Keys", _PARTS["web"]),
    ("channels.md", "## Options of every kind", _PARTS["channels"]["additionalProperties"]),
]
"""The part of watchdesk.yaml that the first table below a heading describes."""


def rows(*columns: str) -> list[Row]:
    """The rows of every table that has these columns."""
    return [row for table in tables(RULES) for row in table if set(columns) <= set(row)]


def article(written: str) -> Article:
    """An article in short: its title stands before a slash, and slashes part its paragraphs."""
    title, slash, text = written.partition(" / ")
    text = text.replace(" / ", "\n\n")
    return Article.from_text(title if slash else "", text if slash else title, language="en")


def shown(row: Row) -> str:
    return row.get("query") or row["refused"]


def each(*columns: str) -> Callable[[Callable[[Row], None]], Callable[[Row], None]]:
    found = rows(*columns)
    assert found
    return pytest.mark.parametrize("row", found, ids=map(shown, found))


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_the_python_examples_print_what_is_shown(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    tested = page.read_text(encoding="utf-8").replace("\n```", "\n\n```")
    example = doctest.DocTestParser().get_doctest(tested, {}, page.name, str(page), 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert outcome.failed == 0, "".join(said)
    assert outcome.attempted == tested.count("\n>>> ")


@pytest.mark.parametrize(("page", "heading", "part"), SETTINGS, ids=[found[1] for found in SETTINGS])
def test_a_table_of_settings_is_the_one_that_their_declarations_make(
    page: str, heading: str, part: dict[str, Any]
) -> None:
    wanted = settings_table(part)
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = text[text.index(f"\n{heading}\n") :]
    found = re.search(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    assert found
    assert found[0] == wanted, f"put this table in docs/{page}, below {heading}:\n\n{wanted}"


def settings_table(part: dict[str, Any]) -> str:
    """The settings of a part of watchdesk.yaml, as `config/settings.py` declares them."""
    lines = ["| key | default | |", "| --- | --- | --- |"]
    for key, setting in part["properties"].items():
        if "description" in setting:  # the kinds of channels have tables of their own
            default = setting.get("default")
            default = str(default).lower() if isinstance(default, bool) else default
            written = (
                "required"
                if key in part.get("required", ())
                else f"`{default}`"
                if default is not None
                else ""
            )
            lines.append(f"| `{key}` | {written} | {' '.join(setting['description'].split())} |")
    return "\n".join(lines).replace("|  |", "| |") + "\n"


def test_every_page_stands_in_the_order_of_the_site_and_the_readme_names_what_one_looks_for() -> None:
    order = re.findall(
        r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert [page.name for page in DOCS if page.name not in order] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DOCS if f"(docs/{page.name})" not in readme] == []
    assert len(readme.splitlines()) <= 150


def test_every_command_stands_in_the_table_of_commands() -> None:
    told = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [
        name for name in watchdesk.commands if not re.search(rf"^\| `{name}[ `]", told, flags=re.MULTILINE)
    ] == []


def test_every_test_that_proves_a_promise_exists() -> None:
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))
    files = (file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    there = {name for text in files for name in re.findall(r"^def (test_\w+)", text, flags=re.MULTILINE)}
    assert len(named) > 30
    assert set(named) - there == set()


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("*.md"), *DOCS, *(ROOT / "docs" / "decisions").glob("*.md")],
    ids=lambda page: page.name,
)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for address in re.findall(r"\]\(([^)\s]+)\)", text):
        if address.startswith(("https:", "http:", "mailto:")):
            continue
        name, _, anchor = address.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), address
        assert not anchor or anchor in anchors(target), address


def test_the_readme_shows_a_digest_and_the_page() -> None:
    shown = dict(pictures(ROOT / "README.md"))
    assert {"docs/pictures/digest.png", "docs/pictures/playground.png"} <= shown.keys()


def test_every_picture_of_the_demo_is_shown_and_described_and_small() -> None:
    folder = ROOT / "docs" / "pictures"
    described = {
        (page.parent / address).resolve(): words
        for page in (ROOT / "README.md", *DOCS)
        for address, words in pictures(page)
        if (page.parent / address).parent.resolve() == folder.resolve()
    }
    files = [file.resolve() for file in folder.iterdir()]
    assert sorted(described) == sorted(files)
    assert [file.name for file, words in described.items() if len(words.split()) < 10] == []
    sizes = [file.stat().st_size for file in files]
    assert max(sizes) < 150_000
    assert sum(sizes) < 400_000


def pictures(page: Path) -> list[tuple[str, str]]:
    """The address of each picture on a page, and the words for those who do not see it."""
    return [
        (address, words)
        for words, address in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    ]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", RULES, flags=re.DOTALL))
def test_the_rule_files_load_and_their_examples_behave(text: str) -> None:
    rules = RuleSet.from_yaml(text)
    assert rules.rules
    assert check_examples(rules, _no_files, NOW) == ()


def _no_files(path: Path, now: datetime) -> Article:
    raise OSError(f"{path} at {now}")


@each("query", "finds", "does not find")
def test_a_form_finds_what_is_said_and_nothing_else(row: Row) -> None:
    query = Query.parse(code(row["query"]))
    assert query.matches(article(code(row["finds"])))
    assert not query.matches(article(code(row["does not find"])))


@each("query", "true of an article with", "not of one with")
def test_a_question_about_data_is_true_of_what_is_said(row: Row) -> None:
    query = Query.parse(code(row["query"]))
    assert query.matches(_with(code(row["true of an article with"])))
    assert not query.matches(_with(code(row["not of one with"])))


def _with(written: str) -> Article:
    name, _, value = written.partition(": ")
    match name:
        case "tag":
            return Article.from_text(text="Aid.", source_tags=[value])
        case "category":
            return Article.from_text(text="Aid.", categories=[value])
        case "source":
            return Article.from_text(text="Aid.", source=value)
        case "byline":
            return Article.from_text(text="Aid.", byline=value)
        case "url":
            return Article.from_text(text="Aid.", url=value)
        case _:
            assert name == "language"
            return Article.from_text(text="Aid.", language=value)


@each("refused", "write one of")
def test_what_is_refused_is_refused_and_what_is_offered_is_read(row: Row) -> None:
    with pytest.raises(ConfigurationError):
        Query.parse(code(row["refused"]))
    assert all(Query.parse(offered) for offered in codes(row["write one of"]))


@each("query", "warning")
def test_a_warning_is_given_in_these_words(row: Row) -> None:
    found = lint_query(Query.parse(code(row["query"])), (), SOURCES, frozenset(), CATEGORIES)
    assert [mistake.message for mistake in found] == [row["warning"]]


@each("query", "no warning, because")
def test_where_no_warning_is_promised_none_is_given(row: Row) -> None:
    assert lint_query(Query.parse(code(row["query"]))) == []


@each("query", "article", "score")
def test_a_score_is_as_shown(row: Row) -> None:
    match = Query.parse(code(row["query"])).match(article(code(row["article"])))
    assert match is not None
    assert f"{match.score:.2f}" == row["score"]


@each("query", "article", "why not")
def test_a_miss_is_explained_in_these_words(row: Row) -> None:
    asked = RuleSet.from_yaml("rules:\n  r:\n    query: >\n      " + code(row["query"]))
    assert asked.explain("r", article(code(row["article"]))).because == row["why not"]


def test_queries_in_running_text_are_read() -> None:
    prose = re.sub(r"^\|.*|```[^`]*```", "", RULES, flags=re.MULTILINE)
    quoted = [
        text
        for text in codes(prose)
        if re.search(r"\b(AND|OR|NEAR|SAME)\b", text) and not text.isupper() and " " in text
    ]
    assert quoted
    assert all(Query.parse(text) for text in quoted)
