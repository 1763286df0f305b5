"""A command loads what it uses: loading is most of the work of a pass that finds nothing new."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

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

STAGES = (
    (),
    ("watchdesk.configuration", "watchdesk.rules.ruleset", "watchdesk.config.settings"),
    ("watchdesk.app", "watchdesk.store.sql_store"),
)
"""What a process loads, one after the other, before it forks the commands that may have loaded all of it."""
START = """
import importlib, json, os, sys
for names, commands in json.load(sys.stdin):
    for name in names:
        importlib.import_module(name)
    for arguments, told in commands:
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(1, 2)
        sys.argv = ["watchdesk", *arguments]
        try:
            from watchdesk.cli import main
            main()
        except SystemExit as ended:
            with open(told, "w") as file:
                json.dump([ended.code or 0, [*sys.modules]], file)
        os._exit(0)
"""


def loaded(commands: Iterable[tuple[Sequence[str], AbstractSet[str]]], folder: Path) -> list[set[str]]:
    """The modules that are there when each of these commands has ended, all of the stage that it began with.

    With each stands what it must not load: a stage that has any of it is not for this one.
    """
    stages: list[tuple[Sequence[str], list[tuple[Sequence[str], str]]]] = [(names, []) for names in STAGES]
    files: list[Path] = []
    for arguments, unused in commands:
        files.append(folder / f"loaded-{len(files)}")
        stages[stage(unused)][1].append((arguments, str(files[-1])))
    subprocess.run([sys.executable, "-c", START], input=json.dumps(stages), text=True, check=True)
    told = [json.loads(file.read_text()) for file in files]
    assert {status for status, _ in told} <= {0, 1, 2}
    return [set(modules) for _, modules in told]


def stage(unused: AbstractSet[str]) -> int:
    if {"pydantic", "watchdesk.config.settings"} & unused:
        return 0
    return 1 if "sqlalchemy" in unused else 2


def test_a_command_loads_only_what_it_uses(tmp_path: Path) -> None:
    commands = []
    for number, (command, unused) in enumerate(UNUSED.items()):
        desk = DeskFiles(tmp_path / str(number))
        desk.write({})
        desk.begin()
        commands.append(([*desk.command()[3:], *command.split()], unused))
    found = dict(zip(UNUSED, loaded(commands, tmp_path), strict=True))
    assert all("click" in modules for modules in found.values())
    needless = {command: modules & UNUSED[command] for command, modules in found.items()}
    assert {command: modules for command, modules in needless.items() if modules} == {}


def test_a_check_loads_what_reads_a_database_only_if_there_is_one(desk: DeskFiles) -> None:
    desk.write({})
    [modules] = loaded([(desk.command("check")[3:], STORE)], desk.root)
    assert "watchdesk.rules.lint" in modules
    assert STORE & modules == set()


def test_a_pass_that_finds_nothing_new_loads_neither_what_reads_nor_what_matches_nor_what_lays_out(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss(item("1", "A title")))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all", "--json").document["articles"] == 1
    unused = PAGES | FEEDS | SENDING | LAYOUT | MATCHING | {"rich.progress", "watchdesk.articles.normalise"}
    [modules] = loaded([(desk.command("once", "--all")[3:], unused)], desk.root)
    assert "watchdesk.service.poll_workers.workers" in modules
    assert unused & modules == set()


def test_the_service_starts_before_its_page_is_loaded() -> None:
    loads = "import sys, watchdesk.web.companion; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, check=True, text=True)
    pages = {"starlette", "uvicorn", "jinja2", "prometheus_client", "anyio"}
    looks_back = {"watchdesk.backtest", "watchdesk.rules.engine", "watchdesk.rules.explaining"}
    assert (pages | looks_back) & set(done.stdout.split()) == set()


def test_every_command_is_in_the_table() -> None:
    named = {command.split()[0] for command in UNUSED}
    assert set(watchdesk.commands) - named == {"run", "demo", "try", "mcp"}, "these use nearly all there is"
