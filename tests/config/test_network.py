"""Which proxy leads where, by the variables that every program heeds."""

import pytest

from watchdesk.config.network import Direct, Network, Proxies, Proxy, parse_proxy_url

PROXY = "http://desk:tok3n@proxy.example:3128"


def is_proxied(host: str, no_proxy: str, port: int = 80) -> bool:
    proxies = Proxies.of_environment({"HTTP_PROXY": PROXY, "NO_PROXY": no_proxy})
    return isinstance(proxies.route("http", host, port), Proxy)


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("*", "news.example"),
        ("news.example", "news.example"),
        ("NEWS.example", "news.EXAMPLE"),
        (".example", "news.example"),
        ("*.example", "a.news.example"),
        ("example", "news.example"),
        ("other.test, news.example", "news.example"),
        ("other.test news.example", "www.news.example"),
        ("news.example.", "news.example"),
        ("news.example:80", "news.example"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3", "10.1.2.3"),
        ("fd00::/8", "[fd00::1]"),
        ("[fd00::1]", "fd00::1"),
        ("", "localhost"),
        ("", "127.0.0.9"),
        ("", "[::1]"),
    ],
)
def test_a_host_that_no_proxy_names_is_asked_directly(no_proxy: str, host: str) -> None:
    assert not is_proxied(host, no_proxy)


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("", "news.example"),
        (",", "news.example"),
        ("ews.example", "news.example"),
        ("news.example", "other-news.example"),
        ("www.news.example", "news.example"),
        ("news.example:8080", "news.example"),
        ("10.0.0.0/8", "11.0.0.1"),
        ("0.1", "10.0.0.1"),
        ("10.0.0.0/8", "news.example"),
        ("", "localhost.example"),
        ("", "127.example"),
    ],
)
def test_any_other_host_is_asked_through_the_proxy(no_proxy: str, host: str) -> None:
    assert is_proxied(host, no_proxy)


def test_lower_case_comes_first_and_all_proxy_last() -> None:
    variables = {"http_proxy": "a:1", "HTTP_PROXY": "b:1", "ALL_PROXY": "c:1", "all_proxy": "d:1"}
    proxies = Proxies.of_environment(variables)
    assert proxies.http == Proxy("http://a:1", "http_proxy")
    assert proxies.https == Proxy("http://d:1", "all_proxy")
    assert Proxies.of_environment({"HTTPS_PROXY": "", "NO_PROXY": "x"}) == Proxies(exceptions=("x",))
    assert Proxies.of_environment({"all_proxy": "socks://h:1"}).http == Proxy("socks5://h:1", "all_proxy")


def test_a_proxy_of_a_file_stands_in_place_of_the_environments() -> None:
    environment = Proxies.of_environment({"ALL_PROXY": PROXY, "NO_PROXY": "*"})
    assert environment.or_chosen("http://h:1", "polling.proxy").route("https", "news.example") == Proxy(
        "http://h:1", "polling.proxy"
    )
    assert environment.or_chosen(None, "polling.proxy") is environment
    off = environment.or_chosen("none", "polling.proxy").route("https", "news.example")
    assert off == Direct("ALL_PROXY is set and not used, because polling.proxy is none")
    assert environment.or_chosen("none", "polling.proxy").or_chosen("http://h:1", "x").off is None


def test_no_text_of_a_proxy_shows_its_login() -> None:
    network = Network(Proxies.of_environment({"ALL_PROXY": PROXY}))
    proxy = network.proxies.http
    assert str(proxy) == "the proxy proxy.example:3128 (ALL_PROXY)"
    assert "tok3n" not in f"{network!r} {proxy!r} {proxy}"


@pytest.mark.parametrize(
    "text", ["http://", "http://h:0", "http://h:99999", "http://h/p", "http://a b", "x://h", "http://[", ""]
)
def test_what_is_no_address_of_a_proxy_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="proxy") as refused:
        parse_proxy_url(text.replace("//", "//u:tok3n@", 1) if "//" in text else text)
    assert "tok3n" not in str(refused.value)
