"""css-inline's home: mail programs want styles on the elements themselves.

What cannot be there (dark mode, narrow screens) stays in a style element that says
`data-css-inline="keep"`.
"""

from css_inline import CSSInliner


def inlined(page: str) -> str:
    """The page with its styles on its elements. Raises `css_inline.InlineError`."""
    inliner = CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
    return str(inliner.inline(page.encode("utf-8", "replace").decode()))
