"""Links of digests: what is signed opens that one thing until then."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from support.digests import NOW
from watchdesk.digests.links import LASTS, Links, Opens, feed_path, is_signed, seconds, signature
from watchdesk.model import Judgement

KEY = bytes(range(32))
UNTIL = seconds(NOW + LASTS)
LINKS = Links("https://example.org/desk/", NOW + LASTS, KEY)


def test_a_link_says_what_it_opens_and_until_when() -> None:
    parts = urlsplit(LINKS.label(12, "nato", Judgement.WRONG))
    assert (parts.netloc, parts.path) == ("example.org", "/desk/articles/12/label")
    fields = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert (fields["rule"], fields["say"], int(fields["until"])) == ("nato", "wrong", UNTIL)
    assert is_signed(fields["key"], KEY, Opens.LABEL, "12", "nato", until=UNTIL)
    assert LINKS.why(12, "nato") == LINKS.why(12, "nato")
    assert "odd%2Fn%C3%A4me%3F" in LINKS.rule("odd/näme?")


@pytest.mark.parametrize(
    ("opens", "names", "until"),
    [
        (Opens.LABEL, ("12", "nato"), UNTIL),
        (Opens.ARTICLE, ("1", "nato"), UNTIL),
        (Opens.ARTICLE, ("12", "aid"), UNTIL),
        (Opens.ARTICLE, ("1", "2", "nato"), UNTIL),
        (Opens.ARTICLE, ("12nato",), UNTIL),
        (Opens.ARTICLE, ("12", "nato"), UNTIL + 1),
        (Opens.ARTICLE, ("12", "nato"), None),
    ],
)
def test_a_signature_is_for_one_thing(opens: Opens, names: tuple[str, ...], until: int | None) -> None:
    given = signature(KEY, Opens.ARTICLE, "12", "nato", until=UNTIL)
    assert is_signed(given, KEY, Opens.ARTICLE, "12", "nato", until=UNTIL)
    assert not is_signed(given, KEY, opens, *names, until=until)
    for wrong in ("", given[:-1], given + "A", "\ud800", "ü"):
        assert not is_signed(wrong, KEY, Opens.ARTICLE, "12", "nato", until=UNTIL)
    assert not is_signed(given, KEY[::-1], Opens.ARTICLE, "12", "nato", until=UNTIL)


def test_the_key_shows_nowhere_and_a_preview_has_none() -> None:
    assert "key" not in repr(LINKS)
    assert Links("https://example.org/", NOW + timedelta(days=1)).why(1, "nato") == (
        "https://example.org/articles/1?rule=nato"
    )


def test_a_feed_keeps_its_address() -> None:
    assert feed_path(Opens.RULE_FEED, "nato", None) == "feeds/nato.atom"
    signed = feed_path(Opens.DIGEST_FEED, "flash", KEY)
    assert signed == f"feeds/digest/flash.atom?key={signature(KEY, Opens.DIGEST_FEED, 'flash')}"
    assert signature(KEY, Opens.RULE_FEED, "flash") not in signed
