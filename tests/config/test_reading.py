import os
from datetime import timedelta
from pathlib import Path

import pytest

from support.kinds import KINDS
from watchdesk.config import check_digest_rules, read_settings, rule_files
from watchdesk.config.places import Problems
from watchdesk.config.settings import Settings
from watchdesk.model import FullText, Selectors


class Desk:
    """A configuration directory that a test writes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.problems = Problems()
        self.write("watchdesk.yaml", "")
        self.write("sources.yaml", "sources: {}\n")

    def write(self, name: str, text: str) -> None:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self) -> Settings | None:
        return read_settings(self.directory, self.problems, KINDS)

    def settings(self) -> Settings:
        found = self.read()
        assert found is not None, [problem.render() for problem in self.problems]
        return found

    def said(self) -> list[str]:
        return [f"{problem.place}: {problem.severity}: {problem.message}" for problem in self.problems]


@pytest.fixture
def config(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


FEED = "feed: https://news.example.org/rss"


def test_empty_files_mean_the_defaults(config: Desk) -> None:
    config.write("sources.yaml", "")
    assert config.settings() == Settings(config.directory)


@pytest.mark.parametrize(
    "text", ["---\n", "# nothing yet\n", "null\n", "\ufeff", "channels:\ndigests:\npolling:\n"]
)
def test_files_that_say_nothing_mean_the_defaults(config: Desk, text: str) -> None:
    config.write("watchdesk.yaml", text)
    config.write("sources.yaml", "sources:\n")
    assert config.settings() == Settings(config.directory)


def test_everything_wrong_in_every_file_is_told_at_once(config: Desk) -> None:
    config.write("watchdesk.yaml", "timezon: UTC\npolling: {every: 15, largest: big}\n")
    config.write("sources.yaml", f"sources:\n  one: {{{FEED}, evry: 1h}}\n  two: {{feed: nowhere}}\n")
    assert config.read() is None
    assert [f"{problem.place}" for problem in config.problems] == [
        "sources.yaml:2:45",
        "sources.yaml:3:15",
        "watchdesk.yaml:1:1",
        "watchdesk.yaml:2:18",
        "watchdesk.yaml:2:31",
    ]


def test_missing_files_are_told(config: Desk) -> None:
    (config.directory / "watchdesk.yaml").unlink()
    (config.directory / "sources.yaml").unlink()
    assert config.read() is None
    assert config.said() == [
        "sources.yaml:1:1: error: cannot be read: No such file or directory",
        "watchdesk.yaml:1:1: error: cannot be read: No such file or directory",
    ]


def test_a_directory_in_place_of_a_file_is_told(config: Desk) -> None:
    (config.directory / "watchdesk.yaml").unlink()
    (config.directory / "watchdesk.yaml").mkdir()
    assert config.read() is None
    assert config.said() == ["watchdesk.yaml:1:1: error: cannot be read: Is a directory"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_told(config: Desk) -> None:
    (config.directory / "watchdesk.yaml").chmod(0)
    assert config.read() is None
    assert config.said() == ["watchdesk.yaml:1:1: error: cannot be read: Permission denied"]


def test_a_file_that_is_not_utf8_is_told_at_the_first_strange_byte(config: Desk) -> None:
    (config.directory / "watchdesk.yaml").write_bytes("language: en\ncontact: Büro\n".encode("latin-1"))
    assert config.read() is None
    assert config.said() == ["watchdesk.yaml:2:11: error: is not UTF-8 text here"]


def test_a_source_takes_the_desks_settings_where_it_has_none(config: Desk) -> None:
    config.write("watchdesk.yaml", "polling: {every: 20m, fastest: 5m}\narticles: {full_text: never}\n")
    config.write(
        "sources.yaml", f"sources:\n  one: {{{FEED}}}\n  two: {{feed: 'https://b.example/', every: 1h}}\n"
    )
    sources = config.settings().sources
    assert (sources["one"].every, sources["one"].fastest) == (timedelta(minutes=20), timedelta(minutes=5))
    assert sources["two"].every == timedelta(hours=1)
    assert sources["one"].full_text is FullText.NEVER


def test_a_source_polled_faster_than_the_desks_limit_has_its_way(config: Desk) -> None:
    config.write("sources.yaml", f"sources:\n  one: {{{FEED}, every: 30s}}\n")
    assert config.settings().sources["one"].fastest == timedelta(seconds=30)


def test_all_of_a_source_is_read(config: Desk) -> None:
    config.write(
        "sources.yaml",
        f"""\
sources:
  one:
    {FEED}
    title: Example Daily
    tags: [press, wire]
    language: uk
    timezone: Europe/Kyiv
    headers: {{Accept-Language: uk}}
    auth: {{user: desk, password: {{file: secrets/one}}}}
    proxy: socks5://proxy.example.org:1080
    paused: true
    article: {{content: main, remove: [aside, .share]}}
