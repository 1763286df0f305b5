"""Files → `Configuration`: reads all of them, and tries the rules' examples.

`app` makes of it what polls and sends.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.config import (
    check_digest_rules,
    check_languages,
    read_settings,
    readable_settings,
    refuse_unreadable,
    salvage,
    warn_of_leftovers,
    warn_without_rules,
)
from watchdesk.config.kept_folders import FolderVersion, KeptFolders
from watchdesk.config.looking import is_file, is_folder
from watchdesk.config.names import SETTINGS_FILE
from watchdesk.config.places import Place, Problem, Problems, did_you_mean
from watchdesk.config.rule_folders import RULES
from watchdesk.config.settings import Settings
from watchdesk.delivery.channels import option_models
from watchdesk.digests import LANGUAGES, TEMPLATE_FOLDER, Templates, load_templates
from watchdesk.errors import ConfigurationError
from watchdesk.plan import Configured
from watchdesk.rules import RuleSet
from watchdesk.rules.folders import Known, load_all_rules
from watchdesk.rules.team_folder import LastGood

if TYPE_CHECKING:
    from watchdesk.model import Article
    from watchdesk.rules import ExampleFailure


@dataclass(frozen=True, slots=True)
class Configuration(Configured):
    """The files, read and usable; warnings are for the person who edits them."""

    warnings: tuple[Problem, ...] = field(default=(), kw_only=True)
    files: Mapping[Path, bytes] = field(default_factory=dict, kw_only=True)
    """Fingerprints of those that were read."""
    in_force: tuple[FolderVersion, ...] = field(default=(), kw_only=True)
    """What of each folder of rules/ is in force."""
    changed_folders: frozenset[str] = field(default=frozenset(), kw_only=True)
    """Those of them that were not in force before as they are."""
    mistakes: ConfigurationError | None = field(default=None, kw_only=True)
    """What is wrong with the files; then this is what could be read: enough to look in, and no more."""
    lacks_rules: bool = field(default=False, kw_only=True)
    """Whether rules are missing for that."""

    @property
    def is_whole(self) -> bool:
        """Whether the files have no mistake."""
        return self.mistakes is None

    @property
    def lacks_sources(self) -> bool:
        """Whether sources may be missing for that."""
        problems = self.mistakes.problems if self.mistakes else ()
        files = [one.place.file for one in problems if isinstance(one, Problem)]
        return any(file != SETTINGS_FILE and file.partition("/")[0] != RULES for file in files)

    def refuse_unread(self, rule_id: str) -> None:
        """Raises the mistakes where this rule is missing, and may stand in a file that has one."""
        if self.mistakes and self.lacks_rules and rule_id not in self.rules.labels:
            raise self.mistakes


def read_configuration(
    directory: Path,
    *,
    lint: bool = False,
    state_directory: Path | None = None,
    last_good: LastGood | None = None,
) -> Configuration:
    """Reads every file. Raises `ConfigurationError` with everything that is wrong in any of them.

    `lint` adds warnings about what rules say without effect, also by the articles in `state_directory`. With
    `last_good`, a folder of rules/ with a mistake keeps its last good version, unless that is only compared;
    else that raises as well.
    """
    problems = Problems()
    refuse_unreadable(directory, problems)
    problems.raise_if_errors()  # files in an unreadable folder would seem to be missing below
    settings = read_settings(directory, problems, option_models())
    known = _known(settings)
    if settings and lint and state_directory:
        known = replace(known, categories=_stored_categories(settings, state_directory))
    loaded = load_all_rules(directory, problems, known, last_good=last_good, lint=lint)
    rules = loaded.rules
    if settings and rules:
        tags = {rule.id: rule.tags for rule in rules.rules}
        check_digest_rules(settings, tags, problems, may_come=bool(loaded.refused))
        check_languages(settings, LANGUAGES, problems)
        if not rules.rules and not loaded.refused:
            warn_without_rules(settings, problems)
    templates = load_templates(directory, problems.files)
    if settings and lint and is_folder(directory / TEMPLATE_FOLDER):
        _check_templates(templates, settings, problems)
    if lint:
        warn_of_leftovers(directory, problems)
    problems.raise_if_errors()
    if settings is None or rules is None:
        raise AssertionError("files in which no error was found could not be read")
    return Configuration(
        settings,
        rules,
        warnings=tuple(problems.warnings),
        templates=templates,
        files=dict(problems.files.fingerprints),
        refused_folders=loaded.refused,
        in_force=loaded.in_force,
        changed_folders=loaded.changed,
    )


def read_leniently(
    directory: Path, last_good: LastGood, mistakes: ConfigurationError
) -> Configuration | None:
    """What can be read of files with these mistakes, to look into the database; None: not even which that is.

    Of rules those of files without a mistake.
    """
    problems = Problems()
    refuse_unreadable(directory, problems)
    if problems.errors:
        return None
    settings, kept = readable_settings(directory, problems, option_models()), salvage(directory)
    if kept.storage is None:
        return None
    settings = replace(settings, storage=kept.storage, timezone=kept.timezone or settings.timezone)
    loaded = load_all_rules(directory, Problems(), Known(), last_good=last_good)
    return Configuration(
        settings,
        loaded.rules or loaded.readable,
        refused_folders=loaded.refused,
        mistakes=mistakes,
        lacks_rules=loaded.rules is None,
    )


def _stored_categories(settings: Settings, state_directory: Path) -> Collection[str] | None:
    from watchdesk.store import may_be_database  # noqa: PLC0415 - as below

    if not may_be_database(settings.storage, state_directory):
        return None
    from watchdesk.store import stored_categories  # noqa: PLC0415 - SQLAlchemy is heavy

    return stored_categories(settings.storage, state_directory) or None


def _check_templates(templates: Templates, settings: Settings, problems: Problems) -> None:
    """Notes what goes wrong when the desk's own templates render sample digests."""
    from watchdesk.digests import try_templates  # noqa: PLC0415 - heavy, and only `check` renders samples

    for trouble in try_templates(templates, settings.digests):
        line = templates.line(trouble.file, trouble.line)
        place = Place(
            f"{TEMPLATE_FOLDER}/{trouble.file}", trouble.line, len(line) - len(line.lstrip()) + 1, line
        )
        problems.warning(place, trouble.reason, trouble.outcome)
    for stray in sorted((settings.directory / TEMPLATE_FOLDER).rglob("*")):
        if is_file(stray) and ".j2" not in stray.name.lower() and not stray.name.startswith((".", "#")):
            name = stray.relative_to(settings.directory).as_posix()
            problems.warning(Place(name, 1, 1), "this is no template: the name of one ends in .j2")
    for name in templates.unused(settings.digests):
        place = Place(f"{TEMPLATE_FOLDER}/{name}", 1, 1, templates.line(name, 1))
        known = [f"{digest}.html.j2" for digest in (*settings.digests, "digest", "notice")]
        problems.warning(
            place, "no digest has this name, and no template includes it", did_you_mean(name, known)
        )


