"""Reads proxies and authorities from the environment and from settings; notes what is wrong with them."""

from watchdesk.config.checking import place_at
from watchdesk.config.network import NO_PROXY_AT_ALL, Authorities, Proxies, parse_proxy_url
from watchdesk.config.places import Place, Problems
from watchdesk.config.secrets import Secret, SecretMissing
from watchdesk.config.yaml_document import Element

ENVIRONMENT = Place("environment", 0, 0)
"""The variables of the process."""


def proxies_of_environment(problems: Problems) -> Proxies:
    """HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY."""
    try:
        return Proxies.of_environment()
    except ValueError as error:
        problems.error(ENVIRONMENT, str(error))
        return Proxies()


def authorities_of_environment(problems: Problems) -> Authorities:
    """SSL_CERT_FILE, SSL_CERT_DIR and REQUESTS_CA_BUNDLE."""
    try:
        return Authorities.of_environment()
    except ValueError as error:
        problems.error(ENVIRONMENT, str(error), "mend the variable for the service, or unset it")
        return Authorities()


def revealed_proxy(
    proxy: Secret | None, element: Element, path: tuple[str, ...], problems: Problems
) -> str | None:
    """The address of a proxy, or `none`. Notes at `path` what is wrong with it where it is kept."""
    if proxy is None:
        return None
    try:
        value = proxy.reveal().strip()
        return value if value == NO_PROXY_AT_ALL else parse_proxy_url(value)
    except (SecretMissing, ValueError) as error:
        problems.error(place_at(element, path), f"'{'.'.join(path)}': {error}")
        return None
