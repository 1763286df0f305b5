"""`import` through the real command: what it writes, that `check` takes it, and that nothing is half done."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from support.desk import DeskFiles
from watchdesk.rules import RuleSet

OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:miniflux="https://miniflux.app/opml"><head><title>Miniflux</title></head><body>
 <outline text="Ports">
  <outline text="Harbour: &quot;news&quot; #1" xmlUrl="https://ada:s3cret@harbour.example/feed.xml?token=hush"
   miniflux:blockFilterEntryRules="EntryTitle=(?i)quiz" miniflux:cookie="a=b" miniflux:userAgent="Me"/>
  <outline text="Wire" xmlUrl="https://wire.example/rss/"/>
  <outline text="true" xmlUrl="https://other.example/rss"/>
 </outline></body></opml>
"""


@pytest.fixture
def desk(desk: DeskFiles) -> DeskFiles:
    desk.write({"wire": "http://wire.example/rss"})
    return desk


@pytest.fixture
def opml(tmp_path: Path) -> str:
    (tmp_path / "feeds.opml").write_text(OPML)
    return str(tmp_path / "feeds.opml")


def files(desk: DeskFiles) -> dict[str, str]:
    return {
        str(path.relative_to(desk.config)): path.read_text()
        for path in desk.config.rglob("*")
        if path.is_file()
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_imported_passes_check_and_its_drafts_do_nothing(desk: DeskFiles, opml: str) -> None:
    before = files(desk)
    answered = desk.run("import", opml)
    assert answered.status == 0, answered.err
    assert "recognised as a file of Miniflux" in answered.err
    assert answered.out.splitlines()[:5] == [
        "added    harbour-news-1 [ports]  https://harbour.example/feed.xml?token=***",
        "added    true [ports]  https://other.example/rss",
        "known    wire  https://wire.example/rss/",
        "draft    harbour-news-1-what-miniflux-kept  in imported/miniflux/rules.yaml",
        "secret   the password of harbour-news-1, in imported/miniflux/secrets/harbour-news-1",
    ]
    assert "2 sources added, 1 known already, 1 draft, 2 left out" in answered.out
    written = files(desk)
    assert written == before | {
        name: written[name]
        for name in (
            "sources/miniflux.yaml",
            "imported/miniflux/rules.yaml",
            "imported/miniflux/report.txt",
            "imported/miniflux/secrets/harbour-news-1",
        )
    }
    assert "s3cret" not in written["sources/miniflux.yaml"] + written["imported/miniflux/report.txt"]
    assert "user_agent" in written["imported/miniflux/report.txt"]
    assert "cookie" in written["imported/miniflux/report.txt"]
    secret = desk.config / "imported" / "miniflux" / "secrets" / "harbour-news-1"
    assert (secret.read_text(), mode(secret), mode(secret.parent)) == ("s3cret\n", 0o600, 0o700)
    checked = desk.run("check")
    assert (checked.status, checked.err) == (0, "")
    ids = {source["id"] for source in desk.run("sources", "--json").document["sources"]}
    assert ids == {"wire", "harbour-news-1", "true"}
    assert {rule["rule"] for rule in desk.run("rules", "--json").document["rules"]} == {
        "nato-spending",
        "ukraine-aid",
    }
    drafts = RuleSet.load(desk.config / "imported" / "miniflux" / "rules.yaml")
    assert [rule.id for rule in drafts.rules] == ["harbour-news-1-what-miniflux-kept"]

    again = desk.run("import", "miniflux", opml, "--json")
    assert (again.status, again.document["added"]) == (0, [])
    assert [one["id"] for one in again.document["known"]] == ["harbour-news-1", "wire", "true"]


def test_a_dry_run_says_the_same_and_writes_nothing(desk: DeskFiles, opml: str) -> None:
    before = files(desk)
    tried = desk.run("import", opml, "--dry-run")
    assert (tried.status, files(desk)) == (0, before)
    assert "would be written in" in tried.out
    assert desk.run("import", opml).out.splitlines()[:-2] == tried.out.splitlines()[:-1]


def test_a_second_import_goes_beside_the_first(desk: DeskFiles, opml: str) -> None:
    (desk.config / "sources").mkdir()
    (desk.config / "sources" / "miniflux.yaml").write_text("sources: {}\n")
    (desk.config / "sources.yaml").write_text("sources: {}\n")
    answered = desk.run("import", "miniflux", "-", "--into", str(desk.config), "--json", stdin=OPML.encode())
    assert answered.status == 0, answered.err
    assert answered.document["files"][0] == "sources/miniflux-2.yaml"
    assert len(answered.document["added"]) == 3
    assert (desk.config / "sources" / "miniflux.yaml").read_text() == "sources: {}\n"


def test_a_desk_that_lives_by_an_opml_file_keeps_its_sources(desk: DeskFiles) -> None:
    (desk.config / "sources.yaml").rename(desk.config / "aside")
    (desk.config / "sources.opml").write_text(
        "<opml><body><outline text='A' xmlUrl='http://a.example/x'/></body></opml>"
    )
    answered = desk.run("import", "newsboat", "-", stdin=b"https://b.example/rss\n")
    assert answered.status == 0, answered.err
    assert [one["id"] for one in desk.run("sources", "--json").document["sources"]] == ["a", "b-example"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("minflux", "nowhere.opml"), "no program; did you mean 'miniflux'?"),
        (("nowhere.opml",), "nowhere.opml cannot be read: No such file"),
        (("urlwatch", "-"), "standard input"),
        (("freshrss",), "which file of freshrss?"),
        (
            ("-",),
            "is not recognised as a file of any program; name the program before it: rss2email, newsboat",
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    desk: DeskFiles, arguments: tuple[str, ...], said: str
) -> None:
    before = files(desk)
    answered = desk.run("import", *arguments, stdin=b"\x01\x02 nothing\n")
    assert (answered.status, files(desk)) == (2, before)
    assert said in answered.err


def test_a_file_without_anything_to_carry_is_told(desk: DeskFiles) -> None:
    answered = desk.run("import", "urlwatch", "-", stdin=b"command: ls\n")
    assert answered.status == 1
    assert "no source in it could be carried" in answered.err
    assert not (desk.config / "imported").exists()


def test_where_the_folder_cannot_be_made_nothing_is_left(desk: DeskFiles, opml: str) -> None:
    (desk.config / "imported").write_text("a file of mine")
    before = files(desk)
    answered = desk.run("import", opml)
    assert (answered.status, files(desk)) == (2, before)
    assert "nothing was written" in answered.err
    assert not (desk.config / "sources").exists()


KILLED = """
import os, signal, sys
sys.argv[0] = "watchdesk"
os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from watchdesk.cli import main
main()
"""


def test_killed_between_its_files_it_leaves_the_desk_as_it_was(desk: DeskFiles, opml: str) -> None:
    arguments = desk.command("import", opml)[3:]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    checked = desk.run("check")
    assert (checked.status, checked.err) == (0, "")
    assert [one["id"] for one in desk.run("sources", "--json").document["sources"]] == ["wire"]
    again = desk.run("import", opml)
    assert again.status == 0, again.err
    assert len(desk.run("sources", "--json").document["sources"]) == 3


OWN_ENTITIES = b"""\
<?xml version="1.0"?>
<!DOCTYPE opml [<!ENTITY host "ports.example"><!ENTITY co 'Quay "Q" Co'><!ENTITY more "&host;/x">
 <!ENTITY file SYSTEM "file:///etc/hostname">]>
<opml version="2.0"><body><outline text="&co; &amp; sons" xmlUrl="https://&host;/feed?a=1"/>
<outline text="Nested" xmlUrl="https://&more;"/><outline text="Of a file" xmlUrl="https://b.example/&file;"/></body></opml>
"""


@pytest.mark.parametrize("command", [("import", "-"), ("sources", "import", "-")])
def test_entities_of_a_list_s_own_are_written_out_and_never_carried_as_they_are(
    desk: DeskFiles, command: tuple[str, ...]
) -> None:
    answered = desk.run(*command, "--json", stdin=OWN_ENTITIES)
    assert answered.status == 0, answered.err
    assert "Nested" in answered.out
    assert "Of a file" in answered.out
    written = "".join(files(desk).values())
    assert "https://ports.example/feed?a=1" in written
    assert 'Quay "Q" Co & sons' in written.replace('\\"', '"')
    assert [
        name for name in ("&host", "&more", "&file", "b.example") if name in written.split("report")[0]
    ] == []


def test_entities_that_grow_beyond_measure_are_left_as_they_are(desk: DeskFiles) -> None:
    long = f"<!DOCTYPE opml [<!ENTITY a '{'x' * 10_000}'>]>"
    body = f"<opml><body><outline text='{'&a;' * 1_000}' xmlUrl='https://a.example/feed'/></body></opml>"
    answered = desk.run("sources", "import", "-", stdin=f"{long}{body}".encode())
    assert answered.status == 0, answered.err
    assert len((desk.config / "sources.yaml").read_text()) < 10_000
