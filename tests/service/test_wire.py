"""What passes between the service and its poll workers arrives as it was sent."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing import Pipe
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.made_up import of
from watchdesk.errors import OutdatedRules
from watchdesk.model import Ingested, PollPart, SourceState
from watchdesk.service.poll_tasks import NO_PAGES, NO_STATES, Polled, TaskResult, Unrecorded
from watchdesk.service.poll_workers.messages import Answer, Ended, Ingest, SentTask, Tasks
from watchdesk.service.poll_workers.wire import dumped, receive, send

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@given(of(SourceState), of(Ingested, features=st.none()))
def test_messages_arrive_as_they_were_sent(state: SourceState, item: Ingested) -> None:
    part = PollPart((item, item), state, NOW)
    sent = SentTask(7, ("one",), {"one": state}, {}, True, ("news.example", 0.5), {b"key": "why"})
    for message in (
        Tasks((sent, sent)),
        (Ingest(7, part), Ended(7, TaskResult(Polled((), (state,), 0.25)), 0.0)),
        Answer(7, (state, str, Path("a"), timedelta(1))),
    ):
        assert pickle.loads(dumped(message)) == message


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_times_keep_their_zones(moment: datetime) -> None:
    assert pickle.loads(dumped(moment)).isoformat() == moment.isoformat()


def test_errors_arrive_with_what_they_say() -> None:
    ours, theirs = Pipe()
    send(ours, Ended(7, TaskResult(Unrecorded(OutdatedRules("the rules are old"))), 0.0))
    ended = receive(theirs)
    assert isinstance(ended.result.poll.error, OutdatedRules)
    assert str(ended.result.poll.error) == "the rules are old"
    ours.close()
    with pytest.raises(EOFError):
        receive(theirs)


def test_a_task_for_pages_alone_arrives_without_states() -> None:
    sent = SentTask(7, ("one",), NO_STATES, NO_PAGES, False, None, {})
    assert pickle.loads(dumped(sent)) == SentTask(7, ("one",), {}, {}, False, None, {})
