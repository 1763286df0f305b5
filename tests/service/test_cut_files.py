"""A watchdesk.yaml that was cut off, as by a full disk, takes nothing away, now or after a restart."""

import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from pydantic import BaseModel

from support.desk import BRISK, RULES, SETTINGS, DeskFiles, item, rss, wait_for
from support.notices import causes, sentences
from support.web import WebServer
from watchdesk.config.secrets import Secret
from watchdesk.config.settings import ChannelSettings, DigestSettings, Settings
from watchdesk.config.web import NO_TOKEN, WebSettings
from watchdesk.demo.servers import free_port
from watchdesk.errors import ConfigurationError
from watchdesk.plan import Configured
from watchdesk.rules import RuleSet
from watchdesk.service.refusals import refuse_what_vanished

REFUSED = "the old one stays in force"


def test_a_file_that_was_cut_off_loses_nothing_and_opens_nothing(desk: DeskFiles, web: WebServer) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    web.serve("/feed", rss())
    whole = f"{SETTINGS}operators: {{to: [shelf]}}\nweb: {{listen: '127.0.0.1:{port}', token: token-of-12}}\n"
    more = "".join(f"  more-{number}: {{query: more}}\n" for number in range(5))
    desk.write({"wire": web.url("/feed")}, whole, RULES + more)
    settings = desk.config / "watchdesk.yaml"
    arrived: list[str] = []
    cuts = {
        "".join(
            whole.splitlines(keepends=True)[:3]
        ): "every channel, every digest, 'operators' and 'web' have",
        whole.partition(", token")[0] + "}\n": "the token of 'web' has gone from the file",
    }
    with desk.service(BRISK):
        wait_for(lambda: web.requests, "a poll")
        for number, (cut, said) in enumerate(cuts.items(), start=1):
            settings.write_text(cut)
            wait_for(lambda: desk.log.count(REFUSED) >= number, f"the refusal of {cut!r}")  # noqa: B023
            assert said in desk.log.rpartition(REFUSED)[2]
            arrived.insert(0, item(str(number), f"NATO names its spending target {number}"))
            web.serve("/feed", rss(*arrived))
            wait_for(lambda: _digests(desk) >= number, "a digest by the settings before")  # noqa: B023
            assert requests.get(page, timeout=30, allow_redirects=False).status_code in (303, 401)
        wait_for(lambda: causes(desk), "a notice to the operators of before")
        assert "every channel, every digest, 'operators' and 'web' have gone from the file" in sentences(desk)
        # The service writes what it says of itself once a second.
        wait_for(lambda: "the token of 'web' has gone" in desk.run("status").out, "the refusal in status")
        assert desk.run("status").status == 1
        settings.write_text(whole)
        wait_for(lambda: desk.run("status").status == 0, "the end of it")
        (desk.config / "rules" / "desk.yaml").write_text(RULES)
        wait_for(lambda: "has 2 rules instead of 7" in sentences(desk), "a word on most of the rules")
    assert "configuration reloaded" in desk.log


CUT = "".join(SETTINGS.splitlines(keepends=True)[:4])
"""A valid beginning: nothing goes anywhere."""
GONE = "every channel and every digest have gone from the file"


def cut(desk: DeskFiles) -> None:
    """All else stays as it was, and so does the line about the page."""
    settings = desk.config / "watchdesk.yaml"
    assert settings.read_text().startswith(CUT)
    settings.write_text(f"{CUT}web: {{listen: null}}\n")


def mistake(desk: DeskFiles, what: str = f"watchdesk.yaml:1:1: {GONE}") -> str:
    """What every command says of it, with the way out."""
    accept = f"watchdesk --config {desk.config} --state {desk.state} check --accept"
    return f"{what}. Put back what is gone; or if that is meant: {accept}\n"


def test_a_start_refuses_a_file_that_was_cut_off_until_a_person_accepts_it(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    with desk.service() as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "a start")
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
    cut(desk)
    for _ in range(2):  # systemd does not try it again, and a person may
        answered = desk.run_process("run")
        assert (answered.status, answered.out) == (2, "")
        assert mistake(desk) in answered.err
    assert GONE in desk.run("status").out
    checked = desk.run("check")
    assert (checked.status, mistake(desk) in checked.err) == (2, True)
    accepted = desk.run("check", "--accept")
    assert (accepted.status, accepted.out.splitlines()[-1]) == (0, f"accepted: watchdesk.yaml: {GONE}")
    assert desk.run("check").status == 0
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the start of what was accepted")


