"""Each cause of trouble as the operators are told of it: its key, its words, and by whom not."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from watchdesk.model import DatabaseSize, FaultKind, SourceFault
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.notices import Cause, trouble_of
from watchdesk.notices.channels import ChannelFailing, ChannelStopped, PartlyAccepted
from watchdesk.notices.dead_letters import DeadDigests, DeadNotices
from watchdesk.notices.digests import DigestFailed, DigestOverdue, TemplateBroken
from watchdesk.notices.fleet import FilesDiffer, MachineCutOff, NobodyPolls, NobodySends, NobodySendsTo
from watchdesk.notices.life import (
    LifeCause,
    PassesOverdue,
    ServiceDied,
    ServiceHangs,
    ServiceNeverStarted,
    ServiceRefused,
    ServiceStopped,
    UnitFailed,
)
from watchdesk.notices.page import LinksUnsigned, PageLocked
from watchdesk.notices.room import DiskFilling, DiskNearlyFull, Outlook, TooLargeToKeep
from watchdesk.notices.rules import FolderRefused, ThresholdFromBefore
from watchdesk.notices.service import (
    ConfigurationRefused,
    DatabaseDamaged,
    DatabaseUnusable,
    Happened,
    PassWithoutDatabase,
    PollsLate,
    PollsUnrecorded,
    ReloadHanging,
    ReloadRefused,
    StartWithoutDatabase,
    StepFailing,
    StepHanging,
)
from watchdesk.notices.source_faults import SourceFaulty
from watchdesk.notices.sources import MostSourcesFailing, SourceFailing, SourceGone, SourceMoved
from watchdesk.remembered import OldThreshold

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = "2026-03-01 12:00 UTC"
MB = 1_000_000
URL = "http://wire.example/feed"
SAID: list[tuple[Cause, str, str]] = [
    (SourceGone("wire", "The Wire", URL), f"gone:wire:{URL}", "says that it is gone for good"),
    (SourceGone("wire", "The Wire", None), "gone:wire:None", "The publisher of The Wire (its address)"),
    (
        SourceFailing("wire", "The Wire", URL, NOW, "503"),
        "failing:wire",
        "since 2026-03-01 12:00 UTC: 503.",
    ),
    (SourceFailing("wire", "The Wire", URL, None, "503"), "failing:wire", "was never read: 503."),
    (
        SourceMoved("wire", "The Wire", URL, "http://b/"),
        "moved:wire:http://b/",
        "moved permanently to http://b/.",
    ),
    (
        MostSourcesFailing(412, 1500, "no server of this name\n was found."),
        "failing-sources",
        "412 of 1,500 sources cannot be read, most often because: no server of this name was found. Look at",
    ),
    (
        SourceFaulty("The Wire", SourceFault("wire", FaultKind.SILENT, URL, NOW, 0, 1200)),
        "silent:wire",
        f"has brought nothing new since {AT}, where some 1,200 entries are usual",
    ),
    (
        SourceFaulty("The Wire", SourceFault("wire", FaultKind.SLOW, URL, NOW, 3, 40)),
        "slow:wire",
        "brought 3 entries in three days, where 40 are usual",
    ),
    (
        SourceFaulty("The Wire", SourceFault("wire", FaultKind.GAP, URL, NOW)),
        "gap:wire",
        f"held no entry of the poll before at {AT}: what came in between",
    ),
    (
        SourceFaulty("The Wire", SourceFault("wire", FaultKind.GUIDS, URL, NOW)),
        f"guids:wire:{URL}",
        f"one guid to different entries, so its guids have not been believed since {AT}",
    ),
    (
        PollsLate(1200, timedelta(minutes=12)),
        "late-polls",
        "1,200 sources that are due wait for their turn, the first for 12 minutes",
    ),
    (
        TooLargeToKeep(500 * MB, 620 * MB),
        "database:too-large",
        "The database cannot be kept to 500 MB, as `articles.keep` has it",
    ),
    (
        DiskNearlyFull(63 * MB),
        "disk:nearly-full",
        "The disk of the state directory is nearly full: it has 63 MB left",
    ),
    (
        ChannelStopped("desk", "410"),
        "stopped:desk",
        "because its receiver wants nothing more: 410. Once that is fixed",
    ),
    (
        ChannelFailing("desk", 1, "no", partly=False),
        "failing:desk",
        "desk accepts nothing: no. A delivery waits",
    ),
    (ChannelFailing("desk", 2, "no", partly=True), "failing:desk", "for all of its receivers: no. 2 deliver"),
    (PartlyAccepted("desk", "not for b@e.org, a@e.org"), "partly:desk:a@e.org,b@e.org", "sent to them again"),
    (
        PartlyAccepted("desk", "no\n picture."),
        "partly:desk:no picture.",
        "accepted a digest, but: no picture.",
    ),
    (
        DeadDigests("desk", "no", 2, "No."),
        "dead:desk:no",
        "2 digests for the channel desk could not be sent: No.",
    ),
    (
        DeadNotices("desk", None),
        "dead-notices:desk",
        "no longer delivers notices of troubles: the reason is not known.",
    ),
    (TemplateBroken("a.j2", "a.j2:1: no"), "template:a.j2", "a.j2:1: no"),
    (DigestFailed("flash", "ValueError: no"), "digest:flash", "bug in watchdesk: ValueError: no."),
    (
        DigestOverdue("flash", NOW, 1),
        "overdue:flash",
        "was due at 2026-03-01 12:00 UTC and was not made: 1 match",
    ),
    (
        DigestOverdue("flash", None, 1200),
        "overdue:flash",
        "was due and was not made: 1,200 matches wait for it.",
    ),
    (
        ConfigurationRefused(NOW, "a\n  b", ()),
        "configuration:2026-03-01T12:00:00+00:00 a\n  b",
        "force. a\n  b",
    ),
    (
        ConfigurationRefused(NOW + timedelta(hours=1), "a", ("b", "c"), NOW),
        "configuration:2026-03-01T12:00:00+00:00",
        "in force. b; c",
    ),
    (
        ReloadRefused("a\n  b", ("a",), NOW),
        "configuration:2026-03-01T12:00:00+00:00",
        "reload of the configuration was refused: a",
    ),
    (ReloadHanging(NOW), "reload", f"began at {AT} and has not ended; the previous one stays in force."),
    (
        DatabaseUnusable("no room", disk_is_full=True, polling_stops=True),
        "database",
        "cannot write (a full disk?): no room. Until it can write again, no source is polled.",
    ),
    (
        DatabaseUnusable("it is empty", disk_is_full=False, polling_stops=False),
        "database",
        "The service cannot use its database: it is empty.",
    ),
    (
        DatabaseDamaged("articles", ("rows 2 to 7: they cannot be read",), NOW),
        "damage:articles",
        f"damaged in articles (rows 2 to 7: they cannot be read), as was found at {AT}: what needs that part",
    ),
    (StartWithoutDatabase("no"), "database", "The service cannot start: no."),
    (
        FilesDiffer((("one", "abc"), ("two", "def"))),
        "files-differ",
        "Machines go by different files (one by abc, two by def): give each the same, and reload it. `watch",
    ),
    (
        MachineCutOff("one", NOW, "no way there"),
        "cut-off:one",
        f"one has reached no site since {AT}, while others do: no way there. The others poll all sources",
    ),
    (
        NobodyPolls(("one (sender)", "two (web)")),
        "nobody-polls",
        "No machine polls: one (sender), two (web) are at work. What leaves its feed meanwhile is lost.",
    ),
    (
        NobodySends(("one (poller)",)),
        "nobody-sends",
        "No machine composes and sends digests: one (poller) is at work. Nothing is lost, and all of it",
    ),
    (
        NobodySendsTo("shelf", "news-9", ("one", "two")),
        "nobody-sends-to:shelf",
        "bound to news-9, and no machine of this name is there to send, only one, two: its deliveries wait.",
    ),
    (PassWithoutDatabase("no"), "database", "watchdesk once cannot use its database: no."),
    (PollsUnrecorded(4), "polls", "The last 4 polls could not be recorded; the log says why."),
    (StepFailing("send", 3, NOW, "no"), "step:send", f"'send' has failed 3 times in a row since {AT}: no."),
    (StepHanging("send", NOW), "hangs:send", f"The step 'send' began at {AT} and has not ended"),
    (
        PageLocked("the file secret at t is empty"),
        "page-token",
        "token`, the file secret at t is empty. Put",
    ),
    (LinksUnsigned("the key is damaged: delete it"), "page-links", "opens anything: the key is damaged"),
    (Happened(NOW, "it was kept"), "incident:2026-03-01T12:00:00+00:00", f"{AT}: it was kept"),
    (
        ServiceHangs(7, timedelta(minutes=3), None),
        "service",
        "(process 7) hangs: its last heartbeat is 3 min",
    ),
    (ServiceDied(NOW, None), "service", f"last heartbeat was at {AT}. Look at its log, and start it again"),
    (
        ServiceRefused(NOW, None, "w.service"),
        "service",
        f"not start at {AT}: journalctl -u w.service says why.",
    ),
    (
        ServiceStopped(NOW, "w.service"),
        "service",
        f"was stopped at {AT}, but its unit w.service is enabled; to start it: sys",
    ),
    (
        ServiceNeverStarted("w.service"),
        "service",
        "the unit w.service is enabled, but the service has never st",
    ),
    (
        ThresholdFromBefore(OldThreshold("nato", 0.8, 31, 40, NOW)),
        "at_least:nato",
        "of the 40 matches of",
    ),
    (
        ThresholdFromBefore(OldThreshold("nato", 0.8, 1, 1, NOW)),
        "at_least:nato",
        "of the 1 match of",
    ),
    (
        ThresholdFromBefore(OldThreshold("nato", 0.8, 0, 0, NOW)),
        "at_least:nato",
        "there is no match of",
    ),
    (
        DiskFilling(Outlook(DatabaseSize(MB, MB, MB), MB, timedelta(days=7), timedelta(days=1, hours=9))),
        "database:filling",
        "The disk of the database is full in about a day at this pace: it has 1.0 MB left",
    ),
    (
        UnitFailed("watchdesk.service", "a mistake."),
        "service",
        "watchdesk.service has failed: a mistake. It is not started again by itself",
    ),
    (
        FolderRefused(RefusedFolder("energy", ("rules/energy/a.yaml:3:4: no",), since=NOW)),
        "rules:energy",
        "The folder rules/energy cannot be used as it is: rules/energy/a.yaml:3:4: no. Its rules stay",
    ),
    (PassesOverdue(NOW, timedelta(hours=3)), "once", f"last ran at {AT} and usually runs every 3 hours"),
]


@pytest.mark.parametrize(("cause", "key", "words"), SAID, ids=[type(cause).__name__ for cause, _, _ in SAID])
def test_a_cause_has_the_key_that_it_always_had_and_says_what_is_wrong(
    cause: Cause, key: str, words: str
) -> None:
    trouble = trouble_of(cause)
    assert trouble.cause == key
    assert words in trouble.sentence


def test_only_a_channel_in_trouble_is_not_told_of_itself() -> None:
    silent = {type(cause): by for cause, _, _ in SAID if (by := trouble_of(cause).not_by)}
    assert silent == {ChannelFailing: "desk", DeadNotices: "desk", NobodySendsTo: "shelf"}


def test_only_what_a_person_ends_or_a_moment_brings_ends_without_a_word() -> None:
    """The service itself is reported by `status` alone, which says nothing once it runs."""
    ends = {type(cause) for cause, _, _ in SAID if trouble_of(cause).recovery is None}
    of_life = set(get_args(LifeCause))
    assert ends - of_life == {
        SourceMoved,
        PartlyAccepted,
        TemplateBroken,
        ThresholdFromBefore,
        Happened,
    }


def test_every_cause_is_among_those_above() -> None:
    assert {type(cause) for cause, _, _ in SAID} == set(get_args(Cause))
