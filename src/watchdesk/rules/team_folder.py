"""One folder of rules/: what stands in it now, and what is known of its last good version.

`folders` decides which of both is in force.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from watchdesk.config.kept_folders import FolderVersion, KeptFolders, UnusableCopy
from watchdesk.config.names import check_name
from watchdesk.config.parsing import parse_document, read_text
from watchdesk.config.places import Place, Problem, Problems
from watchdesk.config.rule_folders import RULES, RuleFolder
from watchdesk.config.yaml_document import Mapping as Document
from watchdesk.encoding.repair import clean
from watchdesk.rules.files.declared import Surroundings, read_owner
from watchdesk.rules.files.rule_files import rules_of, top_level
from watchdesk.rules.language.word_lists import WordLists
from watchdesk.rules.rule import Rule

_LIST_NAME = re.compile(r"@([\w-]+)")


@dataclass(frozen=True, slots=True)
class LastGood:
    """What keeps a folder with a mistake from costing more than itself."""

    kept: KeptFolders
    now: datetime
    failed: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    """By folder: its examples that fail."""
    is_only_compared: bool = False
    """Nothing stays in force by it: a folder with a mistake costs all, as `check` has it."""


@dataclass(slots=True)
class TeamFolder:
    """A folder as its files are now, with its mistakes."""

    name: str
    problems: Problems
    version: FolderVersion | None
    """None without `LastGood`."""
    rules: tuple[Rule, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    """Of each rule's id."""
    lists: WordLists = field(default_factory=dict)
    """Its own."""
    owners: tuple[str, ...] = ()
    """Of its files and rules, as far as they can be read."""
    before: FolderVersion | None = None
    """Its last good version."""
    why_none: str | None = None
    """Why that cannot be read."""
    is_gone: bool = False
    """It was removed as a whole."""
    is_none: bool = False
    """It has no rules, and never had: it is no team's."""

    @classmethod
    def read(
        cls,
        found: RuleFolder,
        root: Path,
        all_problems: Problems,
        around: Surroundings,
        good: LastGood | None,
    ) -> "TeamFolder":
        """What is wrong with it is noted in its own problems."""
        own = Problems()
        own.files = all_problems.files
        shown = Place(clean(f"{RULES}/{found.name}"), 1, 1)
        if found.fault:
            own.error(shown, f"cannot be read: {found.fault}", found.hint)
        elif found.files:
            check_name(clean(found.name), shown, own)
        if not found.files:
            all_problems.files.note(found.path)
        texts = {path: read_text(path, own, _named(path, root)) for path in found.files}
        files = list(_documents({path: text for path, text in texts.items() if text is not None}, root, own))
        rules, lists = rules_of(files, own, replace(around, folder=found.name))
        folder = cls(found.name, own, None, rules, _places(files))
        folder.lists = {name: words for name, words in lists.items() if name not in around.lists}
        of_files = (read_owner(file.get("owner"), around.channels, Problems()) for _, file in files)
        folder.owners = tuple(dict.fromkeys(chain(*of_files, *(rule.owner for rule in rules))))
        if good:
            folder._compare(texts, around.lists, good, shown)
        folder.is_none = not (found.files or own.errors)
        return folder

    @classmethod
    def gone(cls, name: str, good: LastGood) -> "TeamFolder | None":
        """One that was removed as a whole; None where nothing is known of what it was."""
        try:
            before = good.kept.get(name)
        except UnusableCopy:
            return None
        return cls(name, Problems(), None, before=before, is_gone=True) if before else None

    def _compare(
        self, texts: Mapping[Path, str | None], shared: WordLists, good: LastGood, shown: Place
    ) -> None:
        """Finds its last good version, and notes what is wrong beside that."""
        try:
            self.before = good.kept.get(self.name)
        except UnusableCopy as unusable:
            self.why_none = str(unusable)
        for problem in good.failed.get(self.name, ()):
            self.problems.note(problem)
        named = {name for text in texts.values() for name in _LIST_NAME.findall(text or "")}
        now = FolderVersion(
            self.name,
            good.now,
            {path.name: text for path, text in texts.items() if text is not None},
            {name: tuple(one.written for one in shared[name]) for name in sorted(named & shared.keys())},
            tuple(rule.id for rule in self.rules),
        )
        same = self.before is not None and self.before.files == now.files
        self.version = replace(now, since=self.before.since) if same and self.before else now
        if self.before and self.before.rules and not self.rules and not self.problems.errors:
            what = f"every rule has gone from {shown.file}"
            self.problems.error(shown, what, "to do without them, remove the folder as well")

    @property
    def has_text_of_before(self) -> bool:
        """Whether its files are those that are in force."""
        return (
            self.before is not None and self.version is not None and self.before.files == self.version.files
        )

    @property
    def is_as_before(self) -> bool:
        """Whether it is what is in force, the lists of other files that it names included."""
        return self.before is not None and self.before == self.version


def rules_of_version(version: FolderVersion, directory: Path) -> tuple[Rule, ...]:
    """The rules of a folder as it was, without their examples. Raises `UnusableCopy`."""
    problems, folder = Problems(), directory / RULES / version.name
    shared = parse_document(json.dumps({"lists": version.lists}), "the lists of rules/", problems)
    files = [(folder, top_level(shared, "the lists of rules/", problems))] if version.lists else []
    files += _documents({folder / name: text for name, text in version.files.items()}, directory, problems)
    around = Surroundings(folder=version.name, has_examples=False)
    rules, _ = rules_of([(path, file) for path, file in files if file], problems, around)
    if problems.errors:
        raise UnusableCopy(f"its last good version cannot be read any more: {problems.errors[0].message}")
    return rules


def _documents(texts: Mapping[Path, str], root: Path, problems: Problems) -> Iterator[tuple[Path, Document]]:
    for path, text in texts.items():
        name, before = _named(path, root), len(problems.errors)
        element = parse_document(text, name, problems)
        if len(problems.errors) == before and (file := top_level(element, name, problems)):
            yield path, file


def _places(files: Sequence[tuple[Path, Document]]) -> Mapping[str, Place]:
    rules = (file.get("rules") for _, file in files)
    return {name: place for one in rules if isinstance(one, Document) for name, place in one.keys.items()}


def _named(path: Path, root: Path) -> str:
    return clean(path.relative_to(root).as_posix())
