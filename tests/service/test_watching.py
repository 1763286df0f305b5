"""Whoever saves the files of a configuration, and however: they are read again once, when they rest.

The files are saved by the system calls that editors and tools make; the tests wait for no look from time to
time, but for what the system tells (`sweep` is longer than they run), unless they say so.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from support.desk import wait_for
from watchdesk.configuration import read_configuration
from watchdesk.errors import ConfigurationError
from watchdesk.service.watching.watch import FileWatch, Pace

PACE = Pace(quiet=0.15, absent=0.6, longest=5.0, sweep=600.0, poll=0.05, step=0.02, turn=0.05)
RULE = "rules:\n  desk: {{title: Desk, query: {}}}\n"
SETTINGS = "polling: {every: 1h}\n"


def listening() -> int:
    """How many descriptors tell of changes."""
    found = 0
    for name in list(Path("/proc/self/fd").iterdir()):
        with suppress(FileNotFoundError):  # closed since it was listed
            found += "inotify" in str(name.readlink())
    return found


class Edited:
    """A configuration, and what reads it when it is asked to."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.found: list[str] = []
        """Of each reading, the query of the rule, or the first mistake."""
        self._wanted = threading.Semaphore(0)
        self._is_over = False
        self.watch = FileWatch(directory, self._wanted.release, PACE)
        self._reader = threading.Thread(target=self._run, daemon=True)

    def begin(self) -> None:
        self.read()
        before = listening()
        self._reader.start()
        self.watch.notice(edits=True)
        end = time.monotonic() + 1  # another one's descriptor may be closed meanwhile
        while listening() <= before and time.monotonic() < end:
            time.sleep(0.01)

    def end(self) -> None:
        self._is_over = True
        self.watch.close()
        self._wanted.release()
        self._reader.join()

    def read(self) -> None:
        try:
            with self.watch.reading() as reading:
                configuration = read_configuration(self.directory)
                reading.files = configuration.files
        except ConfigurationError as error:
            self.found.append(error.problems[0].render().splitlines()[0])
        else:
            self.found.append(" ".join(rule.query.text for rule in configuration.rules.rules))

    def _run(self) -> None:
        while self._wanted.acquire() and not self._is_over:
            self.read()

    @property
    def rules(self) -> Path:
        return self.directory / "rules" / "desk.yaml"

    def finds(self, what: str) -> None:
        """Waits for a reading that finds it, and makes sure that no other follows."""
        wait_for(lambda: any(what in found for found in self.found[1:]), f"{what} in {self.found}", 10)
        time.sleep(0.3)
        assert len(self.found) == 2, self.found


def written(directory: Path) -> Path:
    (directory / "rules").mkdir(parents=True)
    (directory / "watchdesk.yaml").write_text(SETTINGS)
    (directory / "sources.yaml").write_text("sources: {}\n")
    (directory / "rules" / "desk.yaml").write_text(RULE.format("first"))
    return directory


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[Edited]:
    found = Edited(written(tmp_path / "place" / "config"))
    found.begin()
    yield found
    found.end()


def in_place(rules: Path, text: str) -> None:
    """nano, and `>` of a shell."""
    rules.write_text(text)


def by_rename(rules: Path, text: str) -> None:
    """VS Code's atomic saves, Ansible, sed -i."""
    beside = rules.with_name(".desk.yaml.tmp123")
    beside.write_text(text)
    beside.replace(rules)


def as_vim(rules: Path, text: str) -> None:
    """With its swap file, its trial file, and the file before kept beside until the new one is written."""
    swap, trial, backup = (rules.with_name(name) for name in (".desk.yaml.swp", "4913", "desk.yaml~"))
    swap.write_bytes(b"b0VIM 9.0")
    trial.write_bytes(b"")
    trial.unlink()
    rules.rename(backup)
    rules.write_text(text)
    os.fsync(os.open(rules, os.O_RDONLY))
    backup.unlink()
    swap.unlink()


def as_emacs(rules: Path, text: str) -> None:
    """With its lock, a link that leads nowhere, its auto-save file, and a backup that stays."""
    lock, auto_save = rules.with_name(".#desk.yaml"), rules.with_name("#desk.yaml#")
    lock.symlink_to("editor@host.123:1")
    auto_save.write_text(text)
    rules.rename(rules.with_name("desk.yaml~"))
    rules.write_text(text)
    auto_save.unlink()
    lock.unlink()


def by_link(rules: Path, text: str) -> None:
    """As editors that keep the number of the file as a backup: link(2), then a new file."""
    os.link(rules, rules.with_name("desk.yaml.bak"))
    rules.unlink()
    rules.write_text(text)


def bit_by_bit(rules: Path, text: str) -> None:
    """A slow copy."""
    with rules.open("w") as file:
        for letter in text:
            file.write(letter)
            file.flush()
            time.sleep(0.01)


