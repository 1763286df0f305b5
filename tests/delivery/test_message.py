"""The message: stable bytes, nothing that breaks out of a header, lines that every server takes."""

import re
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from support.parcels import parcel
from watchdesk.delivery.mail.addresses import MailAddress, parse_address
from watchdesk.delivery.mail.message import write_letter
from watchdesk.encoding.display import one_line, shortened
from watchdesk.model import Parcel

SENDER = parse_address("Watchdesk <watchdesk@example.org>")
READER = parse_address("desk@example.org")

anything = st.text(st.characters(), max_size=400)


def content(what: Parcel, unsubscribe: str | None = None, *to: MailAddress) -> bytes:
    return write_letter(what, SENDER, to or [READER], unsubscribe).content


def message(what: Parcel, unsubscribe: str | None = None, *to: MailAddress) -> EmailMessage:
    return message_from_bytes(content(what, unsubscribe, *to), _class=EmailMessage, policy=default)


def test_the_message_says_what_it_is_and_what_it_is_not() -> None:
    headers = message(parcel(composed_at=datetime(2026, 11, 24, 8, 0, tzinfo=timezone(timedelta(hours=1)))))
    assert headers["Date"] == "Tue, 24 Nov 2026 07:00:00 +0000"
    assert headers["Message-ID"] == "<5f0c6f1ac2b64b7c8d8f0e6a4f3b2a19@example.org>"
    assert headers["List-Id"] == "<morning.watchdesk.example.org>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Precedence"] == "bulk"
    assert headers["X-Watchdesk-Digest"] == "morning"
    assert headers["List-Unsubscribe"] is None


def test_how_to_unsubscribe_is_told_when_configured() -> None:
    assert message(parcel(), "mailto:desk@example.org")["List-Unsubscribe"] == "<mailto:desk@example.org>"


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Morning\r\nBcc: everyone@example.org", "Morning Bcc: everyone@example.org"),
        ("tab\tnull\0bell\a", "tab null bell"),
        ("line\u2028paragraph\u2029next\x85end", "line paragraph next end"),
        ("turned \u202eround\u2066 and on", "turned round and on"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("a pair \ud83d\ude00 of them", "a pair 😀 of them"),
        ("Морозиво 🍦 — naïve", "Морозиво 🍦 — naïve"),
        ("", "morning"),
        ("\r\n\0\x1b\u202e", "morning"),
        ("x" * 10_000, "x" * 249 + "…"),
        ("a story " * 2_000, "a story " * 31 + "a…"),
        ("=?utf-8?q?=0d=0aBcc:everyone@example.org?=", "=?utf-8?q?=0d=0aBcc:everyone@example.org?="),
        ("Bon =?utf-8?b?SGVsbG8=?= jour", "Bon =?utf-8?b?SGVsbG8=?= jour"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "=?utf-8?q?a?= =?utf-8?q?b?="),
        ("=?", "=?"),
        ("Привет мир " * 12, ("Привет мир " * 12).strip()),
        ('5% of GDP = 3 \\ "quoted" (and) <so> on', '5% of GDP = 3 \\ "quoted" (and) <so> on'),
    ],
)
def test_a_subject_stays_in_its_header(subject: str, shown: str) -> None:
    read = message(parcel(subject=subject))
    assert read["Subject"] == shown
    assert read["Bcc"] is None


@settings(max_examples=tries(150))
@given(subject=anything, text=anything, html=anything, digest=anything)
def test_whatever_a_digest_holds_the_message_is_whole(
    subject: str, text: str, html: str, digest: str
) -> None:
    written = content(parcel(subject=subject, text=text, html=html, digest=digest))
    assert max(len(line) for line in written.split(b"\r\n")) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", written)
    assert written.isascii()
    read = message_from_bytes(written, _class=EmailMessage, policy=default)
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert read["To"] == "desk@example.org"
    assert sorted(read.keys()) == sorted(message(parcel()).keys())


@settings(max_examples=tries(150))
@given(subject=anything)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    assert message(parcel(subject=subject))["Subject"] == (shortened(one_line(subject), 250) or "morning")


