"""What an article says that it is, in the languages that digests speak."""

import pytest

from watchdesk.digests.genres import Genre, genre_of
from watchdesk.digests.rendering.languages import LANGUAGES
from watchdesk.model import Article

TITLES = {
    Genre.OPINION: {
        "en": "Opinion: The harbour cannot wait",
        "de": "Kommentar: Der Hafen kann nicht warten",
        "es": "El puerto no puede esperar | Opinión",
        "fr": "Tribune. Le port – Éditorial : ne plus attendre",
        "it": "Il porto non può aspettare - Il commento",
        "nl": "Opinie | De haven kan niet wachten",
        "pl": "Port nie może czekać [KOMENTARZ]",
        "uk": "Порт не може чекати (колонка)",
    },
    Genre.LIST: {
        "en": "Five takeaways from the harbour vote",
        "de": "Hafenbrand: Was wir wissen und was nicht",
        "es": "Lo que se sabe del incendio en el puerto",
        "fr": "Incendie au port : ce que l’on sait",
        "it": "Incendio al porto, cosa sappiamo",
        "nl": "Brand in de haven: dit weten we",
        "pl": "Pożar w porcie. Co wiemy po dwóch dniach",
        "uk": "Пожежа в порту: що варто знати",
    },
    Genre.LIVE: {
        "en": "Harbour fire – live updates",
        "de": "Liveticker: Der Hafen brennt",
        "es": "Incendio en el puerto, minuto a minuto",
        "fr": "EN DIRECT : le port brûle",
        "it": "Incendio al porto, la diretta",
        "nl": "Liveblog | Brand in de haven",
        "pl": "Pożar w porcie: relacja na żywo",
        "uk": "Наживо: порт горить",
    },
    Genre.PREVIEW: {
        "en": "What to expect when the harbour votes on Tuesday",
        "de": "Vorschau: Der Hafen stimmt ab",
        "es": "Voto en el puerto: qué esperar",
        "fr": "Vote au port : à quoi s’attendre mardi",
        "it": "Il voto sul porto: cosa aspettarsi",
        "nl": "Vooruitblik: de haven stemt",
        "pl": "Głosowanie w porcie: czego się spodziewać",
        "uk": "Голосування в порту: чого очікувати",
    },
}
REPORTS = (
    "Harbour opens after the fire",
    "Live cattle exports end, says the minister",
    "Commentators see rates rising",
    "Opinion polls show a tight race",
    "Minister to comment on the harbour on Monday",
    "Columnist Ada Quay dies at 80",
    "Preview copies of the book are seized at the border",
    "Direct flights resume",
    "US preview of jets: none sold",
    "Hafen: Live-Konzert abgesagt",
)


@pytest.mark.parametrize(
    ("genre", "language"), [(genre, language) for genre in TITLES for language in LANGUAGES]
)
def test_a_title_says_what_the_article_is(genre: Genre, language: str) -> None:
    assert genre_of(Article.from_text(TITLES[genre][language], "Text.", language=language)) is genre


@pytest.mark.parametrize("title", REPORTS)
def test_a_title_that_only_has_such_a_word_is_a_report(title: str) -> None:
    assert genre_of(Article.from_text(title, "Text.")) is Genre.REPORT


@pytest.mark.parametrize(
    ("url", "categories", "genre"),
    [
        ("https://daily.example/opinion/2026/harbour", (), Genre.OPINION),
        ("https://daily.example/world/live/2026/harbour", (), Genre.LIVE),
        ("https://daily.example/meinung/hafen.html", (), Genre.OPINION),
        ("https://daily.example/news/opinion", (), Genre.REPORT),
        ("https://daily.example/1", ("Explainers",), Genre.LIST),
        ("https://[bad/opinion/x", (), Genre.REPORT),
        (None, ("News",), Genre.REPORT),
    ],
)
def test_so_does_its_section(url: str | None, categories: tuple[str, ...], genre: Genre) -> None:
    assert genre_of(Article.from_text("The harbour", "Text.", url=url, categories=categories)) is genre
