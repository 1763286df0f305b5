"""What `bench.py` runs: each part of the page, with the scripts that measure it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Given:
    """What the person who runs it has given."""

    articles: Path | None
    """A folder of real articles, as match.py reads them."""
    pages: Path | None
    """A folder of pages with what belongs to their texts, as articles.py reads them."""
    lucene: Path | None
    """Lucene Monitor's jar, or its source folder, as match.py takes it."""
    peers: Path
    """The Python in whose environment the peers are installed, and watchdesk as well."""
    quick: bool
    """In small: to try the harness, not to quote figures from."""

    def size(self, whole: Sequence[str], small: Sequence[str]) -> Sequence[str]:
        """The arguments that say how much is measured."""
        return small if self.quick else whole


Command = Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page."""

    name: str
    """By which `--only` asks for it."""
    title: str
    about: str
    """What is measured, in a sentence or two."""
    commands: Callable[[Given], Sequence[Command]]
    """Scripts of this folder and their arguments; each is given `--json FILE` as well."""
    minutes: float
    """After so many the script is ended: several times what it takes on two cores of its own."""
    picture: str = ""
    """An expression that the names of the figures in its picture match; without, there is no picture."""
    measure: str = ""
    """What the picture's axis says; of curves both: `along; up`."""
    beside_peers: bool = False
    """Whether it needs the Python of the peers itself."""


def _engine(given: Given) -> Sequence[Command]:
    articles = ["--articles", str(given.articles)] if given.articles else []
    lucene = ["--lucene-monitor", str(given.lucene)] if given.lucene else []
    return [["match.py", *articles, *lucene, *given.size(["--rounds", "3", "--seconds", "12"], ["--quick"])]]


def _reading(given: Given) -> Sequence[Command]:
    pages = [["articles.py", str(given.pages)]] if given.pages else []
    return [["articles.py", "--floor", "0.99"], *pages]


def _polling(given: Given) -> Sequence[Command]:
    python = ["--python", str(given.peers), *(["--texts", str(given.articles)] if given.articles else [])]
    small = ["--feeds", "20", "--latency", "0", "--rounds", "1"]
    if given.quick:
        return [["poll.py", *python, *small]]
    return [
        ["poll.py", *python, "--feeds", "200", "--latency", "0", "0.05", "--rounds", "5"],
        ["poll.py", *python, "--feeds", "1000", "--latency", "0", "0.05", "--rounds", "3"],
        ["poll.py", *python, "--feeds", "10000", "--entries", "2", "--latency", "0", "--rounds", "1"],
    ]


def _steady(given: Given) -> Sequence[Command]:
    articles = [str(given.articles)] if given.articles else []
    whole, small = ["--feeds", "20", "--rounds", "5"], ["--feeds", "4", "--rounds", "1"]
    return [["poll_cost.py", *articles, *given.size(whole, small)], ["fetch.py"]]


def _scale(given: Given) -> Sequence[Command]:
    return [["scale.py", *given.size([], ["--sources", "2000"])]]


def _many(given: Given) -> Sequence[Command]:
    return [["many_sources.py", *given.size([], ["--sources", "2000", "--every", "1m", "--seconds", "4"])]]


def _fleet(given: Given) -> Sequence[Command]:
    small = ["--sizes", "1000", "5000", "--seconds", "4", "--remembered", "10000"]
    return [["fleet/sizes.py", *given.size([], small)]]


def _latency(given: Given) -> Sequence[Command]:
    return [["latency.py", *given.size([], ["--items", "20", "--every", "3", "--spread", "5"])]]


def _page(given: Given) -> Sequence[Command]:
    small = ["--items", "10", "--every", "3", "--spread", "5", "--rounds", "1"]
    return [["page_load.py", *given.size([], small)]]


def _stories(given: Given) -> Sequence[Command]:
    return [["stories.py", *given.size([], ["--window", "500"])], ["digest_days.py"]]


def _rules(given: Given) -> Sequence[Command]:
    names = given.size(("rules", "rules-unseen", "rules-languages"), ("rules-unseen",))
    return [["rules.py", *(str(HERE / name) for name in names)]]


def _pace(given: Given) -> Sequence[Command]:
    return [["pace.py", *given.size([], ["--every-nth", "20"])]]


def _commands(given: Given) -> Sequence[Command]:
    return [
        ["commands.py", *given.size([], ["--rounds", "1", "--sources", "500"])],
        ["start.py", *given.size([], ["--rounds", "1"])],
    ]


def _archive(given: Given) -> Sequence[Command]:
    return [["archive/sizes.py", *given.size([], ["--sizes", "1000"])]]


