"""Why a configuration is refused, in the words that the log, the status file and the operators get."""

from watchdesk.config.places import Place, Problems
from watchdesk.configuration import Configuration
from watchdesk.errors import ConfigurationError, WatchdeskError
from watchdesk.plan import Plan


def reason_of(error: BaseException) -> str:
    """An error's own words; of one that is not ours, what it is as well."""
    if isinstance(error, WatchdeskError):
        return str(error)
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def mistakes_of(error: BaseException) -> tuple[str, ...]:
    """Each mistake in the files with its place; the lines that draw it are for a terminal."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    return tuple(problem.render().splitlines()[0] for problem in problems)


def refuse_what_vanished(configuration: Configuration, plan: Plan) -> None:
    """A list that was cut off, or a folder that is gone while files are copied, must not cost everything.

    Raises `ConfigurationError` if every rule or every source of the plan is gone.
    """
    problems, hint = Problems(), "to do without any: stop the service, and start it again"
    if plan.rules.rules and not configuration.rules.rules:
        what = "every rule has gone from rules/*.yaml; the rules before stay in force"
        problems.error(Place("rules", 1, 1), what, hint)
    if plan.settings.sources and not configuration.settings.sources:
        what = "every source has gone from the files; the sources before stay in force"
        problems.error(Place("sources.yaml", 1, 1), what, hint)
    problems.raise_if_errors()
