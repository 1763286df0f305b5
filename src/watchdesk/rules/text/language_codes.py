"""The codes of ISO 639-1, and the names and other codes that people write for them."""

import re

from watchdesk.rules.text.folding import plain

CODES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905  a table of words reads best as words
)
_NAMES = dict(
    pair.split("=")
    for pair in """
    english=en eng=en german=de deutsch=de allemand=de ger=de deu=de french=fr francais=fr fre=fr fra=fr
    franzosisch=fr englisch=en ukrainisch=uk polnisch=pl spanisch=es anglais=en ingles=en aleman=de
    spanish=es espanol=es spa=es italian=it italiano=it ita=it dutch=nl nederlands=nl nld=nl dut=nl
    polish=pl polski=pl pol=pl ukrainian=uk ukr=uk ua=uk russian=ru rus=ru portuguese=pt
    portugues=pt por=pt swedish=sv svenska=sv swe=sv norwegian=no norsk=no nor=no danish=da dansk=da
    dan=da finnish=fi suomi=fi fin=fi czech=cs cz=cs cze=cs ces=cs slovak=sk slk=sk hungarian=hu
    magyar=hu hun=hu romanian=ro ron=ro rum=ro bulgarian=bg bul=bg greek=el gr=el ell=el gre=el
    turkish=tr tur=tr arabic=ar ara=ar hebrew=he iw=he heb=he persian=fa farsi=fa chinese=zh cn=zh
    zho=zh chi=zh japanese=ja jp=ja jpn=ja korean=ko kor=ko hindi=hi hin=hi estonian=et est=et
    latvian=lv lav=lv lithuanian=lt lit=lt croatian=hr hrv=hr serbian=sr srp=sr slovenian=sl
    slovene=sl slv=sl catalan=ca cat=ca
    """.split()  # noqa: SIM905  a table of words reads best as words
)


def code_of(written: str) -> str | None:
    """The two-letter code of a language as someone wrote it (`german`, `DEU`, `en-GB`); None if unknown."""
    base = re.split(r"[-_*]", plain(written))[0]
    return _NAMES.get(base) or (base if base in CODES else None)


def is_code(written: str) -> bool:
    """Whether this is exactly what an article's language may be."""
    return written in CODES and written not in _NAMES