def test_a_file_that_is_put_back_needs_no_word(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    cut(desk)
    assert desk.run("once", "--all").status == 2
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0


def test_a_pass_by_cron_refuses_it_and_asks_nobody(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once").status == 0
    asked = len(web.requests)
    cut(desk)
    done = desk.run_process("once", "--all", "--send")
    assert (done.status, done.out, mistake(desk) in done.err) == (2, "", True)
    desk.write({})
    done = desk.run("once", "--all")
    assert mistake(desk, "sources.yaml:1:1: every source has gone from the files") in done.err
    assert len(web.requests) == asked
    assert desk.run("check", "--accept", "--json").document["accepted"] == [
        "sources.yaml: every source has gone from the files"
    ]
    assert desk.run("once", "--all").status == 0


def test_a_running_service_follows_what_a_person_accepts(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, f"{SETTINGS}operators: {{to: [shelf]}}\n")
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "a start")
        desk.write({"wire": web.url("/feed")})
        wait_for(lambda: REFUSED in desk.log, "the refusal")
        assert "'operators' has gone from the file. Put back what is gone; or if" in desk.log
        assert desk.run("check", "--accept").status == 0
        wait_for(lambda: "configuration reloaded" in desk.log, "that it is followed without another edit")


def test_a_start_tells_that_most_are_gone(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    feeds = {f"s{number}": web.url(f"/{number}") for number in range(11)}
    operated = f"{SETTINGS}operators: {{to: [shelf]}}\n"
    desk.write(feeds, operated)
    assert desk.run("once").status in (0, 1)
    desk.write(dict([*feeds.items()][:3]), operated)
    with desk.service(BRISK):
        wait_for(lambda: "has 3 sources instead of 11" in sentences(desk), "a word on it")


def test_what_cannot_be_read_of_before_holds_up_nobody(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once").status == 0
    known = desk.state / "desk-in-force.json"
    whole = known.read_bytes()
    assert b"example" not in whole, "no value of a setting is kept"
    known.write_bytes(whole[:100])
    cut(desk)
    done = desk.run("once")
    assert (done.status, "no file counts as cut off" in done.err) == (0, True)
    assert known.read_bytes() != whole[:100]
    assert desk.run("once").err == ""


def test_examples_that_fail_accept_nothing(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once").status == 0
    desk.write({}, rules='rules:\n  nato: {query: NATO, examples: {ignores: ["NATO meets"]}}\n')
    assert desk.run("check", "--accept").status == 1
    assert "every source has gone" in desk.run("check").err


def _digests(desk: DeskFiles) -> int:
    return sum('"type": "digest"' in path.read_text() for path in (desk.state / "digests").glob("2*.json"))


class Options(BaseModel):
    pass


SHELF = ChannelSettings("shelf", "files", Options())
BEFORE = Settings(
    Path(),
    storage="postgresql://desk@db/desk",
    channels={"shelf": SHELF, "more": replace(SHELF, name="more")},
    digests={name: DigestSettings(name=name, title=name, to=("shelf",)) for name in ("flash", "daily")},
    operators=("shelf", "more"),
    heartbeat=Secret("plain", "https://watch.example/"),
    web=WebSettings(token=Secret("plain", "token-of-12")),
    present=frozenset({"storage", "channels", "digests", "operators", "heartbeat", "web"}),
)


def gone(**changes: object) -> str | None:
    """What is said of a reload by settings that have changed so; None: it is followed."""
    after = replace(BEFORE, **changes)  # type: ignore[arg-type]  # named by the tests
    try:
        refuse_what_vanished(Configured(after, RuleSet(())), Configured(BEFORE, RuleSet(())).outline, Path())
    except ConfigurationError as error:
        return str(error).partition(" gone from the file")[0]
    return None


def without(key: str) -> Mapping[str, object]:
    return {"present": BEFORE.present - {key}}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"storage": "sqlite", **without("storage")}, "'storage' has"),
        ({"channels": {}}, "every channel has"),
        ({"digests": {}}, "every digest has"),
        ({"operators": ()}, "'operators' has"),
        ({"heartbeat": None}, "'heartbeat' has"),
        ({"web": WebSettings(), **without("web")}, "'web' has"),
        ({"web": WebSettings(metrics=False)}, "the token of 'web' has"),
        ({"web": WebSettings(), "present": frozenset()}, "everything has"),
        ({"digests": {}, "heartbeat": None}, "every digest and 'heartbeat' have"),
    ],
)
def test_what_nobody_takes_out_by_the_way_stays(changes: Mapping[str, object], said: str) -> None:
    assert gone(**changes) == f"watchdesk.yaml:1:1: {said}"


@pytest.mark.parametrize(
    "changes",
    [
        {"storage": "sqlite"},
        {"channels": {"shelf": SHELF}},
        {"digests": {"daily": BEFORE.digests["daily"]}},
        {"operators": ("more",)},
        {"heartbeat": Secret("plain", "https://other.example/")},
        {"web": WebSettings(token=NO_TOKEN)},
        {"web": WebSettings(listen=None)},
    ],
)
def test_ordinary_edits_are_followed(changes: Mapping[str, object]) -> None:
    assert gone(**changes) is None


def test_what_was_never_there_is_not_missed() -> None:
    bare = Configured(Settings(Path()), RuleSet(()))
    refuse_what_vanished(bare, bare.outline, Path())
    refuse_what_vanished(Configured(BEFORE, RuleSet(())), bare.outline, Path())
    refuse_what_vanished(bare, None, Path())