""",
    )
    config.write("secrets/one", "opensesame\n")
    source = config.settings().sources["one"]
    assert (source.title, source.language) == ("Example Daily", "uk")
    assert source.tags == frozenset({"press", "wire"})
    assert (source.user, source.password, source.headers) == ("desk", "opensesame", {"Accept-Language": "uk"})
    assert (source.content, source.remove, source.paused) == ("main", ("aside", ".share"), True)
    assert "opensesame" not in repr(source)


def test_sources_may_be_several_files_in_a_folder(config: Desk) -> None:
    (config.directory / "sources.yaml").unlink()
    config.write("sources/a.yaml", f"sources:\n  one: {{{FEED}}}\n")
    config.write("sources/b.yml", "sources:\n  two: {feed: 'https://b.example/'}\n")
    assert list(config.settings().sources) == ["one", "two"]


def test_a_source_in_two_files_is_told_with_both_places(config: Desk) -> None:
    config.write("sources.yaml", f"sources:\n  one: {{{FEED}}}\n")
    config.write("sources/b.yaml", "sources:\n  one: {feed: 'https://b.example/'}\n")
    assert config.read() is None
    assert config.said() == ["sources/b.yaml:2:3: error: the source 'one' is in sources.yaml:2:3 already"]


def test_an_address_that_two_sources_poll_is_a_warning(config: Desk) -> None:
    config.write("sources.yaml", f"sources:\n  one: {{{FEED}}}\n  two: {{{FEED}}}\n")
    assert len(config.settings().sources) == 2
    assert config.said() == [
        "sources.yaml:3:3: warning: this feed is polled by the source at sources.yaml:2:3 as well"
    ]


def test_each_kind_of_source_is_read(config: Desk) -> None:
    config.write(
        "subscriptions.opml", "<opml><body><outline text='D' xmlUrl='https://d.example/'/></body></opml>"
    )
    config.write(
        "sources.yaml",
        """\
sources:
  one: {sitemap: https://a.example/news.xml}
  two: {page: https://b.example/press, select: {item: li, date: time}}
  three: {opml: subscriptions.opml}
""",
    )
    sources = config.settings().sources
    assert {name: (source.kind, source.url) for name, source in sources.items()} == {
        "one": ("sitemap", "https://a.example/news.xml"),
        "two": ("page", "https://b.example/press"),
        "d": ("feed", "https://d.example/"),
    }
    assert sources["two"].select == Selectors("li", "a", None, "time")
    assert config.said() == []


def test_an_address_polled_twice_is_told_for_every_kind(config: Desk) -> None:
    config.write(
        "sources.yaml",
        "sources:\n  one: {sitemap: https://a.example/s.xml}\n  two: {sitemap: https://a.example/s.xml}\n",
    )
    config.settings()
    assert config.said() == [
        "sources.yaml:3:3: warning: this sitemap is polled by the source at sources.yaml:2:3 as well"
    ]


def test_parts_to_come_are_accepted_with_a_warning(config: Desk) -> None:
    config.write(
        "watchdesk.yaml",
        "channels: {shelf: {files: a/}}\noperators: {to: [shelf]}\n"
        "web: {listen: null, token: {env: TOKEN}}\n",
    )
    config.settings()
    assert config.said() == [
        "watchdesk.yaml:3:1: warning: 'web' is accepted and does nothing yet",
    ]


def test_a_digest_leaves_out_channels_that_nothing_sends_yet(config: Desk) -> None:
    config.write(
        "watchdesk.yaml",
        "channels: {shelf: {files: a/}, team: {chat: 'slack://x'}}\ndigests: {flash: {to: [shelf, team]}}\n",
    )
    assert config.settings().digests["flash"].to == ("shelf",)
    assert config.said() == [
        "watchdesk.yaml:1:39: warning: a channel of kind 'chat' is accepted and does nothing yet"
    ]


def test_a_digest_that_goes_only_to_such_channels_is_told_to_go_nowhere(config: Desk) -> None:
    config.write("watchdesk.yaml", "channels: {team: {chat: 'slack://x'}}\ndigests: {flash: {to: [team]}}\n")
    config.settings()
    assert (
        "watchdesk.yaml:2:23: warning: the digest 'flash' goes nowhere: none of its channels sends yet"
        in (config.said())
    )


def test_a_fault_in_a_channel_does_not_make_its_digest_wrong_as_well(config: Desk) -> None:
    config.write("watchdesk.yaml", "channels: {shelf: {files: {pth: a}}}\ndigests: {flash: {to: [shelf]}}\n")
    assert config.read() is None
    assert len(config.problems.errors) == 1


def test_rules_that_digests_ask_for_are_checked_once_they_are_known(config: Desk) -> None:
    config.write(
        "watchdesk.yaml",
        "channels: {shelf: {files: a/}}\n"
        "digests: {flash: {rules: [nato-spendin, 'tag:urgnt', ukraine-aid], to: [shelf]}}\n",
    )
    rules = {"nato-spending": frozenset({"urgent"}), "ukraine-aid": frozenset[str]()}
    check_digest_rules(config.settings(), rules, config.problems)
    assert [problem.render().splitlines()[0] for problem in config.problems] == [
        "watchdesk.yaml:2:27: there is no rule 'nato-spendin'",
        "watchdesk.yaml:2:41: no rule has the tag 'urgnt'",
    ]
    assert [problem.hint for problem in config.problems] == [
        "did you mean 'nato-spending'?",
        "did you mean 'tag:urgent'?",
    ]


def test_rules_files_are_listed_by_name(config: Desk) -> None:
    for name in ("rules/b.yml", "rules/a.yaml", "rules/notes.txt", "rules/folder.yaml/x"):
        config.write(name, "")
    assert [path.name for path in rule_files(config.directory)] == ["a.yaml", "b.yml"]


def test_a_configuration_without_rules_has_no_rules_files(config: Desk) -> None:
    assert list(rule_files(config.directory)) == []
