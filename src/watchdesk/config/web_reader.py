"""Reads the part `web` of watchdesk.yaml, and refuses a page that everybody could read."""

from pathlib import Path

from watchdesk.config import yaml_document
from watchdesk.config.channels import warn_of_plain_secrets
from watchdesk.config.checking import check, plain
from watchdesk.config.places import Problems
from watchdesk.config.secrets import SecretMissing
from watchdesk.config.web import NO_TOKEN, WebSettings


def read_web(top: yaml_document.Mapping, directory: Path, problems: Problems) -> WebSettings:
    """The part `web`; what is wrong with it is noted."""
    if "web" not in top.keys:
        return WebSettings()
    element = top.get("web")
    if element is None or plain(element) is None:
        return WebSettings(listen=None)
    settings = check(WebSettings, element, "web", problems, directory)
    if settings is None:
        return WebSettings(listen=None)
    if settings.listen is None:
        return settings
    keys = element.keys if isinstance(element, yaml_document.Mapping) else {}
    if settings.token is None:
        needs = "give the administrator a token: {credential: NAME}, {env: NAME} or {file: PATH}"
        if not settings.is_loopback:
            what = f"whoever reaches {settings.listen} could read everything: no token protects it"
            problems.error(keys.get("listen", top.keys["web"]), what, needs)
        elif settings.public is not None:
            what = f"whoever reaches {settings.public} could read everything: no token protects it"
            problems.error(keys["public"], what, f"{needs}; or `token: none` where the proxy lets people in")
    if settings.token is NO_TOKEN:
        if settings.public is not None or not settings.is_loopback:
            who = (
                "`token: none` lets in whoever reaches the page: a proxy in front of it has to ask who it is"
            )
            problems.warning(keys["token"], who)
    elif settings.token is not None:
        warn_of_plain_secrets(element, problems)
        try:
            settings.token.look()
        except SecretMissing as missing:
            problems.warning(keys["token"], f"nobody can sign in like this: {missing}")
    return settings
