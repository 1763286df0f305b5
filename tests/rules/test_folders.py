"""Folders of rules/: what is in force of each, by the files as they are and as they were."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.small_disk import small_disk
from watchdesk.config.kept_folders import FOLDER, KeptFolders
from watchdesk.configuration import (
    Configuration,
    keep_folders,
    prove,
    read_configuration,
    read_with_folders,
)
from watchdesk.errors import ConfigurationError
from watchdesk.model import Article
from watchdesk.rules.team_folder import LastGood

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
SETTINGS = "channels: {desk: {files: out/}, energy: {files: out/}}\ndigests:\n  all: {to: [desk]}\n"
GAS = "rules: {gas: {query: gas}}\n"
BAD = "rules: {gas: {query: (gas}}\n"


class Desk:
    """The files of a desk, and a service that reads them again and again."""

    def __init__(self, root: Path) -> None:
        self.config, self.state, self.now = root / "config", root / "state", NOW
        self.write("watchdesk.yaml", SETTINGS)
        self.write("sources.yaml", "sources: {wire: {feed: 'https://wire.example/'}}\n")
        self.write("rules/desk.yaml", "lists: {fuels: [gas, oil]}\nrules: {nato: {query: NATO}}\n")

    def write(self, name: str, text: str) -> Path:
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self) -> Configuration:
        """What is in force after a start by these files. Each is a minute after the one before."""
        kept = KeptFolders(self.state)
        configuration = read_with_folders(self.config, LastGood(kept, self.now))
        keep_folders(configuration, kept)
        self.now += timedelta(minutes=1)
        return configuration

    def mistakes(self) -> Sequence[str]:
        """As `check` reports them."""
        with pytest.raises(ConfigurationError) as refused:
            read_configuration(self.config)
        return [problem.render().partition("\n")[0] for problem in refused.value.problems]

    @property
    def kept(self) -> list[str]:
        folder = self.state / FOLDER
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def in_force(configuration: Configuration) -> list[str]:
    return sorted(f"{rule.id}: {rule.query.text}" for rule in configuration.rules.rules)


def said(configuration: Configuration) -> list[str]:
    return [folder.sentence for folder in configuration.refused_folders]


def test_a_folder_with_a_mistake_stays_as_it_was_and_all_else_is_as_the_files_say(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariff}}\n")
    assert in_force(desk.read()) == ["gas: gas", "nato: NATO", "tariffs: tariff"]
    desk.write("rules/energy/a.yaml", BAD)
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariffs}}\n")
    desk.write("rules/desk.yaml", "rules: {eu: {query: EU}}\n")
    for _ in range(2):  # as often as it is started
        found = desk.read()
        assert in_force(found) == ["eu: EU", "gas: gas", "tariffs: tariffs"]
        assert said(found) == [
            "rules/energy cannot be used as it is: rules/energy/a.yaml:1:22: this parenthesis is never "
            "closed; its rules stay in force as they were at 2026-03-01 14:05 UTC"
        ]
    assert desk.mistakes() == ["rules/energy/a.yaml:1:22: this parenthesis is never closed"]
    desk.write("rules/energy/a.yaml", "rules: {gas: {query: LNG}}\n")
    found = desk.read()
    assert (in_force(found), said(found)) == (["eu: EU", "gas: LNG", "tariffs: tariffs"], [])


def test_a_folder_that_never_passed_has_no_rules_in_force(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", BAD)
    found = desk.read()
    assert in_force(found) == ["nato: NATO"]
    assert said(found)[0].endswith("; none of its rules is in force")


def test_a_mistake_outside_folders_is_one_of_all(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.write("rules/desk.yaml", "rules: {nato: {query: (NATO}}\n")
    with pytest.raises(ConfigurationError):
        desk.read()


def test_a_folder_whose_example_fails_is_refused_alone(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.read()
    failing = "rules: {gas: {query: gas, examples: {matches: [Oil is cheap.]}}, oil: {query: oil}}\n"
    desk.write("rules/energy/a.yaml", failing)
    for _ in range(2):
        found = desk.read()
        assert in_force(found) == ["gas: gas", "nato: NATO"]
        assert "an example of 'gas' should match and does not: Oil is cheap." in said(found)[0]
    with pytest.raises(ConfigurationError):
        prove(read_configuration(desk.config), NOW)


def test_a_folder_that_loses_the_file_of_an_example_stays_in_force(desk: Desk) -> None:
    file = desk.write("rules/energy/article.txt", "The price of gas rises.")
    desk.write(
        "rules/energy/a.yaml", "rules: {gas: {query: gas, examples: {matches: [{file: article.txt}]}}}\n"
    )
    desk.read()
    file.unlink()
    found = desk.read()
    assert in_force(found) == ["gas: gas", "nato: NATO"]
    assert "there is no file article.txt beside this rules file" in said(found)[0]


def test_what_is_as_it_was_keeps_its_time_and_its_examples_are_not_tried_again(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    assert desk.read().changed_folders == {"energy"}
    again = desk.read()
    assert (again.changed_folders, [one.since for one in again.in_force]) == (frozenset(), [NOW])
    desk.write("rules/desk.yaml", "lists: {fuels: [gas]}\nrules: {nato: {query: NATO}}\n")
    assert desk.read().changed_folders == frozenset(), "it names no list"
    desk.write("rules/energy/a.yaml", "rules: {gas: {query: '@fuels'}}\n")
    assert desk.read().changed_folders == {"energy"}
    desk.write("rules/desk.yaml", "lists: {fuels: [coal]}\nrules: {nato: {query: NATO}}\n")
    assert desk.read().changed_folders == {"energy"}


def taken_id(desk: Desk) -> None:
    desk.write("rules/desk.yaml", "lists: {fuels: [gas, oil]}\nrules: {price: {query: price}}\n")


def taken_list(desk: Desk) -> None:
    desk.write("rules/desk.yaml", "rules: {nato: {query: NATO}}\n")


def taken_source(desk: Desk) -> None:
    desk.write("sources.yaml", "sources: {post: {feed: 'https://post.example/'}}\n")


def taken_channel(desk: Desk) -> None:
    desk.write("watchdesk.yaml", SETTINGS.replace("energy", "fuel"))


@pytest.mark.parametrize(
    ("takes", "why", "rest"),
    [
        (taken_id, "the rule 'price' is defined twice", ["fuel", "price"]),
        (taken_list, "there is no list 'fuels'", ["fuel", "nato", "price"]),
        (taken_source, "there is no source 'wire'", ["fuel", "nato", "price"]),
        (taken_channel, "there is no channel 'energy'", ["fuel", "nato", "price"]),
    ],
)
def test_what_others_take_from_a_folder_leaves_it_as_it_stood(
    desk: Desk, takes: Callable[[Desk], None], why: str, rest: list[str]
) -> None:
    rules = (
        "owner: [energy]\nrules: {price: {query: rise}, fuel: {query: '@fuels', sources: {only: [wire]}}}\n"
    )
    desk.write("rules/energy/a.yaml", rules)
    desk.read()
    takes(desk)
    for _ in range(2):
        found = desk.read()
        assert why in said(found)[0]
        assert [rule.id for rule in sorted(found.rules.rules, key=lambda rule: rule.id)] == rest
        (fuel,) = (rule for rule in found.rules.rules if rule.id == "fuel")
        assert fuel.query.matches(Article.from_text("Oil", ""))
    left_out = [folder.left_out for folder in found.refused_folders]
    assert left_out == [("price",)] if takes is taken_id else [()]


def test_of_two_folders_with_one_rule_the_one_that_did_not_change_has_it(desk: Desk) -> None:
    desk.write("rules/trade/a.yaml", GAS)
    desk.read()
    desk.write("rules/energy/a.yaml", GAS)
    found = desk.read()
    assert [rule.folder for rule in found.rules.rules] == ["", "trade"]
    assert "rules/energy/a.yaml:1:9: the rule 'gas' is defined twice" in said(found)[0]
    desk.write("rules/trade/a.yaml", GAS + "# changed\n")
    found = desk.read()
    assert [rule.folder for rule in found.rules.rules] == ["", "trade"]
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariff}}\n")
    assert [rule.folder for rule in desk.read().rules.rules] == ["", "energy", "trade"]


def test_of_two_new_folders_with_one_rule_the_first_has_it(desk: Desk) -> None:
    desk.write("rules/trade/a.yaml", GAS)
    desk.write("rules/energy/a.yaml", GAS)
    assert [rule.folder for rule in desk.read().rules.rules] == ["", "energy"]


def test_a_folder_sees_the_lists_of_all_and_none_of_another_folder(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", "lists: {metals: [tin]}\nrules: {gas: {query: '@fuels AND @metals'}}\n")
    desk.write("rules/trade/a.yaml", "lists: {metals: [iron]}\nrules: {iron: {query: '@metals'}}\n")
    desk.write("rules/water/a.yaml", "rules: {dams: {query: '@metals'}}\n")
    desk.write("rules/wind/a.yaml", "lists: {fuels: [wind]}\nrules: {wind: {query: '@fuels'}}\n")
    found = desk.read()
    assert [folder.name for folder in found.refused_folders] == ["water", "wind"]
    assert "there is no list 'metals'" in said(found)[0]
    assert "the list 'fuels' is defined in a file of rules/, for all folders" in said(found)[1]
    of = {rule.id: rule.query for rule in found.rules.rules}
    assert of["iron"].matches(Article.from_text("Iron", ""))
    assert not of["iron"].matches(Article.from_text("Tin", ""))
    before = found.rules.wordings
    desk.write("rules/trade/a.yaml", "lists: {metals: [steel]}\nrules: {iron: {query: '@metals'}}\n")
    after = desk.read().rules.wordings
    assert [name for name in after if after[name] != before[name]] == ["iron"], "as a reload counts them"


def test_a_digest_that_names_a_rule_holds_the_folder_to_it_and_no_other(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", "rules: {gas: {query: gas, tags: [fuel]}, oil: {query: oil}}\n")
    desk.write("watchdesk.yaml", SETTINGS + "  one: {rules: [gas, 'tag:fuel'], to: [desk]}\n")
    desk.read()
    desk.write("rules/energy/a.yaml", "rules: {oil: {query: petrol}}\n")
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariff}}\n")
    found = desk.read()
    assert in_force(found) == ["gas: gas", "nato: NATO", "oil: oil", "tariffs: tariff"]
    assert "the digest 'one' names 'gas', which this folder no longer has" in said(found)[0]


def test_a_digest_may_name_a_rule_of_a_folder_that_cannot_be_read(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", BAD)
    desk.write("watchdesk.yaml", SETTINGS + "  one: {rules: [gas], to: [desk]}\n")
    found = desk.read()
    assert [problem.message for problem in found.warnings] == ["there is no rule 'gas'"]


def test_a_folder_that_is_gone_takes_its_rules_along(desk: Desk) -> None:
    path = desk.write("rules/energy/a.yaml", GAS)
    desk.read()
    path.unlink()
    for _ in range(2):
        found = desk.read()
        assert in_force(found) == ["gas: gas", "nato: NATO"], "an empty folder is no wish to do without"
        assert "every rule has gone from rules/energy" in said(found)[0]
    path.parent.rmdir()
    found = desk.read()
    assert (in_force(found), said(found), desk.kept) == (["nato: NATO"], [], [])


def test_a_folder_may_be_a_link_and_may_be_renamed(desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "checkout"
    elsewhere.mkdir()
    (elsewhere / "a.yaml").write_text(GAS)
    (desk.config / "rules" / "energy").symlink_to(elsewhere)
    assert in_force(desk.read()) == ["gas: gas", "nato: NATO"]
    (desk.config / "rules" / "energy").rename(desk.config / "rules" / "fuel")
    found = desk.read()
    assert (in_force(found), said(found), desk.kept) == (["gas: gas", "nato: NATO"], [], ["fuel.json"])


@pytest.mark.parametrize("name", ["Energy", "énergie", "a b", "énergie\udcff", "a.b"])
def test_a_folder_with_a_bad_name_is_refused_alone(desk: Desk, name: str) -> None:
    (desk.config / "rules" / name).mkdir()
    (desk.config / "rules" / name / "a.yaml").write_text(GAS)
    found = desk.read()
    assert in_force(found) == ["nato: NATO"]
    assert "cannot be a name" in said(found)[0]
    said(found)[0].encode()


@pytest.mark.parametrize("name", [".git", "energy~", "#energy", "energy.bak", "..2026_03_01"])
def test_hidden_folders_and_copies_of_editors_are_none(desk: Desk, name: str) -> None:
    desk.write(f"rules/{name}/a.yaml", BAD)
    found = desk.read()
    assert (in_force(found), said(found)) == (["nato: NATO"], [])


def test_a_folder_without_rules_is_no_teams(desk: Desk) -> None:
    desk.write("rules/Examples/article.html", "<p>NATO</p>")
    assert said(desk.read()) == []


DAMAGES: Sequence[Callable[[bytes], bytes]] = (
    lambda content: content[:-9],
    lambda content: content.replace(b"gas", b"oil", 1),
    lambda _: b"",
    lambda _: b"\xff\xfe[",
    lambda _: b"[]",
    lambda _: b"[" * 100_000,
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_told_and_harms_nothing_else(desk: Desk, damage: Callable[[bytes], bytes]) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.read()
    copy = desk.state / FOLDER / "energy.json"
    copy.write_bytes(damage(copy.read_bytes()))
    desk.write("rules/energy/a.yaml", BAD)
    found = desk.read()
    assert in_force(found) == ["nato: NATO"]
    assert f"none of its rules is in force, because {copy} is damaged" in said(found)[0]
    desk.write("rules/energy/a.yaml", GAS)
    assert (in_force(desk.read()), said(desk.read())) == (["gas: gas", "nato: NATO"], [])


def test_a_copy_whose_rules_this_version_cannot_read_is_told(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    version = desk.read().in_force[0]
    newer = type(version)(version.name, version.since, {"a.yaml": "rules: {gas: {asks: gas}}\n"})
    KeptFolders(desk.state).keep([newer], [], desk.config / "rules")
    desk.write("rules/energy/a.yaml", BAD)
    assert (
        "its last good version cannot be read any more: the rule 'gas' has no query" in said(desk.read())[0]
    )


def test_what_is_in_force_here_counts_more_than_the_copy(desk: Desk) -> None:
    """As after a full disk: a reload must not go back to a version before the last."""
    desk.write("rules/energy/a.yaml", GAS)
    desk.read()
    desk.write("rules/energy/a.yaml", "rules: {gas: {query: LNG}}\n")
    kept = KeptFolders(desk.state)
    here = read_with_folders(desk.config, LastGood(kept, NOW)).in_force
    desk.write("rules/energy/a.yaml", BAD)
    found = read_with_folders(desk.config, LastGood(kept.beside(here), NOW))
    assert in_force(found) == ["gas: LNG", "nato: NATO"]


def test_a_full_disk_leaves_the_copy_as_it_was(desk: Desk, tmp_path: Path) -> None:
    desk.state = tmp_path / "small"
    with small_disk(desk.state, "1m"):
        desk.write("rules/energy/a.yaml", GAS)
        desk.read()
        desk.write("rules/energy/a.yaml", GAS + f"# {'x' * 2_000_000}\n")
        with pytest.raises(OSError, match="No space left"):
            desk.read()
        assert desk.kept == ["energy.json"]
        desk.write("rules/energy/a.yaml", BAD)
        assert in_force(desk.read()) == ["gas: gas", "nato: NATO"]


KILLED = """\
import json, os, sys
from datetime import datetime
from pathlib import Path
from watchdesk.config.kept_folders import FolderVersion, KeptFolders
state, now = Path(sys.argv[1]), datetime.fromisoformat("2026-03-01T14:05:00+00:00")
kept = KeptFolders(state)
old, new = (FolderVersion("energy", now, {"a.yaml": text}) for text in ("old", "new"))