def failed_examples(configuration: Configuration, now: datetime) -> "tuple[ExampleFailure, ...]":
    """The rules' examples that fail."""
    from watchdesk.rules import check_examples  # noqa: PLC0415 - a command that only looks in tries none

    return check_examples(configuration.rules, _read_example, now)


def _read_example(path: Path, now: datetime) -> "Article":
    from watchdesk.articles import read_file  # noqa: PLC0415 - reading pages is heavy
    from watchdesk.model import Source  # noqa: PLC0415

    return read_file(path, Source(id="example", url=""), now)


def prove(configuration: Configuration, now: datetime) -> None:
    """Tries every example of every rule: the service needs that all pass.

    Raises `ConfigurationError` with each example that fails.
    """
    problems = Problems()
    problems.files.fingerprints.update(configuration.files)
    for failure in failed_examples(configuration, now):
        problems.note(_problem_of(failure))
    problems.raise_if_errors()


def outside_folders(configuration: Configuration) -> Configuration:
    """The same without the rules of folders, whose examples `read_with_folders` has tried."""
    rules = tuple(rule for rule in configuration.rules.rules if not rule.folder)
    return replace(configuration, rules=RuleSet(rules, configuration.rules.lists))


def _problem_of(failure: "ExampleFailure") -> Problem:
    return Problem(failure.place, failure.sentence, f"because: {failure.because}")


def read_with_folders(directory: Path, last_good: LastGood) -> Configuration:
    """As `read_configuration`, and a folder of rules/ is refused as well if an example of its rules fails.

    A folder that is as it was in force has passed before. The examples of other rules are for `prove`.
    """
    read = read_configuration(directory, last_good=last_good)
    changed = {rule.id: rule.folder for rule in read.rules.rules if rule.folder in read.changed_folders}
    if not changed:
        return read
    failed: dict[str, list[Problem]] = {}
    tried = RuleSet(tuple(rule for rule in read.rules.rules if rule.id in changed))
    for failure in failed_examples(replace(read, rules=tried), last_good.now):
        failed.setdefault(changed[failure.rule_id], []).append(_problem_of(failure))
    if not failed:
        return read
    again = read_configuration(directory, last_good=replace(last_good, failed=failed))
    return replace(again, files={**again.files, **read.files})  # what changed in between is seen


def keep_folders(configuration: Configuration, kept: KeptFolders) -> None:
    """Keeps what of each folder of rules/ is in force now. Raises `OSError`."""
    refused = [one.name for one in configuration.refused_folders]
    kept.keep(configuration.in_force, refused, configuration.settings.directory / RULES)


def read_proven_configuration(
    directory: Path, now: datetime, kept: KeptFolders | None = None
) -> Configuration:
    """As `read_configuration`, and proven: what polls need. Raises `ConfigurationError`.

    `kept`: what of folders of rules/ was in force, for those with mistakes; None: these raise as well.
    """
    if kept is None:
        configuration = read_configuration(directory)
        prove(configuration, now)
        return configuration
    configuration = read_with_folders(directory, LastGood(kept, now))
    prove(outside_folders(configuration), now)
    return configuration


def _known(settings: Settings | None) -> Known:
    """What rules may name; nothing is known if the settings cannot be read."""
    if settings is None:
        return Known()
    sources = settings.sources.values()
    return Known(
        frozenset(settings.sources),
        frozenset(tag for source in sources for tag in source.tags),
        tuple(settings.channels),
        wanted={
            name: digest.name
            for digest in settings.digests.values()
            for name in digest.rules
            if name != "all"
        },
    )
