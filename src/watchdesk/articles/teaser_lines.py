"""Patterns of lines inside a text that lead away from it, in some thirty languages, as of November 2026.

They point to other articles. `teasers` looks for them; what asks readers for something is in `call_lines`.
"""

import re

from watchdesk.articles.reported import reports

_LABELS = (
    r"(?:read|see|watch|listen|learn)(?: it)?(?: also| more| next| too)|(?:also|further) (?:read|see|"
    r"reading|watch)",
    r"more (?:on(?: this(?: story| topic)?)?|stories|from|coverage|to read)|in case you missed it|"
    r"don['’]t miss|recommended reading|you (?:may|might) (?:also )?(?:like|be interested "
    r"in)|"
    r"related(?: (?:stor(?:y|ies)|articles?|content|coverage|news|reading|posts?|links?|topics?|video))?|"
    r"what to read next|top stories|more news|editor['’]s picks?|most read",
    r"(?:lesen|sehen|hören) sie (?:auch|mehr|hier|dazu|hierzu)(?: (?:auch|mehr|dazu))?|lies auch|"
    r"lesetipps?|siehe auch|"
    r"mehr (?:zum thema|dazu|lesen|aus|über|von)|auch (?:interessant|lesen)|(?:jetzt|hier) (?:auch )?lesen|"
    r"(?:das|dies) (?:thema )?könnte "
    r"(?:sie|dich) auch interessieren|passend dazu|schon gelesen|weitere (?:artikel|nachrichten|"
    r"meldungen|infos)|"
    r"weiterlesen|zum weiterlesen|verwandte artikel|meistgelesen|lust auf mehr",
    r"(?:à|a) (?:lire|(?:voir|écouter|découvrir)(?: aussi| également))(?: aussi| également| sur)?|(?:lire|"
    r"voir|écouter)(?: aussi| "
    r"également)|"
    r"lisez (?:aussi|également)|sur le même (?:sujet|thème)|articles? liés?|nos "
    r"autres articles|"
    r"en savoir plus|les plus lus",
    r"(?:lea|lee|leer|vea|ver|mira|mire|escuche|escucha|consulte|consulta)(?: también| además| más)|"
    r"puedes ver|también (?:lee|lea|puede "
    r"leer|puedes leer|te puede interesar)|(?:te|le|les) (?:puede|podría|recomendamos|sugerimos)(?: leer|"
    r" interesar)?|"
    r"(?:notas?|noticias?|art[ií]culos?|contenidos?|temas?) relacionad[oa]s?|relacionad[oa]s?|más "
    r"(?:información|noticias|sobre"
    r")|puede leer|no te pierdas|lo más le[ií]do|siga leyendo|sigue leyendo",
    r"(?:leggi|vedi|guarda|ascolta) anche|leggi (?:di più|tutto)|per approfondire|"
    r"approfondi(?:sci|menti?)|"
    r"potrebbe(?:ro)? interessart[ei](?: anche)?|(?:articoli|notizie) correlat[ie]",
    r"(?:leia|veja|ouça|assista|saiba)(?: também| mais| ainda)|(?:matérias?|notícias?|conteúdos?|"
    r"artigos?) relacionad[oa]s|"
    r"ler também|ver também",
    r"(?:prze)?(?:czytaj|czytajcie)(?: też| także| również| więcej| dalej)|(?:z)?obacz(?: też| także| "
    r"również| więcej)|"
    r"posłuchaj też|powiązane(?: artykuły)?|czytasz właśnie",
    r"(?:читайте|дивіться|слухайте|подивіться)(?: також| ще| далі| більше)|(?:також|ще) (?:читайте|"
    r"дивіться)|"
    r"(?:більше|матеріали|новини) (?:на|за|по) (?:тем[уіою]+)|(?:схожі|пов['’]язані) (?:новини|статті|"
    r"матеріали)",
    r"(?:читайте|смотрите|слушайте)(?: также| ещё| еще| далее)|(?:также|ещё|еще) (?:читайте|смотрите)|"
    r"(?:материалы|новости) по "
    r"теме|похожие (?:новости|статьи|материалы)",
    r"(?:lees|bekijk|luister|zie)(?: ook| meer| verder)|meer over|aanbevolen|gerelateerd",
    r"läs (?:också|även|mer)|se (?:också|även|også)|læs (?:også|mere)|les (?:også|mer)|lue (?:myös|lisää)"
    r"|katso myös",
    r"(?:čtěte|přečtěte si|čítajte|prečítajte si|pozrite)(?: také| taky| aj| více| viac| tiež| též)|"
    r"mohlo by vás zajímat|"
    r"(?:související|súvisiace) (?:články|témata)|(?:kapcsolódó|ajánlott) (?:cikk(?:ek|ünk)?|tartalom)|"
    r"olvass?a? (?:el|tovább)",
    r"(?:cite[sș]te|citi[tț]i|vezi)(?: [sș]i| mai mult| mai departe)|(?:прочетете|вижте|четете)(?: още| "
    r"също)|"
    r"(?:pročitajte|čitajte|pogledajte|preberite)(?: i| još| tudi| više)|(?:povezane?|vezane) (?:vijesti|"
    r"vesti|članci)|povezano",
    r"(?:διαβάστε|δείτε)(?: επίσης| ακόμη| ακόμα| περισσότερα)|ilginizi çekebilir|ayrıca (?:okuyun|"
    r"bakınız)|benzer haberler|"
    r"loe (?:ka|veel|lisaks)|lasi(?:et)? arī|skaitykite taip pat",
    r"(?:اقرأ|إقرأ|شاهد)(?:وا)?(?: أيضا| أيضاً| أيضًا| المزيد)|مواضيع ذات صلة|קראו (?:גם|עוד)|延伸(?:阅读|閱讀)"
    r"|相关(?:阅读|新闻|报道)|"
    r"相關(?:新聞|報導)|関連(?:記事|ニュース)|あわせて読みたい|관련 ?기사",
)
"""What stands before the headline of another article, or alone above it."""
_BARE_LABELS = (
    r"watch|listen|video|up next|must read|recommended|mira|mire|lee|lea|vea|leia|veja|czytaj|zobacz|"
    r"dowiedz się "
    r"więcej|"
    r"polecamy|polecane|warto przeczytać|читайте|дивіться|до теми|по темі|по теме|interessant(?: dazu)?|zum "
    r"thema|"
    r"weitere themen|pour aller plus loin|(?:à|a) (?:voir|écouter|découvrir)|da leggere"
)
"""Words that stand there too, but are names as well, or begin sentences: they lead away only as links."""
_HEAD = r"[\s>►▶▸•*–—\-\[(|«»→➡👉📌🔗▪■☞]*"
_END = r"(?P<end>[\s)\]»]*(?:[:：|>»→?!.…]+|(?<!\w)-+(?!\w)|[–—]+|$)|(?=\s)|\s)"
_LABEL = re.compile(rf"{_HEAD}(?:{'|'.join(_LABELS)}){_END}(?P<rest>.*)", re.IGNORECASE)
_BARE_LABEL = re.compile(rf"{_HEAD}(?:{_BARE_LABELS}){_END}(?P<rest>.*)", re.IGNORECASE)
_LONGEST_TEASER = 260
_MOSTLY_LINKED = 0.4
_WHOLLY_LINKED = 0.9
_SENTENCE = (".", "!", ".”", '."', ".“", ".»", ".)", "。")


