"""A channel that is bound to a machine is sent to from there alone."""

import os

import pytest

from support.desk import DeskFiles, item, rss
from support.web import WebServer
from watchdesk.configuration import read_configuration
from watchdesk.plan import Configured

SETTINGS = """\
polling: {first_poll: all, private_addresses: allow}
articles: {full_text: never}
channels:
  here: {files: here/, on: %s}
  there: {files: there/, on: news-2}
digests: {flash: {title: Flash, rules: all, at: once, to: [here, there]}}
"""


def test_only_its_machine_sends_to_it(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO agrees a spending target", "NATO and defence spending.")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS % os.uname().nodename.upper())
    desk.run("once", "--send")
    states = {one["channel"]: one["state"] for one in desk.run("deliveries", "--json").document["deliveries"]}
    assert states == {"here": "sent", "there": "waiting"}
    assert not (desk.state / "there").exists()
    tried = desk.run("digest", "flash", "--send", "--to", "there")
    assert tried.status == 1
    assert "only news-2 sends to it (`on: news-2`), and this machine is" in tried.out + tried.err
    assert "only news-2 sends to it: run watchdesk doctor there" in desk.run("doctor").out


@pytest.mark.parametrize("host", ["news-2", "NEWS-2", "news-2.example.org"])
def test_a_machine_is_known_by_its_short_name_as_well(desk: DeskFiles, host: str) -> None:
    desk.write({}, settings=SETTINGS % "news-1")
    configured = read_configuration(desk.config)
    plan = Configured(configured.settings, configured.rules, host=host)
    assert plan.elsewhere("there") is None
    assert plan.limits["there"].concurrency == 2
    assert plan.limits["here"].concurrency == 0
