"""`check` and `test`: whether the configuration is right, and the rules find what their examples say.

`app` reads and checks the files.
"""

from collections.abc import Sequence
from dataclasses import replace

import click

from watchdesk.app import channel_warnings, channels_of, fleet_warnings, threshold_warnings
from watchdesk.cli.printing import Printer
from watchdesk.cli.session import (
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    utc_now,
)
from watchdesk.config.kept_outline import KeptOutline
from watchdesk.config.places import Problem
from watchdesk.configuration import Configuration, failed_examples, read_configuration
from watchdesk.documents.words import counted
from watchdesk.errors import ConfigurationError, UsageError
from watchdesk.rules import ExampleFailure
from watchdesk.rules.team_folder import LastGood
from watchdesk.service.refusals import last_in_force, vanished

_ONLY_FOLDERS = (
    "All mistakes are in folders of rules. A service would put all else in force, and keep the last good "
    "version of each of these folders (help: folder-refused).\n"
)


@click.command
@click.option(
    "--accept", is_flag=True, help="What has gone from the files as a whole is meant to be gone; say so once."
)
@json_option
@pass_session
def check(session: Session, *, accept: bool, as_json: bool) -> None:
    """Reads the configuration, reports everything that is wrong with it, and runs the rules' examples.

    A start and a reload refuse files from which every digest, source or the like has gone, as from one that
    was cut off. --accept, given once, has them follow the files as they are now.
    """
    state = session.named_state_directory
    last_good = LastGood(session.kept_folders, utc_now(), is_only_compared=True)
    try:
        configuration = read_configuration(
            session.directory, lint=True, state_directory=state, last_good=last_good
        )
    except ConfigurationError as error:
        if all(isinstance(one, Problem) and _is_of_folder(one) for one in error.problems):
            click.echo(_ONLY_FOLDERS, err=True)
        raise
    kept = KeptOutline(state)
    gone = list(vanished(configuration, last_in_force(kept), state))
    if gone and not accept:
        raise ConfigurationError(gone)
    channels = channels_of(configuration, state)  # fails where the service would fail
    of_fleet = fleet_warnings(configuration, state)
    now = utc_now()
    failures = failed_examples(configuration, now)
    old = threshold_warnings(configuration, state, now)
    of_channels = channel_warnings(configuration, channels)
    configuration = replace(configuration, warnings=(*configuration.warnings, *of_fleet, *of_channels, *old))
    settings = configuration.settings
    accepted = [] if failures else _accepted(gone, kept, configuration)
    if as_json:
        print_json(
            {
                "directory": str(settings.directory),
                "accepted": accepted,
                "warnings": [warning.render() for warning in configuration.warnings],
                "failed_examples": [_failure_document(failure) for failure in failures],
            }
        )
    else:
        for warning in configuration.warnings:
            click.echo(warning.render() + "\n", err=True)
        _print_failures(Printer(stderr=True), failures)
        Printer().print(
            f"{settings.directory}: {counted(len(settings.sources), 'source')}, "
            f"{counted(len(configuration.rules.rules), 'rule')}, "
            f"{counted(len(settings.digests), 'digest')}: " + _outcome(configuration, failures),
            soft_wrap=True,
            markup=False,
        )
        for one in accepted:
            click.echo(f"accepted: {one}")
    if failures:
        fail(1)


def _accepted(gone: Sequence[Problem], kept: KeptOutline, configuration: Configuration) -> Sequence[str]:
    """Has the next start or reload follow the files though this is gone from them; what it is."""
    if gone:
        try:
            kept.keep(configuration.outline)
        except OSError as error:
            raise UsageError(
                f"{kept.path} cannot be written: {error.strerror}; nothing was accepted"
            ) from None
    return [f"{one.place.file}: {one.message.partition('. ')[0]}" for one in gone]


def _is_of_folder(problem: Problem) -> bool:
    return problem.place.file.startswith("rules/") and problem.place.file.count("/") > 1


def _outcome(configuration: Configuration, failures: Sequence[ExampleFailure]) -> str:
    if failures:
        return f"{counted(len(failures), 'example')} failed"
    if configuration.warnings:
        return f"usable, with {counted(len(configuration.warnings), 'warning')}"
    return "all well"


@click.command
@click.argument("rule_ids", nargs=-1, metavar="[RULE]…")
@json_option
@pass_session
def test(session: Session, rule_ids: tuple[str, ...], *, as_json: bool) -> None:
    """Runs the rules' examples and reports which failed, and why."""
    last_good = LastGood(session.kept_folders, utc_now())
    configuration = session.telling(read_configuration(session.directory, last_good=last_good))
    for rule_id in rule_ids:
        _known_rule(configuration, rule_id)
    chosen = [rule for rule in configuration.rules.rules if not rule_ids or rule.id in rule_ids]
    failures = [
        failure
        for failure in failed_examples(configuration, utc_now())
        if not rule_ids or failure.rule_id in rule_ids
    ]
    examples = sum(len(rule.matching_examples) + len(rule.ignored_examples) for rule in chosen)
    if as_json:
        print_json({"examples": examples, "failed": [_failure_document(failure) for failure in failures]})
    else:
        _print_failures(Printer(), failures)
        without = [rule.id for rule in chosen if not rule.matching_examples and not rule.ignored_examples]
        if without:
            Printer().print(f"without examples: {', '.join(without)}", style="yellow", soft_wrap=True)
        passed = examples - len(failures)
        Printer().print(f"{counted(len(chosen), 'rule')}, {passed} of {counted(examples, 'example')} passed")
    if failures:
        fail(1)


def _known_rule(configuration: Configuration, rule_id: str) -> None:
    labels = configuration.rules.labels
    if rule_id not in labels:
        raise UsageError(f"there is no rule '{rule_id}'; there are: {', '.join(sorted(labels))}")


def _failure_document(failure: ExampleFailure) -> dict[str, object]:
    return {
        "rule": failure.rule_id,
        "place": str(failure.place),
        "should_match": failure.should_match,
        "example": failure.text,
        "because": failure.because,
    }


def _print_failures(console: Printer, failures: Sequence[ExampleFailure]) -> None:
    if not failures:
        return
    from rich.text import Text  # noqa: PLC0415 - heavy, and most examples pass

    from watchdesk.cli.article_view import marked  # noqa: PLC0415

    for failure in failures:
        should = "should match but does not" if failure.should_match else "should be ignored but matches"
        console.print(f"{failure.place}: an example of '{failure.rule_id}' {should}", soft_wrap=True)
        console.rich.print(Text("    ").append(marked(failure.text, failure.marks)), soft_wrap=True)
        console.print(f"  because: {failure.because}\n", markup=False, soft_wrap=True)
