"""An OPML file as a source, or in place of sources.yaml."""

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.kinds import KINDS
from watchdesk.config import read_settings
from watchdesk.config.names import name_from, source_names, tag_from
from watchdesk.config.places import Problems
from watchdesk.model import Source

DATA = Path(__file__).parent.parent / "data" / "opml"


def opml(*outlines: str) -> str:
    return f"<opml version='2.0'><body>{''.join(outlines)}</body></opml>"


def feed(url: str, title: str) -> str:
    return f"<outline text='{title}' xmlUrl='{url}'/>"


def read(directory: Path, **files: str) -> tuple[dict[str, Source], list[str]]:
    (directory / "watchdesk.yaml").write_text("{}\n")
    for name, text in files.items():
        (directory / name.replace("_", ".")).write_text(text)
    problems = Problems()
    found = read_settings(directory, problems, KINDS)
    return dict(found.sources) if found else {}, [f"{p.place}: {p.message}" for p in problems]


def test_every_feed_of_the_file_is_a_source_with_the_entrys_settings(tmp_path: Path) -> None:
    sources, told = read(
        tmp_path,
        sources_yaml="sources:\n  subscriptions: {opml: list.opml, every: 1h, language: en, tags: [read]}\n",
        list_opml=(DATA / "reader-export.opml").read_text(),
    )
    assert told == []
    assert {name: sorted(source.tags) for name, source in sources.items()} == {
        "example-daily": ["europe", "press-wire", "read"],
        "debats": ["politics", "press-wire", "read"],
        "unfiled": ["read"],
    }
    daily = sources["example-daily"]
    assert (daily.url, daily.title, daily.kind) == ("https://daily.example/rss", "Example Daily", "feed")
    assert (daily.every, daily.language) == (timedelta(hours=1), "en")


def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.opml")
    _, told = read(tmp_path, sources_yaml="sources:\n  subscriptions: {opml: list.opml}\n")
    assert told == ["sources.yaml:2:25: list.opml cannot be read: this is no ordinary file"]


def test_without_sources_yaml_an_opml_file_is_the_list(tmp_path: Path) -> None:
    sources, told = read(tmp_path, sources_opml=opml(feed("https://a.example/rss", "A")))
    assert (list(sources), told) == (["a"], [])


def test_beside_sources_yaml_it_is_said_to_be_unread_unless_it_is_named(tmp_path: Path) -> None:
    listed = opml(feed("https://a.example/rss", "A"))
    sources, told = read(tmp_path, sources_yaml="sources: {}\n", sources_opml=listed)
    assert sources == {}
    assert told == ["sources.opml:1:1: sources.opml is not read, because there are sources in YAML as well"]
    sources, told = read(tmp_path, sources_yaml="sources: {all: {opml: sources.opml}}\n")
    assert (list(sources), told) == (["a"], [])


def test_a_file_that_is_no_opml_is_an_error_where_it_is_named(tmp_path: Path) -> None:
    sources, told = read(
        tmp_path, sources_yaml="sources:\n  all: {opml: list.opml}\n", list_opml="<rss></rss>"
    )
    assert sources == {}
    assert told == ["sources.yaml:2:15: list.opml cannot be read: it is not OPML: it begins with <rss>"]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    _, told = read(
        tmp_path,
        sources_yaml="sources:\n  all: {opml: list.opml}\n  none: {opml: none.opml}\n",
        list_opml=(DATA / "no-addresses.opml").read_text(),
        none_opml=opml(),
    )
    assert told == [
        "sources.yaml:2:15: left out of list.opml, because the address is not a web address: 'Local', 'Bare'",
        "sources.yaml:3:16: none.opml lists no feed",
    ]


def test_a_feed_that_is_followed_twice_is_told(tmp_path: Path) -> None:
    same = opml(feed("https://a.example/rss", "A"))
    sources, told = read(
        tmp_path,
        sources_yaml="sources:\n  a: {feed: https://a.example/rss}\n"
        "  x: {opml: x.opml}\n  y: {opml: y.opml}\n",
        x_opml=same,
        y_opml=same,
    )
    assert [name[:2] for name in sources] == ["a", "a-"]
    feed_of = "the feed https://a.example/rss of"
    assert told == [
        f"sources.yaml:3:3: {feed_of} x.opml is polled by the source at sources.yaml:2:3 as well",
        f"sources.yaml:4:3: {feed_of} y.opml is also in the file at sources.yaml:2:3, "
        "with whose settings it is polled",
    ]


@pytest.mark.parametrize(
    ("text", "name", "tag"),
    [
        ("Le Monde, Économie", "le-monde-economie", "le-monde-économie"),
        ("Børsen & Straße", "borsen-strasse", "børsen-strasse"),
        ("Українська правда", "", "українська-правда"),
        ("  --  ", "", ""),
        ("The Very Long Title of a Feed That Says All About Itself", *2 * [None]),
    ],
)
def test_names_and_tags_are_made_of_titles(text: str, name: str | None, tag: str | None) -> None:
    if name is not None:
        assert (name_from(text), tag_from(text)) == (name, tag)
    assert len(name_from(text)) <= 48


def test_a_title_in_another_script_is_named_after_its_host() -> None:
    assert source_names({"https://www.pravda.example/rss": "Правда"}, ()) == {
        "https://www.pravda.example/rss": "pravda-example"
    }


TITLES = st.dictionaries(
    st.from_regex(r"https://[a-c]\.example/[a-z]{0,3}", fullmatch=True),
    st.none() | st.sampled_from(["News", "news!", "Top", "Новини"]),
    max_size=8,
)


@given(TITLES, st.sets(st.sampled_from(["news", "top", "a-example"])), st.randoms(use_true_random=False))
def test_names_are_unique_and_do_not_depend_on_the_order(
    titles: dict[str, str | None], taken: set[str], rng: random.Random
) -> None:
    names = source_names(titles, taken)
    assert len(set(names.values()) | taken) == len(titles) + len(taken)
    shuffled = list(titles.items())
    rng.shuffle(shuffled)
    assert source_names(dict(shuffled), taken) == names


def test_names_stay_when_the_file_grows() -> None:
    before = {"https://a.example/": "News", "https://b.example/long": "News"}
    grown = {"https://c.example/world/news": "News", "https://d.example/": "Other", **before}
    names, more = source_names(before, ()), source_names(grown, ())
    assert {address: more[address] for address in before} == names
