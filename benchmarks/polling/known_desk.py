"""A desk of many sources that were polled a while ago and are not due for a day; some may be new."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watchdesk.model import SourceState
from watchdesk.store import open_store

_SETTINGS = """\
contact: desk@example.org
polling: {{workers: {workers}, first_poll: all, private_addresses: allow}}
articles: {{full_text: never}}
channels: {{shelf: {{files: digests/}}}}
digests: {{morning: {{rules: all, at: "0 7 * * *", to: [shelf]}}}}
"""
_AN_HOUR = timedelta(hours=1)


def write_known_desk(
    folder: Path, sources: int, rules: str, workers: int = 2, new: Sequence[str] = ()
) -> Sequence[str]:
    """Writes its files and its database; gives the options of a command that name them.

    `new`: addresses of as many of the sources, which were never polled and are due at once.
    """
    config, state = folder / "config", folder / "state"
    (config / "rules").mkdir(parents=True)
    state.mkdir()
    (config / "watchdesk.yaml").write_text(_SETTINGS.format(workers=workers))
    (config / "rules" / "desk.yaml").write_text(rules)
    urls = [*new, *map(_url, range(len(new), sources))]
    lines = (f"  paper-{n}:\n    feed: {url}\n    tags: [press]\n" for n, url in enumerate(urls))
    (config / "sources.yaml").write_text("sources:\n" + "".join(lines))
    now = datetime.now(UTC)
    with closing(open_store("sqlite", state)) as store:
        store.save_states([_state(number, now) for number in range(len(new), sources)])
    return ["--config", str(config), "--state", str(state)]


def _url(number: int) -> str:
    return f"https://paper{number}.example/feed"


def _state(number: int, now: datetime) -> SourceState:
    return SourceState(
        f"paper-{number}",
        url=_url(number),
        etag=f'"{number}"',
        last_attempt=now - _AN_HOUR,
        last_success=now - _AN_HOUR,
        next_poll=now + 24 * _AN_HOUR,
        window=20,
    )