def _soak(given: Given) -> Sequence[Command]:
    whole = ["--days", "30", "--keep", "14", "--rate", "900"]
    small = ["--days", "0.5", "--feeds", "20", "--a-day", "200", "--rate", "3600"]
    return [["archive/soak.py", *given.size(whole, small)]]


def _hosts(given: Given) -> Sequence[Command]:
    return [["fleet/curve.py", *given.size([], ["--hosts", "1", "2", "--seconds", "10"])]]


def _memory(given: Given) -> Sequence[Command]:
    return [["memory.py", *given.size([], ["--sources", "500", "--rules", "500", "--polled", "50"])]]


PARTS = (
    Part(
        "engine",
        "Matching rules",
        "Raw text to the rules that match, on one core, beside engines that are asked the same rules of the "
        "same articles. Every answer is compared.",
        _engine,
        45,
        r"rules: speed$",
        "articles a second, one core",
        beside_peers=True,
    ),
    Part(
        "polling",
        "One pass over many feeds",
        "Whole processes that read the same feeds and do their whole job: cold, when every entry is new, and "
        "unchanged, when none is. Medians of the runs, programs in turns.",
        _polling,
        60,
        r"(wall|CPU)$",
        "seconds",
    ),
    Part(
        "steady",
        "A poll of the running service",
        "CPU time of all processes of the service for one poll, beside a bare exchange of `requests` in the "
        "same run; and what the fetcher takes for one exchange.",
        _steady,
        20,
        r"CPU( a poll)?$",
        "CPU milliseconds",
    ),
    Part(
        "scale",
        "A hundred thousand sources",
        "All are polled every 15 minutes; the clock is simulated and goes on as fast as they are polled. A C "
        "server on loopback answers; its CPU time is shown apart.",
        _scale,
        30,
    ),
    Part(
        "many",
        "A desk of very many sources",
        "The real service: what `check` costs, how soon it runs, and what a reload does to polls and memory.",
        _many,
        15,
    ),
    Part(
        "fleet",
        "A million sources on many machines",
        "What machines that share the work ask of their PostgreSQL, by the store's own code, at 1,000,000 "
        "sources, and beside it at fewer; four machines at work by the clock, for whom the web answers at "
        "once.",
        _fleet,
        60,
    ),
    Part(
        "latency",
        "From the feed to the mail",
        "From the instant that a feed's server begins the first answer with an item to the mail server's 250 "
        "for the mail that tells it.",
        _latency,
        10,
        r"delay|slowest",
        "seconds",
    ),
    Part(
        "page",
        "News while people look at the page",
        "How late polls begin, and how soon news is in the mail, while 50 GETs a second ask the page, beside "
        "the same GETs to a bare static server.",
        _page,
        20,
        r"^p99",
        "seconds",
    ),
    Part(
        "commands",
        "Commands",
        "CPU time of whole commands, the shortest beside a Python that imports click; a start by the clock.",
        _commands,
        15,
        r"version$|desk|sources",
        "CPU seconds",
    ),
    Part(
        "hosts",
        "Several machines",
        "One, two and four services on one PostgreSQL poll sites whose answers take a second, each with "
        "eight requests under way: polls a second, and what a poll costs hosts and database.",
        _hosts,
        20,
        r"hosts, polls$",
        "polls a second",
    ),
    Part(
        "memory",
        "Memory",
        "The service before its first poll, and after polls where a row says so, as proportional set size: "
        "shared pages are divided among those who share them.",
        _memory,
        10,
    ),
    Part(
        "archive",
        "Looking back at years",
        "Searches, backtests and digests beside archives of several sizes, and the index that they go by: "
        "CPU time in a started process, with what is read in the system's cache.",
        _archive,
        90,
    ),
    Part(
        "soak",
        "Thirty days",
        "The running service by a clock that goes 900 times as fast, with 5,000 new articles a day, of which "
        "those of 14 days are kept: what each of its processes takes, as proportional set size, and its log.",
        _soak,
        120,
        measure="simulated days; megabytes",
    ),
    Part(
        "reading",
        "Reading pages",
        "How much of a page's article is found and how little else, and CPU time a page, beside trafilatura.",
        _reading,
        15,
        r"F1$",
        "F1 (1 is all and nothing else)",
    ),
    Part(
        "stories",
        "Stories",
        "Whether articles on one event come together, and no others; and the time that an article takes.",
        _stories,
        15,
    ),
    Part(
        "rules",
        "What the shipped rules find",
        "Precision and recall over labelled articles. Rules were written with the set `rules` at hand; the "
        "mistakes in `rules-unseen` have not been read.",
        _rules,
        5,
    ),
    Part(
        "pace",
        "When sources are polled",
        "Made-up publishers over 30 simulated days: minutes from publication to the poll that sees it.",
        _pace,
        10,
        r"^p\d+ of the delay$",
        "minutes",
    ),
)
