"""The files of the desk: whether they can be used, what the rules' examples say, what templates render."""

from watchdesk.configuration import Configuration, failed_examples
from watchdesk.digests import try_templates
from watchdesk.doctor.findings import Findings, ok, untried, warning, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.documents.words import counted

_MOST_SHOWN = 3
_UNUSABLE = "the files have to be usable for that"


def try_configuration(around: Surroundings) -> Findings:
    """The mistakes in the files."""
    subject, files = "configuration", around.files
    if files.configured is None:
        left = len(files.mistakes) - 1
        others = f", and {counted(left, 'more mistake')}" if left > 0 else ""
        what = f"{files.mistakes[0]}{others}" if files.mistakes else "the files cannot be read"
        return [wrong(subject, what, "watchdesk check", "configuration-refused")]
    if refused := files.configured.refused_folders:
        return [wrong(subject, one.sentence, "watchdesk check", "folder-refused") for one in refused]
    settings, rules = files.configured.settings, files.configured.rules.rules
    said = (
        f"{settings.directory}: {counted(len(settings.sources), 'source')}, {counted(len(rules), 'rule')}, "
        f"{counted(len(settings.digests), 'digest')}, {counted(len(settings.channels), 'channel')}"
    )
    warnings = files.configured.warnings if isinstance(files.configured, Configuration) else ()
    if not warnings:
        return [ok(subject, said)]
    first = warnings[0].render().splitlines()[0].replace(" warning:", "", 1)
    more = f", and {counted(len(warnings) - 1, 'more warning')}" if len(warnings) > 1 else ""
    return [warning(subject, f"usable, with a warning: {first}{more}", "watchdesk check")]


def try_examples(around: Surroundings) -> Findings:
    """The rules' examples; the service does not start where one fails."""
    subject, configured = "examples", around.files.configured
    if configured is None:
        return [untried(subject, _UNUSABLE)]
    assert isinstance(configured, Configuration)
    rules = configured.rules.rules
    examples = sum(len(rule.matching_examples) + len(rule.ignored_examples) for rule in rules)
    failures = failed_examples(configured, around.clock())
    found = [
        wrong(subject, f"{failure.place}: {failure.sentence}", f"watchdesk test {failure.rule_id}")
        for failure in failures[:_MOST_SHOWN]
    ]
    if more := len(failures) - len(found):
        found.append(wrong(subject, f"{counted(more, 'more example')} failed", "watchdesk test"))
    said = f"{counted(examples, 'example')} of {counted(len(rules), 'rule')} passed"
    return found or [ok(subject, said)]


def try_digests(around: Surroundings) -> Findings:
    """Renders a sample by the templates of each digest and of notices."""
    subject, configured = "templates", around.files.configured
    if configured is None:
        return [untried(subject, _UNUSABLE)]
    digests = configured.settings.digests
    found = [
        wrong(
            subject,
            f"templates/{trouble.file}:{trouble.line}: {trouble.reason}; {trouble.outcome}",
            help="template-broken",
        )
        for trouble in try_templates(configured.templates, digests)
    ]
    said = f"a sample of {counted(len(digests), 'digest')} and of a notice can be rendered"
    return found or [ok(subject, said)]


def try_operators(around: Surroundings) -> Findings:
    """Whether somebody is told of the service's own troubles."""
    if around.settings is None:
        return []
    operators = around.settings.operators
    if operators:
        return [ok("operators", f"told by {', '.join(operators)}")]
    to_do = "name channels in watchdesk.yaml: operators: {to: [NAME]}"
    return [warning("operators", "nobody is told of the service's own troubles", to_do)]
