"""English plurals: the singular of a word, by rules and by a table of the words that the rules get wrong.

Careful rather than complete: a word that would become another word (news, customs, arms) stays as it is.
"""

_SAME = frozenset(
    """
    news series species means odds headquarters gallows crossroads aids goods arms customs
    economics electronics athletics genetics dynamics aeronautics ballistics logistics robotics mathematics
    linguistics physics politics gymnastics analytics ethics
    always perhaps besides towards afterwards afterward overseas whereas sometimes nevertheless does goes
    alias atlas bias canvas christmas gas lens yes was has this his its thus plus pus bus
    wales mars jones hughes williams davis james charles thomas texas kansas arkansas hamas lagos laos
    honduras naples athens brussels paris cyprus barbados damascus reuters netherlands philippines
    commons premises proceeds securities vegas
    marcos carlos andreas lucas nicolas nikolas jonas elias roberts richards edwards peters jacobs stephens
    stevens andrews matthews phillips daniels evans owens adams rogers simons
    chaos cosmos ethos pathos kudos rhinoceros
    """.split()  # noqa: SIM905  a table of words reads best as words
)
"""Words that look like a plural but are not one, or whose singular is a different word."""

_IRREGULAR = dict(
    pair.split("=")
    for pair in """
    men=man women=woman children=child feet=foot teeth=tooth mice=mouse geese=goose oxen=ox
    policemen=policeman servicemen=serviceman
    fishermen=fisherman gunmen=gunman chairmen=chairman firemen=fireman
    cameramen=cameraman militiamen=militiaman clergymen=clergyman watchmen=watchman
    frenchmen=frenchman englishmen=englishman irishmen=irishman dutchmen=dutchman
    ploughmen=ploughman plowmen=plowman
    airmen=airman seamen=seaman
    policewomen=policewoman servicewomen=servicewoman chairwomen=chairwoman
    crises=crisis analyses=analysis hypotheses=hypothesis theses=thesis parentheses=parenthesis
    oases=oasis diagnoses=diagnosis prognoses=prognosis synopses=synopsis emphases=emphasis axes=axe
    criteria=criterion phenomena=phenomenon referenda=referendum memoranda=memorandum
    indices=index appendices=appendix matrices=matrix vertices=vertex
    wives=wife knives=knife lives=life wolves=wolf shelves=shelf halves=half thieves=thief
    calves=calf loaves=loaf scarves=scarf elves=elf
    buses=bus gases=gas viruses=virus bonuses=bonus campuses=campus censuses=census statuses=status
    choruses=chorus consensuses=consensus focuses=focus surpluses=surplus pluses=plus caucuses=caucus
    geniuses=genius prospectuses=prospectus nexuses=nexus biases=bias atlases=atlas canvases=canvas
    aliases=alias lenses=lens irises=iris
    movies=movie cookies=cookie rookies=rookie zombies=zombie calories=calorie prairies=prairie
    selfies=selfie genies=genie eyries=eyrie aussies=aussie newbies=newbie
    canoes=canoe oboes=oboe aches=ache headaches=headache caches=cache niches=niche avalanches=avalanche
    quizzes=quiz
    iraqis=iraqi israelis=israeli pakistanis=pakistani saudis=saudi nazis=nazi houthis=houthi taxis=taxi
    emiratis=emirati kuwaitis=kuwaiti qataris=qatari bangladeshis=bangladeshi azeris=azeri yemenis=yemeni
    omanis=omani somalis=somali rabbis=rabbi alibis=alibi safaris=safari tsunamis=tsunami khakis=khaki
    menus=menu gurus=guru hindus=hindu zulus=zulu
    sorties=sortie hoodies=hoodie goalies=goalie junkies=junkie foodies=foodie brownies=brownie
    freebies=freebie bookies=bookie techies=techie smoothies=smoothie hippies=hippie lassies=lassie
    caddies=caddie oldies=oldie indies=indie coteries=coterie brasseries=brasserie
    gendarmeries=gendarmerie chillies=chilli chilies=chili moustaches=moustache mustaches=mustache
    cliches=cliche creches=creche horseshoes=horseshoe tiptoes=tiptoe throes=throe
    coronaviruses=coronavirus minibuses=minibus trolleybuses=trolleybus circuses=circus octopuses=octopus
    apparatuses=apparatus foetuses=foetus fetuses=fetus hiatuses=hiatus walruses=walrus exoduses=exodus
    hooves=hoof dwarves=dwarf wharves=wharf sheaves=sheaf midwives=midwife housewives=housewife
    nemeses=nemesis antitheses=antithesis syntheses=synthesis psychoses=psychosis neuroses=neurosis
    fungi=fungus nuclei=nucleus stimuli=stimulus alumni=alumnus cacti=cactus bacteria=bacterium
    curricula=curriculum addenda=addendum millennia=millennium stadia=stadium consortia=consortium
    moratoria=moratorium symposia=symposium crematoria=crematorium ultimata=ultimatum spectra=spectrum
    formulae=formula larvae=larva algae=alga antennae=antenna vertebrae=vertebra
    bureaux=bureau plateaux=plateau tableaux=tableau chateaux=chateau
    ads=ad mps=mp evs=ev tvs=tv pcs=pc pms=pm ids=id
    """.split()  # noqa: SIM905  a table of words reads best as words
)

_ES_AFTER = ("ss", "sh", "ch", "x", "tz", "zz")


def singular(word: str) -> str:
    """The singular of a folded English word; the word itself unless it is certainly a plural."""
    irregular = _IRREGULAR.get(word)
    if irregular is not None:
        return irregular
    if word.endswith(("smen", "swomen")):
        return word[:-2] + "an"
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or word in _SAME:
        return word
    if len(word) < 4:
        return word[:-1] if word[:-1].isdigit() else word
    return _by_rule(word)


def _by_rule(word: str) -> str:
    if word.endswith("ies"):
        return word[:-1] if len(word) == 4 else word[:-3] + "y"
    if word.endswith("oes"):
        return word[:-1] if len(word) < 6 else word[:-2]
    if word.endswith("es") and word[:-2].endswith(_ES_AFTER):
        return word[:-2]
    return word[:-1]
