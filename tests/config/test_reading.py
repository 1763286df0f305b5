import gc
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.desk import STRANGER, DeskFiles
from support.kinds import KINDS
from watchdesk.config import check_digest_rules, read_settings, rule_files
from watchdesk.config.places import Problems
from watchdesk.config.settings import DigestSettings, Settings
from watchdesk.config.values import LONGEST_TIMEOUT
from watchdesk.delivery.outbox import LEASE
from watchdesk.model import ChannelLimits, FullText, Rate, ResolveLinks, Selectors


class Desk:
    """A configuration directory that a test writes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.problems = Problems()
        self.write("watchdesk.yaml", "{}\n")
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


@pytest.mark.usefixtures("machines_authorities")
def test_empty_files_mean_the_defaults(config: Desk) -> None:
    config.write("sources.yaml", "")
    assert replace(config.settings(), present=frozenset()) == Settings(config.directory)


@pytest.mark.usefixtures("machines_authorities")
@pytest.mark.parametrize(
    "text", ["---\n", "# nothing yet\n", "null\n", "{}\n", "channels:\ndigests:\npolling:\n"]
)
def test_files_that_say_nothing_mean_the_defaults(config: Desk, text: str) -> None:
    config.write("watchdesk.yaml", text)
    config.write("sources.yaml", "sources:\n")
    assert replace(config.settings(), present=frozenset()) == Settings(config.directory)


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
    assert all(str(config.directory) in (problem.hint or "") for problem in config.problems)


def test_a_directory_in_place_of_a_file_is_told(config: Desk) -> None:
    (config.directory / "watchdesk.yaml").unlink()
    (config.directory / "watchdesk.yaml").mkdir()
    assert config.read() is None
    assert config.said() == ["watchdesk.yaml:1:1: error: cannot be read: Is a directory"]


def test_a_file_without_permission_is_told(desk: DeskFiles) -> None:
    desk.write({})
    (desk.config / "watchdesk.yaml").chmod(0)
    done = subprocess.run([*STRANGER, *desk.command("check")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "watchdesk.yaml:1:1: cannot be read: Permission denied" in done.stdout + done.stderr


def test_a_file_that_is_not_utf8_is_told_at_the_first_strange_byte(config: Desk) -> None:
    (config.directory / "watchdesk.yaml").write_bytes("language: en\ncontact: Büro\n".encode("latin-1"))
    assert config.read() is None
    assert config.said() == ["watchdesk.yaml:2:11: error: is not UTF-8 text here"]


DIGEST = "channels:\n  shelf: {files: digests/}\ndigests:\n  morning-brief: {to: [shelf], "


def test_a_digest_has_the_declared_defaults_and_a_title_from_its_name(config: Desk) -> None:
    config.write("watchdesk.yaml", DIGEST + "rules: all}\n")
    wanted = DigestSettings(name="morning-brief", title="Morning brief", to=("shelf",))
    assert config.settings().digests["morning-brief"] == wanted


def test_a_key_of_a_digest_that_is_null_counts_as_left_out(config: Desk) -> None:
    absent = "title: null, gather: null, quiet: null, timezone: null, language: null"
    config.write("watchdesk.yaml", DIGEST + f'at: "0 7 * * *", {absent}}}\n')
    digest = config.settings().digests["morning-brief"]
    assert digest == DigestSettings(
        name="morning-brief", title="Morning brief", to=("shelf",), at="0 7 * * *"
    )
    assert (digest.schedule, digest.spike) == ("0 7 * * *", None)


def test_a_source_takes_the_desks_settings_where_it_has_none(config: Desk) -> None:
    config.write(
        "watchdesk.yaml",
        "polling: {every: 20m, fastest: 5m}\narticles: {full_text: never, resolve_links: never}\n",
    )
    config.write(
        "sources.yaml",
        f"sources:\n  one: {{{FEED}}}\n"
        "  two: {feed: 'https://b.example/', every: 1h, resolve_links: always}\n",
    )
    sources = config.settings().sources
    assert (sources["one"].every, sources["one"].fastest) == (timedelta(minutes=20), timedelta(minutes=5))
    assert sources["two"].every == timedelta(hours=1)
    assert sources["one"].full_text is FullText.NEVER
    assert [source.resolve_links for source in sources.values()] == [ResolveLinks.NEVER, ResolveLinks.ALWAYS]


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


def test_a_channel_says_beside_its_kind_what_its_receiver_is_spared(config: Desk) -> None:
    config.write(
        "watchdesk.yaml",
        "channels: {shelf: {timeout: 20s, files: a/, concurrency: 1, at_most: 30 / h}, plain: {files: b/}}\n",
    )
    channels = config.settings().channels
    assert channels["shelf"].timeout == timedelta(seconds=20)
    assert channels["shelf"].limits("news-1") == ChannelLimits(1, Rate(30, timedelta(hours=1)))
    assert (channels["plain"].timeout, channels["plain"].limits("news-1")) == (None, ChannelLimits(2, None))
    assert config.said() == []


@pytest.mark.parametrize(
    ("written", "seconds"), [("1/s", 1), ("5/min", 60), ("5/m", 60), ("7/h", 3600), ("200/d", 86400)]
)
def test_a_rate_is_so_many_in_a_length_of_time(config: Desk, written: str, seconds: int) -> None:
    config.write("watchdesk.yaml", f"channels: {{shelf: {{files: a/, at_most: {written}}}}}\n")
    rate = config.settings().channels["shelf"].at_most
    assert rate == Rate(int(written.split("/", maxsplit=1)[0]), timedelta(seconds=seconds))


def test_the_longest_timeout_is_half_of_a_lease() -> None:
    assert LONGEST_TIMEOUT == LEASE / 2


@pytest.mark.parametrize(
    "written",
    ["chat: 'slack://hunter2/x'", "chat: ['slack://hunter2/x', {env: X}]", "chat: {address: 'x://hunter2'}"],
)
def test_a_chat_s_address_in_plain_words_draws_a_warning_that_does_not_show_it(
    config: Desk, written: str
) -> None:
    config.write("watchdesk.yaml", f"channels: {{team: {{{written}}}}}\n")
    config.settings()
    (said,) = config.problems.warnings
    assert said.message == "the address stands here for everyone who may read the file"
    assert "hunter2" not in said.render()


@pytest.mark.parametrize(
    "written", ["{env: CHAT}", "[{credential: one}, {file: two}]", "{address: {env: CHAT}}"]
)
def test_a_chat_s_address_that_is_kept_elsewhere_draws_none(
    config: Desk, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT", "ntfy://one")
    config.write("two", "ntfy://two")
    config.write("watchdesk.yaml", f"channels: {{team: {{chat: {written}}}}}\n")
    assert config.settings().channels["team"].kind == "chat"
    assert config.said() == []


MISSING = ("env: NO_SUCH_VARIABLE", "file: no-such-file")


def test_a_secret_that_is_not_to_be_had_here_is_told_at_its_key(config: Desk) -> None:
    hooks = [f"{{webhook: {{url: 'https://e.org', secret: {{{place}}}}}}}" for place in MISSING]
    config.write("watchdesk.yaml", f"channels: {{one: {hooks[0]}, two: {hooks[1]}}}\n")
    config.settings()
    first, second = config.problems.warnings
    assert "nothing can be sent like this: the environment has no variable NO_SUCH_VARIABLE" in first.message
    assert "no-such-file" in second.message


def test_an_empty_secret_is_refused(config: Desk) -> None:
    config.write("watchdesk.yaml", "channels: {hook: {webhook: {url: 'https://e.org', secret: ''}}}\n")
    assert config.read() is None
    assert "an empty secret keeps nothing secret" in config.problems.errors[0].message


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


def test_no_garbage_is_collected_while_files_are_read(config: Desk) -> None:
    """All that is read is alive; looking for garbage in it took longer than reading."""
    config.write("sources.yaml", "sources:\n" + "".join(f"  one-{n}: {{{FEED}?{n}}}\n" for n in range(2000)))
    begun: list[int] = []

    def note(phase: str, details: dict[str, int]) -> None:
        if phase == "start":
            begun.append(details["generation"])

    gc.callbacks.append(note)
    try:
        settings = config.settings()
    finally:
        gc.callbacks.remove(note)
    assert len(settings.sources) == 2000
    assert len(begun) <= 3  # one of each generation, when it goes on
