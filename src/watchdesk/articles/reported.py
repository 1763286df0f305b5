"""Sentences that report what somebody said, in some thirty languages: the words that attribute speech.

A call to readers names no speaker: `Download the app` is one, `Download the app, the ministry said` is news.
"""

import re

_SAID = (
    r"said|says|told|tells|asked|asks|added|replied|answered|warned|wrote|insisted|argued|claimed|shouted|"
    r"chanted|announced|urged|joked|recalled|explained|demanded|promised|complained|tweeted|stressed|noted|"
    r"according to|court (?:heard|ruled|found)|"
    r"(?:say|demand|hear|warn|claim|complain|promise)(?=\W*$)|, reads the",
    r"sagte[nt]?|sagt|erklärten?|fragten?|rief(?:en)?|betonten?|meinten?|riet(?:en)?|warnten?|forderten?|"
    r"berichteten?|schrieb(?:en)?|antworteten?|ergänzten?|teilten? .{0,60} mit|hieß es|heißt es|empfiehlt|"
    r"empfehlen|empfahl(?:en)?|verspricht|versprach(?:en)?|rät|fordert|warnt|"
    r"erklärt|betont|meint|ruft|schreibt|berichtet|kündigte[nt]? .{0,60} an|, steht (?:auf|in|an)|laut|so "
    r"(?:der|die|das)",
    r"(?:a|ont|avait|avaient) (?:\w+ )?(?:dit|déclaré|indiqué|demandé|expliqué|conseillé|crié|rappelé|"
    r"affirmé|précisé|ajouté|répondu|assuré|estimé|lancé|annoncé|prévenu)|a-t-(?:il|elle|on)|dit-(?:il|elle)|"
    r"disai(?:t|ent)|raillai(?:t|ent)|rappelle(?:nt)?|affirme(?:nt)?|recommande(?:nt)?|explique(?:nt)?|"
    r"prévien(?:t|nent)|"
    r"demande(?:nt)? (?:le|la|les|l['’])|promet(?:tent)?|conseille(?:nt)?|selon (?!vos?\b|votre|tes\b|ton\b|"
    r"ta\b)",
    r"dij(?:o|eron)|dicen?|decían?|afirm(?:ó|aron)|asegur(?:ó|aron)|señal(?:ó|aron)|explic(?:ó|aron)|"
    r"pidi(?:ó|"
    r"eron)|pregunt(?:ó|aron)|añadi(?:ó|eron)|grit(?:ó|aron)|respondi(?:ó|eron)|indic(?:ó|aron)|declar(?:ó|"
    r"aron)|advirti(?:ó|eron)|record(?:ó|aron)|anunci(?:ó|aron)|recomiendan?|recomend(?:ó|aron)|promet(?:e|"
    r"en|ió|ieron)|"
    r"aconsejan?|advierten?|explican?|aseguran?|según (?!tus?\b|sus?\b)",
    r"ha(?:nno)? (?:detto|spiegato|dichiarato|chiesto|aggiunto|affermato|risposto|gridato|ricordato|"
    r"annunciato|scritto|avvertito)|disse(?:ro)?|spiegano?|consiglia(?:no)?|raccomanda(?:no)?|avvertono|"
    r"avverte|promettono|promette|afferma(?:no)?|secondo (?:il|lo|la|l['’]|i|gli|fonti)\b",
    r"disse(?:ram)?|diz(?:em)?|afirm(?:ou|aram)|explic(?:ou|aram)|ped(?:iu|iram)|pergunt(?:ou|aram)|"
    r"gritou|acrescentou|declarou|anunciou|respondeu|alertou|recomend(?:a|am|ou)|promet(?:e|em|eu)|"
    r"aconselh(?:a|ou)|"
    r"avis(?:a|ou)|segundo [ao]s?",
    r"powiedzia(?:ł|ła|eli)|mów(?:i|ił|iła|ią)|doda(?:ł|ła|li|je)|radzi(?:ł|ła)?|(?:za)?pyta(?:ł|ła|li)|"
    r"odpowiedzia(?:ł|ła)|stwierdzi(?:ł|ła)|zaznaczy(?:ł|ła)|podkreśli(?:ł|ła)|poinformowa(?:ł|ła|li|no)|"
    r"napisa(?:ł|ła|li)|apelowa(?:ł|ła)|apeluj[eą]|zachęca(?:ją|ł|ła)?|obiecuj[eą]|obieca(?:ł|ła)|"
    r"zaleca(?:ją|ł|ła)?|ostrzega(?:ją)?|"
    r"pisze|wzywa(?:ł|ła)?|ostrzeg(?:ł|ła)|zdaniem",
    r"сказа(?:в|ла|ли|л|но)|каж(?:е|уть)|говор(?:ить|ит|ят)|заяви(?:в|ла|ли|л)|повідоми(?:в|ла|ли)|"
    r"сообщи(?:л|ла|ли)|порадил[аои]|порадив|посоветова(?:л|ла|ло|ли)|радить|написа(?:в|л|ла|ли)|"
    r"запита(?:в|ла|ли)|спроси(?:л|ла|ли)|відпові(?:в|ла|ли)|ответи(?:л|ла|ли)|дода(?:в|ла|ли)|"
    r"добави(?:л|ла|ли)|заклика(?:в|є|ють|ла)|призыва(?:ет|ют|л)|призва(?:л|ла|ли)|обіця(?:в|є|ють)|"
    r"обеща(?:л|ет|ют)|радять|совету(?:ет|ют)|"
    r"рекоменду(?:є|ют|ють|ет)|пиш(?:е|ет|уть|ут)|зазначи(?:в|ла)|отмети(?:л|ла)|поясни(?:в|л|ла)|"
    r"попереди(?:в|ла)|предупреди(?:л|ла)|за словами|по словам",
    r"zei(?:den)?|zegt|zeggen|aldus|meldden?|riep(?:en)?|vroeg(?:en)?|volgens|sade|säger|ropade|enligt|"
    r"sagde|siger|råbte|ifølge|sier|sa (?:han|hun|hon|de[nt]?|statsministeren)|sanoi(?:vat)?|sanoo|kertoi|"
    r"mukaan",
    r"řek(?:l|la|li)|uved(?:l|la|li)|říká|doda(?:l|la|li)|povedal[ai]?|uvied(?:ol|la|li)|podle|podľa|"
    r"rek(?:ao|la|li)|kaza(?:o|la|li)|izjavi(?:o|la)|рек(?:ао|ла)|изјави(?:о|ла)|каза|заяви|mondt[aá]k?|"
    r"közölték?|szerint|a(?:u)? (?:spus|declarat|afirmat|precizat)|potrivit|dedi|söyledi|belirtti|açıkladı|"
    r"είπ(?:ε|αν)|δήλωσ(?:ε|αν)|λέει|σύμφωνα με|ütles|teica|sakė",
    r"و?(?:قال|قالت|أضاف|صرح|أكد)|אמר[הו]?|לדברי",
)
_SAID_UNSPACED = (
    r"表示|称，|稱，|[说說](?:道|，|：)|と(?:述べ|説明|話し|語っ)|としている|말했다|밝혔다|에 따르면"
)
_REPORTS = re.compile(rf"\b(?:{'|'.join(_SAID)})(?!\w)|{_SAID_UNSPACED}", re.IGNORECASE)


def reports(line: str) -> bool:
    """Whether a line attributes what it says to somebody, as a sentence of news does."""
    return _REPORTS.search(line) is not None
