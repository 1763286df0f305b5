"""Lines inside a text that lead away from it go; sentences that only begin like them stay."""

import pytest

from watchdesk.articles.call_lines import calls
from watchdesk.articles.lines import Kind, Line
from watchdesk.articles.teaser_lines import names_others
from watchdesk.articles.teasers import without_teasers

TEASERS = [
    "Read more: Harbour to be widened next spring",
    "RELATED: Three bridges closed for repairs",
    "Lesen Sie auch: Der Hafen wird im Frühjahr verbreitert",
    "Mehr zum Thema: Drei Brücken gesperrt",
    "À lire aussi : Le port sera élargi au printemps",
    "Lire aussi | Trois ponts fermés",
    "Lea también: El puerto será ampliado en primavera",
    "Le puede interesar: Tres puentes cerrados",
    "Leggi anche: Il porto sarà allargato in primavera",
    "Leia também: O porto será ampliado na primavera",
    "Czytaj też: Port zostanie poszerzony wiosną",
    "Zobacz także: Trzy mosty zamknięte",
    "Читайте також: Порт розширять навесні",
    "Читайте также: Порт расширят весной",
    "Lees ook: De haven wordt verbreed",
    "Läs också: Hamnen breddas i vår",
    "Čtěte také: Přístav bude rozšířen",
    "Citește și: Portul va fi lărgit",
    "Διαβάστε επίσης: Το λιμάνι θα διευρυνθεί",
    "اقرأ أيضاً: توسيع الميناء في الربيع",
    "関連記事：港が拡張される",
]
CALLS = [
    "Download our app for the latest from the harbour.",
    "Laden Sie jetzt unsere neue App herunter",
    "Téléchargez notre application pour ne rien manquer",
    "Pobierz naszą aplikację na telefon",
    "Do you have a tip? Email the desk at tips@quayside.example",
    "Haben Sie Hinweise zu diesem Thema? Schreiben Sie uns.",
    "Masz temat? Napisz do nas: redakcja@port.example",
    "Знайшли помилку? Виділіть її та натисніть Ctrl+Enter",
    "Subscribe to our newsletter and never miss a tide",
    "Abonnez-vous à notre chaîne WhatsApp",
    "Suscríbete a nuestro boletín y recibe noticias en tu e-mail",
    "Підписуйтесь на наш канал у Telegram",
    "This article is for subscribers only",
    "Dieser Artikel ist nur für Abonnenten lesbar",
    "Cet article est réservé aux abonnés",
    "Already a subscriber? Log in",
    "Already a member",
    "Sie haben bereits ein Digital-Abo? Hier anmelden",
    "Sind Sie bereits Mitglied? Jetzt anmelden",
    "Follow our live channel for more",
    "Sigue toda la información en Facebook y Twitter",
    "Letzte Aktualisierung am 26.11.2026 um 18:40 Uhr",
    "Ten tekst przeczytasz w 2 minuty",
]
TEXT = [
    "Read more books, the minister told the pupils on Tuesday.",
    "See also section four of the law, which the court had quoted.",
    "More on the reform will be said in the autumn.",
    "Subscribe to that view, and you must pay for it.",
    "The company said its app had been downloaded a million times.",
    "Lesen Sie auch einmal die Verträge, rief der Abgeordnete.",
    "Zobacz, jak rośnie miasto, powiedział burmistrz podczas otwarcia.",
    "This article of the treaty is for members of the alliance.",
    "Follow the money, the prosecutor said, and the case is simple.",
    "Читайте законы, сказал судья.",
    "Watch officers saw the ship at noon.",
    "Related costs rose by a third.",
    "Already a member of the European Union, the country applied to join the alliance in 2002.",
    "Not yet a member of the alliance, it asks its partners for guarantees.",
    "Sie haben bereits einen Entwurf vorgelegt, der im Dezember beraten wird.",
    "Sie sind bereits Mitglied des Bündnisses.",
    "Follow-up talks on the digital tax will be held on Thursday.",
    "Register of voters goes digital, the ministry says.",
    "Sigue cerrado el canal tras el ataque, dijo el ministro.",
    "Letzte Änderung des Wahlrechts war 2023.",
    "Lettura del voto: il governo ha vinto.",
    "Download speeds fell in the harbour district.",
]


@pytest.mark.parametrize("line", TEASERS)
def test_a_label_before_a_headline_leads_away(line: str) -> None:
    assert names_others(line, linked=0.0)


@pytest.mark.parametrize("line", CALLS)
def test_what_asks_readers_for_something_is_a_call(line: str) -> None:
    assert calls(line)


@pytest.mark.parametrize("line", TEXT)
def test_a_sentence_that_begins_like_one_is_text(line: str) -> None:
    assert not calls(line)
    assert not names_others(line, linked=0.0)


def test_they_are_taken_out_of_the_middle_and_told() -> None:
    first, last = Line("The council met on Monday."), Line("It will meet again in June.")
    lines = (first, *map(Line, (TEASERS[0], CALLS[0])), Line("More on this topic", Kind.HEADING), last)
    kept, removed = without_teasers(lines)
    assert kept == (first, last)
    assert removed == (TEASERS[0], CALLS[0], "More on this topic")
