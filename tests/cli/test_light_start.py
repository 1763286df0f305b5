"""A command loads what it uses: loading is most of the work of a pass that finds nothing new."""

import subprocess
import sys

import pytest

from support.desk import DeskFiles, item, rss
from support.web import WebServer
from watchdesk.cli.root import watchdesk

FLEET = {"procrastinate", "watchdesk.store.fleet_store", "watchdesk.service.fleet.joining"}
SERVICE = {*FLEET, "apscheduler", "watchdesk.service.life", "watchdesk.demo"}
PAGES = {"bs4", "dateparser", "py3langid", "soupsieve", "trafilatura"}
FEEDS = {"feedparser", "watchdesk.sources.feeds"}
WEB = {"requests", "urllib3", "certifi", "protego"}
SENDING = {"apprise", "smtplib"}
LETTERS = {"email.headerregistry", "watchdesk.delivery.mail.message"}
SUBSCRIPTIONS = {"lxml", "watchdesk.config.opml"}
LAYOUT = {"babel", "css_inline", "jinja2"}
MATCHING = {"numpy"}
WARNING = {"watchdesk.rules.lint", "watchdesk.rules.language.dialects"}
MIGRATING = {"alembic", "sqlalchemy.dialects.postgresql"}
STORE = {"sqlalchemy", *MIGRATING}
FILES = {"lxml", "pydantic", "ruamel", "watchdesk.rules.ruleset", "watchdesk.config.settings"}
LOGGING = {"structlog"}
SCREENS = {"rich"}

LOOKS_IN = (
    SERVICE | PAGES | FEEDS | WEB | SENDING | LETTERS | LAYOUT | MATCHING | MIGRATING | LOGGING | WARNING
)
NOTHING = LOOKS_IN | STORE | FILES

UNUSED = {
    "--version": NOTHING | SCREENS,
    "--help": NOTHING | SCREENS,
    "statsu": NOTHING | SCREENS,
    "sources --help": NOTHING,
    "help disk-full": LOOKS_IN | STORE | SCREENS | FILES - {"ruamel"},
    "schema sources": LOOKS_IN | STORE,
    "schema rules": NOTHING,
    "test": SERVICE | FEEDS | WEB | SENDING | LAYOUT | MATCHING | STORE | LOGGING | SCREENS | WARNING,
    "check": SERVICE | FEEDS | WEB | LAYOUT | MATCHING | MIGRATING | LOGGING | SCREENS | {"apprise"},
    "fleet": LOOKS_IN - {"sqlalchemy.dialects.postgresql"} | SCREENS,
    "status": LOOKS_IN | SCREENS | SUBSCRIPTIONS,
    "status --healthy": NOTHING - {"pydantic"} | SCREENS,
    "sources": LOOKS_IN | SCREENS | SUBSCRIPTIONS,
    "deliveries": LOOKS_IN,
    "search NATO": LOOKS_IN - MATCHING,
    "silence --list": LOOKS_IN | SCREENS | SUBSCRIPTIONS,
    "rules": LOOKS_IN,
    "explain nato-spending 1": LOOKS_IN,
    "backtest": LOOKS_IN - MATCHING,
    "sources export -": LOOKS_IN | STORE,
    "digest flash": SERVICE | FEEDS | MIGRATING | {"apprise", "trafilatura", "dateparser"},
    "once": LOOKS_IN,
    "doctor": SERVICE | PAGES | FEEDS | MATCHING | MIGRATING | SCREENS | LETTERS | {"apprise", "smtplib"},
    "verify": LOOKS_IN - {"sqlalchemy.dialects.postgresql"},
    "backup -": LOOKS_IN - {"sqlalchemy.dialects.postgresql"} | SCREENS,
    "restore nothing": NOTHING | SCREENS,
    "move sqlite sqlite": LOOKS_IN - {"sqlalchemy.dialects.postgresql"} | SCREENS,
    "init": LOOKS_IN | STORE | SCREENS,
    "import newsboat -": SERVICE | FEEDS | WEB | MATCHING | MIGRATING | LOGGING | SCREENS | {"smtplib"},
    "report-failure --help": NOTHING,
}
"""By command: what it must not load."""

START = """
import atexit, sys
from pathlib import Path
sys.argv[0] = "watchdesk"
loaded = Path(sys.argv.pop(1))
atexit.register(lambda: loaded.write_text("\\n".join(sys.modules)))
from watchdesk.cli import main
main()
"""


@pytest.mark.parametrize("command", UNUSED)
def test_a_command_loads_only_what_it_uses(desk: DeskFiles, command: str) -> None:
    desk.write({})
    desk.begin()
    list_of_modules = desk.root / "modules"
    arguments = [*desk.command()[3:], *command.split()]
    done = subprocess.run(
        [sys.executable, "-c", START, str(list_of_modules), *arguments], capture_output=True, check=False
    )
    assert done.returncode in (0, 1, 2)
    loaded = set(list_of_modules.read_text().splitlines())
    assert "click" in loaded
    assert UNUSED[command] & loaded == set()


def test_a_check_loads_what_reads_a_database_only_if_there_is_one(desk: DeskFiles) -> None:
    desk.write({})
    list_of_modules = desk.root / "modules"
    arguments = desk.command("check")[3:]
    subprocess.run([sys.executable, "-c", START, str(list_of_modules), *arguments], check=True)
    loaded = set(list_of_modules.read_text().splitlines())
    assert "watchdesk.rules.lint" in loaded
    assert STORE & loaded == set()


def test_a_pass_that_finds_nothing_new_loads_neither_what_reads_nor_what_matches_nor_what_lays_out(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss(item("1", "A title")))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all", "--json").document["articles"] == 1
    list_of_modules = desk.root / "modules"
    arguments = [*desk.command("once", "--all")[3:]]
    subprocess.run([sys.executable, "-c", START, str(list_of_modules), *arguments], check=True)
    loaded = set(list_of_modules.read_text().splitlines())
    assert "watchdesk.service.poll_workers.workers" in loaded
    unused = PAGES | FEEDS | SENDING | LAYOUT | MATCHING | {"rich.progress", "watchdesk.articles.normalise"}
    assert unused & loaded == set()


def test_the_service_starts_before_its_page_is_loaded() -> None:
    loads = "import sys, watchdesk.web.companion; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, check=True, text=True)
    pages = {"starlette", "uvicorn", "jinja2", "prometheus_client", "anyio"}
    looks_back = {"watchdesk.backtest", "watchdesk.rules.engine", "watchdesk.rules.explaining"}
    assert (pages | looks_back) & set(done.stdout.split()) == set()


def test_every_command_is_in_the_table() -> None:
    named = {command.split()[0] for command in UNUSED}
    assert set(watchdesk.commands) - named == {"run", "demo", "try", "mcp"}, "these use nearly all there is"
