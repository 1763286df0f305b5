"""Folders of rules/ that cannot be looked at, that something else stands in place of, or that are gone."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rules.test_folders import GAS, SETTINGS, Desk, in_force, said
from support.desk import DeskFiles
from watchdesk.errors import ConfigurationError
from watchdesk.service.watching.contents import files_of, fingerprints

FLASH = SETTINGS + "  en: {rules: ['tag:energy', gas], to: [desk]}\n"
TAGGED = "rules: {gas: {query: gas, tags: [energy]}}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("rules/energy/a.yaml", GAS)
    made.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariff}}\n")
    made.read()
    return made


def too_long(path: Path) -> None:
    path.symlink_to("x" * 300)


def to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def a_file(path: Path) -> None:
    path.write_text(GAS)


WRONG = [
    (too_long, "File name too long"),
    (to_itself, "Too many levels of symbolic links"),
    (nowhere, "it is a link that leads nowhere"),
    (a_file, "it is a file, no folder"),
]


def watched(desk: Desk, files: Mapping[Path, bytes]) -> Callable[[], bool]:
    """Whether something has changed since they were read, as whoever watches them sees it."""
    own = files_of(desk.config, ())
    others = [path for path in files if path not in own]
    return lambda: files != fingerprints(desk.config, others)


@pytest.mark.parametrize(("make", "why"), WRONG)
def test_what_stands_in_place_of_a_folder_leaves_it_and_all_others_in_force(
    desk: Desk, make: Callable[[Path], None], why: str
) -> None:
    path = desk.config / "rules" / "energy"
    shutil.rmtree(path)
    make(path)
    for _ in range(2):
        found = desk.read()
        assert in_force(found) == ["gas: gas", "nato: NATO", "tariffs: tariff"]
        assert f"rules/energy:1:1: cannot be read: {why}" in said(found)[0]
        assert desk.kept == ["energy.json", "trade.json"]
    has_changed = watched(desk, found.files)
    assert not has_changed()
    path.unlink()
    assert has_changed(), "that it is gone for good is noticed"
    found = desk.read()
    assert (in_force(found), said(found)) == (["nato: NATO", "tariffs: tariff"], [])
    assert desk.kept == ["trade.json"]


@pytest.mark.parametrize(("make", "why"), WRONG[:3])
def test_a_link_that_cannot_be_followed_is_told_also_where_there_was_no_folder(
    desk: Desk, make: Callable[[Path], None], why: str
) -> None:
    make(desk.config / "rules" / "coal")
    found = desk.read()
    assert in_force(found) == ["gas: gas", "nato: NATO", "tariffs: tariff"]
    assert f"rules/coal:1:1: cannot be read: {why}" in said(found)[0]
    assert desk.mistakes() == [f"rules/coal:1:1: cannot be read: {why}"]


def test_other_files_beside_the_rules_are_none_of_ours(desk: Desk) -> None:
    desk.write("rules/README", "Ours.")
    (desk.config / "rules" / ".#energy").symlink_to("editor@host.1234")
    assert said(desk.read()) == []


@pytest.mark.parametrize(("make", "why"), WRONG[:3])
def test_a_rules_file_that_is_a_link_to_nothing_is_a_mistake_of_its_own(
    desk: Desk, make: Callable[[Path], None], why: str
) -> None:
    make(desk.config / "rules" / "trade" / "b.yaml")
    found = desk.read()
    assert in_force(found) == ["gas: gas", "nato: NATO", "tariffs: tariff"]
    assert "rules/trade/b.yaml:1:1: cannot be read" in said(found)[0]
    make(desk.config / "rules" / "more.yaml")
    with pytest.raises(ConfigurationError, match=r"rules/more\.yaml:1:1: cannot be read"):
        desk.read()


NOBODY = 65534


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes somebody else")
def test_a_link_into_a_folder_that_may_not_be_entered_costs_itself_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    closed = tmp_path / "closed"
    (closed / "rules").mkdir(parents=True)
    closed.chmod(0o700)
    (desk.config / "rules" / "coal").symlink_to(closed / "rules")
    for folder in (desk.config, desk.state):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    for path in (one for one in (tmp_path, *tmp_path.parents) if "pytest-of-" in str(one)):
        path.chmod(path.stat().st_mode | 0o011)
    reader, writer = os.pipe()
    if not (child := os.fork()):
        try:
            os.setuid(NOBODY)
            found = desk.read()
            os.write(writer, "\n".join([*in_force(found), *said(found), *desk.kept]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    told = os.read(reader, 100_000).decode().splitlines()
    assert told[:3] == ["gas: gas", "nato: NATO", "tariffs: tariff"]
    assert "rules/coal:1:1: cannot be read: Permission denied" in told[3]
    assert told[4:] == ["energy.json", "trade.json"]


def test_a_folder_that_a_digest_needs_stays_in_force_when_it_is_removed(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", "owner: [energy]\n" + TAGGED)
    desk.write("watchdesk.yaml", FLASH)
    desk.read()
    (desk.config / "rules" / "energy").rename(desk.config.parent / "away")
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariffs}}\n")
    for _ in range(2):  # as often as it is started
        found = desk.read()
        assert in_force(found) == ["gas: gas", "nato: NATO", "tariffs: tariffs"]
        assert [one.mistakes for one in found.refused_folders] == [
            (
                "rules/energy: is gone, and the digest 'en' names gas, which only it has",
                "rules/energy: is gone, and the digest 'en' names tag:energy, which only it has",
            )
        ]
        assert "out of the digest first, or put the folder back" in found.refused_folders[0].quoted[0]
        assert found.refused_folders[0].owners == ("energy",)
        assert desk.kept == ["energy.json", "trade.json"]
    (desk.config.parent / "away").rename(desk.config / "rules" / "energy")
    found = desk.read()
    assert (said(found), found.changed_folders) == ([], frozenset()), "as if nothing had been"
    shutil.rmtree(desk.config / "rules" / "energy")
    desk.write("watchdesk.yaml", SETTINGS)
    found = desk.read()
    assert (in_force(found), said(found)) == (["nato: NATO", "tariffs: tariffs"], [])
    assert desk.kept == ["trade.json"]


def test_a_folder_that_is_renamed_under_a_digest_is_not_missed(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", TAGGED)
    desk.write("watchdesk.yaml", FLASH)
    desk.read()
    (desk.config / "rules" / "energy").rename(desk.config / "rules" / "fuel")
    assert (said(desk.read()), desk.kept) == ([], ["fuel.json", "trade.json"])


def test_a_folder_that_drops_what_a_digest_names_is_told_by_its_file(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", TAGGED)
    desk.write("watchdesk.yaml", FLASH)
    desk.read()
    desk.write("rules/energy/a.yaml", "rules: {oil: {query: oil}}\n")
    told = "rules/energy/a.yaml:1:1: the digest 'en' names 'gas', which this folder no longer has"
    assert told in said(desk.read())[0]


def emptied(desk: Desk) -> None:
    (desk.config / "rules" / "energy" / "a.yaml").unlink()


def drops(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", "rules: {oil: {query: oil}}\n")


def removed(desk: Desk) -> None:
    shutil.rmtree(desk.config / "rules" / "energy")


def replaced(desk: Desk) -> None:
    removed(desk)
    a_file(desk.config / "rules" / "energy")


def taken(desk: Desk) -> None:
    """By a new folder, which would have it by its name."""
    desk.write("rules/coal/a.yaml", GAS)


@pytest.mark.parametrize("edit", [emptied, drops, removed, replaced, taken])
def test_check_says_what_the_service_says(desk: Desk, edit: Callable[[Desk], None]) -> None:
    desk.write("rules/energy/a.yaml", TAGGED)
    desk.write("watchdesk.yaml", FLASH)
    desk.read()
    files = DeskFiles(desk.config.parent)
    assert files.run("check").status == 0
    edit(desk)
    answered = files.run("check")
    assert answered.status == 2, answered.out
    (refused,) = desk.read().refused_folders
    told = [line.removeprefix("watchdesk: ") for line in answered.err.splitlines()]
    assert [line for line in told if line.startswith(("rules", "watchdesk.yaml"))] == [*refused.mistakes]