def is_label(line: str) -> bool:
    """Whether a line is only the label of what follows it: `Read more:`."""
    found = _LABEL.fullmatch(line) if len(line) <= _LONGEST_TEASER else None
    return found is not None and not found["rest"].strip()


def is_bare_label(line: str) -> bool:
    """Whether a line is only a word that may be a label: `Watch`. `Lee:` may be a name, too."""
    found = _BARE_LABEL.fullmatch(line) if len(line) <= _LONGEST_TEASER else None
    return found is not None and not found["rest"].strip()


def names_others(line: str, linked: float) -> bool:
    """Whether a line leads to other articles: `Read more: Harbour to be widened`, or `Read more` alone.

    `linked`: the share of its characters that are links. A sentence that only begins so is kept.
    """
    if len(line) > _LONGEST_TEASER:
        return False
    if linked >= _MOSTLY_LINKED and _BARE_LABEL.fullmatch(line):
        return True
    found = _LABEL.fullmatch(line)
    if found is None:
        return False
    rest = found["rest"].strip()
    is_marked = bool(found["end"].strip(" )]"))
    if not rest or linked >= _WHOLLY_LINKED:
        return True
    if linked >= _MOSTLY_LINKED:
        return is_marked or not (rest.endswith(_SENTENCE) and reports(rest))
    return is_marked and _may_be_headline(rest)


def _may_be_headline(rest: str) -> bool:
    """Whether what follows a label is no sentence, no telephone number, and begins as headlines do."""
    first = next((letter for letter in rest if letter.isalpha()), "")
    return bool(first) and not first.islower() and not rest.endswith(_SENTENCE)