TEXTS = ["a\n" * 3, "x" * 5000, "é" * 5000, "Привіт\n" * 200, ".\n..\n", "a\r\nb\rc\0d"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    part = message(parcel(text=text)).get_body(("plain",))
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    read = payload.decode().replace("\r\n", "\n").rstrip("\n")
    assert read == text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def test_the_same_parcel_gives_the_same_bytes() -> None:
    what = parcel(subject="Поточне", text="é" * 100)
    assert content(what) == content(what)


def test_two_deliveries_of_a_digest_have_their_own_identity() -> None:
    first, second = message(parcel(identity="one")), message(parcel(identity="two"))
    assert first["Message-ID"] != second["Message-ID"]


def test_an_identity_from_elsewhere_cannot_break_out_of_its_header() -> None:
    read = message(parcel(identity="a>\r\nBcc: x@example.org", digest="é <b>"))
    assert read["Message-ID"] == "<a-Bcc-x-example.org@example.org>"
    assert read["List-Id"] == "<b.watchdesk.example.org>"
    assert read["Bcc"] is None


@pytest.mark.parametrize(
    ("written", "name", "spec"),
    [
        ("desk@example.org", "", "desk@example.org"),
        ("<desk@example.org>", "", "desk@example.org"),
        ("Night desk <night@example.org>", "Night desk", "night@example.org"),
        ("Desk, Night <night@example.org>", "Desk, Night", "night@example.org"),
        ('"Desk, Night" <night@example.org>', "Desk, Night", "night@example.org"),
        ("Müller & Søn (Ünit) <m@example.org>", "Müller & Søn (Ünit)", "m@example.org"),
        ("desk@bücher.example", "", "desk@xn--bcher-kva.example"),
        ('"two words"@example.org', "", '"two words"@example.org'),
        ("o'neil+news@sub.example.org", "", "o'neil+news@sub.example.org"),
        ("root@localhost", "", "root@localhost"),
        ("desk@straße.de", "", "desk@xn--strae-oqa.de"),
        ("desk@FAß.de", "", "desk@xn--fa-hia.de"),
        ("desk@Example.ORG", "", "desk@example.org"),
        ("Desk@example.org", "", "Desk@example.org"),
        ("desk@[192.0.2.1]", "", "desk@[192.0.2.1]"),
        ("desk@[IPv6:2001:db8::1]", "", "desk@[IPv6:2001:db8::1]"),
        ('"very.(odd)"@example.org', "", '"very.(odd)"@example.org'),
        ('"a\\"b"@example.org', "", '"a\\"b"@example.org'),
        ('N <"<>,@"@example.org>', "N", '"<>,@"@example.org'),
        ('"Desk \\"the\\" night" <night@example.org>', 'Desk "the" night', "night@example.org"),
        ('The "night" desk <night@example.org>', 'The "night" desk', "night@example.org"),
        ('Ünit, "x" <a@example.org>', 'Ünit, "x"', "a@example.org"),
        ("night@example.org <night@example.org>", "night@example.org", "night@example.org"),
        ("=?utf-8?q?Bcc?= <a@example.org>", "=?utf-8?q?Bcc?=", "a@example.org"),
    ],
)
def test_an_address_as_people_write_it_is_understood_and_shown(written: str, name: str, spec: str) -> None:
    address = parse_address(written)
    assert (address.name, address.spec) == (name, spec)
    read = message(parcel(), None, address)["To"].addresses
    assert [(one.display_name, one.addr_spec) for one in read] == [(name, spec)]


def test_an_address_beyond_ascii_stands_in_its_header_as_utf8() -> None:
    written = content(parcel(), None, parse_address("jürgen@example.org"))
    assert "\r\nTo: jürgen@example.org\r\n".encode() in written


@pytest.mark.parametrize(
    "written",
    [
        "", "nobody", "@example.org", "desk@", "desk@@example.org", "a b@example.org", "desk@exa mple.org",
        "a@example.org, b@example.org", "desk@example..org", "desk@-example.org",
        "desk@example.org\nBcc: x@y.z",
        "Desk <desk@example.org", "Desk desk@example.org>", "<>", "Desk <>", "d\u202eesk@example.org",
        "desk@" + "x" * 70 + ".org", "desk@" + "x." * 130 + "org", "desk\0@example.org",
        ".desk@example.org", "de..sk@example.org", '""@example.org', '"a"b"@example.org',
        "a@[127.0.0.256]", "a@[IPv6:::g]", "a@[IPv6:fe80::1%eth0]", "a@[::1]", "a@[example.org]", "a@[]",
        "x@I❤.example", "a@example.org, B <b@example.org>", "a@example.org; B <b@example.org>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_with_how_it_is_written(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not a mail address; write it as desk@example\.org"):
        parse_address(written)


@settings(max_examples=tries(200))
@given(st.text(max_size=60))
def test_reading_an_address_never_fails_otherwise(written: str) -> None:
    try:
        address = parse_address(written)
    except ValueError as refused:
        assert "is not a mail address" in str(refused)
    else:
        assert content(parcel(), None, address).count(b"\r\nTo: ") == 1
