"""The pages, a module each with one template. To add one, add both and a line here."""

from watchdesk.web.pages import entry, overview
from watchdesk.web.routes import Page

PAGES: tuple[Page, ...] = (overview.PAGE, entry.PAGE)
"""In the order of the navigation."""
