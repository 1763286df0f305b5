"""Patterns of lines that belong to a site and not to its article, as of November 2026.

Each pattern must match a whole line. `clutter` and `opening` decide where to look for such lines.
"""

import re
from functools import lru_cache

from watchdesk.articles.call_lines import calls
from watchdesk.articles.reported import reports

_NETWORKS = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|telegram|viber|pinterest|reddit|tumblr|instagram|threads|"
    r"bluesky|mastodon|e-?mail|print|copy link|messenger|vk|xing|pocket|flipboard|youtube|tiktok|rss)"
)
_SHARE_OF = r"(?: (?:this|on|via|the))?(?: (?:article|post|story|page|news))?(?: (?:on|via|with))?"
_NAME = r"(?-i:(?:[A-Z0-9][\w.&'-]*|and|of|the|&)(?: (?:[A-Z0-9][\w.&'-]*|and|of|the|&)){0,6})"
_NO_SENTENCE = r"(?:.{0,120}[^.!?]|[ .:…»→>]*)"
_AFTER_MORE = (
    r"(?:\s*[:|»→>–-].{0,120}[^.!?]|[ .:…»→>]*| (?:auf|im|in|bei|zu|de l['’]article|sur|en|na|w|su|op|у|на|"
    r"в)\b"
    r".{0,100}[^.!?])"
)
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:january|february|march|april|may|june|july|august|"
    r"september|"
    r"october|november|december)\b|the (?-i:[a-z])|\d"
)
_SHARING = (
    rf"share{_SHARE_OF}[ .:!]*(?:{_NETWORKS}[ ,|.·]*)*",
    rf"(?:{_NETWORKS}[ ,|.·]*)+",
    r"(?:teilen|artikel teilen|partager|partager (?:sur|l'article)|compartir|condividi)[ .:!]*",
    r"(?:udostępnij|deel|поділитися|поширити|поделиться)[ .:!]*",
    r"(?:tweet|pin it|like this:?|(?:print|e-?mail) this (?:article|page))[ .]*",
)
_RIGHTS = (
    r"(?:©|\(c\) ?(?:19|20)\d\d|copyright ?(?:©|\(c\)|(?:19|20)\d\d(?! (?-i:[a-z])))).{0,380}",
    r"(?:our standards: )?the thomson reuters trust principles\W*|our standards:?",
    rf"copyright ?(?:by|of) (?:(?:19|20)\d\d )?{_NAME}(?:[\s,]*(?:19|20)\d\d.{{0,120}}|[.,|–-].{{0,120}})?",
    rf"(?:website |site |theme )?(?:designed|developed|powered|built)(?: (?:&|and) \w+)? by\b"
    rf":? *(?:{_NAME})?\.?",
)
_RESERVED = re.compile(
    r".{0,160}(?:all rights reserved(?=\W*$|\s*[^\w\s:]|\s+(?:by|to|worldwide|this|no|use|\d)\b)|"
    r"(?:alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|tutti i diritti "
    r"riservati|"
    r"wszelkie prawa zastrzeżone|(?:усі|всі) права (?:захищен[оі]|застережен[оі])|все права "
    r"защищены)\b).{0,120}",
    re.IGNORECASE,
)
_MAY_BE_RESERVED = re.compile("reserved|vorbehalten|réservés|reservados|riservati|zastrzeżone|права")
"""What is in all of these; `re` finds it far faster."""
_OTHER_VIEWS = (
    r"(?:exit|leave|go to|switch to|view|show) (?:the )?(?:mobile|desktop|full|standard|amp) "
    r"(?:version|site|view)[ .]*",
    r"(?:back to|return to|zurück nach|retour en|вгору|нагору) ?(?:top|oben|haut)?[ .↑]*",
)
POST = (
    r"(?:the (?:post|article)|der beitrag|l['’]article|la entrada|o post|l['’]articolo|het bericht|artykuł|"
    r"wpis|příspěvek|запис|сообщение|запись)"
)
"""How publishing systems begin the sentence that says where an article appeared; its title follows."""
APPEARED_FIRST = (
    r"(?:(?:appeared first|first appeared) on|erschien zuerst auf|"
    r"est apparu en premier sur|(?:aparece|se publicó|apareció) primero en|apareceu primeiro em|proviene da|"
    r"verscheen eerst op|pochodzi z serwisu|pochází z|pojawił się \w+ (?:w|na)|з['’]явився спочатку на|"
    r"(?:появились|впервые появилась) (?:сначала )?на)"
)
"""What stands between the title and the site's name in it."""
_MORE_OF_IT = (
    r"(?:read|see|view|learn|continue|find out|keep)(?: reading| the| more| full| story| article| post| here"
    r"| at| about| on){0,4}(?: .{0,60})?(?:\[…\]|\[\.\.\.\]|»|→|>>)",
    r"(?:read|see|show|learn) more[ .:…]*",
    r"(?:continue reading|read (?:the )?full (?:story|article)|click here to read more)[ .:…]*",
    rf"(?:weiterlesen|mehr lesen|lesen sie (?:auch|mehr)|lire (?:la suite|aussi)|leer más)\b{_AFTER_MORE}",
    rf"(?:seguir leyendo|czytaj (?:więcej|dalej|też)|leggi (?:tutto|anche)|lees (?:meer|"
    rf"verder))\b{_AFTER_MORE}",
    rf"(?:читати (?:далі|більше|також)|читайте також|читать (?:далее|также))\b{_AFTER_MORE}",
    rf"{POST} .{{1,300}}{APPEARED_FIRST} .{{1,120}}",
    rf"(?:also|previously|earlier|more|elsewhere) on (?!{_DAY}){_NAME}(?:[ ]?[:–—-] .{{1,200}})?[ .:]*",
    r"this (?:post|article|story) (?:was )?(?:originally|first) (?:appeared|published|posted) "
    r"(?:on|in|by|at) .{1,120}",
    rf"it (?:was )?(?:originally|first) (?:appeared|published|posted) (?:on|in|by|at) (?!\d){_NAME}[ .]*",
)
_ASKING = (
    r"(?:sign up|subscribe|register)(?: now| here| today)?(?: (?:to|for|and)\b.{0,100}(?:newsletter|bulletin|"
    r"briefing|inbox|e-?mail|updates|channel|podcast|alerts).{0,80})?[ .!:]*",
    r"(?:newsletter|(?:get|join) our newsletter|newsletter abonnieren|abonnez-vous .{0,80})[ .!:]*",
    rf"follow us\b.{{0,100}}|follow @?\w+(?: \w+)? on {_NETWORKS}\b.{{0,60}}",
    r"(?:підписуйтес[ья]|підпишіться|подписывайтесь|подпишитесь)\b.{0,140}",
    r"(?:folgen sie uns|suivez-nous|síguenos)\b.{0,100}",
    r"(?:leave|post|write|add)(?: a| your)? (?:comment|reply)s?[ .:!]*",
    r"(?:keine kommentare|aucun commentaire|sin comentarios|brak komentarzy|немає коментарів|нет "
    r"комментариев)"
    r"(?: \(.{0,80}\))?[ .:]*",
    r"(?:\d+ |view |show |all |no(?= comments| replies) )?(?:comments?|replies)(?: \(\d+\)| are closed| "
    r"off)?[ .:]*",
    r"(?:kommentare?|commentaires?|comentarios|komentarze|коментарі|комментарии)(?: ?\(?\d*\)?)[ .:]*",
    r"your e-?mail address will not be published.{0,80}",
    r"(?:advertisement|sponsored|anzeige|werbung|publicité|publicidad|reklama|реклама)[ .:]*",
    r"(?:we use|this (?:web)?site uses|wir verwenden|ми використовуємо) cookies?(?=\W*$|.{0,300}\b(?:site|"
    r"web\w*|"
    r"experience|brows\w*|privacy|polic\w*|consent|accept|traffic|ads|content|settings|partners|your?|"
    r"сайт\w*|seite|"
    r"angebot|inhalte|nutzung|datenschutz\w*)\b).{0,300}",
    rf"(?:tags?|tagged|filed under|kategorien?|catégories?|categorías?|temas|etiquetas|categor(?:y|ies)|"
    rf"schlagw(?:ort|örter)|теги|мітки)\s*:{_NO_SENTENCE}",
)
_RELATED_HEADINGS = (
    r"you (?:may|might) (?:also|be) (?:like|interested in)",
    r"(?:related|similar|more|other|latest|recent|popular|trending|recommended|further)"
    r"(?: (?:news|top|latest))? ?(?:posts?|articles?|stories|story|news|reading|content|coverage|"
    r"from (?:this .{1,30}|(?:the |our )?(?-i:[A-Z]).{1,40})|on this (?:story|topic))",
    r"see also|read also|read next|up next|most (?:read|popular)|don't miss",
    r"mehr zum thema|lesen sie auch|das könnte sie auch interessieren|verwandte (?:artikel|beiträge)",
    r"à lire aussi|sur le même sujet|noticias relacionadas|artículos relacionados|czytaj też|zobacz także",
    r"читайте також|(?:схожі|пов'язані) (?:новини|статті|матеріали)|новини за темою",
    r"читайте также|по теме",
)
_WHOLE_LINES = (*_SHARING, *_RIGHTS, *_OTHER_VIEWS, *_MORE_OF_IT, *_ASKING)
_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _WHOLE_LINES), re.IGNORECASE)
_SAYS = re.compile("|".join(f"(?:{pattern})" for pattern in (*_RIGHTS, *_ASKING)), re.IGNORECASE)
"""Those that a sentence of a report may look like; the others may quote one, as the title of an article."""
_RELATED = re.compile(f"(?:{'|'.join(_RELATED_HEADINGS)})[ .:!…]*", re.IGNORECASE)
_LONGEST = 400


@lru_cache(4096)  # a site's lines come back on each of its pages
def is_clutter(line: str) -> bool:
    """Whether a line is the site's: sharing, rights, other views, newsletters, comments."""
    if len(line) > _LONGEST:
        return False
    if _MAY_BE_RESERVED.search(line.lower()) and _RESERVED.fullmatch(line) is not None:
        return not reports(line)
    if _LINE.fullmatch(line) is not None:
        return not (_SAYS.fullmatch(line) and reports(line))
    return opens_related(line) or calls(line)


def opens_related(line: str) -> bool:
    """Whether a line heads a list of other articles."""
    return len(line) <= 80 and _RELATED.fullmatch(line) is not None
