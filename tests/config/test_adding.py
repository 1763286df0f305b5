"""Sources written into sources.yaml: what was there stays byte for byte."""

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.config.adding import add_sources
from watchdesk.config.insertion import with_sources
from watchdesk.errors import UsageError

SHIPPED = (Path(__file__).parents[2] / "config" / "sources.yaml").read_text()
NEW: Mapping[str, Mapping[str, str | list[str]]] = {
    "new": {"feed": "https://n.example/rss?a=1#x", "title": "New: no. 1", "tags": ["eu", "a b"]}
}
BLOCK = "  new:\n    feed: https://n.example/rss?a=1#x\n    title: 'New: no. 1'\n    tags: [eu, a b]\n"
A = "  a: {feed: https://a.example/}"

PLACES = {
    "behind the only one": f"sources:\n{A}\n@",
    "before a comment at the end": f"# head\nsources:\n{A} # why\n@\n  # --- more\n# end\n",
    "behind a setting that is switched off": (
        "sources:\n  a:\n    feed: https://a.example/\n    # every: 1h\n@# end\n"
    ),
    "with a blank line, where sources have one between": f"sources:\n{A}\n\n  b: *a\n\n@\n\n# end\n".replace(
        A, A.replace("{", "&a {")
    ),
    "behind a text of several lines": (
        "sources:\n  a:\n    feed: https://a.example/\n    title: >\n      A\n      B\n@\n\n# end\n"
    ),
    "behind a list": "sources:\n  a:\n    feed: https://a.example/\n    tags:\n    - x\n    - y # z\n@",
    "before the end of the document": f"---\nsources:\n{A}\n@...\n",
    "behind a byte order mark": f"\ufeffsources:\n{A}\n@",
    "where nothing is yet": "# head\nsources: # none\n@# end\n",
}
CHANGED = {
    "empty": ("", "sources:\n@"),
    "only a comment": ("# nothing yet", "# nothing yet\nsources:\n@"),
    "null": ("sources: null\n", "sources:\n@"),
    "an empty mapping": ("sources: {} # none\n# end\n", "sources: # none\n@# end\n"),
    "no line end at the end": (f"sources:\n{A}", f"sources:\n{A}\n@"),
    "in braces": (f"sources: {{{A[2:]}}} # x\n", f"sources: {{{A[2:]}, %}} # x\n"),
    "in braces over lines": (f"sources: {{\n{A},\n}}\n", f"sources: {{\n{A}, %\n}}\n"),
}
FLOW = "new: {feed: https://n.example/rss?a=1#x, title: 'New: no. 1', tags: [eu, a b]}"
FILES = {
    name: (text.replace("\n\n@", "\n").replace("@", ""), text) for name, text in PLACES.items()
} | CHANGED


@pytest.mark.parametrize(("text", "wanted"), FILES.values(), ids=FILES)
def test_a_source_is_added_behind_the_last_and_nothing_else_changes(
    tmp_path: Path, text: str, wanted: str
) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(text.encode())
    assert add_sources(tmp_path, NEW) == path
    assert path.read_bytes().decode() == wanted.replace("@", BLOCK).replace("%", FLOW)
    assert [child.name for child in tmp_path.iterdir()] == ["sources.yaml"]


def test_the_files_own_indentation_is_kept() -> None:
    text = "sources:\n   a:\n       feed: https://a.example/\n"
    assert with_sources(text, {"b": {"feed": "https://b.example/"}}) == (
        f"{text}   b:\n       feed: https://b.example/\n"
    )


def test_line_ends_of_another_system_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(b"sources:\r\n  a: {feed: https://a.example/}\r\n")
    add_sources(tmp_path, NEW)
    assert path.read_bytes().decode() == (
        "sources:\r\n  a: {feed: https://a.example/}\r\n" + BLOCK.replace("\n", "\r\n")
    )


def test_the_shipped_file_keeps_every_line() -> None:
    found = with_sources(SHIPPED, NEW)
    assert found == f"{SHIPPED}\n{BLOCK}"


def test_the_mode_is_kept_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("sources: {}\n")
    real.chmod(0o640)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.yaml").symlink_to(real)
    add_sources(folder, NEW)
    assert (folder / "sources.yaml").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_text() == f"sources:\n{BLOCK}"


def test_a_list_in_opml_is_named_by_the_file_that_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "sources.opml").write_text("<opml><body/></opml>")
    add_sources(tmp_path, NEW)
    assert (tmp_path / "sources.yaml").read_text() == (
        f"sources:\n  subscriptions:\n    opml: sources.opml\n{BLOCK}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "sources: [a]\n",
        "other: 1\n",
        "sources:\n  a: {feed: https://a.example/\n",
        "sources: {a: {feed: https://a.example/} # no comma may follow\n}\n",
        "sources:\n  new: {feed: https://a.example/}\n",
        "sources:\n  a: {fed: https://a.example/}\n",
    ],
)
def test_a_file_that_cannot_be_added_to_is_left_and_the_lines_are_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"(?s)was left as it is; add this .*  new:\n    feed: https"):
        add_sources(tmp_path, NEW)
    assert path.read_text() == text
    assert [child.name for child in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"sources\.yaml cannot be written: No such file"):
        add_sources(tmp_path / "nowhere", NEW)


@settings(max_examples=tries(80))
@given(
    st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(str.strip),
    st.lists(st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(str.strip), max_size=3),
    st.sampled_from([text for text, _ in FILES.values()]),
)
def test_any_title_and_tags_are_written_so_that_they_are_read_again(
    tmp_path_factory: pytest.TempPathFactory, title: str, tags: list[str], text: str
) -> None:
    directory = tmp_path_factory.mktemp("config")
    (directory / "sources.yaml").write_text(text)
    # It reads what it wrote, and refuses where that is not what it was told to write.
    add_sources(directory, {"new": {"feed": "https://n.example/", "title": title.strip(), "tags": tags}})
    assert "https://n.example/" in (directory / "sources.yaml").read_text()
