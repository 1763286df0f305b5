"""The pages, a module each with one template. To add one, add both and a line here."""

from watchdesk.web.pages import overview, playground, sign_in
from watchdesk.web.routes import Page

PAGES: tuple[Page, ...] = (overview.PAGE, playground.PAGE, sign_in.PAGE)
"""In the order of the navigation."""
