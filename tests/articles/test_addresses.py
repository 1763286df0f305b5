"""Addresses: what is cut, what is kept, and which two are one."""

import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watchdesk.articles import clean_url, url_key
from watchdesk.articles.addresses import entry_key, is_home, same_site
from watchdesk.articles.wrappers import address_in, leads_elsewhere


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("HTTPS://News.Example:443/a", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=12&fbclid=y#comments", "https://news.example/a?id=12"),
        ("https://news.example/a?article=12", "https://news.example/a?article=12"),
        ("https://news.example/#!/a", "https://news.example/#!/a"),
        ("https://news.example/press.html#r45", "https://news.example/press.html#r45"),
        ("https://news.example/a#xtor=RSS-3208", "https://news.example/a"),
        ("https://news.example/a#utm_source=rss&utm_medium=feed", "https://news.example/a"),
        ("https://news.example/a#ref=rss", "https://news.example/a"),
        ("https://news.example/a#sa-ns_mchannel=rss&ns_source=x", "https://news.example/a"),
        ("https://news.example/a#comments-area", "https://news.example/a"),
        ("https://news.example/a#ref=12", "https://news.example/a#ref=12"),
        ("https://news.example/a#id=5&utm_source=rss", "https://news.example/a#id=5"),
        ("https://news.example/a#:~:text=the%20words", "https://news.example/a"),
        ("https://news.example/a#r45:~:text=the%20words", "https://news.example/a#r45"),
        ("https://news.example/a#Echobox=1764000000", "https://news.example/a"),
        ("https://news.example/новини/мир", "https://news.example/новини/мир"),
        (
            "https://www.google.com/url?sa=t&url=https%3A%2F%2Fnews.example%2Fa%3Fid%3D1",
            "https://news.example/a?id=1",
        ),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a", "https://news.example/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fa&h=AT0", "https://news.example/a"),
        ("/a b", "https://base.example/a%20b"),
        ("//cdn.example/a", "https://cdn.example/a"),
    ],
)
def test_the_address_to_open_is_absolute_unwrapped_and_without_trackers(written: str, opened: str) -> None:
    assert clean_url(written, "https://base.example/feed") == opened


@pytest.mark.parametrize(
    "written",
    ["javascript:alert(1)", "mailto:a@b.example", "data:text/html,x", "http://[bad", "", "https://"],
)
def test_what_is_no_web_address_is_none(written: str) -> None:
    assert clean_url(written) is None


@pytest.mark.parametrize(
    "other",
    [
        "http://www.news.example/2025/a/",
        "https://m.news.example/2025/a",
        "https://amp.news.example/2025/a",
        "https://news.example/2025/a/amp/",
        "https://news.example/amp/2025/a",
        "https://news.example/2025/a?amp",
        "https://news.example/2025/a?outputType=amp",
        "https://news.example/2025/a/index.html",
        "https://news.example/2025/a?noamp=mobile",
        "https://news.example/2025/a?utm_medium=rss#top",
    ],
)
def test_views_of_one_page_have_one_key(other: str) -> None:
    assert url_key(other) == url_key("https://news.example/2025/a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a?id=1", "https://news.example/a?id=2"),
        ("https://news.example/a?article=1", "https://news.example/a"),
        ("https://news.example/amp", "https://news.example/champ"),
        ("https://a.example/x", "https://b.example/x"),
    ],
)
def test_different_pages_have_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_a_fragment_tells_two_places_apart_within_a_source_and_not_between_sources() -> None:
    one, other = "https://news.example/press.html#r45", "https://news.example/press.html#r44"
    assert entry_key(one) != entry_key(other)
    assert url_key(one) == url_key(other) == url_key("https://news.example/press.html")


def test_the_order_of_parameters_does_not_matter_to_the_key() -> None:
    assert url_key("https://x.example/?b=2&a=1") == url_key("https://x.example/?a=1&b=2")


def test_a_site_is_its_registrable_domain() -> None:
    assert same_site("https://www.paper.co.uk/a", "https://amp.paper.co.uk/b")
    assert not same_site("https://paper.co.uk/a", "https://other.co.uk/a")


def test_a_home_page_is_told_from_a_page() -> None:
    assert is_home("https://www.paper.example/?utm_source=rss")
    assert not is_home("https://www.paper.example/?p=7")


@given(st.text(max_size=200) | st.text("ab0/#?&=.:;%\xa0 \u2003\n@~utm_source", max_size=12))
@example("0\xa0#")
@example("#?&#u=c")
@example("a?u_&\u2003#")
def test_any_text_has_a_key_and_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = clean_url(text, "https://base.example/")
    assert isinstance(url_key(text), str)
    assert cleaned is None or clean_url(cleaned) == cleaned


