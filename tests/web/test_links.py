"""Signed links of digests and feeds by the real service: a feed in, a mail out, a reader without token."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from lxml import etree

from support.desk import DeskFiles, item, rss, wait_for
from support.looks_of_pages import USUAL, chromium, faults, shown, turn_to, window
from support.smtp import MailReceiver
from support.web import WebServer
from watchdesk.config.link_key import LinkKey
from watchdesk.demo.servers import free_port
from watchdesk.digests.links import Opens, feed_path, signature
from watchdesk.model import Judgement, Label
from watchdesk.store import open_to_read

TOKEN = "correct horse battery staple"
FIRST = "NATO members lift defence spending <b>again</b>"
SECOND = "Harbour strike ends after a week"
TEXT = "Allies of NATO said on Tuesday that defence spending will rise to five per cent within ten years."
RULES = """\
rules:
  nato-spending: {title: "NATO <i>spending</i>", query: 'NATO AND "defence spending"'}
  strikes: {title: Strikes, query: strike}
"""
SETTINGS = """\
timezone: Europe/Brussels
polling: {{every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}}
articles: {{full_text: never}}
channels:
  desk: {{email: {{to: d@example.org, from: w@example.org, server: 'smtp://127.0.0.1:{mail}', tls: never}}}}
  shelf: {{atom: feeds/}}
digests:
  flash: {{title: Flash, rules: all, at: once, gather: 2s, to: [desk, shelf]}}
