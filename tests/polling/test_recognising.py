"""Which entries of a poll are new, which are updates, and which are known: through the real store."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.polls import ALPHA, BETA, GAMMA, NOW, Feed, Item, words
from support.postgresql import Cluster
from watchdesk.model import FullText
from watchdesk.store import SqlStore, open_store
from watchdesk.store.leftovers import Terms


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    opened = open_store("sqlite", tmp_path_factory.mktemp("state"))
    yield opened
    opened.close()


@pytest.fixture
def feed(kept: SqlStore) -> Feed:
    return Feed(kept)


@pytest.mark.parametrize("link", ["own", "shared", "none"])
@pytest.mark.parametrize("text", ["long", "short", "of one mould"])
def test_guids_counted_by_position_hide_no_new_article(feed: Feed, link: str, text: str) -> None:
    def made(item: Item, guid: int) -> Item:
        name = (item.title or "").split()[0]
        texts = {"long": item.text, "short": f"{name} words.", "of one mould": f"Words about ore, {name}."}
        links = {"own": item.link, "shared": "https://e.org/news", "none": None}
        title = f"Item {name} on minerals" if text == "of one mould" else item.title
        return replace(item, title=title, text=texts[text], link=links[link], guid=str(guid))

    before = [made(ALPHA, 1), made(BETA, 2)]
    after = [made(GAMMA, 1), made(ALPHA, 2), made(BETA, 3)]
    assert (feed.poll(*before), feed.poll(*after), feed.poll(*after)) == (2, 1, 0)
    assert [title.split()[-3:] for title in feed.titles] == [
        (made(item, 0).title or "").split()[-3:] for item in (ALPHA, BETA, GAMMA)
    ]
    assert "guid “" in feed.state.trouble[-1]


@pytest.mark.parametrize("link", [ALPHA.link, "https://e.org/alerts", None])
def test_one_guid_for_all_entries_of_a_document_makes_each_an_article(feed: Feed, link: str | None) -> None:
    items = [replace(item, guid="N/A", link=link) for item in (ALPHA, BETA)]
    assert (feed.poll(*items), feed.poll(*items)) == (2, 0)
    assert feed.poll(replace(GAMMA, guid="N/A", link=link), *items) == 1
    assert feed.poll(replace(GAMMA, guid="N/A", link=link)) == 0
    assert feed.state.guid_doubt is not None
    assert "it gives the guid “N/A” to different entries" in feed.state.trouble[0]


@pytest.mark.parametrize("link", ["https://e.org/briefing", "https://e.org/2026/briefing-of-the-day"])
def test_a_guid_that_is_a_columns_name_hides_no_column(feed: Feed, link: str) -> None:
    for item in (ALPHA, BETA, GAMMA):
        column = replace(item, guid="briefing", link=link)
        assert (feed.poll(column), feed.poll(column)) == (1, 0)
    assert feed.titles == [ALPHA.title, BETA.title, GAMMA.title]


def test_entries_of_one_guid_that_differ_in_words_alone_are_two_articles(feed: Feed) -> None:
    other = replace(ALPHA, text=words("other"))
    assert (feed.poll(ALPHA, other), feed.poll(ALPHA, other)) == (2, 0)


@pytest.mark.parametrize(
    "changed",
    [
        replace(ALPHA, title="Alpha signs a pact with Beta at last"),
        replace(ALPHA, title="A title of quite other words", link="https://e.org/2026/another-address"),
        replace(ALPHA, text=f"{words('alpha', 40)} {words('new', 30)}"),
        replace(ALPHA, text=words("alpha", 200), title="Longer by far"),
        replace(ALPHA, text=words("rewritten")),  # title and address are kept
        replace(ALPHA, text=words("rewritten"), date=NOW + timedelta(hours=3)),
    ],
)
def test_a_correction_under_a_believed_guid_is_an_update(feed: Feed, changed: Item) -> None:
    assert (feed.poll(ALPHA, BETA), feed.poll(changed, BETA), feed.poll(changed, BETA)) == (2, 0, 0)
    assert (changed.title, changed.text) in [(a.title, a.text) for a in feed.articles]
    assert feed.state.guid_doubt is None


@pytest.mark.parametrize(
    "other",
    [
        replace(ALPHA, title="A title of quite other words", text=words("other")),
        replace(ALPHA, text=words("other"), link="https://e.org/2026/another-address"),
        replace(ALPHA, text=words("other"), date=NOW + timedelta(days=1)),  # a live blog's next day
        replace(ALPHA, title="Quite another", text=f"{words('alpha', 20)} {words('other', 60)}"),
    ],
)
def test_other_words_under_a_believed_guid_are_another_article(feed: Feed, other: Item) -> None:
    assert (feed.poll(ALPHA, BETA), feed.poll(other, BETA), feed.poll(other, BETA)) == (2, 1, 0)
    assert ALPHA.text in [article.text for article in feed.articles]


@pytest.mark.parametrize(
    ("title", "text", "new"),
    [
        ("Alpha signs pact today", "Ministers met in the morning.", 0),
        ("Alpha signs pact today", "Ministers met in Oslo early and left by boat.", 0),
        ("Beta breaks its treaty", "Crowds came to the square.", 1),
    ],
)
def test_of_short_texts_half_of_the_words_of_title_and_text_are_to_be_kept(
    feed: Feed, title: str, text: str, new: int
) -> None:
    first = replace(ALPHA, title="Alpha signs pact", text="Ministers met in the morning.")
    assert feed.poll(first) == 1
    assert feed.poll(replace(first, title=title, text=text, link="https://e.org/2026/moved-since")) == new


def test_an_address_that_another_entry_has_is_no_evidence_of_an_update(feed: Feed) -> None:
    link = "https://e.org/2026/all-warnings"
    one, other = (replace(item, title="Warning", link=link) for item in (ALPHA, BETA))
    assert feed.poll(one, other) == 2
    assert feed.poll(replace(one, text=words("next")), other) == 1


def test_a_source_without_guids_updates_by_its_addresses_and_loses_none(feed: Feed) -> None:
    one, other = replace(ALPHA, guid=None), replace(BETA, guid=None)
    assert feed.poll(one, other) == 2
    assert (
        feed.poll(replace(one, title="Alpha signs a pact with Beta"), replace(other, text=words("new"))) == 0
    )
    assert feed.poll(replace(GAMMA, guid=None, link=ALPHA.link)) == 1


def test_a_warning_without_a_guid_at_one_address_is_another_each_time(feed: Feed) -> None:
    for hour in range(3):
        date = NOW + timedelta(hours=hour)
        text = f"A severe wind is expected in region {hour} until {hour + 12}:00."
        warning = Item("Wind warning", text, link="https://e.org/warnings", date=date)
        assert (feed.poll(warning), feed.poll(warning)) == (1, 0)


@pytest.mark.parametrize(("later", "new"), [(timedelta(hours=3), 0), (timedelta(days=1), 1)])
def test_the_same_words_at_one_address_under_a_new_guid_are_another_article_on_another_day(
    feed: Feed, later: timedelta, new: int
) -> None:
    warning = Item("Wind warning", "A severe wind is expected.", "1", "https://e.org/warnings")
    assert feed.poll(warning) == 1
    assert feed.poll(replace(warning, guid="2", date=NOW + later)) == new


def test_a_source_whose_guids_become_good_brings_nothing_twice(feed: Feed) -> None:
    assert feed.poll(replace(ALPHA, guid="x"), replace(BETA, guid="x")) == 2
    assert feed.poll(GAMMA, ALPHA, BETA) == 1
    assert feed.poll(GAMMA, ALPHA, BETA) == 0


def test_a_new_guid_and_then_a_new_address_is_the_same_article(feed: Feed) -> None:
    assert feed.poll(ALPHA) == 1
    assert feed.poll(replace(ALPHA, guid="https://e.org/alpha")) == 0
    assert feed.poll(replace(ALPHA, guid="https://e.org/alpha", link="https://e.org/2027/alpha")) == 0


def test_items_under_guids_of_their_own_on_one_link_are_articles_of_their_own(feed: Feed) -> None:
    items = [replace(item, link="https://e.org/2026/page-of-all-notices") for item in (ALPHA, BETA, GAMMA)]
    for item in items:
        assert (feed.poll(item), feed.poll(item)) == (1, 0)


@pytest.mark.parametrize("guid", ["own", None])
def test_an_anchor_of_a_page_is_an_article_and_its_address_keeps_the_anchor(
    feed: Feed, guid: str | None
) -> None:
    items = [
        replace(item, guid=guid and item.guid, link=f"https://e.org/press.html#r{number}")
        for number, item in enumerate((ALPHA, BETA, GAMMA))
    ]
    assert (feed.poll(*items[:2]), feed.poll(items[2]), feed.poll(*items)) == (2, 1, 0)
    assert [article.url for article in feed.articles] == [item.link for item in items]
    assert {article.url_key for article in feed.articles} == {"e.org/press.html"}


@pytest.mark.parametrize("guid", ["1", None])
def test_an_entry_that_differs_by_its_fragment_alone_is_the_stored_one(feed: Feed, guid: str | None) -> None:
    link = "https://e.org/press.html"
    assert feed.poll(replace(ALPHA, guid=guid, link=link)) == 1
    for fragment in ("#a", "#b", "#xtor=RSS-1", "#:~:text=words", ""):
        assert feed.poll(replace(ALPHA, guid=guid, link=f"{link}{fragment}")) == 0
    assert (feed.articles[0].url or "").startswith(link)


def test_of_anchors_on_one_page_the_page_is_no_articles_text(feed: Feed) -> None:
    feed.source = replace(feed.source, full_text=FullText.ALWAYS)
    page = f"<html><body><article><p>{words('page')}</p></article></body></html>"
    feed.publisher.pages = dict.fromkeys(("https://e.org/press.html#r0", "https://e.org/press.html#r1"), page)
    items = [replace(item, link=f"https://e.org/press.html#r{n}") for n, item in enumerate((ALPHA, BETA))]
    feed.poll(*items)
    assert [article.text for article in feed.articles] == [ALPHA.text, BETA.text]


def test_where_pages_were_read_entries_are_compared_with_entries(feed: Feed) -> None:
    feed.source = replace(feed.source, full_text=FullText.ALWAYS)
    teaser = "The ministers of nine countries met in the morning to speak of it."
    told = f"{teaser} {' '.join(f'of the in a to is was and {n}' for n in range(60))}"
    one, other = (
        replace(ALPHA, text=teaser),
        replace(BETA, guid="1", text="It is the end of a road to peace."),
    )
    for item in (one, other):
        page = f"<html><body><article><p>{told}</p><p>{words('page')}</p></article></body></html>"
        feed.publisher.pages[item.link or ""] = page
    assert (feed.poll(one), feed.poll(other)) == (1, 1)
    assert feed.titles == [ALPHA.title, BETA.title]
    corrected = replace(other, text="It is the end of a long road to peace.")
    assert feed.poll(corrected) == 0


def test_what_was_pruned_does_not_come_back_and_hides_nothing(feed: Feed) -> None:
    warning = replace(ALPHA, guid="latest", link="https://e.org/alerts")
    feed.poll(warning)
    assert feed.store.prune(feed.now + timedelta(days=1)) >= 1
    assert feed.poll(warning) == 0
    assert feed.poll(replace(BETA, guid="latest", link="https://e.org/alerts")) == 1


def test_a_sticky_entry_stays_known_while_its_feed_lists_it(feed: Feed) -> None:
    """And what is listed no more is forgotten: what hangs on an article goes one day."""
    other = replace(ALPHA, guid="gone", link="https://e.org/gone", title="Gone for good", text=words("gone"))
    assert feed.poll(ALPHA, other) == 2
    keep, weeks = timedelta(days=10), 8
    fresh = [Item(f"Week {n}", words(f"week{n}"), f"w{n}", f"https://e.org/w{n}") for n in range(weeks)]
    for item in fresh:
        feed.now += timedelta(days=7)
        assert feed.poll(item, ALPHA) == 1
        feed.store.prune(feed.now - keep)
        sweeping = feed.store.sweeping()
        while sweeping.step(Terms(feed.now, feed.now - keep, [feed.source.id])).more:
            pass
    assert ALPHA.title not in feed.titles
    assert feed.poll(fresh[-1], ALPHA) == 0
    assert feed.store.known(feed.source.id, ["g:1"])
    assert not feed.store.known(feed.source.id, ["g:gone", "u:e.org/gone"])


def test_older_pages_whose_guids_are_positions_too_lose_nothing(feed: Feed) -> None:
    feed.extra = '<link rel="next" href="https://e.org/feed?page=2" xmlns="http://www.w3.org/2005/Atom"/>'
    feed.poll(ALPHA, BETA)
    fresh = [
        Item(f"Title of {name}", words(name), str(n % 2 + 1), f"https://e.org/2026/{name}-{n}")
        for n, name in enumerate(("delta", "epsilon", "zeta", "eta"))
    ]
    older = "".join(map(str, (*fresh[2:], ALPHA, BETA)))
    feed.publisher.pages["https://e.org/feed?page=2"] = f"<rss version='2.0'><channel>{older}</channel></rss>"
    assert feed.poll(*fresh[:2]) == 4
    assert len(feed.articles) == 6


def test_an_older_version_of_an_entry_on_an_older_page_is_no_second_article(feed: Feed) -> None:
    feed.extra = '<link rel="next" href="https://e.org/feed?page=2" xmlns="http://www.w3.org/2005/Atom"/>'
    feed.poll(ALPHA, BETA)
    older = "".join(map(str, (replace(GAMMA, text=words("gamma", 40)), ALPHA, BETA)))
    feed.publisher.pages["https://e.org/feed?page=2"] = f"<rss version='2.0'><channel>{older}</channel></rss>"
    delta = Item("Delta sends envoys", words("delta"), "4", "https://e.org/2026/delta-sends")
    assert feed.poll(delta, GAMMA) == 2
    assert "was read from older pages" in feed.state.trouble[0]
    assert feed.state.guid_doubt is None


EVENTS = [
    (f"{name.title()} {what}", words(name, length))
    for name, what, length in (
        ("alpha", "signs a treaty", 60),
        ("beta", "opens mines", 8),
        ("gamma", "bans exports", 45),
        ("delta", "sends envoys", 3),
    )
]
ENTRIES = st.builds(
    lambda event, guid, link, day: Item(*EVENTS[event], guid, link, day and NOW - timedelta(days=day)),
    st.integers(0, len(EVENTS) - 1),
    st.sampled_from([None, "1", "2", "3"]),
    st.sampled_from(
        [
            None,
            "https://e.org/",
            "https://e.org/alerts",
            "https://e.org/alerts#a",
            "https://e.org/alerts#b",
            "https://e.org/2026/one-long-story",
            "https://e.org/2026/one-long-story#utm_source=rss",
            "https://e.org/2026/another-long-story",
        ]
    ),
    st.sampled_from([None, 1, 2]),
)
DOCUMENTS = st.lists(st.lists(ENTRIES, min_size=1, max_size=4), min_size=1, max_size=4)


def _holds(feed: Feed, documents: Sequence[Sequence[Item]]) -> None:
    """A document polled again brings nothing; an article stays with its event; no event is lost."""
    event_of: dict[int | None, str] = {}
    for document in documents:
        feed.poll(*document)
        for article in feed.articles:
            assert event_of.setdefault(article.id, article.text) == article.text
        assert {item.text for item in document} <= set(event_of.values())
        before = feed.articles
        assert feed.poll(*document) == 0
        assert feed.articles == before


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=DOCUMENTS)
def test_the_same_document_again_finds_nothing_and_no_article_is_overwritten(
    kept: SqlStore, documents: list[list[Item]]
) -> None:
    _holds(Feed(kept), documents)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=DOCUMENTS)
def test_so_it_is_for_many_documents(kept: SqlStore, documents: list[list[Item]]) -> None:
    _holds(Feed(kept), documents)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=DOCUMENTS)
def test_so_it_is_on_postgresql(on_postgresql: SqlStore, documents: list[list[Item]]) -> None:
    _holds(Feed(on_postgresql), documents)


@pytest.fixture(scope="module")
def on_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    opened = open_store(cluster.begun_database(), tmp_path_factory.mktemp("state"))
    yield opened
    opened.close()


@pytest.mark.parametrize("date", [ALPHA.date, None])
@pytest.mark.parametrize("text", ["long", "short"])
@pytest.mark.parametrize("guid", ["address", None])
def test_addresses_counted_by_position_neither_hide_nor_repeat_an_article(
    feed: Feed, guid: str | None, text: str, date: datetime | None
) -> None:
    def made(item: Item, place: int) -> Item:
        link = f"https://e.org/item/{place}"
        short = f"{(item.title or '').split()[0]} words."
        said = item.text if text == "long" else short
        return replace(item, link=link, guid=link if guid else None, text=said, date=date)

    before = [made(ALPHA, 1), made(BETA, 2)]
    after = [made(GAMMA, 1), made(ALPHA, 2), made(BETA, 3)]
    assert (feed.poll(*before), feed.poll(*after), feed.poll(*after)) == (2, 1, 0)
    assert feed.titles == [ALPHA.title, BETA.title, GAMMA.title]


@pytest.mark.parametrize("date", [ALPHA.date, None])
def test_more_new_entries_than_a_list_has_places_repeat_no_article(feed: Feed, date: datetime | None) -> None:
    def placed(*items: Item) -> list[Item]:
        links = [f"https://e.org/item/{place}" for place in range(1, len(items) + 1)]
        return [
            replace(item, link=link, guid=link, date=date) for item, link in zip(items, links, strict=True)
        ]

    names = ("delta", "epsilon", "zeta")
    more = [replace(GAMMA, title=f"{name.title()} falls", text=words(name)) for name in names]
    before, after = placed(ALPHA, BETA), placed(GAMMA, *more, ALPHA, BETA)
    assert (feed.poll(*before), feed.poll(*after), feed.poll(*after)) == (2, 4, 0)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        (
            ("部长辞职", "部长周二在北京宣布辞职引发政府危机，反对党要求提前选举。"),
            ("部长周二辞职", "部长周二在北京宣布辞职引发政府危机，反对党要求立即提前选举，总理否认。"),
            0,
        ),
        (
            ("部长辞职", "部长周二在北京宣布辞职引发政府危机，反对党要求提前选举。"),
            ("飓风来袭", "飓风袭击南部沿海地区造成重大损失。"),
            1,
        ),
        (("รัฐมนตรีลาออก", "รัฐมนตรีลาออกเมื่อวันอังคาร"), ("รัฐมนตรีคลังลาออก", "รัฐมนตรีคลังลาออกเมื่อวันอังคารที่กรุงเทพ"), 0),
        (("मंत्री गिरे", "की से है"), ("बाढ़ आई", "के सा हो"), 1),
    ],
)
def test_words_are_counted_as_each_language_parts_them(
    feed: Feed, before: tuple[str, str], after: tuple[str, str], new: int
) -> None:
    one, other = (replace(ALPHA, title=title, text=text) for title, text in (before, after))
    assert (feed.poll(one), feed.poll(other), feed.poll(other)) == (1, new, 0)


def test_a_change_that_the_publisher_takes_back_is_taken_back_here(feed: Feed) -> None:
    changed = replace(ALPHA, text=f"{words('alpha', 40)} {words('new', 30)}")
    for item in (ALPHA, changed, ALPHA):
        feed.poll(item)
        feed.poll(item)
        [article] = feed.articles
        assert article.text == item.text


def test_an_entry_of_a_title_alone_is_no_update_of_an_article_that_another_entry_still_is(feed: Feed) -> None:
    kept = Item("Warnings in force tonight", words("storm", 60))
    other = Item("Warnings in force tonight", f"{words('storm', 40)} {words('flood', 30)}")
    assert (feed.poll(kept), feed.poll(kept, other), feed.poll(other, kept)) == (1, 1, 0)
    assert [article.text for article in feed.articles] == [kept.text, other.text]


def test_a_headline_of_one_word_that_grows_is_the_same_article(feed: Feed) -> None:
    first = Item("Evacuation", guid="1", link="https://e.org/live")
    grown = replace(first, title="Evacuation of the harbour is over", date=NOW + timedelta(days=3))
    assert (feed.poll(first), feed.poll(grown), feed.poll(grown)) == (1, 0, 0)
    assert feed.titles == [grown.title]


def test_what_has_a_title_and_words_alone_is_found_again_by_its_title(feed: Feed) -> None:
    first = Item("Warnings in force tonight", words("storm", 60))
    edited = replace(first, text=f"{words('storm', 40)} {words('flood', 30)}")
    again = replace(first, text=f"{words('storm', 40)} {words('wind', 30)}")
    assert (feed.poll(first), feed.poll(edited), feed.poll(again)) == (1, 0, 0)
    assert [article.text for article in feed.articles] == [again.text]


def test_of_two_entries_that_may_be_one_article_s_new_form_one_is_and_the_other_is_new(feed: Feed) -> None:
    first = Item("Warnings in force tonight", words("storm", 60))
    edits = [replace(first, text=f"{words('storm', 40)} {words(name, 30)}") for name in ("flood", "wind")]
    assert (feed.poll(first), feed.poll(*edits), feed.poll(*edits)) == (1, 1, 0)
    assert [article.text for article in feed.articles] == [edit.text for edit in edits]