@pytest.mark.parametrize(
    ("with_session", "cleaned"),
    [
        ("http://e.org/a;jsessionid=0A1B2C.node1?x=y", "http://e.org/a?x=y"),
        ("http://e.org/a;JSESSIONID=0A/b", "http://e.org/a/b"),
        ("http://e.org/a?PHPSESSID=4f5e&id=3", "http://e.org/a?id=3"),
        ("http://e.org/a?id=3&ASPSESSIONIDQQ=ABC", "http://e.org/a?id=3"),
        ("http://e.org/a?id=3&sid=0123456789abcdef0123456789abcdef", "http://e.org/a?id=3"),
        ("http://e.org/a?id=3&CFID=12&CFTOKEN=34", "http://e.org/a?id=3"),
        ("http://e.org/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "http://e.org/a.aspx"),
        ("http://e.org/article.pl?sid=26/11/27/1234", "http://e.org/article.pl?sid=26/11/27/1234"),
        ("http://e.org/a?sid=1234", "http://e.org/a?sid=1234"),
        ("http://e.org/?s=ores", "http://e.org/?s=ores"),
        ("http://e.org/a;v=1.2/b", "http://e.org/a;v=1.2/b"),
    ],
)
def test_session_ids_are_no_part_of_an_address(with_session: str, cleaned: str) -> None:
    assert clean_url(with_session) == cleaned


def test_a_long_address_is_compared_by_its_beginning_and_all_of_its_rest() -> None:
    for letter in "xж":
        long = f"http://e.org/{letter * 1990}/story"
        keys = {entry_key(long + end) for end in ("", "1", "2", "?a=1", "#r1", "#r2")}
        assert len(keys) == 6
        assert all(key.startswith("e.org/") and len(key.encode()) <= 2000 for key in keys)
        assert entry_key(long.replace("http:", "https:") + "/?utm_source=x") == entry_key(long)
        assert url_key(f"{long}#r1") == url_key(long) == entry_key(long)


def test_words_and_years_in_a_parameter_that_may_be_a_session_are_none() -> None:
    for slug in ("story-1-in-the-port-2026", "ukraine_aid_2026_budget", "g7-summit-2026-f16-pledges"):
        assert clean_url(f"http://e.org/s?s={slug}") == f"http://e.org/s?s={slug}"
    for drawn in (
        "7f81375eecc1cb6347733e847d718d73",
        "550e8400-e29b-41d4-a716-446655440000",
        "aB3dE6gH9jK2mN5p",
    ):
        assert clean_url(f"http://e.org/s?s={drawn}&a=1") == "http://e.org/s?a=1"
    assert clean_url("http://e.org/n?id=1;PHPSESSID=ab12&b=2") == "http://e.org/n?id=1&b=2"


TABLE = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[1] / "data/addresses/addresses.tsv").read_text("utf-8").splitlines()
]
"""What is true of an address, the address, and the one it is compared with."""


@pytest.mark.parametrize(("what", "address", "other"), TABLE)
def test_addresses_of_the_table(what: str, address: str, other: str) -> None:
    match what:
        case "opens":
            assert clean_url(address, "https://base.example/feed") == other
            assert clean_url(other) == other
        case "none":
            assert clean_url(address) is None
        case "same":
            assert url_key(address) == url_key(other)
        case "differ":
            assert url_key(address) != url_key(other)
        case "leads elsewhere":
            assert leads_elsewhere(address)
        case "leads nowhere else":
            assert not leads_elsewhere(address)
        case _:
            pytest.fail(f"nothing is known of {what!r}")


def test_the_table_of_addresses_is_large() -> None:
    assert len(set(TABLE)) == len(TABLE) >= 200


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="refresh" content="0; url=https://news.example/a?x=1&amp;y=2">',
        "<META HTTP-EQUIV=refresh CONTENT='0;URL=https://news.example/a?x=1&amp;y=2'>",
        '<link rel="canonical" href="https://news.example/a?x=1&amp;y=2"/>',
        '<c-wiz jsrenderer="x" data-n-au="https://news.example/a?x=1&amp;y=2">',
    ],
)
def test_a_redirect_page_of_html_says_where_it_leads(page: str) -> None:
    assert address_in(f"<html><head>{page}</head></html>") == "https://news.example/a?x=1&y=2"


def test_an_ordinary_page_leads_nowhere() -> None:
    assert address_in("<html><body><a href='https://news.example/a'>Read it</a></body></html>") is None


@given(
    st.lists(st.sampled_from(["<meta ", "<link ", "http-equiv=refresh ", "url=", "rel=canonical ", " ", "a"]))
)
def test_looking_for_where_a_page_leads_is_bounded(parts: list[str]) -> None:
    page = ("".join(parts) * 20_000)[:300_000]
    begun = time.process_time()
    address_in(page)
    assert time.process_time() - begun < 2