web: {{listen: '127.0.0.1:{page}', public: 'http://127.0.0.1:{page}/desk/', token: {{file: token}}}}
"""


@dataclass(frozen=True)
class Online:
    """A desk that runs, and the mail that it sent."""

    desk: DeskFiles
    public: str
    mail: EmailMessage

    def part(self, kind: str) -> str:
        body = self.mail.get_body((kind,))
        assert body
        return str(body.get_content())

    def link(self, path: str) -> str:
        """The one of the mail that leads there, from the desk's root, such as `articles/1?`."""
        found = [unescape(one) for one in re.findall(r'href="([^"]+)"', self.part("html"))]
        return next(one for one in found if one.startswith(self.public + path))

    def label_link(self, judgement: str, article: int = 1) -> str:
        first = self.link(f"articles/{article}/label?")
        return re.sub(r"say=\w+", f"say={judgement}", first)

    def get(self, address: str, **headers: str) -> requests.Response:
        """As a stranger. `address`: whole, or from the desk's root."""
        whole = address if address.startswith("http") else self.public + address
        return requests.get(whole, headers=headers, timeout=30, allow_redirects=False)

    def as_administrator(self, path: str) -> requests.Response:
        return self.get(path, Authorization=f"Bearer {TOKEN}")

    @property
    def key(self) -> bytes:
        return LinkKey(self.desk.state).made()

    def labels(self, article: int) -> list[Label]:
        with closing(open_to_read("sqlite", self.desk.state, 1)) as store:
            return list(store.labels_of(article))


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Online]:
    desk, page = DeskFiles(tmp_path_factory.mktemp("online")), free_port()
    with WebServer() as web, MailReceiver() as mail:
        title = FIRST.replace("<", "&amp;lt;").replace(">", "&amp;gt;")
        web.serve("/feed", rss(item("1", title, TEXT), item("2", SECOND, "The strike is over.")))
        desk.write({"wire": web.url("/feed")}, SETTINGS.format(mail=mail.port, page=page), RULES)
        (desk.config / "token").write_text(TOKEN)
        with desk.service():
            wait_for(lambda: mail.messages, "the mail")
            wait_for((desk.state / "feeds" / "flash.atom").exists, "the feed of the channel")
            message = message_from_bytes(mail.messages[0].content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            yield Online(desk, f"http://127.0.0.1:{page}/desk/", message)


def token_in(page: str) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', page)
    assert found
    return found[1]


def links_in(online: Online) -> list[str]:
    found = re.findall(r'href="([^"]+)"', online.part("html"))
    return [unescape(one) for one in found if one.startswith(online.public)]


def with_fields(link: str, **changed: str) -> str:
    parts = urlsplit(link)
    fields = {name: value for name, (value,) in parse_qs(parts.query).items()} | changed
    return parts._replace(query=urlencode(fields)).geturl()


def test_each_story_has_its_links_and_the_foot_leads_to_the_rules(online: Online) -> None:
    words = re.findall(r'href="http://127[^"]+/desk/[^"]+"[^>]*>([^<]+)<', online.part("html"))
    assert words[:3] == ["why", "not this", "more like this"]
    assert words[-2:] == ["NATO &lt;i&gt;spending&lt;/i&gt;", "Strikes"] or "Strikes" in words[-2:]
    plain = online.part("plain")
    assert {link for link in links_in(online) if link in plain} == set(links_in(online))
    assert len(links_in(online)) == 2 * 3 + 2


def test_who_follows_links_says_nothing(online: Online) -> None:
    """Scanners of mail open every link, and some browsers open them ahead."""
    before = online.labels(2), "What readers said" in online.as_administrator("rules/strikes").text
    for link in links_in(online):
        for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch;prerender"})):
            answer = requests.request(method, link, headers=headers, timeout=60, allow_redirects=False)
            assert answer.status_code == 200, (method, link)
    after = online.labels(2), "What readers said" in online.as_administrator("rules/strikes").text
    assert after == before


def test_who_opens_all_links_at_once_keeps_nobody_out(online: Online) -> None:
    with ThreadPoolExecutor(16) as scanner:
        asked = [scanner.submit(online.get, online.link("articles/1?")) for _ in range(16)]
        assert online.as_administrator("sources").status_code == 200
        found = [one.result().text for one in asked]
    assert all("<mark>defence spending</mark>" in one for one in found)


def test_a_reader_says_so_from_the_mail_and_the_rule_counts_it(online: Online) -> None:
    why = online.get(online.link("articles/1?"))
    assert "<mark>defence spending</mark>" in why.text
    link, session = online.label_link("wrong"), requests.Session()
    shown = session.get(link, timeout=30)
    assert "Nothing is kept until you press" in shown.text
    fields = {"judgement": "wrong", "form_token": token_in(shown.text)}
    for _ in range(2):  # what is sent twice counts once
        said = session.post(link, fields, timeout=30)
        assert "Kept" in said.text
    (label,) = online.labels(1)
    assert (label.judgement, label.by, label.rule_id) == (Judgement.WRONG, "link", "nato-spending")
    assert "0% right by 1 label" in online.as_administrator("rules/nato-spending").text
    # The form of the article's own page says the same, and the last word counts.
    action = re.search(r'<form method="post" action="([^"]+)"', why.text)
    assert action
    target = online.public + unescape(action[1]).removeprefix("../")
    session.get(online.link("articles/1?"), timeout=30)
    session.post(target, fields | {"judgement": "right"}, timeout=30)
    assert "100% right by 1 label" in online.as_administrator("rules/nato-spending").text


def test_no_other_site_can_say_so(online: Online) -> None:
    before = online.labels(2)
    link, session = online.label_link("wrong", 2), requests.Session()
    token = token_in(session.get(link, timeout=30).text)
    good = {"judgement": "wrong", "form_token": token}
    for address, fields, headers, status in (
        (link, {"judgement": "wrong"}, {}, 403),
        (link, good | {"form_token": "0" * 64}, {}, 403),
        (link, good, {"Sec-Fetch-Site": "cross-site"}, 403),
        (link.split("?")[0] + "?rule=strikes", good, {}, 401),
        (with_fields(link, rule="nato-spending"), good, {}, 403),
        (online.link("articles/2?"), good | {"rule": "strikes"}, {}, 401),
        (online.public + "api/v1/labels?" + urlsplit(link).query, good, {}, 401),
    ):
        answer = session.post(address, fields, headers=headers, timeout=30, allow_redirects=False)
        assert answer.status_code == status, (address, fields, headers)
    # Nor who has the link and not the cookie of the form.
    assert requests.post(link, good, timeout=30).status_code == 403
    assert online.labels(2) == before


def test_a_link_opens_its_page_alone(online: Online) -> None:
    why, label = online.link("articles/1?"), online.label_link("right")
    key, rest = urlsplit(why).query, urlsplit(label).query
    rule = urlsplit(online.link("rules/strikes?")).query
    for path in (
        f"articles/2?{key}",
        f"articles/1?{key.replace('nato-spending', 'strikes')}",
        f"articles/1?{key}&rule=strikes",
        f"articles/1?{rest}",
        f"articles/1/label?{key}",
        f"articles/01?{key}",
        f"rules/nato-spending?{rule}",
        f"rules/strikes?{key}",
        f"feeds/strikes.atom?{rule}",
        f"feeds/digest/flash.atom?{rule}",
    ):
        answer = online.get(path)
        assert answer.status_code == 403, path
        assert answer.headers["Cache-Control"] == "private, no-store"
    for path in ("", "articles", "stories/1", "digests", "sources/wire", "deliveries", "playground"):
        assert online.get(f"{path}?{key}").status_code == 303, path
    for path in ("articles/1", "articles/1/explain", "rules/strikes", "status", "digests"):
        assert online.get(f"api/v1/{path}?{key}").status_code == 401, path
    assert online.get(f"articles.csv?{key}").status_code == 401


def test_a_page_by_a_link_shows_that_alone(online: Online) -> None:
    shown = {path: online.get(online.link(path)) for path in ("articles/1?", "articles/1/label?", "rules/")}
    for path, answer in shown.items():
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "<nav" not in answer.text
        assert SECOND not in answer.text
        assert "<i>spending" not in answer.text
        led = [unescape(one) for one in re.findall(r'href="([^"]+)"', answer.text)]
        for one in (one for one in led if not one.startswith(("#", "http://example.org/"))):
            there = requests.get(requests.compat.urljoin(answer.url, one), timeout=60, allow_redirects=False)
            assert there.status_code == 200, (path, one)
    assert "<form" not in shown["rules/"].text
    assert shown["articles/1?"].text.count("<form") == 1
    full = online.as_administrator(urlsplit(online.link("articles/1?")).path.removeprefix("/desk/"))
    assert "<nav" in full.text
    assert full.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("until", ["1", "", "x", "9" * 20, "\u0661", "-1", "1e9"])
def test_a_link_that_does_not_hold_says_what_to_do(online: Online, until: str) -> None:
    signed = int(until) if until == "1" else None
    key = signature(online.key, Opens.RULE, "strikes", until=signed)
    answer = online.get(f"rules/strikes?{urlencode({'until': until, 'key': key})}")
    assert answer.status_code == (410 if until == "1" else 403)
    assert "sign in to the desk" in answer.text
    assert "<nav" not in answer.text


def test_a_link_has_one_address(online: Online) -> None:
    key = signature(online.key, Opens.RULE, "strikes", until=2**32)
    for until, status in ((f"{2**32}", 200), (f"0{2**32}", 403)):
        assert online.get(f"rules/strikes?{urlencode({'until': until, 'key': key})}").status_code == status


def test_another_key_ends_every_link_and_feed(online: Online) -> None:
    link, feed = online.link("rules/strikes?"), feed_path(Opens.RULE_FEED, "strikes", online.key)
    file = LinkKey(online.desk.state).path
    kept = file.read_bytes()
    try:
        for content in (None, b"00" * 32):
            file.unlink(missing_ok=True)
            if content:
                file.write_bytes(content)
                file.chmod(0o600)
            assert online.get(link).status_code == 403
            assert online.get(feed).status_code == 403
        file.write_bytes(b"damaged")
        assert online.get(link).status_code == 503
        assert "cannot be checked" in online.desk.log
        assert online.as_administrator("rules/strikes").status_code == 200
    finally:
        file.write_bytes(kept)
    assert online.get(link).status_code == 200
    assert kept.decode().strip() not in online.desk.log
    assert parse_qs(urlsplit(link).query)["key"][0] not in online.desk.log


def entries(feed: bytes) -> list[tuple[str | None, ...]]:
    names = ("id", "title", "updated", "content")
    root = etree.fromstring(feed)
    return [tuple(one.findtext(f"{{*}}{name}") for name in names) for one in root.iterfind("{*}entry")]


def test_feeds_are_those_of_the_channel_and_take_a_key(online: Online) -> None:
    rules = ("nato-spending", "strikes")
    feeds = {f"rules/{rule}.atom": (Opens.RULE_FEED, rule) for rule in rules}
    feeds["flash.atom"] = (Opens.DIGEST_FEED, "flash")
    for file, (opens, name) in feeds.items():
        path = feed_path(opens, name, online.key)
        found = online.get(path)
        assert found.status_code == 200
        assert found.headers["Content-Type"].startswith("application/atom+xml")
        assert entries(found.content) == entries((online.desk.state / "feeds" / file).read_bytes())
        tag = {"If-None-Match": found.headers["ETag"]}
        again = online.get(path, **tag)
        assert (again.status_code, again.content) == (304, b"")
        assert online.get(path[:-1]).status_code == 403
        assert online.get(path.split("?")[0], **tag).status_code == 401
        assert online.as_administrator(path.split("?")[0]).status_code == 200
    wrong = feed_path(Opens.RULE_FEED, "flash", online.key)
    assert online.get(wrong.replace("feeds/", "feeds/digest/")).status_code == 403
    assert online.get(feed_path(Opens.RULE_FEED, "gone", online.key)).status_code == 404
    shown = unescape(online.as_administrator("rules/strikes").text)
    assert online.public + feed_path(Opens.RULE_FEED, "strikes", online.key) in shown
    shown = unescape(online.as_administrator("digests/next/flash").text)
    assert online.public + feed_path(Opens.DIGEST_FEED, "flash", online.key) in shown


def test_a_preview_has_links_that_ask_for_the_token(online: Online) -> None:
    html = online.as_administrator("digests/next/flash/preview").text
    assert f"{online.public}rules/" in html
    assert "key=" not in html
    assert "key=" not in online.desk.run("digest", "flash").out


def test_pages_by_links_can_be_used_by_everybody(online: Online) -> None:
    paths = {"why": "articles/1?", "label": "articles/1/label?", "rule": "rules/nato-spending?"}
    with chromium() as browser, window(browser, USUAL[0]) as page:
        for name, path in paths.items():
            with shown(page, online.link(path)):
                for look in USUAL:
                    turn_to(page, look, f"by-link-{name}")
                    assert faults(page) == [], (name, look)


def test_a_page_of_a_moment_ago_is_for_its_own_visitor_and_never_from_before_a_change(
    online: Online,
) -> None:
    def signed_in() -> requests.Session:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        return session

    first, second = signed_in(), signed_in()
    forms = []
    for session in (first, second):  # the first page gives the cookie of its forms, and is for that one alone
        shown = [session.get(online.public + "articles/2", timeout=60) for _ in range(3)]
        assert shown[1].text == shown[2].text
        assert shown[2].headers["Cache-Control"] == "private, no-cache"
        forms.append({token_in(one.text) for one in shown})
    assert [len(tokens) for tokens in forms] == [1, 1]
    assert forms[0] != forms[1]

    cookie = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in first.cookies)}
    for headers in ({}, cookie, cookie | {"Authorization": "Bearer wrong"}):
        assert online.get("articles/2", **headers).status_code == 303
    linked = online.get(online.link("articles/2?"), **cookie)
    assert linked.headers["Cache-Control"] == "private, no-store"
    assert linked.text != shown[2].text

    fields = {"rule": "strikes", "judgement": "wrong", "form_token": forms[0].pop()}
    for judgement, said in (("wrong", "0"), ("right", "100"), ("wrong", "0")):
        first.get(online.public + "rules/strikes", timeout=60)  # it is kept for a moment
        first.post(online.public + "articles/2", fields | {"judgement": judgement}, timeout=60)
        shown_now = first.get(online.public + "rules/strikes", timeout=60).text
        assert re.findall(r"(\d+)% right", shown_now) == [said]


