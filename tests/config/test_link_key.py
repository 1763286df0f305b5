"""The key of links: made once, whoever comes first, for its owner alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from watchdesk.config.link_key import LinkKey, LinkKeyUnusable

MAKE = """
import sys
from pathlib import Path
from watchdesk.config.link_key import LinkKey
key = LinkKey(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(key.made().hex())
"""


def test_it_is_made_once_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    key = LinkKey(tmp_path)
    assert key.known() is None
    before = os.umask(0)
    try:
        made = key.made()
    finally:
        os.umask(before)
    assert len(made) == 32
    assert key.made() == key.known() == LinkKey(tmp_path).made() == made
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["links.key"]
    assert made.hex() not in repr(key)


def test_processes_that_begin_at_once_have_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path)]
    several = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(3)]
    assert [one.stdout.readline() for one in several if one.stdout] == ["ready\n"] * 3
    for one in several:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    made = LinkKey(tmp_path).made().hex()
    assert [one.communicate(timeout=60)[0].strip() for one in several] == [made] * 3


def test_one_that_is_there_stays_whoever_makes_another(tmp_path: Path) -> None:
    key = LinkKey(tmp_path)
    first = key.made()
    key._make()  # as by a process that had found none
    assert key.known() == first
    assert [one.name for one in tmp_path.iterdir()] == ["links.key"]


def test_one_that_was_deleted_is_made_anew(tmp_path: Path) -> None:
    key = LinkKey(tmp_path)
    first = key.made()
    key.path.unlink()
    assert key.known() is None
    assert key.made() != first


@pytest.mark.parametrize("content", ["", "abc", "ab" * 31, "x" * 64, "\xff" * 64, "é" * 64])
def test_a_damaged_one_is_refused_and_says_what_to_do(tmp_path: Path, content: str) -> None:
    key = LinkKey(tmp_path)
    key.path.write_text(content)
    for asked in (key.known, key.made):
        with pytest.raises(LinkKeyUnusable, match=r"links\.key.*: delete it"):
            asked()
    assert key.path.read_text() == content


def test_one_that_others_may_read_is_taken_from_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    key = LinkKey(tmp_path)
    made = key.made()
    key.path.chmod(0o644)
    assert key.known() == made
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    said = "".join((*capsys.readouterr(), caplog.text))
    assert "others could read the key of links" in said
    assert made.hex() not in said


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "links.key")
    with pytest.raises(LinkKeyUnusable, match="is no file"):
        LinkKey(tmp_path).known()
    with pytest.raises(LinkKeyUnusable, match="cannot be made"):
        LinkKey(tmp_path / "nowhere").made()
