"""/help/NAME: what a message means that ends in `(help: NAME)`, in the words of `watchdesk help`."""

from watchdesk.documents.messages import in_paragraphs, messages
from watchdesk.web.asked import Asked, absent
from watchdesk.web.routes import Page, Values


def _show(asked: Asked) -> Values:
    name = asked.at["name"]
    if name not in messages():
        raise absent("message of that name")
    return {"name": name, "paragraphs": in_paragraphs(name)}


PAGE = Page("/help/{name}", "help.html.j2", _show)
