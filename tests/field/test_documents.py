"""Odd feeds, sitemaps and lists of feeds, as bug reports about feed readers describe them.

Each folder of tests/data/field is a case: `case.json` names the reports, what they saw and what is right,
what the server answers poll by poll, and what must have come of it. `{URL}` in it stands for the address of
the server.
"""

import email
import email.policy
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.desk import DeskFiles
from support.smtp import MailReceiver
from support.web import Answer, WebServer
from watchdesk.model import Article, SourceState
from watchdesk.store import open_store

CASES = Path(__file__).parent.parent / "data" / "field"
SETTINGS = """\
timezone: Europe/Brussels
contact: desk@example.org
polling: {every: 2s, fastest: 1s, timeout: 5s, private_addresses: allow, first_poll: all}
articles: {oldest: null}
"""
BY_MAIL = """\
channels:
  desk: {email: {to: [desk@example.org], from: watchdesk@example.org, server: "smtp://127.0.0.1:%d"}}
digests:
  brief: {title: Brief, rules: all, at: once, to: [desk], when_empty: skip, gather: 0s}
"""


def documented(*stages: str) -> list[str]:
    """The names of the cases of these stages."""
    return [
        path.parent.name
        for path in sorted(CASES.glob("*/case.json"))
        if json.loads(path.read_text())["stage"] in stages
    ]


@dataclass(frozen=True)
class Polled:
    """What came of all polls of a case."""

    url: str
    articles: list[Article]
    after_each_poll: list[SourceState]
    found: dict[str, list[str]]
    """Addresses of articles by the rule that found them."""
    stories: int
    mails: list[str]


