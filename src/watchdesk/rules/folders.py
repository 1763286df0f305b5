"""The rules of a desk: those of rules/ as one whole, and each folder of it by itself.

A folder with a mistake costs itself alone: its last good version stays in force (`config.kept_folders`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from watchdesk.config.kept_folders import FolderVersion, UnusableCopy
from watchdesk.config.places import Place, Problem, Problems
from watchdesk.config.reader import rule_files
from watchdesk.config.rule_folders import RULES, rule_folders
from watchdesk.encoding.repair import clean
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.rules.files.declared import Surroundings
from watchdesk.rules.files.rule_files import read_rules
from watchdesk.rules.language.word_lists import WordLists
from watchdesk.rules.rule import Rule
from watchdesk.rules.ruleset import RuleSet
from watchdesk.rules.team_folder import LastGood, TeamFolder, rules_of_version

_MOST_MISTAKES = 10
_LONGEST_MISTAKE = 300


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name; None: it is not known, so that everything may be named."""

    source_ids: Collection[str] | None = None
    source_tags: Collection[str] | None = None
    channels: Collection[str] | None = None
    categories: Collection[str] | None = None
    """Those of the stored articles."""
    wanted: Mapping[str, str] = field(default_factory=dict)
    """Rule ids and `tag:NAME` that digests name, each with the name of such a digest."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """All rules, and what became of the folders."""

    rules: RuleSet | None
    """None after an error in the files directly in rules/, or in a folder where nothing is kept."""
    refused: tuple[RefusedFolder, ...] = ()
    in_force: tuple[FolderVersion, ...] = ()
    """What of each folder is in force."""
    changed: frozenset[str] = frozenset()
    """Those of them that were not in force before as they are."""
    readable: RuleSet = field(default_factory=lambda: RuleSet(()))
    """Where `rules` is None, those of files without a mistake."""


def load_all_rules(
    directory: Path,
    problems: Problems,
    known: Known,
    *,
    last_good: LastGood | None = None,
    lint: bool = False,
) -> Loaded:
    """The rules of a configuration directory. Without `last_good`, a mistake in a folder is one of all."""
    before = len(problems.errors)
    around = Surroundings(
        source_ids=known.source_ids,
        source_tags=known.source_tags,
        channels=known.channels,
        categories=known.categories,
        lint=lint,
    )
    rules, lists = read_rules(rule_files(directory), problems, around, directory)
    around = replace(around, lists=lists)
    folders = list(_folders(directory, problems, around, last_good))
    merged = _merged(rules, folders, directory, last_good)
    if last_good:
        while missed := [*_missed(merged, known.wanted, directory), *_renamed(merged)]:
            for folder, problem in missed:
                folder.problems.note(problem)
            merged = _merged(rules, merged.folders, directory, last_good)
    for folder in merged.folders:
        if last_good is None or last_good.is_only_compared or not folder.problems.errors:
            problems.add(folder.problems)
    found = RuleSet(merged.rules, {**_lists_of_one(merged.folders), **lists})
    wrong = {problem.place.file for problem in problems.errors}
    usable = len(problems.errors) == before
    return Loaded(
        found if usable else None,
        tuple(merged.refused),
        tuple(merged.in_force),
        frozenset(
            one.name for one in merged.folders if not (one.problems.errors or one.is_as_before or one.is_gone)
        ),
        replace(found, rules=tuple(rule for rule in found.rules if rule.place.file not in wrong)),
    )


def _folders(
    directory: Path, problems: Problems, around: Surroundings, good: LastGood | None
) -> Iterator[TeamFolder]:
    """Those that there are, and those that there were."""
    had = good.kept.names if good else ()
    try:
        found = rule_folders(directory, had)
    except OSError as error:
        problems.error(Place(RULES, 1, 1), f"cannot be read: {error.strerror}")
        return
    for one in found:
        folder = TeamFolder.read(one, directory, problems, around, good)
        if not folder.is_none:
            yield folder
    for name in sorted(set(had) - {one.name for one in found}):
        if good and (gone := TeamFolder.gone(name, good)):
            yield gone


@dataclass(slots=True)
class _Merged:
    """The rules of all, and what became of each folder."""

    folders: Sequence[TeamFolder]
    taken: dict[str, Place]
    """Where each rule's id is defined."""
    of_root: tuple[Rule, ...]
    of_folders: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    refused: list[RefusedFolder] = field(default_factory=list)
    in_force: list[FolderVersion] = field(default_factory=list)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those of folders after the others, by the folders' names."""
        return (*self.of_root, *(rule for name in sorted(self.of_folders) for rule in self.of_folders[name]))

    def add(self, name: str, rules: Collection[Rule], places: Mapping[str, Place]) -> None:
        """These are in force."""
        self.taken.update({rule.id: places.get(rule.id, rule.place) for rule in rules})
        self.of_folders[name] = tuple(rules)


