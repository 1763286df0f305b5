"""A watchdesk.yaml that was cut off, as by a full disk, takes nothing away from a desk that runs."""

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
        refuse_what_vanished(Configured(after, RuleSet(())), Configured(BEFORE, RuleSet(())))
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
    refuse_what_vanished(bare, bare)
    refuse_what_vanished(Configured(BEFORE, RuleSet(())), bare)