def killed_after(steps):
    def count(frame, event, _):
        nonlocal steps
        if event == "line" and frame.f_code.co_filename.endswith(("kept_folders.py", "durable.py")):
            steps -= 1
            if steps < 0:
                os.kill(os.getpid(), 9)
        return count
    sys.settrace(count)
    kept.keep([new], [], state)
    os._exit(0)

found, status = [], 9
while status:
    kept.keep([old], [], state)
    child = os.fork() or killed_after(len(found))
    status = os.waitpid(child, 0)[1]
    found.append(kept.get("energy").files["a.yaml"])
print(json.dumps(found))
"""


def test_whoever_is_killed_at_any_statement_leaves_the_old_copy_or_the_new(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, check=True, timeout=100
    )
    found = json.loads(done.stdout)
    assert len(found) > 40, "so many statements there are"
    assert found == sorted(found, reverse=True), "the old one, and from one statement on the new"
    assert (found[0], found[-1]) == ("old", "new")
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["energy.json"]


GOOD = ("rules: {{{0}: {{query: first}}}}\n", "rules: {{{0}: {{query: second}}}}\n")
MISTAKEN = (
    "rules: {{{0}: {{query: (third}}}}\n",
    "rules: {{{0}: {{query: fourth, examples: {{matches: [nothing]}}}}}}\n",
    "rules: {{{0}: {{query: fifth, sources: {{only: [nowhere]}}}}}}\n",
    "",
)
EDITS = st.lists(
    st.tuples(st.sampled_from(["coal", "gas", "oil"]), st.sampled_from([*GOOD, *MISTAKEN, None])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(EDITS, max_size=4))
def test_whatever_is_saved_each_folder_is_as_it_last_passed(
    saved: list[list[tuple[str, str | None]]],
) -> None:
    with tempfile.TemporaryDirectory() as root:
        desk, texts, expected = Desk(Path(root)), dict[str, str | None](), {"nato": "NATO"}
        for edits in saved:
            for name, text in edits:
                texts[name] = text and text.format(name)
                shutil.rmtree(desk.config / "rules" / name, ignore_errors=True)
                if text is not None:
                    desk.write(f"rules/{name}/a.yaml", text.format(name))
            for name, text in texts.items():
                if text in [good.format(name) for good in GOOD]:
                    expected[name] = "first" if "first" in text else "second"
                elif text is None:
                    expected.pop(name, None)
            found = desk.read()
            assert {rule.id: rule.query.text for rule in found.rules.rules} == expected
            assert {f"{name}.json" for name in expected.keys() - {"nato"}} <= set(desk.kept)


def test_a_rule_may_move_from_one_folder_to_another(desk: Desk) -> None:
    desk.write("rules/trade/a.yaml", GAS)
    desk.read()
    desk.write("rules/energy/a.yaml", GAS)
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariff}}\n")
    found = desk.read()
    assert [(rule.id, rule.folder) for rule in found.rules.rules if rule.folder] == [
        ("gas", "energy"),
        ("tariffs", "trade"),
    ]


def test_copies_are_for_their_owner_alone(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.read()
    folder = desk.state / FOLDER
    assert [oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())] == ["0o700", "0o600"]


def test_an_owner_is_a_channel_that_there_is(desk: Desk) -> None:
    desk.write("rules/desk.yaml", "owner: [dsk]\nrules: {nato: {query: NATO, owner: []}}\n")
    assert desk.mistakes() == [
        "rules/desk.yaml:1:9: there is no channel 'dsk'",
        "rules/desk.yaml:2:36: at least one channel must stand here",
    ]


def test_a_rule_has_its_own_owners_or_those_of_its_file(desk: Desk) -> None:
    desk.write(
        "rules/energy/a.yaml", "owner: [energy]\nrules: {a: {query: a}, b: {query: b, owner: [desk]}}\n"
    )
    found = desk.read().rules
    assert found.owners == {"a": ("energy",), "b": ("desk",)}
    assert found.folder_owners == {"energy": ("energy", "desk")}
    assert found.outline().owners == found.owners


def test_the_owners_of_a_folder_that_never_passed_are_known_as_far_as_it_can_be_read(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", "owner: [energy, nobody]\n" + BAD)
    assert [folder.owners for folder in desk.read().refused_folders] == [("energy",)]


def test_owners_of_digests_are_channels_as_well(desk: Desk) -> None:
    desk.write("watchdesk.yaml", SETTINGS + "  one: {to: [desk], owner: [dsk]}\n")
    assert desk.mistakes() == ["watchdesk.yaml:4:29: there is no channel 'dsk'"]


def test_a_copy_of_another_version_of_watchdesk_is_said_to_be_one(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.read()
    copy = desk.state / FOLDER / "energy.json"
    copy.write_text(copy.read_text().replace('"version": 1', '"version": 2'))
    desk.write("rules/energy/a.yaml", BAD)
    assert "because it was written by another version of watchdesk" in said(desk.read())[0]


def test_one_copy_that_cannot_be_written_keeps_no_other_from_it(desk: Desk) -> None:
    desk.write("rules/energy/a.yaml", GAS)
    desk.write("rules/trade/a.yaml", "rules: {tariffs: {query: tariff}}\n")
    (desk.state / FOLDER / "energy.json").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        desk.read()
    assert desk.kept == ["energy.json", "trade.json"]
