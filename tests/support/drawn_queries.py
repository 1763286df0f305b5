"""Queries and articles drawn so that they often meet: odd spellings, many languages, expressions, lists."""

from hypothesis import strategies as st

from support.drawn_articles import article_of
from watchdesk.errors import ConfigurationError
from watchdesk.rules import Query, RuleSet

WORDS = (
    *(
        "nato",
        "NATO",
        "N.A.T.O.",
        "minister",
        "Ministers",
        "ministries",
        "defence",
        "defense",
        "US",
        "us",
        "U.S.",
    ),
    *(
        "rare-earth",
        "rare",
        "earth",
        "Zelenský",
        "ZELENSKY",
        "5%",
        "5 per cent",
        "5 percent",
        "5-per-cent",
        "2.5",
    ),
    *(
        "1,000",
        "1000",
        "2.5bn",
        "wombat",
        "women",
        "woman's",
        "аид",
        "Аида",
        "北约峰会",
        "峰",
        "$5",
        "€",
        "Kyiv's",
    ),
    *(
        "don't",
        "spending",
        "spends",
        "spent",
        "%",
        "percent",
        "per",
        "cent",
        "MPs",
        "mps",
        "organised",
        "organized",
    ),
    *(
        "dying",
        "die",
        "skies",
        "aluminium",
        "aeroplane",
        "Häuser",
        "Haus",
        "häusern",
        "élève",
        "eleves",
        "naïve",
    ),
    *(
        "ministres",
        "ministre",
        "soft\u00adhyphen",
        "ﬁnance",
        "finance",
        "㎞",
        "ⓝⓐⓣⓞ",
        "e\u0301lite",
        "й",
        "і\u0308жа",
    ),
    *(
        "їжа",
        "ｎａｔｏ",
        "x2y",
        "covid19",
        "covid-19",
        "ﷺ",
        "x" * 70,
        "x" * 60 + "tail",
        "North Korea",
        "straße",
    ),
    *(
        "strasse",
        "ǅ",
        "ı",
        "İstanbul",
        "istanbul",
        "ภาษาไทย",
        "日本",
        "http://a.b/c-d_e",
        "a\u200bb",
        "note¹",
        "m²",
    ),
)
TERMS = (
    *(
        "nato",
        "=NATO",
        "=nato",
        "minister",
        "ministers",
        "defence",
        "=US",
        "us",
        "zelensky",
        "5%",
        "2.5",
        "wom?n",
    ),
    *("minist*", "spend*", "stem(spend)", "stem(dying)", "stem(organise)", "stem(skies)", "stem(ministre)"),
    *('"rare earth"', '"rare earth*"', '"nato minister*"', "峰会", "峰", "=women", "earth", '"=US minister"'),
    *('"us defence minister"', "аид", '"$5"', '"5% minister"', "1000", '"2.5bn"', "mps", "=MPs", "organise"),
    *("aluminum", "airplane", "haus", "Häuser", "=Häuser", "häus*", "élève", "naive", "ministre", "finance"),
    *("km", "elite", "їжа", "strasse", "straße", "istanbul", "日本", "ไทย", '"x2y"', "covid19", '"covid 19"'),
    *(
        '"rose 5"',
        '"5 per cent"',
        '"per cent of"',
        '"cent us"',
        "xxxxxxxxxxxx*",
        f"{'x' * 70}",
        f"{'x' * 60}*l",
    ),
    *(
        "/minist(er|ry)s?\\b/",
        "/nato|kyiv/",
        "/sp[ea]+nd/",
        "/\\bnorth korea/",
        "/fin.nce/",
        "/km/",
        "/nato/",
    ),
    *(
        "/\\d+ ?per ?cent/",
        "/orth kor/",
        "/^us\\b/",
        "/colou?r|stra(ss|ß)e/",
        "/(?i)NATO\\s+minister/",
        "/e+lite/",
    ),
    *(
        "/x{3}tail/",
        "/tail/",
        "/\\bx/",
        "/hyphen/",
        "/soft/",
        "/covid.?19/",
        "/rare[- ]earth/",
        "/us+ us/",
        "/élite/",
    ),
    *(
        "@members",
        "source:wire",
        "source:w*",
        "source:tag:sport",
        "source:tag:s*t",
        "lang:de",
        "lang:de*",
        "lang:*",
    ),
    *("category:sport", "author:jane", "url:example"),
)
_ELEMENTS = (
    *("\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\b", "\\B", "\\A", "\\z", "^", "$", ".", "\\pL", "\\PL"),
    *("\\P{L}", "\\-", "\\.", "[a-z]", "[^x]", "[^a-m]", "[^\\W]", "[\\D]", "[^[:alpha:]]", "[[:^digit:]]"),
    *("(?:n|m)", "(?:q|)", "(q|\\D)", "\\Q.\\E", "|", "{x|y}", "{01}", "ж", "é", "e\u0301", "-", " ", "…"),
    *(
        "(?i)",
        "(?-i)",
        "(?s)",
        "(?U)",
        "(?mi-sU)",
        "(?)",
        "(?i)(?s)",
        "*(?i)",
        "+?(?U)",
        "{2}(?-i)",
        "?\\Q\\E",
    ),
    *("\\Q\\E", "\\Q*\\E", "(?:n+)*", "(?:(?i)a|b*)?", "(?i:n)", "(?-i:n|\\D)", "(?U:n+)", "(?s:.(?i))"),
    *("（", "？", "\\x6e", "\\156", "\\x{6E}", "[]n]", "[\\]n(]", "(\\)|n)", "(\\Q)\\E|n)"),
)
"""What stands in an expression before or instead of a letter, or goes with the letter before it."""
LISTS = RuleSet.from_yaml(
    'lists: {members: [nato, "rare earth", =US, minist*, stem(spend), 峰会]}\nrules: {a: {query: a}}'
).lists
FACTS = ("source:", "lang:", "category:", "author:", "url:")


