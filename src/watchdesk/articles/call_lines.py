"""Lines that ask readers for something, or that only go with a text, in some thirty languages.

They ask for subscribers, tips and followers, say that the rest is paid for, credit a picture, or tell the
reading time. `teasers` and `clutter_lines` look for them; what leads to other articles is in `teaser_lines`.
"""

import re

from watchdesk.articles.reported import reports
from watchdesk.articles.written_dates import is_stamp

_AFTER_APP = (
    r"(?:\W*$|[!.:|→>–—(-].*| (?:now|here|today|via|at|free|in (?:the )?(?:app|google|apple|play)|on "
    r"(?:your|the|"
    r"google|apple|app|ios|android|iphone)|from (?:the )?(?:app|google|apple|play)|for (?:free|ios|android|"
    r"iphone|"
    r"your|the latest|more|news|all|breaking|daily|live|instant|updates)|to (?:get|read|receive|stay|follow|"
    r"see|"
    r"watch|listen|access|enjoy|keep|never|your|be|join)|and (?:get|stay|never|receive|read|follow|keep|be|"
    r"enjoy|"
    r"join))\b.*)"
)
"""What may come after `Download the app` in a call."""
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
    rf"never miss (?:the latest|a story|out|our|an?) (?=.{{0,120}}\b(?:{_CHANNELS})\b).{{0,160}}",
    r"(?:puede|puedes) (?:escribirnos|seguirnos|seguir a) .{0,200}|(?:¿)?ya sab[ií]as que .{0,60}\bcanal de "
    r"(?:telegram|whatsapp|youtube).{0,120}|(?:¡)?mir[ae] lo que tiene nuestro canal .{0,80}",
    r"klicken sie auf den (?:unteren )?button, um .{0,60} (?:zu laden|anzuzeigen).{0,40}",
    r"help us (?:continue|keep|to) .{0,120}\bdonate\b.{0,20}",
    r"you (?:must|need to|have to) (?:be )?(?:logged in|log in|login) to (?:post|leave|write|"
    r"comment)\b.{0,40}|"
    r"du musst .{0,20}eingeloggt sein.{0,120}",
    rf"(?:{_CALLS_WITH_CHANNEL})\b(?=.{{0,170}}\b(?:{_CHANNELS})\b).{{0,240}}",
    r"(?:for (?:the )?(?:latest|more|breaking) .{0,80})?(?:please )?(?:download|get|install|try) (?:the|"
    rf"our) (?:[\w’'&.+-]+ ){{0,7}}?apps?\b(?:{_AFTER_APP})",
    r"(?:laden|holen|nutzen|installieren) sie .{0,60}\b\w*-?app\b.{0,80}|(?:télécharge[rz]|installez) "
    r".{0,60}\bappli(?:cation)?\b.{0,80}",
    r"(?:descarg[aáu]e?\w*|baixe|scarica) .{0,60}\b(?:app|aplicaci[oó]n|aplicativo|applicazione)"
    r"\b.{0,80}|pobierz .{0,60}aplikacj\w+.{0,80}",
    r"(?:завантаж\w+|скача\w+|установите|встанов\w+) .{0,60}(?:додаток|застосунок|приложени\w+).{0,80}|"
    rf"download (?:[\w’'&.+-]+ ){{1,4}}?app\b(?:{_AFTER_APP})",
    r"(?:do you )?(?:have|got|know) (?:a |any |more )?(?:news |story |confidential )?(?:tips?|stor(?:y|"
    r"ies)|information|concerns)\b"
    r"(?=.{0,140}\b(?:e-?mail|contact|send|let us know|get in touch|write|call|signal|tell us)\b).{0,260}",
    r"(?:send|e-?mail|share) (?:us )?(?:your )?(?:news )?(?:tips?|stories|photos) (?:to|at|with) .{0,120}",
    r"haben sie (?:hinweise|einen (?:hinweis|tipp)|informationen|fragen|anregungen|einen "
    r"fehler)\b(?=[^?]*\?\W*$|"
    r".{0,160}\b(?:schreib|mail|e-mail|kontakt|wenden|melden|send|schick|teilen sie)\w*).{0,200}",
    r"(?:vous avez|avez-vous) (?:une (?:information|info|question|histoire)|un témoignage|des "
    r"informations)\b(?=[^?]*\?\W*$|.{0,160}\b(?:écri[vr]|contact|envoy|signal|e-?mail|appel)\w*).{0,200}",
    r"(?:¿)?(?:tienes?|tiene|conoces) (?:una (?:historia|denuncia|pista)|(?:alguna )?informaci[oó]n|un "
    r"dato)\b(?=[^?]*\?\W*$|.{0,160}\b(?:escr[ií]b|cont[aá]ct|env[ií]|cuént|mánd|correo|e-?mail|"
    r"whats)\w*).{0,200}",
    r"(?:masz|znasz|widziałeś|chcesz) .{0,50}(?:temat|informacj\w+|zdjęci\w+)\b(?=.{0,120}(?:napisz|"
    r"prześlij|wyślij|skontaktuj|daj znać)).{0,200}",
    r"(?:маєте|якщо ви маєте|є|если у вас есть) .{0,60}(?:інформаці\w+|новин\w+|информаци\w+)"
    r"\b(?=.{0,120}(?:пишіть|надсил\w+|надішліть|"
    r"напиш\w+|пишите|присыла\w+)).{0,200}",
    r"(?:support|help) (?:our|independent|us|quality) .{0,60}journalism.{0,140}|unterstützen sie "
    r"(?:unsere|unabhängigen).{0,140}",
)
_PAID = (
    r"(?:this|the) (?:article|story|content|post) is (?:only |exclusively )?(?:available |reserved "
    r")?(?:for|to) (?:our )?(?:paid |paying |"
    r"registered |digital )?(?:subscribers|members|readers)(?: only)?(?=\W*$|\W+(?:please|to |log|sign|"
    r"subscri|"
    r"regist|already|you|become|join|get )).{0,80}",
    r"(?:already|not yet) (?:a |an )?(?:subscriber|member|registered|subscribed)\b"
    r"(?=\W*$|[^?]{0,40}\?\W*$|.{0,60}\b(?:log|sign)[ -]?in\b|.{0,60}\bsubscribe\b).{0,80}|(?:log|sign) "
    r"in (?:or (?:subscribe|regist|sign|create|join)|to (?:your|continue|read (?:the|this|more|on|full)|"
    r"comment|"
    r"access|view|post|unlock|see|get|save|follow)\b).{0,80}",
    r"to (?:continue|keep|go on) reading(?=\W*$|[^\w ]| (?:this|the|our|your|for|with|please|all|"
    r"more)\b).{0,160}|"
    r"(?:subscribe|register|sign up|log in|sign in)(?: now)? .{0,60}(?:to (?:continue|read|unlock|"
    r"access)|for (?:the )?(?:full|whole|unlimited)|full story)\b.{0,120}",
    r"you (?:have|['’]ve) (?:reached|used|read|viewed) .{0,60}\b(?:(?:free|complimentary) "
    r".{0,30}(?:articles?|stor(?:y|"
    r"ies)|views|pages)|(?:articles?|stories|monthly|free|daily) limit|your limit|limit(?= of (?:free|"
    r"articles)))\b.{0,100}",
    r"(?:dieser|dieses|der|das) (?:artikel|inhalt|beitrag|text) ist (?:nur |exklusiv )?(?:für|unseren) "
    r".{0,40}(?:abonnent\w+|abonnement\w*|"
    r"mitglieder|kunden)\b(?! de[rs]\b).{0,100}|(?:sie )?(?:haben|sind) (?:sie )?(?:bereits|schon) "
    r"(?:ein(?:en)? (?:\S{1,20} )?(?:\S*abo\b|\S*konto|\S*zugang|account)|abonnent|registriert|"
    r"(?:mitglied|kunde)(?=\W*$|.{0,40}\?|.{0,60}\banmelden\b)).{0,100}|"
    r"(?:jetzt )?weiterlesen mit .{0,80}|mit .{2,30}(?:\+|plus) weiterlesen.{0,80}|sie sind "
    r"(?:aktuell )?nicht eingeloggt.{0,60}",
    r"(?:cet|l['’]) ?(?:article|contenu) est réservé aux? .{0,20}(?:abonné|inscrit|membre|lecteur|"
    r"adhérent|souscripteur)\w*(?! d[eu]).{0,80}|(?:il vous reste|la suite est réservée)"
    r" .{0,100}|déjà (?:abonné|inscrit)\w*.{0,80}",
    r"(?:este|esta) (?:art[ií]culo|nota|contenido|noticia) es (?:exclusiv[oa]|solo) para .{0,30}(?:suscript|"
    r"abonad|registrad|usuari|socios|miembros|lector)\w*.{0,80}|"
    r"contenido exclusivo para .{0,60}|"
    r"¿?ya (?:eres|tienes|es|tiene) .{0,20}(?:suscript\w*|suscriptor\w*|cuenta)\b.{0,80}",
    r"(?:questo|l['’]) ?(?:articolo|contenuto) è riservato .{0,20}(?:abbonat|"
    r"iscritt|utent|soci\b|lettor|registrat)\w*.{0,80}|(?:sei|hai) già (?:abbonat\w+|un "
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
    r"leestijd|час читання|время чтения|lästid)(?:\s*:?\s*(?:ca\.?|approx\.?|about|etwa|environ|około|"
    r"~)?\s*\d{1,3}.{0,15}|\s*:?)",
    r"\d{1,3}\s?(?:min|minutes?|minuten|minutos?|minuti)\.? (?:read|lesezeit|de lecture|de lectura|di "
    r"lettura|leestijd)",
    r"ten (?:tekst|artykuł) przeczytasz w .{0,30}|lectura de \d{1,3} min\w*",
    r"this (?:article|story) is the copyrighted property of .{0,200}|(?:written )?permission must be "
    r"obtained (?=.{0,160}(?:reprint|reproduc|republish|cop(?:y|ies)|publisher|copyright|quot)).{0,200}",
    r"materiał chroniony prawem autorskim(?:\W.{0,240})?|(?:prohibida|reproducci[oó]n) (?=.{0,120}\b(?:total|"
    r"parcial|autorizaci|contenido|textos?|fotos?|permiso|material)).{0,60}(?:reproducci[oó]n|"
    r"prohibida).{0,120}|"
    r"vervielfältigung nur mit .{0,160}|any use of materials (?=.{0,160}\b(?:site|website|link|hyperlink|"
    r"permission|"
    r"reference|copyright|consent|agency)\b).{0,200}|при (?:використанні|использовании|"
    r"копіюванні) матеріал\w+ .{0,200}",
)
_HEAD = r"[\s>►▶▸•*–—\-\[(|«»→➡👉📌🔗▪■☞]*"
_CALL = re.compile(rf"{_HEAD}(?:{'|'.join((*_CALLS, *_PAID, *_NOTES))})", re.IGNORECASE)
_MAY_NAME_KEYS = re.compile("[Ee]nter|ENTER")
_NAMES_KEYS = re.compile(r".{0,90}(?:помилку|ошибку|błąd|chybu).{0,90}ctrl ?\+ ?enter.{0,60}", re.IGNORECASE)
"""`Found a mistake? Mark it and press Ctrl+Enter`, in some languages."""
_LONGEST_CALL = 320
_WEAK_CALL = re.compile(
    rf"{_HEAD}(?:follow|join|register|sigue|siga|recibe|reciba|receba|participe|ricevi|suivez|rejoignez|"
    rf"recevez|"
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
_CHANGED = re.compile(
    rf"{_HEAD}(?:last (?:modified|updated?)|letzte (?:änderung|aktualisierung)|zuletzt (?:aktualisiert|"
    rf"geändert)|"
    r"dernière mise à jour|última actualizaci[oó]n|ultimo aggiornamento|ostatnia (?:aktualizacja|zmiana)|"
    r"останнє оновлення|последнее обновление|laatst bijgewerkt)\b[\s:]*(?P<rest>.{0,60})",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"(?:\d{1,2} \w{1,10} ago|vor \d{1,2} \w{1,10}|il y a \d{1,2} \w{1,10}|hace \d{1,2} \w{1,10}|"
    r"\d{1,2} \w{1,10} fa|\d{1,2} \w{1,10} temu|\d{1,2} \w{1,10} (?:тому|назад)|(?:um |at "
    r")?\d{1,2}[:.]\d{2}(?: uhr)?)\W*",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    rf"{_HEAD}(?:photos?|fotos?|bild|image|crédits? photos?|bildquelle|zdjęcie|titelbild|beitragsbild)"
    r"(?P<sure> credits?| by)?\s?(?::\s?)?(?P<sign>[:©])(?P<rest>.{1,100})",
    re.IGNORECASE,
)
_MAY_BE_CREDITED = re.compile("©|photo|foto|bild|image|credit|crédit|picture|/")
_CREDITED = re.compile(
    r".{10,180}?(?:[\s(\[]©\s?[^.!?]{2,60}|[(\[](?:photos?|fotos?|bild(?:er)?|images?|credits?|crédits?|pictures?)"
    r"(?: (?:credits?|by))?\s?[:©]\s?[^()\[\]]{2,60}[)\]]|"
    r"(?-i:[\s(](?:REUTERS|AFP|AP Photo|AFP PHOTO|EPA|Getty Images)\s?/\s?[A-ZÄÖÜ][^.!?]{2,40}))\)?\.?",
    re.IGNORECASE,
)
"""The caption of a picture: a short line that ends in its credit."""
_CREDIT_WORDS = """
    dpa afp epa imago picture alliance images image photo photos foto fotos getty stock privat private archiv
    archive archives handout courtesy screenshot symbolbild via by von van par por for of the from and und et
    e y i de da di del la le du cc by-sa by-nc agency agence agencia agencja collection museum public domain
    unsplash pixabay
"""
_IN_CREDITS = frozenset(_CREDIT_WORDS.split())
"""Words in small letters that stand in the credit of a picture."""
_FEWEST_WORDS, _MOST_OTHER_WORDS = 4, 1


def calls(line: str) -> bool:
    """Whether a line asks readers for something, or is the credit of a picture or the time of a change.

    A sentence that reports what somebody said is none, however it begins.
    """
    if len(line) > _LONGEST_CALL:
        return False
    if _MAY_NAME_KEYS.search(line) and _NAMES_KEYS.fullmatch(line) is not None:
        return not reports(line)
    if _CALL.fullmatch(line) is None:
        return _is_credit(line) or _is_caption(line) or _tells_change(line)
    return not reports(line) and (_WEAK_CALL.match(line) is None or _TO_READERS.search(line) is not None)


def _is_credit(line: str) -> bool:
    """Whether a line names who took a picture, and does not tell what it shows: `Photo: Jane Doe/Reuters`."""
    found = _CREDIT.fullmatch(line)
    if found is None or reports(line):
        return False
    words = [word.strip(".,;:()[]«»“”\"'") for word in re.split(r"[\s/|]+", found["rest"].strip())]
    if words[0][:1].islower() and words[0].lower() not in _IN_CREDITS and "." not in words[0]:
        return False
    others = [
        word for word in words if word[:1].islower() and word.lower() not in _IN_CREDITS and "." not in word
    ]
    sure = found["sure"] or found["sign"] == "©" or "©" in found["rest"]
    return bool(sure) or len(words) < _FEWEST_WORDS or len(others) <= _MOST_OTHER_WORDS


def _is_caption(line: str) -> bool:
    """Whether a line describes a picture and ends in its credit: `The quay at noon. © AFP / Jane Doe`."""
    return (
        _MAY_BE_CREDITED.search(line.lower()) is not None
        and _CREDITED.fullmatch(line) is not None
        and not reports(line)
    )


def _tells_change(line: str) -> bool:
    """Whether a line is only the time of the last change."""
    found = _CHANGED.fullmatch(line)
    if found is None:
        return False
    rest = found["rest"].strip(" .|·")
    return not rest or is_stamp(rest) or _AGO.fullmatch(rest) is not None
