"""Entries as feeds publish them, made articles."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watchdesk.articles import normalise, read_page
from watchdesk.model import Article, Entry, ParsedFeed, PublishedKnown, Source

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed.xml", title="The Paper", timezone="Europe/Kyiv")
WHOLE = Entry(
    guid="1",
    url="https://paper.example/a?utm_source=rss",
    title="Ministers meet in the harbour",
    content="<p>First paragraph of the story.</p><h3>Later</h3><p>Second paragraph.</p>",
    published="Wed, 12 Feb 2025 07:38:00 +0100",
    author="Ana Belmonte",
    categories=("Defence", "defence", "Uncategorized"),
)


def article(entry: Entry = WHOLE, source: Source = SOURCE, base: str | None = None) -> Article:
    return normalise(entry, ParsedFeed((entry,), base_url=base), source, NOW)


def test_an_entry_becomes_a_clean_article() -> None:
    found = article()
    assert found.title == "Ministers meet in the harbour"
    assert found.text == "First paragraph of the story.\n\nLater\n\nSecond paragraph."
    assert (found.url, found.url_key) == ("https://paper.example/a", "paper.example/a")
    assert found.published_at == datetime(2025, 2, 12, 6, 38, tzinfo=UTC)
    assert found.byline == "Ana Belmonte"
    assert found.categories == ("Defence",)
    assert found.first_seen == NOW


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Oil &amp;amp; gas", "Oil & gas"),
        ("&lt;b&gt;Breaking&lt;/b&gt;: talks fail", "Breaking: talks fail"),
        ("<![CDATA[Talks <em>fail</em>]]>", "Talks fail"),
        ("Profits < losses, says 3 > 2 party", "Profits < losses, says 3 > 2 party"),
        ("How the <table> element works", "How the <table> element works"),
        ("Talks\x00 fail\x0b\n  again\u200b", "Talks fail again"),
        ("Lone \ud800 surrogate", "Lone surrogate"),
        ("R&D budget rises", "R&D budget rises"),
    ],
)
def test_a_title_is_read_as_it_was_meant(written: str, title: str) -> None:
    assert article(replace(WHOLE, title=written)).title == title


def test_without_a_title_the_text_begins_it_and_without_text_the_address() -> None:
    untitled = article(replace(WHOLE, title=None, content="<p>" + "Many words follow here. " * 10))
    assert untitled.title.startswith("Many words follow here.")
    assert untitled.title.endswith("…")
    assert article(Entry(url="https://paper.example/a")).title == "https://paper.example/a"


def test_plain_text_keeps_its_paragraphs() -> None:
    found = article(replace(WHOLE, content=None, summary="One thing happened.\n\nThen another < that."))
    assert found.sections[0].paragraphs == ("One thing happened.", "Then another < that.")


def test_html_that_was_escaped_twice_is_html() -> None:
    found = article(replace(WHOLE, content="&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two &amp;amp; three.&lt;/p&gt;"))
    assert found.sections[0].paragraphs == ("One.", "Two & three.")


def test_tables_lists_and_breaks_become_lines_and_scripts_nothing() -> None:
    body = (
        "<script>alert(1)</script><p>One line.<br>Another line.</p><ul><li>a</li><li>b</li></ul>"
        "<table><tr><th>Country</th><th>% of GDP</th></tr><tr><td>Nordland</td><td>2.1</td></tr></table>"
        "<p style='display: none'>hidden</p><img src=https://count.example/1.gif>"
    )
    assert article(replace(WHOLE, content=body)).sections[0].paragraphs == (
        "One line.",
        "Another line.",
        "a",
        "b",
        "Country | % of GDP",
        "Nordland | 2.1",
    )


def test_the_fuller_of_summary_and_content_is_read() -> None:
    found = article(
        replace(WHOLE, content="<p>Short.</p>", summary="<p>The longer text is in the summary.</p>")
    )
    assert found.text == "The longer text is in the summary."


def test_the_line_of_a_publishing_system_goes_and_is_reported() -> None:
    body = (
        "<p>The story.</p>"
        "<p>The post <a href=x>Ministers meet</a> appeared first on <a href=y>The Paper</a>.</p>"
    )
    found = article(replace(WHOLE, content=body))
    assert found.text == "The story."
    assert found.removed == ("The post Ministers meet appeared first on The Paper.",)


def test_relative_addresses_are_resolved_against_the_feed() -> None:
    relative = replace(WHOLE, url="../2025/a")
    assert article(relative).url == "https://paper.example/2025/a"
    assert article(relative, base="https://cdn.example/x/y/").url == "https://cdn.example/x/2025/a"


def test_the_original_address_behind_a_counter_is_the_articles() -> None:
    counted = replace(WHOLE, url="https://feeds.example/~r/1", original_url="https://paper.example/real")
    assert article(counted).url == "https://paper.example/real"


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("Admin", None),
        ("The Paper", None),
        ("noreply@paper.example", None),
        ("desk@paper.example (Ana Belmonte)", "Ana Belmonte"),
        ("By Ana Belmonte", "Ana Belmonte"),
        ("Byron Hale", "Byron Hale"),
        ("https://paper.example/author/7", None),
        (None, None),
    ],
)
def test_a_byline_names_a_person_or_nobody(author: str | None, byline: str | None) -> None:
    assert article(replace(WHOLE, author=author)).byline == byline


def test_a_publication_that_cannot_be_true_gives_way_to_the_update() -> None:
    found = article(replace(WHOLE, published="Thu, 01 Jan 1970 00:00:00 GMT", updated="2025-02-13T00:00:00Z"))
    assert found.published_at == datetime(2025, 2, 13, tzinfo=UTC)


def test_an_undated_entry_counts_from_when_it_was_first_seen() -> None:
    found = article(replace(WHOLE, published=None))
    assert (found.published_at, found.published_known) == (None, PublishedKnown.ABSENT)
    assert found.when == NOW


def test_the_language_is_the_words_own_unless_the_source_names_one() -> None:
    german = replace(
        WHOLE, title="Die Minister treffen sich", content="<p>Sie wollen über die Ausgaben reden.</p>"
    )
    assert article(replace(german, language="en")).language == "de"
    assert article(german, replace(SOURCE, language="nl")).language == "nl"


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("Уряд схвалив бюджет", "Кабінет міністрів схвалив бюджет оборони на наступний рік.", "uk"),
        ("Уряд підтримав бюджет", "", "uk"),
        ("Κυβέρνηση και άμυνα", "Η κυβέρνηση ενέκρινε τον προϋπολογισμό.", "el"),
        ("الحكومة توافق", "وافقت الحكومة على الميزانية.", "ar"),
        ("הממשלה אישרה", "הממשלה אישרה את תקציב הביטחון.", "he"),
        ("政府は予算を承認した", "防衛費が増える。", "ja"),
        ("정부 예산 승인", "국방비가 늘어난다.", "ko"),
    ],
)
def test_the_script_decides_against_the_language_of_the_source(title: str, text: str, language: str) -> None:
    source = replace(SOURCE, language="en")
    entry = replace(WHOLE, title=title, content=f"<p>{text}</p>", language="en")
    assert article(entry, source).language == language
    html = f"<html lang=en><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    assert read_page(html.encode(), "https://paper.example/a", source, NOW).language == language


def test_a_language_of_the_source_that_is_written_in_the_script_counts() -> None:
    bulgarian = replace(WHOLE, title="Новини", content="<p>„Мы победим“, каза той пред журналисти.</p>")
    assert article(bulgarian, replace(SOURCE, language="bg")).language == "bg"
    quoting = replace(WHOLE, title="Slava Ukraini", content="<p>He wrote „Слава Україні“ on the wall.</p>")
    assert article(quoting, replace(SOURCE, language="en")).language == "en"


def test_a_text_too_short_to_tell_has_the_language_it_claims_or_none() -> None:
    assert article(Entry(title="OK", language="fr-CA")).language == "fr"
    assert article(Entry(title="OK")).language is None


def test_the_content_hash_changes_with_the_words_alone() -> None:
    same = article(replace(WHOLE, content=f"<div>{WHOLE.content}<img src=https://count.example/9.gif></div>"))
    other = article(replace(WHOLE, content="<p>First paragraph of another story.</p>"))
    assert same.content_hash == article().content_hash
    assert other.content_hash != article().content_hash


STORY = "<p>" + "The ministers of the two countries met in the port and spoke about the treaty. " * 6 + "</p>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "Ores &amp;amp; oil, &amp;quot;no&amp;quot; and the minister&amp;#8217;s caf&amp;eacute;",
            'Ores & oil, "no" and the minister’s café',
        ),
        ("Write &amp;lt;b&amp;gt; for bold", "Write &lt;b&gt; for bold"),
        ("<span>Kyiv</span><span>Monday</span> it began", "Kyiv Monday it began"),
        ("<span>M</span><span>onday</span> it began", "Monday it began"),
        ("<b>Ruby:</b><b>Two</b> readings", "Ruby: Two readings"),
        ("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>で会談", "東京で会談"),
    ],
)
def test_a_feeds_text_reads_as_its_publisher_meant_it(written: str, read: str) -> None:
    found = article(replace(WHOLE, content=f"{STORY}<p>{written}</p>"))
    assert found.sections[0].paragraphs[1] == read


@pytest.mark.parametrize(
    "written",
    ["<span>Kyiv</span><span>Monday</span> it began", "<ruby>東京<rt>とうきょう</rt></ruby>で会談があった。"],
)
def test_a_page_reads_as_its_feed_does(written: str) -> None:
    body = f"{STORY}<p>{written}</p>{STORY}"
    html = f"<html><body><article><h1>Ministers meet in the harbour</h1>{body}</article></body></html>"
    page = read_page(html.encode(), "https://paper.example/a", SOURCE, NOW)
    assert page.sections == article(replace(WHOLE, content=body)).sections


@pytest.mark.parametrize(
    "line",
    [
        "The post Ministers meet appeared first on The Harbour Post.",
        "The article Ministers meet first appeared on Harbour",
        "Also on The Harbour Post",
        "Also on The Harbour Post: Cranes fall silent",
        "Previously on The Harbour Post: Cranes fall silent",
        "This story was originally published by The Harbour Post.",
        "L’articolo Ministri al porto proviene da Harbour.",
        "O post Ministros apareceu primeiro em Harbour.",
        "Het bericht Ministers verscheen eerst op Harbour.",
        "Artykuł Ministrowie pochodzi z serwisu Harbour.",
    ],
)
def test_a_line_about_where_it_appeared_is_removed_from_the_end(line: str) -> None:
    found = article(replace(WHOLE, content=f"{STORY}<p>{line}</p>"))
    assert (line in found.text, line in found.removed) == (False, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "The post Ministers meet in the harbour appeared first on Elsewhere.",
        "The post <a href='/a'>Ministers meet in …</a> appeared first on <a href='/'>The Paper</a>.",
        "The article Harbour talks first appeared on Paper",
        "Der Beitrag Ministers meet in the harbour erschien zuerst auf Elsewhere.",
    ],
)
@pytest.mark.parametrize("before", ["They left at noon.", "They left at noon. […]"])
def test_a_sentence_about_where_it_appeared_is_removed_from_the_last_paragraph(
    before: str, sentence: str
) -> None:
    body = f"{STORY}<p>{before} {sentence}</p>"
    html = f"<html><body><article><h1>{WHOLE.title}</h1>{body}</article></body></html>"
    for found in (
        article(replace(WHOLE, content=body)),
        read_page(html.encode(), "https://paper.example/a", SOURCE, NOW),
    ):
        assert found.text.endswith(f"\n\n{before}")
        assert found.removed[0].startswith(sentence[:8])


@pytest.mark.parametrize(
    "sentence",
    [
        "He saw that the post office appeared first on the list.",
        "They looked it up. The post office appeared first on the list.",
        "The post Ministers meet in the harbour appeared first on The Paper. Then it was everywhere.",
    ],
)
def test_a_sentence_that_names_neither_title_nor_site_or_ends_nothing_stays(sentence: str) -> None:
    assert article(replace(WHOLE, content=f"{STORY}<p>They met. {sentence}</p>")).text.endswith(sentence)


@pytest.mark.parametrize(
    "line",
    [
        "Also on The Paper: <a href='/b'>Cranes fall silent</a>",
        "<a href='/b'>Also on The Paper: Cranes fall silent</a>",
        "Previously on Paper — How the treaty was made",
        "<strong>ALSO ON THE PAPER</strong> <a href='/b'>Cranes fall silent</a>",
        "More from The Paper",
    ],
)
def test_a_line_inside_that_leads_to_more_of_the_site_goes(line: str) -> None:
    body = f"{STORY}<p>{line}</p>{STORY.replace('treaty', 'grain')}"
    html = f"<html><body><article><h1>{WHOLE.title}</h1>{body}</article></body></html>"
    for found in (
        article(replace(WHOLE, content=body)),
        read_page(html.encode(), "https://paper.example/a", SOURCE, NOW),
    ):
        assert len(found.sections[0].paragraphs) == 2
        assert any("paper" in removed.lower() for removed in found.removed)


@pytest.mark.parametrize(
    "line",
    [
        "Also on the table: grain and oil, which the ministers will speak of before the winter.",
        "Previously on paper only, the treaty is now in force, the ministers said.",
        "Also on Capitol Hill: senators meet on the treaty",
        "ALSO ON THE TABLE were grain and oil.",
    ],
)
def test_a_sentence_inside_that_begins_like_such_a_line_stays(line: str) -> None:
    body = f"{STORY}<p>{line}</p>{STORY.replace('treaty', 'grain')}"
    assert line in article(replace(WHOLE, content=body)).text


def test_a_sentence_that_begins_like_such_a_line_stays() -> None:
    line = "Also on the table were grain and oil, and the ministers will meet again before the winter."
    assert article(replace(WHOLE, content=f"{STORY}<p>{line}</p>")).text.endswith(line)