def folder_replaced(rules: Path, text: str) -> None:
    """A deployment that moves the folder away and puts another in its place."""
    folder = rules.parent
    folder.rename(folder.with_name("rules.old"))
    folder.mkdir()
    rules.write_text(text)


def folder_made_again(rules: Path, text: str) -> None:
    """A file system may give the new folder the number of the old one."""
    shutil.rmtree(rules.parent)
    rules.parent.mkdir()
    rules.write_text(text)


def all_replaced(rules: Path, text: str) -> None:
    config = rules.parents[1]
    config.rename(config.with_name("config.old"))
    written(config)
    rules.write_text(text)


def swapped(rules: Path, text: str) -> None:
    """Prepared beside, and put in its place at once."""
    config = rules.parents[1]
    beside = written(config.with_name("config.new"))
    (beside / "rules" / "desk.yaml").write_text(text)
    config.rename(config.with_name("config.old"))
    beside.rename(config)


def checked_out(rules: Path, text: str) -> None:
    """git: each file is removed and written, among many others."""
    for number in range(50):
        other = rules.with_name(f"other-{number}.txt")
        other.write_text("x")
        other.unlink()
    rules.unlink()
    time.sleep(0.05)
    rules.write_text(text)


WAYS = [
    *(in_place, by_rename, as_vim, as_emacs, by_link, bit_by_bit),
    *(folder_replaced, folder_made_again, all_replaced, swapped, checked_out),
]


@pytest.mark.parametrize("save", WAYS, ids=lambda way: way.__name__)
def test_a_file_is_read_once_however_it_is_saved(edited: Edited, save: Callable[[Path, str], object]) -> None:
    save(edited.rules, RULE.format("second"))
    edited.finds("second")
    edited.found.pop(0)
    in_place(edited.rules, RULE.format("third"))  # what was replaced is watched as well
    edited.finds("third")


def test_what_changes_nothing_is_not_read(edited: Edited) -> None:
    edited.rules.touch()
    edited.rules.write_text(RULE.format("first"))
    by_rename(edited.rules, RULE.format("first"))
    for name in ("desk.yaml~", ".desk.yaml.swp", "#desk.yaml#", "desk.yaml.bak", "notes.txt", "4913"):
        edited.rules.with_name(name).write_text("rules: [broken")
    edited.rules.with_name(".#desk.yaml").symlink_to("editor@host.123:1")
    (edited.directory / ".git").mkdir()
    (edited.directory / "README").write_text("ours")
    time.sleep(0.6)
    assert len(edited.found) == 1
    edited.rules.write_text(RULE.format("second"))
    edited.finds("second")


def test_a_file_that_comes_and_a_file_that_goes_are_noticed(edited: Edited) -> None:
    other = edited.directory / "rules" / "other.yaml"
    other.write_text("rules:\n  other: {title: Other, query: more}\n")
    edited.finds("first more")
    other.unlink()
    edited.found.pop(0)
    edited.finds("first")


def test_a_mistake_is_read_once_and_its_correction_as_well(edited: Edited) -> None:
    edited.rules.write_text(RULE.format("(second"))
    edited.finds("rules/desk.yaml:2:")
    edited.found.pop(0)
    edited.rules.write_text(RULE.format("second"))
    edited.finds("second")


def test_a_directory_that_is_gone_for_a_while_is_a_mistake_until_it_is_back(edited: Edited) -> None:
    away = edited.directory.with_name("away")
    edited.directory.rename(away)
    edited.finds("cannot be read")
    edited.found.pop(0)
    away.rename(edited.directory)
    edited.finds("first")


def test_a_directory_that_is_replaced_slowly_is_read_when_it_is_there(edited: Edited) -> None:
    shutil.rmtree(edited.directory)
    time.sleep(2 * PACE.quiet)
    (edited.directory / "rules").mkdir(parents=True)
    time.sleep(2 * PACE.quiet)
    edited.rules.write_text(RULE.format("second"))
    (edited.directory / "sources.yaml").write_text("sources: {}\n")
    (edited.directory / "watchdesk.yaml").write_text(SETTINGS)
    edited.finds("second")


def test_what_is_saved_while_it_is_being_read_is_read_after_that(edited: Edited) -> None:
    with edited.watch.reading() as reading:
        reading.files = read_configuration(edited.directory).files
        edited.rules.write_text(RULE.format("second"))
        time.sleep(0.5)
        assert len(edited.found) == 1
    edited.finds("second")


def test_what_a_signal_made_the_service_read_is_not_read_again(edited: Edited) -> None:
    edited.rules.write_text(RULE.format("second"))
    edited.read()
    time.sleep(0.6)
    assert edited.found == ["first", "second"]


