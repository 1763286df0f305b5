"""Pages that hold no article, whatever their status says: errors, walls of consent, checks for robots.

What an entry says itself stands then; whether a page speaks of its entry is decided in `full_text`.
"""

import re
from collections.abc import Sequence

from watchdesk.articles.lines import Line, text_length

_ERROR = re.compile(
    r"[\s:!,.|–—-]*(?:(?:error|fehler|erreur|błąd|помилка|ошибка|oops|sorry|uh-oh|hoppla)"
    r"[\s:!,.|–—-]*){0,2}"
    r"(?:(?:http )?(?:error |fehler |erreur |błąd |помилка |ошибка )?(?:404|410|403|500|502|503)\b(?: "
    r"error)?"
    r"(?:[\s:!,.|–—-]*(?:page |file )?(?:not found|forbidden|gone|internal server error|bad gateway|"
    r"service (?:temporarily )?unavailable|nicht gefunden|introuvable|no encontrad[ao]|nie "
    r"znaleziono.{0,20}))?|"
    r"(?:the |this |that )?(?:requested )?(?:page|article|story|content|url|file|document)(?: "
    r"you(?:['’]re| are)? .{0,40})?"
    r"(?: was| is| could| can|(?:['’]t| not| no longer| cannot))*(?: be)? (?:not |n['’]t )?(?:found|"
    r"exist|available|unavailable|removed|"
    r"there anymore)|not found|we (?:can['’]t|cannot|could(?: not|n['’]t)) find "
    r"(?:(?:the|that|this|your|any|a) )?(?:requested )?"
    r"(?:page|article|story|content|url|file|document|anything|what you)\b.{0,60}|nothing (?:was "
    r")?found(?: here)?|access denied|"
    r"(?:die |diese )?(?:angeforderte )?(?:seite|artikel)(?: (?:wurde|konnte|ist))?(?: leider)? nicht "
    r"(?:gefunden|verfügbar|mehr verfügbar).{0,20}|"
    r"(?:la |cette )?page (?:demandée )?(?:est )?(?:introuvable|non trouvée|n['’]existe (?:pas|plus))|"
    r"(?:la )?página (?:solicitada )?(?:no (?:encontrada|existe|fue encontrada|se encuentra)|não "
    r"(?:encontrada|existe))|"
    r"(?:la )?pagina (?:richiesta )?non (?:trovata|esiste|è (?:stata trovata|disponibile))|"
    r"(?:strona|podana strona) nie (?:istnieje|została znaleziona)|nie znaleziono(?: strony)?|"
    r"(?:таку |цю )?сторінк[уа](?: не)? (?:знайдено|існує|не знайдено|не існує)|сторінка не знайдена|"
    r"(?:такая |эта )?страница не (?:найдена|существует)|(?:de )?pagina (?:is )?niet gevonden|sidan "
    r"(?:kunde inte hittas|hittades inte)|"
    r"siden (?:findes ikke|ble ikke funnet|blev ikke fundet)|sivua ei löyty\w+|stránka (?:nebyla "
    r"nalezena|nenalezena|neexistuje)|"
    r"az oldal nem található|pagina nu (?:a fost găsită|există)|sayfa bulunamadı|η σελίδα δεν βρέθηκε|"
    r"الصفحة غير موجودة|"
    r"페이지를 찾을 수 없습니다|ページが見つかりません|页面(?:不存在|未找到))[\s.!?…:|–—-]*",
    re.IGNORECASE,
)
_ROBOT_CHECK = re.compile(
    r"just a moment.{0,20}|checking your browser.{0,80}|(?:please )?verify (?:that )?you are (?:a "
    r")?human.{0,80}|are you a (?:ro)?bot.{0,10}|"
    r"attention required\W{0,4}(?:cloudflare)?|"
    r"(?:please )?(?:enable|activate|turn on) (?:java ?script|cookies).{0,120}|"
    r"(?:you need|you must|in order) to (?:enable|have|view) .{0,20}java ?script.{0,120}|java ?script "
    r"(?:is|must be|ist|muss) .{0,80}|"
    r"bitte (?:aktivieren sie|schalten sie) (?:java ?script|cookies).{0,80}|veuillez activer "
    r"(?:java ?script|les cookies).{0,80}|"
    r"request (?:blocked|unsuccessful).{0,80}|pardon our interruption.{0,20}|access to this page has "
    r"been denied.{0,40}",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookies?\b|consent|tracking|datenschutz|einwilligung|zustimm|personalis|partner(?:s|n|ami|ům)?\b|"
    r"privacy|vie privée|"
    r"confidentialité|publicité|consentement|privacidad|consentimiento|rodo|zgod[aęyz]|przetwarzani|"
    r"ciasteczk|gdpr|"
    r"персональн\w+ дан|файл\w* cookie|kişisel veri|persondata|samtyck|toestemming|evästeet",
    re.IGNORECASE,
)
_MAY_BE_CONSENT = re.compile(
    "cookie|consent|tracking|datenschutz|einwilligung|zustimm|personalis|partner|privacy|vie privée|"
    "confidential|publicité|privacidad|rodo|zgod|przetwarzani|ciasteczk|gdpr|персональн|kişisel|persondata|samtyck|"
    "toestemming|evästeet"
)
"""What is in all of these; `re` finds it far faster."""
_ASKS = re.compile(
    r"\b(?:we|us) and (?:our|\d+)|our (?:\d+ )?(?:partners|vendors)|accept (?:all|cookies|and)|by "
    r"(?:clicking|continuing)|"
    r"i (?:agree|accept)|(?:manage|cookie) (?:preferences|options|settings|choices)|we (?:use|value|need|"
    r"care)|"
    r"wir (?:und|verwenden|nutzen|benötigen)|(?:alle[ns]?|cookies) akzeptieren|zustimmen und|mit "
    r".{0,30}zustimm|"
    r"nous (?:et nos|utilisons)|tout accepter|en (?:cliquant|poursuivant)|nosotros y nuestros|utilizamos|"
    r"aceptar (?:todas|todo|y)|al (?:hacer clic|continuar)|noi e (?:i nostri|terze)|accetta (?:tutt|e )|"
    r"utilizziamo|"
    r"my i nasi|klikając|wyrażam zgodę|szanowni|ми (?:та|й|і) наші|ми використовуємо|погоджу|мы используем|"
    r"wij en onze|accepteren|vi (?:och|og) våra|vi använder|godkänn|hyväksy|používáme|souhlas",
    re.IGNORECASE,
)
"""How a site speaks to its reader, and no report of it does."""
_LONGEST_HEADLINE = 160
_PARTS = re.compile(r"\s+[|–—·•-]+\s+|\s*\|\s*")
_MOST_TEXT = 2_500
"""Characters; whoever writes more has something to say."""
_MOST_CONSENT = 0.5
_FEWEST_WORDS = 2