def _merged(
    root: Sequence[Rule], folders: Sequence[TeamFolder], directory: Path, good: LastGood | None
) -> _Merged:
    """Two rules of one id: the root's is in force, then that of the folder that had it before."""
    merged = _Merged(folders, {rule.id: rule.place for rule in root}, tuple(root))
    had = {
        name: folder
        for folder in folders
        if folder.before and not folder.problems.errors
        for name in folder.before.rules
        if name in folder.places
    }
    order = sorted(folders, key=lambda one: (not one.has_text_of_before, not one.problems.errors, one.name))
    for folder in order:
        for rule in folder.rules if not folder.problems.errors else ():
            first = had.get(rule.id, folder)
            taken = merged.taken.get(rule.id) or (first.places[rule.id] if first is not folder else None)
            if taken:
                what = f"the rule '{rule.id}' is defined twice"
                folder.problems.error(folder.places[rule.id], what, f"first: {taken}")
        if not folder.problems.errors:
            merged.add(folder.name, folder.rules, folder.places)
            merged.in_force += [folder.version] if folder.version else []
        elif good:
            _keep_before(folder, merged, directory)
    merged.refused.sort(key=lambda one: one.name)
    return merged


def _keep_before(folder: TeamFolder, merged: _Merged, directory: Path) -> None:
    """Its last good version stays in force."""
    why = folder.why_none
    rules: tuple[Rule, ...] = ()
    left_out: tuple[str, ...] = ()
    if folder.before:
        try:
            rules = rules_of_version(folder.before, directory)
        except UnusableCopy as unusable:
            why = str(unusable)
    if folder.before and why is None:
        left_out = tuple(rule.id for rule in rules if rule.id in merged.taken)
        merged.add(folder.name, [rule for rule in rules if rule.id not in merged.taken], {})
        merged.in_force.append(folder.before)
    rendered = [problem.render() for problem in folder.problems.errors[:_MOST_MISTAKES]]
    owners = dict.fromkeys((*(channel for rule in rules for channel in rule.owner), *folder.owners))
    merged.refused.append(
        RefusedFolder(
            clean(folder.name),
            tuple(one.partition("\n")[0][:_LONGEST_MISTAKE] for one in rendered),
            tuple(rendered),
            folder.before.since if folder.before and why is None else None,
            why,
            left_out,
            tuple(owners),
        )
    )


def _missed(
    merged: _Merged, wanted: Mapping[str, str], directory: Path
) -> Iterator[tuple[TeamFolder, Problem]]:
    """Each rule or tag that a digest names, and that a folder had which has changed or gone."""
    changed = [
        (one, one.before)
        for one in merged.folders
        if one.before and not (one.problems.errors or one.has_text_of_before)
    ]
    missing = wanted.keys() - _names(merged.rules) if changed and wanted else frozenset()
    for folder, before in changed if missing else ():
        try:
            had = rules_of_version(before, directory)
        except UnusableCopy:
            continue
        for name in sorted(missing & _names(had)):
            yield folder, _missed_of(folder, name, wanted[name], had)


def _renamed(merged: _Merged) -> Iterator[tuple[TeamFolder, Problem]]:
    """Each folder that is gone while a new one that seems to be it, under another name, has a mistake."""
    new = [one for one in merged.folders if one.problems.errors and one.version and not one.before]
    for gone in merged.folders:
        if gone.is_gone and not gone.problems.errors and gone.before:
            other = next((one for one in new if _seems_to_be(one, gone.before)), None)
            if other:
                what = f"is gone, and {RULES}/{other.name}, which seems to be it by a new name, has a mistake"
                yield gone, Problem(Place(f"{RULES}/{gone.name}", 0, 0), what, f"mend {RULES}/{other.name}")


def _seems_to_be(folder: TeamFolder, before: FolderVersion) -> bool:
    """By the ids of rules; where none can be read, by the names of files."""
    if folder.places:
        return not folder.places.keys().isdisjoint(before.rules)
    return folder.version is not None and not folder.version.files.keys().isdisjoint(before.files)


def _missed_of(folder: TeamFolder, name: str, digest: str, had: Collection[Rule]) -> Problem:
    shown = f"{RULES}/{folder.name}"
    if folder.is_gone:
        what = f"is gone, and the digest '{digest}' names {name}, which only it has"
        return Problem(Place(shown, 0, 0), what, "take it out of the digest first, or put the folder back")
    files = [rule.place.file for rule in had if name in _names([rule])]
    still = folder.version.files if folder.version else {}
    file = next((file for file in files if file.rpartition("/")[2] in still), shown)
    what = f"the digest '{digest}' names '{name}', which this folder no longer has"
    return Problem(Place(file, 1, 1), what, "keep it, or take it out of the digest first")


def _names(rules: Collection[Rule]) -> set[str]:
    return {rule.id for rule in rules} | {f"tag:{tag}" for rule in rules for tag in rule.tags}


def _lists_of_one(folders: Sequence[TeamFolder]) -> WordLists:
    """The lists of folders whose name only one of them has: searches and drafts may name these as well."""
    named: dict[str, list[TeamFolder]] = {}
    for folder in folders:
        for name in folder.lists if not folder.problems.errors else ():
            named.setdefault(name, []).append(folder)
    return {name: having[0].lists[name] for name, having in named.items() if len(having) == 1}
