"""The configuration that comes with the program."""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from support.kinds import KINDS
from watchdesk.config import read_settings, settings_schema, sources_schema
from watchdesk.config.places import Problems
from watchdesk.config.settings import Settings

SHIPPED = Path(__file__).parents[2] / "config"
TEXTS = {name: (SHIPPED / name).read_text() for name in ("watchdesk.yaml", "sources.yaml")}


def read(directory: Path) -> tuple[Settings | None, Problems]:
    problems = Problems()
    return read_settings(directory, problems, KINDS), problems


def test_it_reads_without_an_error_or_a_warning() -> None:
    found, problems = read(SHIPPED)
    assert [problem.render() for problem in problems] == []
    assert found is not None


def test_out_of_the_box_both_digests_go_to_files_and_a_local_mailbox() -> None:
    found, _ = read(SHIPPED)
    assert found is not None
    assert {name: channel.kind for name, channel in found.channels.items()} == {
        "shelf": "files",
        "mailbox": "maildir",
    }
    assert {name: digest.to for name, digest in found.digests.items()} == {
        "morning": ("shelf", "mailbox"),
        "flash": ("shelf", "mailbox"),
    }


def test_what_it_spells_out_are_the_defaults() -> None:
    found, _ = read(SHIPPED)
    assert found is not None
    plain = Settings(SHIPPED)
    assert (found.polling, found.articles, found.storage, found.language) == (
        plain.polling,
        plain.articles,
        plain.storage,
        plain.language,
    )


def test_every_source_has_a_title_tags_a_language_and_a_zone() -> None:
    found, _ = read(SHIPPED)
    assert found is not None
    assert len(found.sources) >= 12
    assert not [
        source.id
        for source in found.sources.values()
        if not (source.title and source.tags and source.language and source.timezone)
    ]


def test_what_is_shown_in_comments_works_once_they_are_uncommented(tmp_path: Path) -> None:
    text = TEXTS["watchdesk.yaml"]
    start = text.index("  # desk:\n")
    shown = re.sub(r"^  # (  |desk|newsroom|team|feeds|storm)", r"  \1", text[start:], flags=re.MULTILINE)
    (tmp_path / "watchdesk.yaml").write_text(text[:start] + shown)
    shutil.copy(SHIPPED / "sources.yaml", tmp_path)
    found, problems = read(tmp_path)
    assert [problem.render() for problem in problems] == []
    assert found is not None
    assert {"desk", "newsroom-hook", "team", "feeds"} < set(found.channels)
    assert found.digests["storm"].spike == 4


@pytest.mark.parametrize(
    ("name", "schema"), [("watchdesk.yaml", settings_schema(KINDS)), ("sources.yaml", sources_schema())]
)
def test_every_key_it_uses_is_in_the_schema(name: str, schema: dict[str, object]) -> None:
    keys = set(re.findall(r"^([a-z_]+):", TEXTS[name], flags=re.MULTILINE))
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert keys <= set(properties)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """The text with a few pieces of it cut out, doubled, swapped for another or broken."""
    pieces = re.findall(r"\w+|\s+|[^\w\s]", text)
    junk = st.text(max_size=6) | st.sampled_from(
        [
            *[
                ":",
                "-",
                "[]",
                "{}",
                "&",
                "*",
                "!",
                "|",
                ">",
                "'",
                '"',
                "#",
                "\t",
                "\n",
                "null",
                "true",
                "0",
                "1e999",
                "~",
            ]
        ]
    )
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(pieces) - 1))
        what = draw(st.sampled_from(["cut", "double", "swap", "junk"]))
        match what:
            case "cut":
                pieces[place] = ""
            case "double":
                pieces[place] *= 2
            case "swap":
                pieces[place] = pieces[draw(st.integers(0, len(pieces) - 1))]
            case _:
                pieces[place] = draw(junk)
    return "".join(pieces)


@given(mutated(TEXTS["watchdesk.yaml"]), mutated(TEXTS["sources.yaml"]))
@settings(max_examples=tries(60))
def test_whatever_is_done_to_the_files_is_told_as_problems_and_never_raised(top: str, sources: str) -> None:
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / "watchdesk.yaml").write_text(top, encoding="utf-8", errors="replace")
        (directory / "sources.yaml").write_text(sources, encoding="utf-8", errors="replace")
        found, problems = read(directory)
        assert (found is None) == bool(problems.errors)
        assert all(problem.render() for problem in problems)


@given(st.sampled_from(sorted(TEXTS)), st.binary(max_size=60))
@settings(max_examples=tries(60))
def test_bytes_that_are_no_text_are_told_as_problems(name: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        for each, text in TEXTS.items():
            (directory / each).write_text(text)
        (directory / name).write_bytes(content)
        found, problems = read(directory)
        assert (found is None) == bool(problems.errors)
