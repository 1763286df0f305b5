"""Patterns of lines inside a text that lead away from it, in some thirty languages, as of November 2026.

They point to other articles, ask for subscribers, tips and followers, or say that the rest is paid for.
`teasers` and `clutter_lines` look for them.
"""

import re

_LABELS = (
    r"(?:read|see|watch|listen|learn)(?: it)?(?: also| more| next| too)|(?:also|further) (?:read|see|"
    r"reading|watch)",
    r"more (?:on(?: this(?: story| topic)?)?|stories|from|coverage|to read)|in case you missed it|"
    r"don['’]t miss|must read|recommended(?: reading)?|you (?:may|might) (?:also )?(?:like|be interested "
    r"in)|"
    r"related(?: (?:stor(?:y|ies)|articles?|content|coverage|news|reading|posts?|links?|topics?|video))?|"
    r"up next|"
    r"what to read next|top stories|more news|editor['’]s picks?|most read",
    r"(?:lesen|sehen|hören) sie (?:auch|mehr|hier|dazu|hierzu)(?: (?:auch|mehr|dazu))?|lies auch|"
    r"lesetipps?|siehe auch|"
    r"mehr (?:zum thema|dazu|lesen|aus|über|von)|auch interessant|(?:das|dies) (?:thema )?könnte "
    r"(?:sie|dich) auch interessieren|passend dazu|schon gelesen|weitere (?:artikel|themen|nachrichten|"
    r"meldungen|infos)|"
    r"interessant(?: dazu)?|weiterlesen|zum weiterlesen|zum thema|verwandte artikel|meistgelesen|lust "
    r"auf mehr",
    r"(?:à|a) (?:lire|voir|écouter|découvrir)(?: aussi| également| sur)?|(?:lire|voir|écouter)(?: aussi| "
    r"également)|"
    r"lisez (?:aussi|également)|sur le même (?:sujet|thème)|pour aller plus loin|articles? liés?|nos "
    r"autres articles|"
    r"en savoir plus|les plus lus",
    r"(?:lea|lee|leer|vea|ver|mira|mire|escuche|escucha|consulte|consulta)(?: también| además| más)|"
    r"también (?:lee|lea|puede "
    r"leer|puedes leer|te puede interesar)|(?:te|le|les) (?:puede|podría|recomendamos|sugerimos)(?: leer|"
    r" interesar)?|"
    r"(?:notas?|noticias?|art[ií]culos?|contenidos?|temas?) relacionad[oa]s?|relacionad[oa]s?|más "
    r"(?:información|noticias|sobre"
    r")|puede leer|no te pierdas|lo más le[ií]do|siga leyendo|sigue leyendo",
    r"(?:leggi|vedi|guarda|ascolta) anche|da leggere|leggi (?:di più|tutto)|per approfondire|"
    r"approfondi(?:sci|menti?)|"
    r"potrebbe(?:ro)? interessart[ei](?: anche)?|(?:articoli|notizie) correlat[ie]",
    r"(?:leia|veja|ouça|assista|saiba)(?: também| mais| ainda)|(?:matérias?|notícias?|conteúdos?|"
    r"artigos?) relacionad[oa]s|"
    r"ler também|ver também",
    r"(?:prze)?(?:czytaj|czytajcie)(?: też| także| również| więcej| dalej)|(?:z)?obacz(?: też| także| "
    r"również| więcej)|"
    r"posłuchaj też|polecamy|polecane|warto przeczytać|powiązane(?: artykuły)?|czytasz właśnie",
    r"(?:читайте|дивіться|слухайте|подивіться)(?: також| ще| далі| більше)|(?:також|ще) (?:читайте|"
    r"дивіться)|"
    r"(?:більше|матеріали|новини) (?:на|за|по) (?:тем[уіою]+)|(?:схожі|пов['’]язані) (?:новини|статті|"
    r"матеріали)|до теми|по темі",
    r"(?:читайте|смотрите|слушайте)(?: также| ещё| еще| далее)|(?:также|ещё|еще) (?:читайте|смотрите)|"
    r"(?:материалы|новости) по "
    r"теме|по теме|похожие (?:новости|статьи|материалы)",
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
    r"(?:watch|listen|video|mira|lee|lea|vea|leia|veja|czytaj|zobacz|dowiedz się więcej|читайте|дивіться)",
)
"""What stands before the headline of another article, or alone above it."""
_CHANNELS = (
    r"newsletters?|infolettre|lettre d['’]info\w*|bulletin|briefing|inbox|e-?mail|mailing|telegram\w*|"
    r"whats ?app|viber\w*|"
    r"facebook\w*|twitter|instagram\w*|youtube|tiktok|threads|google (?:news|noticias|actualités|"
    r"новин\w*)|podcasts?|"
    r"(?:web)?push|notifications?|benachrichtigungen|alert[ae]?s?|canal|cana[li]e?|channel|kana[lł]\w*|"
    r"канал\w*|розсилк\w*|"
    r"рассылк\w*|edi[tc]i?[oó]n|premium|digital|abo\b|abonnements?|subscription|account|print|app|apps|"
    r"newslettera?|"
    r"соцмереж\w*|соцсет\w*|facebooku|kanału"
)
_CALLS_WITH_CHANNEL = (
    r"subscribe|sign up|register|join|follow|get (?:our|the|daily|more)|stay (?:up to date|informed|"
    r"connected)|like us|find us|"
    r"abonnieren sie|jetzt (?:abonnieren|anmelden|sichern)|melden sie sich|folgen sie|folgt? uns|"
    r"erhalten sie|bleiben sie|"
    r"hier (?:abonnieren|anmelden)|abonnez[- ]vous|inscrivez[- ]vous|recevez|suivez|rejoignez|retrouvez|"
    r"suscr[ií]b\w+|reg[ií]strate|[uú]nete|síguenos|siguenos|s[ií]ganos|sigue|siga|recibe|reciba|"
    r"iscriviti|abbonati|seguici|"
    r"ricevi|assine|inscreva-se|receba|participe|zapisz się|subskrybuj|zaprenumeruj|zapraszamy|obserwuj|"
    r"dołącz|"
    r"śledź|bądź|підпи[сш]\w+|слідкуйте|стежте|долуча[йє]\w+|приєднуйт\w+|читайте нас|подпи[сш]\w+|следите|"
    r"присоединя\w+|schrijf je in|meld je aan|abonneer\w*|volg ons|abonati-vă|abonează-te|iratkozz? "
    r"fel\w*|přihlaste se|"
    r"odebírejte|sledujte|prenumerera|tilmeld dig|meld deg på|takip edin|abone ol\w*"
)
_CALLS = (
    rf"(?:{_CALLS_WITH_CHANNEL})\b(?=.{{0,170}}\b(?:{_CHANNELS})\b).{{0,240}}",
    r"(?:for (?:the )?(?:latest|more|breaking) .{0,80})?(?:please )?(?:download|get|install|try) (?:the|"
    r"our) .{0,60}\bapps?\b.{0,80}",
    r"(?:laden|holen|nutzen|installieren) sie .{0,60}\b\w*-?app\b.{0,80}|(?:télécharge[rz]|installez) "
    r".{0,60}\bappli(?:cation)?\b.{0,80}",
    r"(?:descarg[aáu]e?\w*|baixe|scarica) .{0,60}\b(?:app|aplicaci[oó]n|aplicativo|applicazione)"
    r"\b.{0,80}|pobierz .{0,60}aplikacj\w+.{0,80}",
    r"(?:завантаж\w+|скача\w+|установите|встанов\w+) .{0,60}(?:додаток|застосунок|приложени\w+).{0,80}|"
    r"download .{0,30} app\b.{0,60}",
    r"(?:do you )?(?:have|got|know) (?:a |any |more )?(?:news |story |confidential )?(?:tips?|stor(?:y|"
    r"ies)|information|concerns)\b"
    r"(?=.{0,140}\b(?:e-?mail|contact|send|let us know|get in touch|write|call|signal|tell us)\b).{0,260}",
    r"(?:send|e-?mail|share) (?:us )?(?:your )?(?:news )?(?:tips?|stories|photos) (?:to|at|with) .{0,120}",
    r"haben sie (?:hinweise|einen (?:hinweis|tipp)|informationen|fragen|anregungen|einen fehler)\b.{0,200}",
    r"(?:vous avez|avez-vous) (?:une (?:information|info|question|histoire)|un témoignage|des "
    r"informations)\b.{0,200}",
    r"(?:¿)?(?:tienes?|tiene|conoces) (?:una (?:historia|denuncia|pista)|(?:alguna )?informaci[oó]n|un "
    r"dato)\b.{0,200}",
    r"(?:masz|znasz|widziałeś|chcesz) .{0,50}(?:temat|informacj\w+|zdjęci\w+)\b(?=.{0,120}(?:napisz|"
    r"prześlij|wyślij|skontaktuj|daj znać)).{0,200}",
    r"(?:маєте|якщо ви маєте|є|если у вас есть) .{0,60}(?:інформаці\w+|новин\w+|информаци\w+)"
    r"\b(?=.{0,120}(?:пишіть|надсил\w+|надішліть|"
    r"напиш\w+|пишите|присыла\w+)).{0,200}",
    r".{0,90}(?:помилку|ошибку|błąd|chybu|chybu).{0,90}ctrl ?\+ ?enter.{0,60}",
    r"(?:support|help) (?:our|independent|us|quality) .{0,60}journalism.{0,140}|unterstützen sie "
    r"(?:unsere|unabhängigen).{0,140}",
)
_PAID = (
    r"(?:this|the) (?:article|story|content|post) is (?:only |exclusively )?(?:available |reserved "
    r")?(?:for|to) (?:our )?(?:paid |paying |"
    r"registered |digital )?(?:subscribers|members|readers)(?: only)?\b.{0,80}",
    r"(?:already|not yet) (?:a |an )?(?:subscriber|member|registered|subscribed)\b"
    r"(?=\W*$|.{0,40}\?|.{0,60}\b(?:log|sign)[ -]?in\b|.{0,60}\bsubscribe\b).{0,80}|(?:log|sign) "
    r"in (?:to|or) .{0,80}",
    r"to (?:continue|keep|go on) reading\b.{0,160}|(?:subscribe|register|sign up|log in|sign in)(?: "
    r"now)? .{0,60}(?:to (?:continue|read|unlock|"
    r"access)|for (?:the )?(?:full|whole|unlimited)|full story)\b.{0,120}",
    r"you (?:have|['’]ve) (?:reached|used|read|viewed) .{0,60}(?:free|limit|complimentary) .{0,100}",
    r"(?:dieser|dieses|der|das) (?:artikel|inhalt|beitrag|text) ist (?:nur |exklusiv )?(?:für|unseren) "
    r".{0,40}(?:abonnent\w+|abonnement\w*|"
    r"mitglieder|kunden)\b.{0,100}|(?:sie )?(?:haben|sind) (?:sie )?(?:bereits|schon) "
    r"(?:ein(?:en)? (?:\S{1,20} )?(?:\S*abo\b|\S*konto|\S*zugang|account)|abonnent|registriert|"
    r"(?:mitglied|kunde)(?=\W*$|.{0,40}\?|.{0,60}\banmelden\b)).{0,100}|"
    r"(?:jetzt )?weiterlesen mit .{0,80}|mit .{2,30}(?:\+|plus) weiterlesen.{0,80}|sie sind "
    r"(?:aktuell )?nicht eingeloggt.{0,60}",
    r"(?:cet|l['’]) ?(?:article|contenu) est réservé aux? .{0,80}|(?:il vous reste|la suite est réservée)"
    r" .{0,100}|déjà (?:abonné|inscrit)\w*.{0,80}",
    r"(?:este|esta) (?:art[ií]culo|nota|contenido|noticia) es (?:exclusiv[oa]|solo) para .{0,100}|"
    r"contenido exclusivo para .{0,60}|"
    r"¿?ya (?:eres|tienes|es|tiene) .{0,20}(?:suscript\w*|suscriptor\w*|cuenta)\b.{0,80}",
    r"(?:questo|l['’]) ?(?:articolo|contenuto) è riservato .{0,80}|(?:sei|hai) già (?:abbonat\w+|un "
    r"abbonamento|registrat\w+).{0,80}",
    r"(?:conteúdo|matéria) exclusiv[oa] para .{0,80}|já é assinante.{0,60}",
    r"(?:ten|dalsza część|pozostało) .{0,40}(?:artykuł\w*|tekst\w*|treści).{0,40}(?:prenumerator\w+|"
    r"subskrybent\w+|zalogowan\w+|czytelnik\w+).{0,80}|"
    r"masz już (?:konto|subskrypcję|prenumeratę).{0,80}",
    r"(?:ця стаття|цей матеріал|эта статья|материал) .{0,40}(?:передплатник\w+|підписник\w+|подписчик\w+)"
    r".{0,80}|"
    r"вже (?:маєте|є) (?:передплат|підписк)\w+.{0,80}",
    r"dit artikel is (?:alleen|exclusief) .{0,80}|(?:al|reeds) abonnee.{0,80}",
)
_NOTES = (
    r"(?:(?:estimated )?reading time|lesezeit|lesedauer|temps de lecture|tiempo de lectura|tempo "
    r"di lettura|czas czytania|"
    r"leestijd|час читання|время чтения|lästid)\s*:?.{0,30}",
    r"\d{1,3}\s?(?:min|minutes?|minuten|minutos?|minuti)\.? (?:read|lesezeit|de lecture|de lectura|di "
    r"lettura|leestijd)",
    r"ten (?:tekst|artykuł) przeczytasz w .{0,30}|lectura de \d{1,3} min\w*",
    r"(?:last (?:modified|updated?)|letzte (?:änderung|aktualisierung)|zuletzt (?:aktualisiert|geändert)|"
    r"dernière mise à jour|"
    r"última actualizaci[oó]n|ultimo aggiornamento|ostatnia (?:aktualizacja|zmiana)|останнє оновлення|"
    r"laatst bijgewerkt)\b(?! (?:of|to|in|de[rsl]|dell[ao]|d[ao]|zu[mr]|an|w|у|в|va[nr])\b).{0,60}",
    r"(?:photo|foto|bild|image|crédits? photos?|bildquelle|fotos?|zdjęcie|titelbild|beitragsbild)(?: "
    r"credits?| by)?\s?[:©].{1,100}",
    r"this (?:article|story) is the copyrighted property of .{0,200}|(?:written )?permission must be "
    r"obtained .{0,200}",
    r"materiał chroniony prawem autorskim.{0,240}|(?:prohibida|reproducci[oó]n) "
    r".{0,60}(?:reproducci[oó]n|prohibida).{0,120}|"
    r"vervielfältigung nur mit .{0,160}|any use of materials .{0,200}|при (?:використанні|использовании|"
    r"копіюванні) матеріал\w+ .{0,200}",
)
_HEAD = r"[\s>►▶▸•*–—\-\[(|«»→➡👉📌🔗▪■☞]*"
_END = r"(?P<end>[\s)\]»]*(?:[:：|>»→–—\-?!.…]+|$)|(?=\s)|\s)"
_LABEL = re.compile(rf"{_HEAD}(?:{'|'.join(_LABELS)}){_END}(?P<rest>.*)", re.IGNORECASE)
_CALL = re.compile(rf"{_HEAD}(?:{'|'.join((*_CALLS, *_PAID, *_NOTES))})", re.IGNORECASE)
_LONGEST_CALL = 320
_LONGEST_TEASER = 260
_MOSTLY_LINKED = 0.4
_WEAK_CALL = re.compile(
    rf"{_HEAD}(?:follow|join|register|sigue|siga|recibe|reciba|receba|participe|ricevi|suivez|rejoignez|recevez|"
    r"retrouvez|obserwuj|dołącz|śledź|bądź|zapraszamy|слідкуйте|стежте|следите|sledujte)\b",
    re.IGNORECASE,
)
"""Verbs that open sentences of news too: `Follow-up talks on the digital tax`, ..."""
_TO_READERS = re.compile(
    r"\b(?:our|us|your?|nos|nuestr\w+|noss[oa]s?|notre|vo(?:s|tre)|nostr\w+|nasz\w*|nam|nas|наш\w*|нас|"
    r"ná[sm]|naš\w*|newsletter\w*|infolettre|e-?mail|inbox|telegram\w*|whats ?app|viber\w*|facebook\w*|"
    r"twitter|instagram\w*|youtube|tiktok|threads|google|podcasts?|push|notifications?|apps?|канал\w*|"
    r"розсилк\w*|рассылк\w*|соцмереж\w*|соцсет\w*)\b",
    re.IGNORECASE,
)
"""... and what makes a call of them."""
_SENTENCE = (".", "!", ".”", '."', ".“")


def calls(line: str) -> bool:
    """Whether a line asks readers for something: to subscribe, follow, install an app, send tips, log in."""
    if len(line) > _LONGEST_CALL or _CALL.fullmatch(line) is None:
        return False
    return _WEAK_CALL.match(line) is None or _TO_READERS.search(line) is not None


def is_label(line: str) -> bool:
    """Whether a line is only the label of what follows it: `Read more:`."""
    found = _LABEL.fullmatch(line) if len(line) <= _LONGEST_TEASER else None
    return found is not None and not found["rest"].strip()


def names_others(line: str, linked: float) -> bool:
    """Whether a line leads to other articles: `Read more: Harbour to be widened`, or `Read more` alone.

    `linked`: the share of its characters that are links. A sentence that only begins so is kept.
    """
    found = _LABEL.fullmatch(line) if len(line) <= _LONGEST_TEASER else None
    if found is None:
        return False
    rest = found["rest"].strip()
    if not rest or linked >= _MOSTLY_LINKED:
        return True
    return bool(found["end"].strip(" )]")) and not rest.endswith(_SENTENCE)
