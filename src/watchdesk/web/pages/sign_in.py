"""/sign-in: takes the token once and gives a cookie for it; or takes the cookie back."""

from watchdesk.web.access.visitors import Visitor
from watchdesk.web.asked import Asked, Elsewhere
from watchdesk.web.routes import Access, Page, Values

_HOME = "/"


def _show(asked: Asked) -> Values | Elsewhere:
    wanted = _own(asked.query.get("to", _HOME))
    if asked.visitor is not Visitor.STRANGER:
        return Elsewhere(wanted)
    return {"wanted": wanted, "is_wrong": False}


def _sign_in(asked: Asked) -> Values | Elsewhere:
    if "out" in asked.form:
        asked.sign_in = ""
        return Elsewhere(_HOME)
    secret, wanted = asked.configured.settings.web.token, _own(asked.form.get("to", _HOME))
    if secret is None or not asked.configured.settings.web.takes_token:
        return Elsewhere(wanted)
    if not asked.visitors.is_token(secret, asked.form.get("token", "").strip()):
        return {"wanted": wanted, "is_wrong": True}
    asked.sign_in = asked.visitors.sign_in(secret)
    return Elsewhere(wanted)


def _own(path: str) -> str:
    """A path of this desk; its first page instead of anything that could lead elsewhere."""
    leads_elsewhere = (
        not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable()
    )
    return _HOME if leads_elsewhere or path.startswith("/sign-in") else path


PAGE = Page("/sign-in", "sign_in.html.j2", _show, change=_sign_in, access=Access.OPEN)
