"""Sources whose rows are read without a library for YAML are those that the library would have read."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.config.any_yaml import read_any
from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems, Severity
from watchdesk.config.plain_rows import read_rows
from watchdesk.config.settings import ArticleSettings, PollingSettings
from watchdesk.config.source_settings import resolved
from watchdesk.config.sources_file import read_declared, read_sources
from watchdesk.config.yaml_document import SourceText
from watchdesk.model import Source

Read = tuple[dict[str, Source], list[str]]
NAME = "sources.yaml"
POLLING, ARTICLES = PollingSettings(), ArticleSettings()


def by_the_library(text: str) -> Read:
    """With everything by ruamel.yaml and pydantic."""
    problems = Problems()
    declared = read_declared(read_any(SourceText(NAME, text), problems), NAME, Path(), problems)
    found = {one.id: resolved(one, POLLING, ARTICLES, problems, {}) for one in declared}
    return found, [problem.render() for problem in problems]


def by_rows(directory: Path, text: str) -> Read:
    """As the program reads it; without what it notes of addresses that stand there twice."""
    (directory / NAME).write_bytes(text.encode())
    problems = Problems()
    found = read_sources(directory, POLLING, ARTICLES, problems)
    twice = "is polled by the source at"
    return found, [p.render() for p in problems if p.severity is Severity.ERROR or twice not in p.message]


def plain_names(text: str) -> list[str] | None:
    rows = read_rows(SourceText(NAME, text))
    return None if rows is None else [row.id for row in rows.plain]


PLAIN = {
    "braces": "  a: {feed: https://a.example/feed.xml}\n",
    "a port and a query": "  a: {feed: https://a.example:8080/?b=c&d=e%20f}\n",
    "quotes": "  a: {feed: 'https://a.example/', title: \"Ça: l'A, #1\", tags: [x, y-z]}\n",
    "lines": "  a:\n    feed: https://a.example/\n    title: The A's (1)\n    every: 30m\n    weight: 2\n",
    "a list of lines": "  a:\n    feed: https://a.example/\n    tags:\n      - x\n      - 050\n",
    "a list at the left": "  a:\n    tags:\n    - x\n    feed: https://a.example/\n",
    "comments": "  # one\n  a: {feed: https://a.example/}\n\n    # two\n# three\n",
    "tabs in comments": "  # one\ttwo\n  a: {feed: https://a.example/}\n",
    "a sitemap": "  a: {sitemap: https://a.example/map.xml, full_text: never, timezone: Europe/Kyiv}\n",
    "numbers as words": "  a: {feed: https://a.example/, title: 2024, tags: [1, 0x10, no, true]}\n",
    "limits": "  a: {feed: https://a.example/, every: 1h, fastest: 5m, slowest: 1d, language: uk}\n",
    "no end of the line": "  a: {feed: https://a.example/}",
    "an empty title": "  a: {feed: https://a.example/, title: ''}\n",
}
LEFT = {
    "tabs": "  b: {feed: https://b.example/}\t\n",
    "comments behind": "  b: {feed: https://b.example/} # b\n",
    "anchors": "  b: {feed: https://b.example/, tags: &t [x]}\n",
    "more lines of one value": "  b:\n    feed: https://b.example/\n    title: The\n      Paper\n",
    "blocks": "  b:\n    feed: https://b.example/\n    title: |+\n      The Paper\n\n",
    "escapes": '  b: {feed: https://b.example/, title: "\\u00e9"}\n',
    "a login": "  b: {feed: https://b.example/, auth: {user: x, password: {env: HOME}}}\n",
    "a keyword as a key": "  true: {feed: https://b.example/}\n",
    "unknown keys": "  b: {feed: https://b.example/, evry: 5m}\n",
    "nothing": "  b:\n    feed: https://b.example/\n    title:\n",
    "keys twice": "  b: {feed: https://b.example/, feed: https://c.example/}\n",
    "no address": "  b: {feed: b.example}\n",
    "no period": "  b: {feed: https://b.example/, every: 5}\n",
    "a text for tags": "  b: {feed: https://b.example/, tags: x}\n",
    "nothing in tags": "  b: {feed: https://b.example/, tags: [x, ~]}\n",
    "too much weight": "  b: {feed: https://b.example/, weight: 1000}\n",
    "no language": "  b: {feed: https://b.example/, language: english}\n",
    "no kind": "  b: {title: B}\n",
    "two kinds": "  b: {feed: https://b.example/, sitemap: https://b.example/}\n",
    "out of order": "  b: {feed: https://b.example/, every: 1h, slowest: 5m}\n",
    "a mark of the order of letters": "  b: {feed: https://b.example/, title: 'x\u2028y'}\n",
}


@pytest.mark.parametrize("row", PLAIN.values(), ids=PLAIN)
def test_ordinary_rows_are_read_without_the_library(row: str, tmp_path: Path) -> None:
    text = f"# ours\nsources:\n{row}"
    assert plain_names(text) == ["a"]
    assert by_rows(tmp_path, text) == by_the_library(text)


@pytest.mark.parametrize("row", LEFT.values(), ids=LEFT)
def test_one_odd_row_leaves_the_others_to_the_fast_reader(row: str, tmp_path: Path) -> None:
    text = f"sources:\n{PLAIN['braces']}{row}  c: {{feed: https://c.example/}}\n"
    assert plain_names(text) in (["a", "c"], ["a", "b", "c"], ["a", "true", "c"])
    assert by_rows(tmp_path, text) == by_the_library(text)


@pytest.mark.parametrize(
    "text",
    [
        "sources:\n  a: {feed: https://a.example/, title: 'x\n  b: {feed: https://b.example/}\n  y'}\n",
        "sources:\n  a: {feed: https://a.example/, tags: [x,\n  b: {feed: https://b.example/}\n  ]}\n",
        "sources: {a: {feed: https://a.example/}}\n",
        "sources:\n  a: {feed: https://a.example/}\nother: 1\n",
        "sources:\n  a: {feed: https://a.example/}\n ... \n",
        "sources:\n  a: {feed: https://a.example/}\n  a: {feed: https://b.example/}\n",
        "sources:\n  a: {feed: https://a.example/}\n  a: {feed: 'https://b.example/'} # again\n",
        "sources:\r\n  a: {feed: https://a.example/}\r\n",
        "%YAML 1.1\n---\nsources:\n  a: {feed: https://a.example/}\n",
        "sources:\n  - a\n",
        "sources:\n",
        "sources:\n  # a\x07b\n  a: {feed: https://a.example/}\n",
        "sources:#x\n  a: {feed: https://a.example/}\n",
        "",
        "sources:\n    a: {feed: https://a.example/}\n  b: {feed: https://b.example/}\n",
        "sources:\n  a: {feed: https://a.example/}\n     \n  !x b: {feed: https://b.example/}\n",
    ],
)
def test_what_is_no_list_of_rows_is_read_as_a_whole(text: str, tmp_path: Path) -> None:
    assert by_rows(tmp_path, text) == by_the_library(text)


SLIPS = {
    "a quote that is never closed": "  b: {feed: 'https://b.example/}\n",
    "a double quote that is never closed": '  b: {feed: "https://b.example/}\n',
    "a bracket that is never closed": "  b: {feed: https://b.example/, tags: [x}\n",
    "a tab for an indentation": "\tb: {feed: https://b.example/}\n",
    "a tab within a row": "  b:\n\tfeed: https://b.example/\n",
    "a tab behind spaces": "  \tb: {feed: https://b.example/}\n",
    "too little indentation": " b: {feed: https://b.example/}\n",
    "an item of a list": "  - b: {feed: https://b.example/}\n",
    "no colon": "  b {feed: https://b.example/}\n",
    "two colons": "  b: feed: https://b.example/\n",
    "an unknown anchor": "  b: *a\n",
    "another section": "channels:\n  b: {files: {path: x}}\n",
    "another document": "---\n  b: {feed: https://b.example/}\n",
    "an end of the document": "...\n",
    "braces at the left": "  b:\n  {feed: https://b.example/}\n",
    "a second name": "  r2: {feed: https://b.example/}\n",
    "a second name in an odd row": "  r2: {feed: https://b.example/} # again\n",
    "a second name, and a mistake": "  r2: {feed: https://b.example/, evry: 5m}\n",
    "a second and a third name": "  r1: {feed: https://b.example/}\n  r1: {feed: https://c.example/}\n",
    "a second name of a section": "  sources: {feed: https://b.example/}\n  sources: {title: x}\n",
    "a second name in quotes": "  'r2': {feed: https://b.example/}\n",
    "a tag": "  b: !x {feed: https://b.example/}\n",
    "a key of a list": "  ? [b]\n  : {feed: https://b.example/}\n",
}


@pytest.mark.parametrize("before", [0, 1, 4])
@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_as_the_library_tells_it(slip: str, before: int, after: int, tmp_path: Path) -> None:
    rows = [f"  r{n}: {{feed: 'https://r{n}.example/'}}\n" for n in range(before + after)]
    text = "sources: # a\tb\n" + "".join([*rows[:before], slip, *rows[before:]])
    assert by_rows(tmp_path, text) == by_the_library(text)


def test_the_careful_reader_gets_what_a_slip_concerns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful: list[str] = []

    def noting(source: SourceText, problems: Problems, text: str | None = None) -> object:
        careful.append(source.text if text is None else text)
        return read_any(source, problems, text)

    monkeypatch.setattr("watchdesk.config.any_yaml.read_any", noting)
    rows = [f"  r{n}: {{feed: 'https://r{n}.example/'}}\n" for n in range(99)]
    for slip in (
        "  r2: {feed: https://b.example/}\n",
        "  b: {feed: 'x}\n",
        "\tb: {feed: https://b.example/}\n",
    ):
        text = "sources: # a\tb\n" + "".join([*rows, slip])
        assert by_rows(tmp_path, text)[1]
        [read] = careful
        assert read.count("feed:") <= 3
        careful.clear()


def test_a_row_is_shown_where_it_stands_when_another_file_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    for name in ("a", "b"):
        (tmp_path / "sources" / f"{name}.yaml").write_text("sources:\n\n  x: {feed: https://x.example/}\n")
    problems = Problems()
    read_sources(tmp_path, POLLING, ARTICLES, problems)
    [problem] = problems.errors
    assert problem.render().startswith(
        "sources/b.yaml:3:3: the source 'x' is in sources/a.yaml:3:3 already\n      x: {feed:"
    )


PIECES = [
    *("\n", "\n  ", "\n    ", "  ", " ", "\t", "#", " #", ":", ": ", ",", "'", '"', "{", "}", "[", "]", "- "),
    *("a", "b:", "&x ", "*x", "!t ", "|\n", "é", "\u2028", "\x07", "0", "~", "null", "true", "%", "?", "\\"),
    *(
        "title: ",
        "tags: [",
        "every: ",
        "evry: 1m",
        "weight: ",
        "feed: ",
        "https://e.example/",
        "---\n",
        "...\n",
    ),
]
VALUES = {
    "title": ["The A", "'it''s'", '"x: y"', "12", "a b", "| x", "R&B", "null", "é…", "a #b", "x:y", '""'],
    "tags": ["[a, b]", "[]", "[a,]", "['a']", "[1, no]", "a", "\n      - x\n      - y", "[a b, c-d]"],
    "every": ["5m", "1h", "'30m'", "5", "0s", "1.5h", "1 h"],
    "fastest": ["1m", "2h"],
    "slowest": ["12h", "1m"],
    "weight": ["2", "0.5", "0", "101", "true", "'2'", "1_0", ".inf"],
    "paused": ["true", "yes", "False", "1"],
    "language": ["en", "xx", "EN", "no", "123"],
    "timezone": ["Europe/Kyiv", "Europe/Kiew", "UTC"],
    "full_text": ["never", "sometimes", "'always'"],
    "sitemap": ["https://s.example/"],
    "proxy": ["none"],
    "headers": ["{x: y}"],
}


@st.composite
def files(draw: st.DrawFn) -> str:
    """Sources in several styles, and in some a piece that does not belong there."""
    rows = []
    for number in range(draw(st.integers(1, 4))):
        keys = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=4, unique=draw(st.booleans())))
        said = [
            (
                "feed",
                draw(st.sampled_from([f"https://n{number}.example/f", f"'http://n{number}.example:80'"])),
            )
        ]
        said += [(key, draw(st.sampled_from(VALUES[key]))) for key in keys]
        if draw(st.booleans()):
            pairs = [f"{key}: {value}" for key, value in said if "\n" not in value]
            rows.append(f"  n{number}: {{{', '.join(pairs)}}}\n")
        else:
            rows.append(f"  n{number}:\n" + "".join(f"    {key}: {value}\n" for key, value in said))
    text = "sources:\n" + "".join(rows)
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        place = draw(st.integers(0, len(text)))
        cut = draw(st.sampled_from([0, 0, 1, 3]))
        text = text[:place] + draw(st.sampled_from(PIECES)) + text[place + cut :]
    return text


@settings(max_examples=tries(400), deadline=None)
@given(text=files())
@example(
    text="sources:\n  n0: {feed: https://n0.example/f, title: x}\n  n1:\n    title: |+\n      y\n\n  n2: 1\n"
)
def test_files_are_read_as_the_library_reads_them(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert by_rows(tmp_path_factory.mktemp("rows"), text) == by_the_library(text)


def test_rows_in_other_files_are_read_in_their_order(tmp_path: Path) -> None:
    rows = [*PLAIN.values()][:1] * 6
    named = [row.replace("  a:", f"  n{number}:") for number, row in enumerate(rows)]
    named[1::2] = [row.rstrip("\n") + " # odd\n" for row in named[1::2]]
    random.Random(1).shuffle(named)
    found, _ = by_rows(tmp_path, "sources:\n" + "".join(named))
    assert list(found) == [row.split(":")[0].strip() for row in named]


def test_places_of_what_is_left_are_those_of_the_file() -> None:
    text = f"sources:\n{PLAIN['lines']}  b: {{feed: https://b.example/, evry: 5m}}\n"
    shown = SourceText(NAME, text)
    rows = read_rows(shown)
    assert rows is not None and rows.rest is not None
    problems = Problems()
    read_declared(parse_document(rows.rest, NAME, problems, shown), NAME, Path(), problems)
    [problem] = problems.errors
    assert str(problem.place) == "sources.yaml:7:33"
    assert problem.place.source == "  b: {feed: https://b.example/, evry: 5m}"
