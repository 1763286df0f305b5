"""The home of css-inline: puts styles on the elements themselves, as mail programs need it.

What cannot be inlined (dark mode, narrow screens) stays in a style element with `data-css-inline="keep"`.
"""

import re

from css_inline import CSSInliner

_TAG = re.compile(r"<[a-z][^<>]*\bstyle=\"[^<>]*>")
_STYLE = re.compile(r'(?<=\bstyle=")[^"]*')


def inlined(page: str) -> str:
    """The page with its styles on its elements. Raises `css_inline.InlineError`."""
    inliner = CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    page = inliner.inline(page.encode("utf-8", "replace").decode())
    return _TAG.sub(lambda tag: _STYLE.sub(_tight, tag[0], count=1), page)


def _tight(style: re.Match[str]) -> str:
    """Declarations without the blanks between them: they are repeated with every story."""
    return re.sub(r"\s*([:;,])\s*", r"\1", style[0]).rstrip(";")
