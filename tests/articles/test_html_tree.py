"""Trees of bounded depth."""

import warnings

from watchdesk.articles.html_tree import DEEPEST, html_tree


def test_what_is_nested_too_deep_keeps_its_words_and_what_follows_its_place() -> None:
    page = html_tree(f"<body>{'<div>' * 5000}deep{'</div>' * 5000}<p id='after'>after")
    assert max(len(list(tag.parents)) for tag in page.find_all(True)) <= DEEPEST
    assert page.get_text() == "deepafter"
    after = page.find(id="after")
    assert after is not None
    assert after.parent is page.body


def test_a_page_of_xml_is_read_without_a_warning_to_the_person_who_asked() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert html_tree("<?xml version='1.0'?><rss><p>x</rss>").get_text() == "x"