def test_neighbours_that_are_always_written_hold_up_nothing(edited: Edited) -> None:
    is_over = threading.Event()

    def write() -> None:
        for number in count():
            for folder in (edited.directory.parent, edited.rules.parent):
                (folder / f"neighbour-{number}.txt").write_text("x")
                (folder / f"neighbour-{number}.txt").rename(folder / "neighbour")
            if is_over.wait(0.005):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        edited.rules.write_text(RULE.format("second"))
        edited.finds("second")
    finally:
        is_over.set()
        writer.join()


NAMED = {
    "list.opml": '<opml version="2.0"><body><outline text="W" xmlUrl="http://a.example/{}"/></body></opml>',
    "secret": "{}",
    "token": "{}",
    "example.txt": "first second {}",
    "templates/digest.txt.j2": "{}",
    "sources/more.yaml": "sources: {{m: {{feed: 'http://m.example/{}'}}}}\n",
}


@pytest.mark.parametrize("outside", [False, True], ids=["inside", "outside"])
@pytest.mark.parametrize("name", NAMED)
def test_every_file_that_the_configuration_reads_is_watched(tmp_path: Path, name: str, outside: bool) -> None:
    config, beside = written(tmp_path / "config"), tmp_path / "beside"
    for each, content in NAMED.items():
        path = config / each
        path.parent.mkdir(exist_ok=True)
        path.write_text(content.format("one"))
    if outside:
        beside.mkdir()
        target = beside / Path(name).name
        (config / name).rename(target)
        (config / name).symlink_to(os.path.relpath(target, (config / name).parent))
    (config / "watchdesk.yaml").write_text(
        "channels: {hook: {webhook: {url: 'http://127.0.0.1:9/', secret: {file: secret}}}}\n"
        "web: {token: {file: token}}\n"
    )
    (config / "sources.yaml").write_text("sources:\n  list: {opml: list.opml}\n")
    example = "examples: {matches: [{file: ../example.txt}]}"
    (config / "rules" / "desk.yaml").write_text(f"rules:\n  desk: {{query: first, {example}}}\n")
    found = Edited(config)
    found.begin()
    try:
        real = (config / name).resolve()
        by_rename(real, NAMED[name].format("two"))
        wait_for(lambda: len(found.found) > 1, f"another reading after {name}", 10)
        if outside:
            other = real.with_name(f"other-{real.name}")
            other.write_text(NAMED[name].format("three"))
            (config / name).unlink()
            (config / name).symlink_to(other)
            wait_for(lambda: len(found.found) > 2, "another reading after the link leads elsewhere", 10)
    finally:
        found.end()


def test_a_directory_behind_links_and_as_kubernetes_mounts_it(tmp_path: Path) -> None:
    """`..data` leads to a folder with a time; a new one is made, and the link replaced by rename(2)."""
    real = tmp_path / "mount"

    def mounted(stamp: str, query: str) -> None:
        before = real / "..data"
        old = before.resolve() if before.is_symlink() else None
        (real / stamp).mkdir(parents=True)
        (real / stamp / "watchdesk.yaml").write_text(SETTINGS)
        (real / stamp / "sources.yaml").write_text("sources: {}\n")
        (real / stamp / "desk.yaml").write_text(RULE.format(query))
        (real / "..data_tmp").symlink_to(stamp)
        (real / "..data_tmp").replace(before)
        if old:
            shutil.rmtree(old)

    mounted("..2026_11_30_1", "first")
    (real / "watchdesk.yaml").symlink_to("..data/watchdesk.yaml")
    (real / "sources.yaml").symlink_to("..data/sources.yaml")
    (real / "rules").mkdir()
    (real / "rules" / "desk.yaml").symlink_to("../..data/desk.yaml")
    (tmp_path / "current").symlink_to("mount")
    (tmp_path / "config").symlink_to(tmp_path / "current")
    found = Edited(tmp_path / "config")
    found.begin()
    try:
        for number, query in enumerate(("second", "third"), start=2):
            mounted(f"..2026_11_30_{number}", query)
            found.finds(query)
            found.found.pop(0)
        other = written(tmp_path / "release-2")
        (tmp_path / "link").symlink_to("release-2")
        (tmp_path / "link").replace(tmp_path / "current")
        found.finds("first")
        found.found.pop(0)
        (other / "rules" / "desk.yaml").write_text(RULE.format("fourth"))
        found.finds("fourth")
    finally:
        found.end()


def test_folders_that_are_replaced_leave_no_descriptors_behind(edited: Edited) -> None:
    for number in range(5):
        folder_replaced(edited.rules, RULE.format(f"again{number}"))
        wait_for(lambda: f"again{number}" in edited.found[-1], "a reading", 10)  # noqa: B023
        shutil.rmtree(edited.directory / "rules.old")
    assert listening() <= 1
    edited.watch.close()
    wait_for(lambda: listening() == 0, "the end of listening", 10)