def why_no_article(title: str, h1s: Sequence[str], lines: Sequence[Line]) -> str | None:
    """Why a page cannot be an article's; None if it can."""
    if text_length(lines) > _MOST_TEXT:
        return None
    said = [
        one for one in (title, *h1s[:2], *(line.text for line in lines[:2])) if len(one) <= _LONGEST_HEADLINE
    ]
    parts = {part for one in said for part in (one, *_PARTS.split(one)) if part}
    if any(_ERROR.fullmatch(part) for part in parts):
        return "it says that there is none at this address"
    if any(_ROBOT_CHECK.fullmatch(part) for part in parts):
        return "it checks for robots, and holds no article"
    if _asks_for_consent([line.text for line in lines]):
        return "it asks for consent to cookies, and holds no article"
    return None


def _asks_for_consent(texts: Sequence[str]) -> bool:
    """Whether most of a text is about consent, in the words of a site that asks its reader for it."""
    if not _MAY_BE_CONSENT.search("\n".join(texts).lower()) or not any(map(_ASKS.search, texts)):
        return False
    about = [text for text in texts if len(set(map(str.lower, _CONSENT.findall(text)))) >= _FEWEST_WORDS]
    return sum(map(len, about)) > _MOST_CONSENT * sum(map(len, texts))
