"""Listing pages and older pages, from a real server to the store."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.polls import Publisher
from support.web import Answer, Request, WebServer
from watchdesk.config.settings import Settings
from watchdesk.model import FullText, PublishedKnown, Selectors, Source
from watchdesk.pipeline import poll_source
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.rules import RuleSet
from watchdesk.store import open_store

FRIDAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
PAGE = """<html><title>Presse</title><ul>{}</ul></html>"""


def test_a_listing_page_is_followed_by_its_printed_dates_and_without_its_sessions(
    tmp_path: Path, web: WebServer
) -> None:
    desk, visits = DeskFiles(tmp_path), iter(range(1, 100))

    def page(_: Request) -> Answer:
        visit = next(visits)
        dates = ["vor 3 Stunden", "gestern", "demnächst", "morgen"]
        links = [
            f"/a{n};jsessionid={visit}F.node{visit}?PHPSESSID={visit}&amp;sid=a{visit}" for n in range(4)
        ]
        rows = zip(links, dates, strict=True)
        listed = "".join(
            f"<li><a href='{link}'>Meldung vom Hafen</a> <i>{date}</i></li>" for link, date in rows
        )
        return Answer(PAGE.format(listed).encode(), headers={"Content-Type": "text/html"})

    web.respond("/list", page)
    desk.write({}, SETTINGS)
    select = "select: {item: li, link: a, date: i}, language: de"
    listed = f"sources:\n  a: {{page: '{web.url('/list')}', {select}}}\n"
    (desk.config / "sources.yaml").write_text(listed)
    for _ in range(3):
        desk.run("once", "--all")
    store = open_store("sqlite", desk.state)
    found = {article.url: article.published_at for article in store.articles()}
    trouble = store.source_states()["a"].trouble
    store.close()
    now = datetime.now(UTC)
    assert found.keys() == {web.url(f"/a{number}") for number in range(4)}
    assert abs((found[web.url("/a0")] or now) - (now - timedelta(hours=3))) < timedelta(minutes=5)
    assert found[web.url("/a1")] is not None
    assert found[web.url("/a2")] is found[web.url("/a3")] is None
    assert any(told.startswith("1 of 4 dates cannot be read, such as 'demnächst'") for told in trouble)


def test_older_pages_that_only_repeat_the_newest_are_asked_for_once(tmp_path: Path, web: WebServer) -> None:
    desk = DeskFiles(tmp_path)
    desk.write({"a": web.url("/feed")}, SETTINGS)
    generator = "<generator>https://wordpress.org/?v=6.7</generator>"
    for first in (1, 11):
        items = (item(str(number), f"T {number}") for number in range(first, first + 5))
        web.serve("/feed", rss(generator, *items), etag=None)
        desk.run("once", "--all")
    asked = [request.query for request in web.requests if request.path == "/feed"]
    assert asked == ["", "", "paged=2"]
    store = open_store("sqlite", desk.state)
    assert len(list(store.articles())) == 10
    store.close()


FORMS = {
    "en": {
        **{"2 hours ago": "10:00", "2 hrs ago": "10:00", "an hour ago": "11:00", "just now": "12:00"},
        **{"5 min": "11:55", "1h": "11:00", "3d": "24", "today": "27", "yesterday": "26"},
        **{"Yesterday at 14:30": "26T13:30", "1 week ago": "20", "last week": "20", "Friday": "27"},
        **{"2 months ago": "2026-09-27", "in 2 hours": "", "tomorrow": "", "Nov 27": "27", "27 Nov": "27"},
        **{"Fri 27 Nov": "27", "11/27/2026": "27", "27/11/26": "27", "Thursday, 2:30 pm": "26T13:30"},
        **{"27 Nov, 14:05": "27", "half an hour ago": "11:30", "9:15 AM": "08:15", "last Friday": "20"},
    },
    "de": {
        **{"gestern": "26", "gestern, 10:15 Uhr": "26T09:15", "heute, 09:00": "08:00", "27.11.": "27"},
        **{
            "vor 3 Stunden": "09:00",
            "27. November": "27",
            "27. November, 10 Uhr": "09:00",
            "9.15 Uhr": "08:15",
        },
        **{"heute, 14:05 Uhr": "27", "Montag, 10:15 Uhr": "23T09:15", "vor wenigen Minuten": "11:57"},
    },
    "fr": {
        **{"il y a 2 heures": "10:00", "Publié il y a 2 heures": "10:00", "hier": "26"},
        **{"27 novembre 2026": "27", "05/11/2026": "05"},
    },
    "es": {"hace 3 horas": "09:00", "ayer": "26"},
    "it": {"ieri": "26", "2 ore fa": "10:00", "una settimana fa": "20"},
    "nl": {"gisteren": "26", "2 uur geleden": "10:00", "een uur geleden": "11:00"},
    "pl": {"wczoraj": "26", "2 godziny temu": "10:00", "27 LISTOPADA 2026": "27", "tydzień temu": "20"},
    "uk": {
        "вчора": "26",
        "3 дні тому": "24",
        "27 листопада 2026": "27",
        "п’ятниця": "27",
        "тиждень тому": "20",
    },
    "zh": {"2026年11月27日": "27"},
    "ar": {"١٢ نوفمبر ٢٠٢٦": "12", "منذ ساعة": "11:00"},
    None: {"2026年11月27日": "27", "١٢ نوفمبر ٢٠٢٦": "12"},
}
"""Of language and form, the day of November 2026 or the time of its 27th that is meant, in UTC."""


@pytest.mark.parametrize("language", FORMS)
def test_each_printed_date_of_a_listing_page_dates_its_article(language: str | None, tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    publisher = Publisher()
    listed = Source(
        "list",
        "https://e.org/list",
        kind="page",
        select=Selectors("li", date="i"),
        language=language,
        timezone="Europe/Brussels",
        full_text=FullText.NEVER,
    )
    rows = (f"<li><a href='/{n}'>{form}</a><i>{form}</i>" for n, form in enumerate(FORMS[language]))
    publisher.body = f"<meta charset=utf-8>{''.join(rows)}".encode()
    plan = Plan(Settings(tmp_path, sources={"list": listed}), RuleSet(()), publisher, {}, READ_HERE)
    keep = lambda state: store.save_states([state])  # noqa: E731 - short
    [report] = poll_source(plan, store, [listed], {}, lambda: FRIDAY, random.Random(1), keep)
    found = {
        article.title: f"{article.published_at:%Y-%m-%d}T{article.published_at:%H:%M}"
        if article.published_known is not PublishedKnown.DAY
        else f"{article.published_at:%Y-%m-%d}"
        for article in store.articles()
        if article.published_at
    }
    trouble = store.source_states()["list"].trouble
    store.close()
    assert report.error is None
    assert not trouble
    assert found == {form: _whole(meant) for form, meant in FORMS[language].items() if meant}


def _whole(meant: str) -> str:
    """A day or time of `FORMS` in full."""
    if ":" in meant and "T" not in meant:
        meant = f"27T{meant}"
    return meant if meant.startswith("2026-") else f"2026-11-{meant}"
