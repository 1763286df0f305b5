"""By what hosts say of their files, those with other files are told apart."""

import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType

import pytest

from support.desk import DeskFiles
from watchdesk.configuration import read_configuration
from watchdesk.service.fleet.files_hash import files_hash

SETTINGS = """\
timezone: Europe/Brussels
contact: desk@example.org
polling: {every: 10m, concurrency: 20, private_addresses: [10.0.0.0/8]}
articles: {keep: 90d}
channels:
  mail:
    email:
      to: [desk@example.org]
      from: w@example.org
      server: smtp://mx.example.org
      user: w
      password: {env: MX}
  team: {chat: {env: TEAM}}
  hook: {webhook: {url: "https://example.org/hook"}}
  shelf: {files: digests/, on: left}
operators: {to: [mail]}
digests:
  morning: {title: Morning, rules: ["tag:security"], at: "0 7 * * *", to: [mail], only: {sources: ">= 2"}}
  rise: {at: {spike: 4x}, to: [team, hook], quiet: 22:00-06:00}
web: {listen: null}
"""
RULES = "rules:\n  storm: {query: storm, tags: [security]}\n"
SOURCES = """\
sources:
  wire: {feed: "https://example.org/feed", tags: [a, b, c, d], headers: {X-Key: one}, every: 5m}
  list: {page: "https://example.com/news", select: {item: article, link: a}}
"""


def hash_of(root: Path, settings: str = SETTINGS, sources: str = SOURCES, rules: str = RULES) -> str:
    desk = DeskFiles(root)
    desk.write({}, settings, rules)
    (desk.config / "sources.yaml").write_text(sources)
    return files_hash(read_configuration(desk.config))


def test_hosts_with_the_same_files_say_the_same(tmp_path: Path) -> None:
    assert hash_of(tmp_path / "left") == hash_of(tmp_path / "right")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0 7 * * *", "0 8 * * *"),
        ("Morning", "Evening"),
        (">= 2", ">= 3"),
        ("[desk@example.org]", "[news@example.org]"),
        ("mx.example.org", "mx.example.com"),
        ("{env: TEAM}", "{env: OTHERS}"),
        ("https://example.org/hook", "https://example.org/other"),
        ("X-Key: one", "X-Name: one"),
        ("every: 10m", "every: 20m"),
        ("10.0.0.0/8", "10.0.0.0/9"),
        ("90d", "91d"),
        ("Brussels", "Berlin"),
        ("on: left", "on: right"),
        ("to: [mail]}\ndigests", "to: [team]}\ndigests"),
        ("every: 5m", "every: 6m"),
        ("[a, b, c, d]", "[a, b, c]"),
        ("item: article", "item: section"),
        ("query: storm", "query: storms"),
        ("tags: [security]}\n", "tags: [security, weather]}\n"),
    ],
)
def test_any_other_setting_is_noticed(tmp_path: Path, before: str, after: str) -> None:
    files = (SETTINGS, SOURCES, RULES)
    changed = tuple(text.replace(before, after, 1) for text in files)
    assert changed != files
    assert hash_of(tmp_path / "left", *files) != hash_of(tmp_path / "right", *changed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("contact: desk@", "contact: one@"),
        ("concurrency: 20", "concurrency: 40, workers: 3"),
        ("digests/", "/srv/digests"),
        ("listen: null", "listen: '127.0.0.1:0'"),
    ],
)
def test_what_is_a_machines_own_may_differ(tmp_path: Path, before: str, after: str) -> None:
    assert before in SETTINGS
    assert hash_of(tmp_path / "left") == hash_of(tmp_path / "right", SETTINGS.replace(before, after))


def test_what_many_sources_share_is_said_once(tmp_path: Path) -> None:
    """A start with a hundred thousand of them computes it before anything is polled."""
    hash_of(tmp_path / "desk")
    read = read_configuration(DeskFiles(tmp_path / "desk").config)
    wire = read.settings.sources["wire"]

    def calls(count: int) -> int:
        named = {f"s{n}": replace(wire, id=f"s{n}", url=f"https://example.org/{n}") for n in range(count)}
        plan = replace(read, settings=replace(read.settings, sources=named))
        seen = 0

        def count_call(_frame: FrameType, event: str, _function: object) -> None:
            nonlocal seen
            seen += event in {"call", "c_call"}

        sys.setprofile(count_call)
        try:
            files_hash(plan)
        finally:
            sys.setprofile(None)
        return seen

    assert calls(2000) - calls(1000) < 8 * 1000


def test_no_value_of_a_secret_goes_into_it(tmp_path: Path) -> None:
    other = SOURCES.replace("X-Key: one", "X-Key: two")
    assert hash_of(tmp_path / "before", sources=SOURCES) == hash_of(tmp_path / "after", sources=other)
    plain = [SETTINGS.replace("password: {env: MX}", f"password: {value}") for value in ("one", "two")]
    assert hash_of(tmp_path / "left", plain[0]) == hash_of(tmp_path / "right", plain[1])
