"""Every command, YAML block and Python example of the pages is run, or the reason why not stands here."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.blocks import PAGES, ROOT, Block, blocks
from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer
from watchdesk.config import read_settings
from watchdesk.config.places import Problems
from watchdesk.delivery.channels import option_models
from watchdesk.model import Article
from watchdesk.rules import RuleSet, check_examples

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ELSEWHERE = {
    ("getting-started.md", "console"): "cli/test_walkthroughs.py",
    ("tutorial.md", "console"): "cli/test_walkthroughs.py",
    ("cookbook.md", "yaml"): "rules/test_cookbook.py",
    ("channels.md", "yaml"): "delivery/test_channels_page.py",
    ("channels.md", "python"): "delivery/test_channels_page.py",
    ("rules.md", "yaml"): "test_docs.py",
}
"""Page and language → the test of its own that reads these blocks and runs them."""
SAME_STEPS = {
    ("installing.md", "console"): ["systemd/inside.py", "systemd/container.py"],
    ("keeping.md", "console"): ["cli/test_backup.py", "cli/test_move.py"],
}
"""Page and language → the tests that take the same steps, on servers of theirs or in a Debian that boots."""
NOT_RUN = {
    ("README.md", "make demo"): ".ci/run types in both, in a fresh copy",
    ("README.md", "pipx install"): "asks a registry; the commands after it are those of getting-started.md",
    ("sources.md", "sources add"): "asks a site; tests/cli/test_sources_add.py adds one on loopback",
    ("architecture.md", "WATCHDESK_CORPORA"): "needs corpora that are not in the repository",
    ("assistants.md", "pip install"): "asks a registry",
    ("damage.md", "sqlite3 aside"): "the steps are taken by tests/support/way_out.py, with Python's SQLite",
    ("doctor.md", "systemd-run"): "needs a systemd of the machine's own",
    (
        "installing.md",
        "python3 -m venv",
    ): "asks a registry; tests/packages looks into the locks and the wheel",
    (
        "monitoring.md",
        "rule_files",
    ): "a file of Prometheus; promtool reads the rules in tests/web/test_metrics.py",
    ("monitoring.md", "credentials_file"): "three words of a file of Prometheus",
    ("page.md", "api/v1/events"): "never ends; tests/web/test_events.py asks the same",
    ("page.md", "api/v1/silences"): "needs a token; tests/web/test_api.py asks the same",
}
"""Page and what stands in the block → why no test runs it."""
MOST_NOT_RUN = 0.1
OTHERS = {
    "feeds.opml": "<opml version='2.0'><body><outline text='A' xmlUrl='https://a.example/feed'/></body></opml>",
    ".config/rss2email.cfg": "[DEFAULT]\nto = a@example.org\n[feed.b]\nurl = https://b.example/feed\n",
    ".local/share/rss2email.json": '{"version": 2, "feeds": []}',
}
"""Files of other programs that pages name, below the home of whoever types."""

EVERY = [block for page in PAGES for block in blocks(page) if block.language in {"console", "yaml", "python"}]


def reason(block: Block) -> str | None:
    """Why it is not run."""
    return next(
        (why for (page, part), why in NOT_RUN.items() if page == block.page and part in block.text), None
    )


HERE = [
    block
    for block in EVERY
    if (block.page, block.language) not in ELSEWHERE.keys() | SAME_STEPS.keys()
    and ">>> " not in block.text
    and not reason(block)
]
"""Sessions of Python are run by test_docs.py, of every page."""


def of(language: str) -> list[Block]:
    return [block for block in HERE if block.language == language]


def test_few_blocks_are_not_run_and_each_has_its_reason() -> None:
    left_out = [block for block in EVERY if reason(block)]
    assert len(left_out) <= MOST_NOT_RUN * len(EVERY)
    needless = [
        named
        for named in NOT_RUN
        if not any(block.page == named[0] and named[1] in block.text for block in EVERY)
    ]
    assert needless == []


def test_each_page_that_another_test_runs_is_named_there() -> None:
    assert [
        (page, file)
        for (page, _), file in ELSEWHERE.items()
        if not re.search(rf'"{re.escape(page)}"', (ROOT / "tests" / file).read_text(encoding="utf-8"))
    ] == []
    assert all((ROOT / "tests" / file).exists() for files in SAME_STEPS.values() for file in files)


@pytest.mark.parametrize("block", of("yaml"), ids=lambda block: block.name)
def test_what_is_shown_of_a_file_is_read_as_it_stands(block: Block, tmp_path: Path) -> None:
    shown = yaml.safe_load(block.text)
    if isinstance(shown.get("rules", shown.get("lists")), dict):
        rules = RuleSet.from_yaml(block.text)
        assert check_examples(rules, _no_files, NOW) == ()
        return
    is_sources = "sources" in shown
    (tmp_path / "watchdesk.yaml").write_text("{}\n" if is_sources else block.text)
    (tmp_path / "sources.yaml").write_text(block.text if is_sources else "sources: {}\n")
    problems = Problems()
    read_settings(tmp_path, problems, option_models())
    said = [problem.render() for problem in problems]
    # A part of a file names channels that another part has; secrets and lists of feeds are the reader's.
    fine = ("there is no channel", "nothing can be sent like this", "subscriptions.opml", "cannot be read")
    assert [line for line in said if not any(words in line for words in fine)] == []


def _no_files(path: Path, now: datetime) -> Article:
    raise OSError(f"{path} at {now}")


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.name)
def test_what_is_shown_of_python_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text("rules: {r: {query: NATO}}")
    names: dict[str, Any] = {"article": Article.from_text(text="NATO met.")}
    exec(compile(block.text, block.name, "exec"), names)
    assert [match.rule for match in names["matches"]] == ["r"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskFiles]:
    """A desk with what the pages name: a rule, a digest, a channel, an article."""
    desk = DeskFiles(tmp_path_factory.mktemp("desk"))
    settings = SETTINGS.replace("shelf", "desk").replace("flash:", "morning:")
    with WebServer() as web:
        web.serve("/feed", rss(item("1", "NATO agrees a new spending target", "Budgets rise.")))
        desk.write({"wire": web.url("/feed")}, settings)
        desk.run("once", "--all", "--send")
        for name, text in OTHERS.items():
            (desk.root / name).parent.mkdir(parents=True, exist_ok=True)
            (desk.root / name).write_text(text)
        yield desk


@pytest.mark.parametrize("block", of("console"), ids=lambda block: block.name)
def test_what_is_shown_at_a_prompt_can_be_typed(
    block: Block, desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    commands = re.findall(r"^[$#] (.+?)(?: +# .*)?$", block.text, flags=re.MULTILINE)
    assert commands
    for command in commands:
        program, *words = shlex.split(command.replace("~", str(desk.root)))
        assert program == "watchdesk", command
        identifier = desk.run("deliveries", "--json").document["deliveries"][0]["id"]
        answered = desk.run(*(identifier if word == "ID" else word for word in words))
        assert answered.status in {0, 1}, f"{command}: {answered.err}"
        assert "Traceback" not in answered.err
