"""Pages that answer with status 200 and hold no article: refused, so that the entry's own text stands."""

from datetime import UTC, datetime

import pytest

from watchdesk.articles import read_page
from watchdesk.articles.look_alikes import in_one_script
from watchdesk.errors import UnreadableInput
from watchdesk.model import Source

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed")
ERRORS = [
    "404",
    "Error 404",
    "404 - Page not found",
    "Page not found | Daily Post",
    "Oops! That page can’t be found.",
    "Sorry, the page you are looking for could not be found",
    "This page is no longer available",
    "Seite nicht gefunden",
    "Die angeforderte Seite wurde leider nicht gefunden",
    "Page introuvable",
    "Página no encontrada",
    "Pagina non trovata",
    "Nie znaleziono strony",
    "Strona nie istnieje",
    "Сторінку не знайдено",
    "Страница не найдена",
    "Pagina niet gevonden",
    "ページが見つかりません",
]
ROBOTS = [
    "Just a moment...",
    "Checking your browser before you go on",
    "Please enable JavaScript to continue",
]
CONSENT = [
    "We and our 834 partners store and access information on a device, such as cookies, and process "
    "personal data. With your consent we may use precise data on where you are.",
    "Wir und unsere Partner verarbeiten Daten und setzen Cookies. Mit Ihrer Einwilligung messen wir. "
    "Den Datenschutz regelt die Erklärung. Alle akzeptieren",
    "Nous et nos 120 partenaires déposons des cookies avec votre consentement. Tout accepter",
    "My i nasi partnerzy przechowujemy pliki cookies; klikając, wyrażam zgodę (RODO).",
]
REPORTS = [
    "Not found: the boats that the storm took",
    "Page boy at four coronations dies at ninety",
    "Error of judgement cost harbour a million, audit finds",
    "We cannot find pilots, harbour master says",
    "Attention required at border crossings",
    "Access denied to inspectors at western quay",
]
FILLER = "Try the search, or go back to the first page for the news of the day. "


def refused(title: str, text: str) -> str:
    page = f"<title>{title}</title><body><h1>{title}</h1><p>{text}</p></body>"
    with pytest.raises(UnreadableInput) as raised:
        read_page(page.encode(), "https://paper.example/2026/a", SOURCE, NOW)
    return str(raised.value)


@pytest.mark.parametrize("title", ERRORS)
def test_an_error_page_with_status_200_is_no_article(title: str) -> None:
    assert "none at this address" in refused(title, FILLER * 4)


@pytest.mark.parametrize("title", ROBOTS)
def test_a_check_for_robots_is_no_article(title: str) -> None:
    assert "robots" in refused(title, FILLER)


@pytest.mark.parametrize("text", CONSENT)
def test_a_wall_of_consent_is_no_article(text: str) -> None:
    assert "consent" in refused("Daily Post", text)


@pytest.mark.parametrize("title", REPORTS)
def test_a_report_whose_headline_sounds_like_an_error_is_read(title: str) -> None:
    text = "The inspectors had come on Monday to look at the quay, and were sent away at the gate."
    page = f"<title>{title}</title><h1>{title}</h1><p>{text}</p>"
    assert read_page(page.encode(), None, SOURCE, NOW).title == title


def test_a_report_on_cookies_is_read() -> None:
    text = (
        "The court ruled on Monday that cookies need consent, and that tracking without it is unlawful.",
        "Privacy groups had sued three publishers that set cookies before their readers gave consent.",
    )
    page = f"<article><h1>Court limits cookies</h1><p>{text[0]}</p><p>{text[1]}</p></article>"
    assert read_page(page.encode(), None, SOURCE, NOW).text == "\n\n".join(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Yоur соntеnt is dеlіvеrеd", "Your content is delivered"),
        ("Україна вiдповiла на aтаку", "Україна відповіла на атаку"),
        ("IT-компанія купила iPhone", "IT-компанія купила iPhone"),
        ("iPhoneи", "iPhoneи"),
    ],
)
def test_a_word_of_two_scripts_is_read_in_the_one_that_it_is_meant_in(written: str, meant: str) -> None:
    assert in_one_script(written) == meant