def body(folder: Path, answer: Mapping[str, Any], url: str) -> bytes:
    if "file" in answer:
        content = (folder / str(answer["file"])).read_bytes()
    elif "big" in answer:
        item = (
            "<item><title>T %d</title><guid>%d</guid><description>" + "words " * 500 + "</description></item>"
        )
        items = "".join(item % (number, number) for number in range(answer["big"] // 3000))
        content = f"<rss version='2.0'><channel><title>B</title>{items}</channel></rss>".encode()
    else:
        content = str(answer.get("body", "")).encode()
    return content.replace(b"{URL}", url.encode()) if answer.get("subst") else content


def serve(web: WebServer, folder: Path, step: Mapping[str, Any]) -> None:
    """What the server answers from now on, without validators or a type of its own."""
    for path, answer in step.items():
        headers = dict(answer.get("headers", [["Content-Type", "application/rss+xml"]]))
        filled = {name: value.replace("{URL}", web.url("")) for name, value in headers.items()}
        web.respond(path, Answer(body(folder, answer, web.url("")), answer.get("status", 200), filled))


def polled(desk: DeskFiles, web: WebServer, folder: Path, case: Mapping[str, Any]) -> Polled:
    """Polls as often as the case has steps, through the command that people use."""
    with ExitStack() as servers:
        by_mail = "mails_naming" in case["expect"]
        receiver = servers.enter_context(MailReceiver()) if by_mail else None
        settings = SETTINGS + (BY_MAIL % receiver.port if receiver else "")
        rules = {name: {"query": query} for name, query in case["rules"].items()} or {
            "none": {"query": "zzz"}
        }
        desk.write({}, settings=settings, rules=json.dumps({"rules": rules}, ensure_ascii=False))
        source = {case["stage"]: web.url("/feed"), "full_text": "never", **case["source"]}
        (desk.config / "sources.yaml").write_text(json.dumps({"sources": {"odd": source}}))
        states = []
        for step in case["steps"]:
            serve(web, folder, step)
            assert desk.run("once", "--all", "--send").status in (0, 1)
            states.append(state_of(desk))
        with closing(open_store("sqlite", desk.state)) as store:
            articles = list(store.articles())
            found: dict[str, list[str]] = {}
            for article in articles:
                for stored in store.matches(article.id or 0):
                    found.setdefault(stored.match.rule, []).append(article.url or "")
        return Polled(web.url(""), articles, states, found, count_stories(desk), read_mails(receiver))


def state_of(desk: DeskFiles) -> SourceState:
    with closing(open_store("sqlite", desk.state)) as store:
        return store.source_states()["odd"]


def count_stories(desk: DeskFiles) -> int:
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as connection:
        [number] = connection.execute("SELECT count(DISTINCT story_id) FROM articles").fetchone()
        return int(number)


def read_mails(receiver: MailReceiver | None) -> list[str]:
    """The plain text of each, on one line."""
    read = []
    for received in receiver.messages if receiver else ():
        text = email.message_from_bytes(received.content, policy=email.policy.default).get_body(("plain",))
        assert text is not None
        read.append(" ".join(text.get_content().replace("*", "").split()))
    return read


@pytest.mark.parametrize("name", documented("feed", "sitemap"))
def test_what_is_right_comes_of(name: str, desk: DeskFiles, web: WebServer) -> None:
    folder = CASES / name
    case = json.loads((folder / "case.json").read_text())
    came = polled(desk, web, folder, case)
    checks = {
        "titles": titles_are,
        "titles_any": titles_include,
        "articles": articles_number,
        "urls": addresses_include,
        "published": published_at,
        "text_has": texts_include,
        "failed": polls_failed,
        "error_has": error_says,
        "rule_hits": rules_find,
        "stories": stories_number,
        "paragraphs_min": paragraphs_number,
        "no_match": rules_find_nothing,
        "mails_naming": mails_name,
    }
    assert case["expect"].keys() - {"written"} <= checks.keys()
    for expectation in case["expect"].keys() & checks.keys():
        checks[expectation](came, case["expect"])


def titles_are(came: Polled, expect: Mapping[str, Any]) -> None:
    titles = [article.title for article in came.articles]
    assert len(titles) == len(expect["titles"])
    assert {title for title in expect["titles"] if title is not None} <= set(titles)


def titles_include(came: Polled, expect: Mapping[str, Any]) -> None:
    assert set(expect["titles_any"]) <= {article.title for article in came.articles}


def articles_number(came: Polled, expect: Mapping[str, Any]) -> None:
    assert len(came.articles) == expect["articles"]


def addresses_include(came: Polled, expect: Mapping[str, Any]) -> None:
    wanted = {address.replace("{URL}", came.url) for address in expect["urls"] if address is not None}
    assert wanted <= {article.url for article in came.articles}


def published_at(came: Polled, expect: Mapping[str, Any]) -> None:
    read = {}
    for article in came.articles:
        at = article.published_at
        read[number_of(article.url)] = at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
    for number, (wanted, written) in enumerate(zip(expect["published"], expect["written"], strict=True)):
        assert read[number].startswith(wanted), written


def texts_include(came: Polled, expect: Mapping[str, Any]) -> None:
    for words in expect["text_has"]:
        assert any(words in article.text for article in came.articles), words


def polls_failed(came: Polled, expect: Mapping[str, Any]) -> None:
    failed = [bool(state.failures) for state in came.after_each_poll]
    assert failed[: len(expect["failed"])] == expect["failed"]


def error_says(came: Polled, expect: Mapping[str, Any]) -> None:
    assert expect["error_has"] in (came.after_each_poll[-1].error or "")


def rules_find(came: Polled, expect: Mapping[str, Any]) -> None:
    found = {rule: sorted(map(number_of, came.found.get(rule, []))) for rule in expect["rule_hits"]}
    assert found == expect["rule_hits"]


def number_of(address: str | None) -> int:
    """At the end of an address such as `…/story-7`."""
    return int((address or "").rpartition("-")[2])


def stories_number(came: Polled, expect: Mapping[str, Any]) -> None:
    assert came.stories == expect["stories"]


def paragraphs_number(came: Polled, expect: Mapping[str, Any]) -> None:
    fewest = min(sum(len(section.paragraphs) for section in article.sections) for article in came.articles)
    assert fewest >= expect["paragraphs_min"]


def rules_find_nothing(came: Polled, expect: Mapping[str, Any]) -> None:
    assert not set(expect["no_match"]) & came.found.keys()


def mails_name(came: Polled, expect: Mapping[str, Any]) -> None:
    words, number = expect["mails_naming"]
    assert sum(words in mail for mail in came.mails) == number


@pytest.mark.parametrize("name", documented("opml"))
def test_a_list_of_feeds_is_read_as_its_reader_meant_it(name: str, desk: DeskFiles) -> None:
    case = json.loads((CASES / name / "case.json").read_text())
    desk.write({})
    [listed] = (CASES / name).glob("*.opml")
    (desk.config / listed.name).write_bytes(listed.read_bytes())
    (desk.config / "sources.yaml").write_text(f"sources:\n  list: {{opml: {listed.name}}}\n")
    sources = desk.run("sources", "--json").document["sources"]
    assert {source["url"] for source in sources} == set(case["expect"]["feeds"])
    assert desk.run("sources", "export", str(desk.root / "exported.opml")).status == 0
    tags = re.findall('category="(.*?)"', (desk.root / "exported.opml").read_text())
    assert {tag for of_feed in tags for tag in of_feed.split(",")} == {"tech", "news"}


def test_every_case_has_a_test() -> None:
    """The others stand in test_mail, test_webhook and test_running, each under its case's name."""
    here = Path(__file__).parent
    functions = "".join((here / f"test_{stage}.py").read_text() for stage in ("mail", "webhook", "running"))
    for name in documented("mail", "webhook", "running"):
        assert f"def test_{re.sub('[^0-9a-z]', '_', name.lower())}(" in functions
    assert set(documented("feed", "sitemap", "opml", "mail", "webhook", "running")) == {
        path.name for path in CASES.iterdir()
    }
