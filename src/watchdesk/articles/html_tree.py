"""The tree of an HTML document, of bounded depth.

Walking a tree costs its depth at every element, so a page of 100,000 nested elements would cost its square.
Elements nested too deeply are left out; their text stays.
"""

import warnings
from typing import Any

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

DEEPEST = 240
"""Nested elements. Browsers stop at 512, lxml at 256; pages made by people come nowhere near."""


def html_tree(markup: str) -> BeautifulSoup:
    """The document as a tree; XML is read as HTML too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return _Bounded(markup, "lxml")


class _Bounded(BeautifulSoup):
    """Ignores the tags of elements that are nested too deeply."""

    _ignored = 0
    """How many open elements were left out."""

    def handle_starttag(
        self,
        name: str,
        namespace: str | None,
        nsprefix: str | None,
        attrs: Any,
        sourceline: int | None = None,
        sourcepos: int | None = None,
        namespaces: dict[str, str] | None = None,
    ) -> Tag | None:
        """An element begins."""
        if self._ignored or len(self.tagStack) > DEEPEST:
            self._ignored += 1
            return None
        found: Tag | None = super().handle_starttag(
            name, namespace, nsprefix, attrs, sourceline, sourcepos, namespaces
        )
        return found

    def handle_endtag(self, name: str, nsprefix: str | None = None) -> None:
        """An element ends; the parser ends each that it began."""
        if self._ignored:
            self._ignored -= 1
        else:
            super().handle_endtag(name, nsprefix)