def check_links_of_a_rule_that_is_gone(online: Online) -> None:
    link, said = online.link("articles/2/label?"), "taken out of the desk, or renamed, since"
    session = requests.Session()
    for path in ("articles/2?", "rules/strikes?"):
        shown = online.get(online.link(path))
        assert (shown.status_code, said in shown.text) == (200, True), path
        signed_in = online.as_administrator(online.link(path))
        assert said in signed_in.text
        assert signed_in.status_code == (410 if path.startswith("rules") else 200)
    assert "<mark>strike</mark>" in online.get(online.link("articles/2?")).text
    assert "1 article" in online.get(online.link("rules/strikes?")).text
    fields = {"judgement": "wrong", "form_token": token_in(session.get(link, timeout=30).text)}
    kept = session.post(link, fields, timeout=30)
    assert "Kept" in kept.text
    assert said in kept.text
    assert [one.rule_id for one in online.labels(2)] == ["strikes"]
    for path in ("articles/2?rule=strikes", "articles/2/label?rule=strikes", "rules/strikes"):
        assert online.as_administrator(path).status_code == 404


def test_links_open_their_pages_after_the_rule_was_renamed(online: Online) -> None:
    rules = online.desk.config / "rules" / "desk.yaml"
    rules.write_text(RULES.replace("strikes:", "walkouts:"))
    wait_for(lambda: online.as_administrator("rules/strikes").status_code == 404, "the renamed rule")
    try:
        check_links_of_a_rule_that_is_gone(online)
    finally:
        rules.write_text(RULES)
    wait_for(lambda: online.as_administrator("rules/strikes").status_code == 200, "the first name")
