"""Sources of one address, which one request serves. Pure."""

from collections.abc import Iterable, Sequence

from watchdesk.model import Source, SourceState


def by_request(sources: Iterable[Source]) -> Sequence[tuple[Source, ...]]:
    """Sources that are not paused, those together whose requests would be the same."""
    groups: dict[object, list[Source]] = {}
    for source in sources:
        if not source.paused:
            groups.setdefault(_request(source), []).append(source)
    return [tuple(group) for group in groups.values()]


def least_known(states: Sequence[SourceState]) -> SourceState:
    """The state to ask by, so that what is news to one of the sources is not held to be known by all."""
    first = states[0]
    same = all(
        (state.etag, state.last_modified, state.body_hash)
        == (first.etag, first.last_modified, first.body_hash)
        for state in states
    )
    return first if same else SourceState(first.source_id, url=first.url)


def _request(source: Source) -> object:
    headers = tuple(sorted(source.headers.items()))
    return source.url, source.kind, source.select, headers, source.user, source.password, source.proxy
