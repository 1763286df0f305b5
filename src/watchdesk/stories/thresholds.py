"""Every number that decides which story an article tells (see docs/decisions/0011-events-and-copies.md)."""

from datetime import timedelta

from watchdesk.model import HOLDS_BACK as HOLDS_BACK
from watchdesk.model import SHOWN_TOGETHER as SHOWN_TOGETHER

# Events: the same thing in other words.
EVENT_WINDOW = timedelta(hours=48)
"""How long ago an article may have been first seen to be compared with a new one."""
EVENT_KEPT = EVENT_WINDOW + timedelta(hours=6)
"""How long it is kept to be compared: a clock may be put back by so much."""
LOSS_A_DAY = 0.12
"""What similarity loses for each day between two articles."""
NEAREST = 3
"""Members of a story whose mean is its similarity."""
OPENING = 300
"""Words of the text that are compared, beside the title: the facts that every report has stand there."""
MOST_TERMS = 80
"""Terms of an article that are compared, those of the greatest weight."""
TITLE_WEIGHT = 2
"""How often a word of the title counts."""
USUAL_RANK = 6
"""The story whose similarity is usual for an article, counted from the nearest one."""
USUAL_LOSS = 2.0
"""How often similarity loses what is usual: on a day full of one subject all is near to all."""
USUAL = 0.02
"""What is usual where few articles are known, and costs nothing."""
NAMES_GAIN = 0.1
"""What similarity gains where the two texts have all names in common."""
NAMES_SHARED = 0.3
"""The part of the names in common above which similarity gains, and below which it loses."""
COMMON = 0.05
"""The part of the window's articles from which a term brings up no article by itself."""
FEW = 20
"""Articles in which any term may be and still bring them up, however small the window is."""
LEAST_SHARED = 3
"""Terms that two articles must have in common: of two headlines without a text, one name proves nothing."""
CARRIED_BY = 5
"""Terms that a reason names."""
MERGED_FROM = SHOWN_TOGETHER
"""Similarity of a story's last members to another story from which the two are one."""
LAST_MEMBERS = 3
"""Members of a story that are asked once more."""

# Document frequencies.
TERM_DAYS = 21
"""Days over which it is counted in how many articles a term is."""
GENERAL = 200
"""Articles of general news that count beside those seen: of few articles, rarity would say little."""
HALF_LIFE = 7.0
"""Days after which an article counts half."""

# Templates: the same form, filled in for something else.
ALIKE = 0.25
"""The part of the pairs of neighbouring terms from which two texts look like one template."""
FILLED_ALIKE = 0.34
"""The part of their names that such texts share at least when they are about one thing."""
FIGURES_ALIKE = 0.25
"""The same for their numbers."""
SAME_FORM = 0.5
"""The part of the pairs from which names and numbers must agree as copies' do."""
LEAST_NAMES = 2
"""Names that each text must have before their difference says anything."""

# Titles: what two articles under one title share beside it.
TITLED_ALIKE = 0.5
"""The part of a title's terms that another has too when the two are nearly one."""
NAMED_UNDER_TITLE = 2
"""Names or figures that texts under one title must have before their difference says anything."""
LEAST_OWN = 6
"""Terms that a text must have beyond the title before it says anything that another does not share them."""
BY_TITLE_ALONE = HOLDS_BACK - 0.01
"""The most that a title counts: such articles are shown together, and none is held back for another."""

# Copies: the same text.
COPY_WINDOW = timedelta(days=14)
"""How long ago an article may have been first seen to be recognised in a copy."""
MOST_ARTICLES = 100_000
"""Articles that are looked at for copies, the newest."""
SHINGLE = 5
"""Words of a shingle."""
LEAST_HITS = 5
"""Shingles that two texts must share to be compared at all."""
COPY = 0.5
"""Containment from which a text is a copy."""
COPY_OF_FACTS = 0.35
"""The same for a text that has the other's numbers and names as well, as after a new lead."""
ALL_FACTS = 0.8
"""The part of them that it must have."""
SHARES_TEXT = 0.3
"""Containment from which it is told that two articles share text."""
PART_RATIO = 3.5
"""How many times as long a text may be as one that it holds, for the two to be copies."""
LEAST_WORDS = 20
"""A text of fewer words is no evidence: teasers repeat."""
SHORT_TEXT = 24
"""Words below which two texts are copies only if their titles share a term."""
UNLIKE_LENGTHS = 1.75
"""From this ratio of lengths on, where the shared text stands in the longer one decides."""
SAME_FACTS = 0.5
"""The part of one text's numbers and names that a copy has too."""
SAME_FACTS_LATER = 0.75
"""The same for numbers, of texts half a day apart and more, as bulletins of one template are."""
LATER = timedelta(hours=12)
LEAST_FACTS = 3
"""Numbers or names of which a text must have so many before their difference says anything."""
