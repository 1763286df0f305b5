"""What plain addresses are made of is what the libraries make of them; they are asked for all others."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from watchdesk.sources.web.plain_addresses import plain_address

_SIGNS = "az09/._~-+,=&;:@?#%[]()AZé "
_WRITTEN = st.builds(
    "{}://{}{}/{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp"]),
    st.text("az09.-A_@", min_size=1, max_size=12) | st.sampled_from(["127.0.0.1", "1.2", "0x7f.1"]),
    st.just("") | st.integers(0, 70_000).map(":{}".format) | st.just(":080"),
    st.text(_SIGNS, max_size=20),
)


@given(_WRITTEN)
def test_libraries_make_the_same_of_a_plain_address(url: str) -> None:
    plain = plain_address(url)
    if plain is None:
        return
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    assert (request.url, request.path_url) == (url, plain.target)
    parts = parse_url(url)
    assert (parts.scheme, parts.host, parts.port) == (plain.scheme, plain.host, plain.port)


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/feed.xml",
        "https://news.example:8443/rss/world?edition=int&format=atom",
        "http://127.0.0.1:39001/7",
        "https://xn--bcher-kva.example/@desk/feed+more;v=1",
    ],
)
def test_ordinary_addresses_are_plain(url: str) -> None:
    assert plain_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://News.example/feed",
        "http://news.example",
        "http://news.example/a/../b",
        "http://news.example/%7Edesk",
        "http://news.example/feed#new",
        "http://news.example/feed?",
        "http://user@news.example/feed",
        "http://bücher.example/feed",
        "http://[::1]/feed",
        "http://news.example:080/feed",
        "http://news.example:70000/feed",
    ],
)
def test_what_is_odd_about_an_address_is_left_to_the_libraries(url: str) -> None:
    assert plain_address(url) is None