def _in_place(word: str, begin: int, length: int, element: str, quantifier: str, replaced: int) -> str:
    """An expression: letters of a word after an element that may stand for what is before them."""
    before, rest = word[:begin], word[begin + replaced :][:length]
    return f"/{before[: length % 2 * begin]}{element}{quantifier}{rest}/"


def _is_accepted(text: str) -> bool:
    try:
        Query.parse(text)
    except ConfigurationError:
        return False
    return True


_LETTERS = [word for word in WORDS if word.isalnum() and word.isascii() and len(word) < 20]
expressions = st.builds(
    _in_place,
    st.sampled_from(_LETTERS),
    st.integers(0, 3),
    st.integers(2, 9),
    st.sampled_from(_ELEMENTS),
    st.sampled_from(("", "", "", "+", "*", "?", "{0}", "{1}", "{1,}", "{0,2}")),
    st.integers(0, 1),
).filter(_is_accepted)
"""Words with escapes, classes, flags and groups in them; in `words_alone` they often meet their word."""
words_alone = st.lists(
    st.tuples(st.sampled_from(_LETTERS), st.sampled_from((" ", "-", "", "ж", "5"))), min_size=20, max_size=60
).map(lambda some: "".join(word + sign for word, sign in some))
terms = st.sampled_from(TERMS) | expressions
text_terms = st.sampled_from([term for term in TERMS if not term.startswith(FACTS)])
groups = text_terms | st.lists(text_terms, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})")
numbers = st.integers(1, 8)
pairs = st.builds(
    lambda one, operator, number, other: f"({one} {operator}/{number} {other})",
    groups,
    st.sampled_from(("NEAR", "ONEAR", "NOT NEAR")),
    numbers,
    groups,
)
same = st.builds(
    lambda one, operator, unit, other: f"({one} {operator}/{unit} {other})",
    groups,
    st.sampled_from(("SAME", "NOT SAME")),
    st.sampled_from("SP"),
    groups,
)
stretched = st.builds(
    lambda operator, group: f"({operator} {group})",
    st.sampled_from(("FIRST/3", "LAST/3", "ATLEAST/2", "ABOUT")),
    groups | pairs,
)
fields = st.builds(
    lambda field, inner: f"{field}:({inner})",
    st.sampled_from(("title", "lead", "heading", "body")),
    groups | pairs | stretched,
)


def _parsed(text: str) -> Query:
    return Query.parse(text, LISTS)


def _tree(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' AND '.join(some)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
        st.builds(lambda one, other: f"({one} AND NOT {other})", inner, inner),
        inner.map(lambda one: f"({one})^2"),
    )


expression_queries = expressions.map(_parsed)
queries = st.recursive(terms | pairs | same | stretched | fields, _tree, max_leaves=5).map(_parsed)

texts = st.lists(
    st.tuples(
        st.sampled_from(WORDS),
        st.sampled_from(
            (" ", " ", " ", ", ", ". ", " “", "-", ") (", "\n", "/", "\u00a0", "'", "\u2028", "")
        ),
    ),
    max_size=20,
).map(lambda some: "".join(word + sign for word, sign in some))
LONG = "lorem ipsum " * 24_990
"""So long that what follows is cut."""
long_texts = st.tuples(texts, st.sampled_from(("",) * 15 + (LONG,)), texts).map("".join)
articles = st.builds(
    article_of,
    texts,
    st.lists(st.tuples(st.none() | texts.filter(bool), st.lists(long_texts, max_size=3)), max_size=2),
    st.sampled_from(
        ("en", "en", None, "de", "de-AT", "fr", "uk", "ru", "zh", "th", "tr", "nl", "pt-BR", "xx", "")
    ),
    st.sampled_from(("wire", "paper")),
    st.sampled_from(((), ("sport",))),
)
