"""Languages that no article has: those of articles are two-letter codes of ISO 639-1."""

import re
from collections.abc import Collection, Iterator

from watchdesk.config.places import Severity
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import Fact, Node, walk
from watchdesk.rules.lint.facts import value_fits
from watchdesk.rules.text.folding import plain
from watchdesk.rules.text.language_codes import CODES, code_of, is_code


def unknown_languages(root: Node, languages: Collection[str] = ()) -> Iterator[Mistake]:
    """A warning for each `lang:` whose value no article has.

    A region (`en-GB`) of a language among the rule's `languages` is left alone.
    """
    for part, _ in walk(root):
        if not isinstance(part, Fact) or part.field != "lang":
            continue
        asked = plain(part.value)
        if is_code(asked) or ("*" in asked and any(value_fits(asked, code) for code in CODES)):
            continue
        if re.split(r"[-_*]", asked)[0] in languages:
            continue
        code = code_of(asked)
        hint = f"write lang:{code}" if code else "write its two letters, such as lang:en, lang:de or lang:uk"
        message = f"no article's language is '{part.value}': it is two letters"
        yield Mistake(part.at[0], message, hint, Severity.WARNING)
