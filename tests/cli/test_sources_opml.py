"""`sources import` and `sources export`."""

from pathlib import Path

import pytest

from support.desk import DeskFiles

DATA = Path(__file__).parent.parent / "data" / "opml"
EXPORT = str(DATA / "reader-export.opml")
HEAD = "# What we read.\nsources:\n  wire:\n    feed: http://daily.example/rss/  # with a comment\n"
TAIL = "# end\n"


@pytest.fixture
def desk(desk: DeskFiles) -> DeskFiles:
    desk.write({})
    (desk.config / "sources.yaml").write_text(HEAD + TAIL)
    return desk


def text(desk: DeskFiles) -> str:
    return (desk.config / "sources.yaml").read_text()


def test_feeds_not_yet_followed_are_added_with_their_folders_as_tags(desk: DeskFiles) -> None:
    answered = desk.run("sources", "import", EXPORT)
    assert answered.status == 0, answered.err
    assert text(desk) == (
        f"{HEAD}  debats:\n    feed: https://debats.example/feed\n    title: Débats\n"
        "    tags: [press-wire, politics]\n"
        f"  unfiled:\n    feed: https://unfiled.example/atom.xml\n    title: Unfiled\n{TAIL}"
    )
    assert answered.out.splitlines()[:3] == [
        "added    debats [press-wire, politics]  https://debats.example/feed",
        "added    unfiled  https://unfiled.example/atom.xml",
        "known    wire  https://daily.example/rss",
    ]
    assert answered.out.splitlines()[3].startswith("2 feeds added, 1 known already, 0 left out; ")


def test_the_second_time_nothing_is_written(desk: DeskFiles) -> None:
    desk.run("sources", "import", EXPORT)
    before = text(desk)
    again = desk.run("sources", "import", EXPORT, "--json")
    assert (again.status, text(desk)) == (0, before)
    assert (again.document["added"], again.document["file"]) == ([], None)
    assert [known["id"] for known in again.document["known"]] == ["wire", "debats", "unfiled"]


def test_what_is_left_out_is_named(desk: DeskFiles) -> None:
    answered = desk.run("sources", "import", "-", stdin=(DATA / "no-addresses.opml").read_bytes())
    assert answered.status == 0, answered.err
    assert "left out Bare: its address is not a web address\n" in answered.out


def test_one_feed_under_two_schemes_is_added_once(desk: DeskFiles) -> None:
    outlines = "".join(
        f"<outline text='N' xmlUrl='{scheme}://n.example/rss'/>" for scheme in ("http", "https")
    )
    answered = desk.run("sources", "import", "-", stdin=f"<opml><body>{outlines}</body></opml>".encode())
    assert answered.status == 0, answered.err
    assert text(desk).count("n.example") == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "words"),
    [
        (("import", "nowhere.opml"), b"", 2, "nowhere.opml cannot be read: No such file"),
        (("import", "-"), b"<rss/>", 2, "- cannot be read: it is not OPML: it begins with <rss>"),
        (("import", "-"), b"<opml><body/></opml>", 1, "- lists no feeds"),
        (("export", "nowhere/feeds.opml"), b"", 2, "nowhere/feeds.opml cannot be written: No such file"),
    ],
)
def test_what_cannot_be_done_is_told(
    desk: DeskFiles, arguments: tuple[str, ...], stdin: bytes, status: int, words: str
) -> None:
    answered = desk.run("sources", *arguments, stdin=stdin)
    assert (answered.status, text(desk)) == (status, HEAD + TAIL)
    assert words in answered.err


def test_what_was_exported_is_imported_again_the_same(desk: DeskFiles, tmp_path: Path) -> None:
    (desk.config / "sources.yaml").write_text(
        "sources:\n"
        "  one: {feed: 'https://me:hunter2@one.example/rss?a=1&b=2', title: A <b> & c, tags: [É, x y]}\n"
        "  two: {feed: 'https://two.example/rss', paused: true}\n"
        "  map: {sitemap: https://map.example/news.xml}\n"
        "  press: {page: https://press.example/, select: {item: li}}\n"
    )
    file = tmp_path / "feeds.opml"
    answered = desk.run("sources", "export", str(file))
    assert (answered.status, answered.out) == (0, f"2 feeds written to {file}\n")
    assert (
        "left out, because other readers follow only feeds: map (a sitemap), press (a page)" in answered.err
    )
    assert "without the login in its address: one" in answered.err
    assert desk.run("sources", "export", "-").out.count("<outline") == 2
    assert "hunter2" not in file.read_text()

    (desk.config / "sources.yaml").write_text("sources: {}\n")
    assert desk.run("sources", "import", str(file), "--json").document["added"] == [
        {
            "id": "a-b-c",
            "url": "https://one.example/rss?a=1&b=2",
            "title": "A <b> & c",
            "tags": ["x y", "É"],
        },
        {"id": "two", "url": "https://two.example/rss", "title": "two", "tags": []},
    ]


def test_a_desk_that_lives_by_an_opml_file_is_added_to_in_yaml(desk: DeskFiles) -> None:
    (desk.config / "sources.yaml").unlink()
    (desk.config / "sources.opml").write_bytes(Path(EXPORT).read_bytes())
    before = [source["id"] for source in desk.run("sources", "--json").document["sources"]]
    assert before == ["example-daily", "debats", "unfiled"]
    new = b"<opml><body><outline text='Debats' xmlUrl='https://other.example/rss'/></body></opml>"
    assert desk.run("sources", "import", "-", stdin=new).status == 0
    after = [source["id"] for source in desk.run("sources", "--json").document["sources"]]
    assert after[:3] == before
    assert len(after) == 4
    assert desk.run("check").err == ""
