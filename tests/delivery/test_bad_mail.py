"""What feeds, configurations and people may put into a mail, sent to a real server and read there."""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from support.parcels import NOW, parcel
from support.smtp import MailReceiver, Received
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.mail.addresses import MailAddress
from watchdesk.delivery.mail.message import write_letter
from watchdesk.encoding.display import encodable, one_line, shortened
from watchdesk.model import Parcel, Sent

FIELDS = [
    "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Precedence", "X-Watchdesk-Digest",
    "From", "To", "MIME-Version", "Content-Type",
]  # fmt: skip

anything = st.text(st.characters(), max_size=300)
words = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=20),
        st.sampled_from(
            ["=?utf-8?q?=0d=0aBcc:a@b?=", "=?utf-8?b?SGVsbG8=?=", "=?", "?=", "\r\n", "😀" * 9, '"']
        ),
    ),
    max_size=12,
).map(" ".join)


@pytest.fixture(scope="module")
def server() -> Iterator[MailReceiver]:
    with MailReceiver() as running:
        yield running


def sent(
    server: MailReceiver,
    what: Parcel,
    *,
    to: Sequence[MailAddress | str] = ("desk@example.org",),
    sender: MailAddress | str = "Watchdesk <watchdesk@example.org>",
    unsubscribe: str | None = None,
) -> Received:
    server.messages.clear()
    given = {"to": list(to), "from": sender, "server": f"smtp://127.0.0.1:{server.port}"}
    options = EmailOptions.model_validate({**given, "unsubscribe": unsubscribe})
    assert EmailChannel(options).send(what, NOW) == Sent()
    (received,) = server.messages
    return received


def read(received: Received) -> EmailMessage:
    if received.content.isascii():
        message = message_from_bytes(received.content, _class=EmailMessage, policy=default)
    else:  # RFC 6532; the parser of bytes does not read it as UTF-8
        message = message_from_string(received.content.decode("utf-8"), _class=EmailMessage, policy=default)
    assert not message.defects
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return _with_line_feeds(payload.decode("utf-8"))


def name_of(received: Received) -> str:
    """The display name in To as RFC 2047 reads it; the newer parser leaves spaces between encoded-words."""
    field = message_from_bytes(received.content, policy=compat32)["To"]
    ((name, _),) = getaddresses([field])
    return str(make_header(decode_header(name)))


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


@settings(max_examples=tries(60))
@given(subject=st.one_of(anything, words), name=st.one_of(anything, words), text=anything, html=anything)
def test_what_arrives_has_the_fields_we_meant_and_says_the_same(
    server: MailReceiver, subject: str, name: str, text: str, html: str
) -> None:
    what = parcel(subject=subject, text=text, html=html)
    received = sent(server, what, to=[MailAddress(name, "desk@example.org")])
    message = read(received)
    assert message.keys() == FIELDS
    assert message["Subject"] == (shortened(one_line(subject), 250) or "morning")
    assert name_of(received) == shortened(one_line(name), 200)
    assert [address.addr_spec for address in message["To"].addresses] == ["desk@example.org"]
    assert body(message, "plain") == _with_line_feeds(encodable(text))
    assert body(message, "html") == _with_line_feeds(encodable(html))


@settings(max_examples=tries(60))
@given(subject=st.one_of(anything, words), name=st.one_of(anything, words), text=anything)
def test_a_server_for_seven_bits_can_hand_on_every_line(subject: str, name: str, text: str) -> None:
    sender = MailAddress(name, "watchdesk@example.org")
    content = write_letter(parcel(subject=subject, text=text, html=text), sender, [sender] * 3).content
    head, _, rest = content.partition(b"\r\n\r\n")
    assert max(len(line) for line in head.split(b"\r\n")) <= 78
    assert max(len(line) for line in rest.split(b"\r\n")) <= 998
    assert re.fullmatch(rb"(?:[\t -~]|\r\n)*", content)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?[^ ]*?\?=(?=[\r ])", head))


def test_an_emoji_is_never_cut_in_two_by_folding() -> None:
    content = write_letter(parcel(subject="😀🇺🇦é" * 60), MailAddress("", "a@e.org"), []).content
    found = [word.decode() for word in re.findall(rb"=\?[^ \r]+\?=", content)]
    assert len(found) > 5
    for word in found:
        assert "\ufffd" not in str(make_header(decode_header(word)))


@pytest.mark.parametrize(
    ("long", "shown"),
    [
        ("x" * 249 + "👩‍👩‍👧‍👦 and more", "x" * 249 + "…"),
        ("x" * 247 + "👩‍👩‍👧‍👦 and more", "x" * 247 + "…"),
        ("x" * 248 + "e\u0301 and more", "x" * 248 + "…"),
        ("word " * 100, "word " * 49 + "word…"),
        ("x" * 200 + " " + "y" * 200, "x" * 200 + " " + "y" * 48 + "…"),
    ],
)
def test_a_long_subject_is_cut_between_words_or_whole_characters(long: str, shown: str) -> None:
    assert shortened(one_line(long), 250) == shown


@pytest.mark.parametrize(
    "written",
    [
        '"very.(odd)"@example.org',
        r'"a\"b"@example.org',
        r'"a\\b"@example.org',
        '"two words"@example.org',
        '"<>,:;@"@example.org',
        "o'neil+news@example.org",
        "{a|b}~!#$%&*/=?^_`@example.org",
        "desk@[192.0.2.1]",
        "desk@[IPv6:2001:db8::1]",
        "desk@xn--strae-oqa.de",
        "jürgen@example.org",
        '"jürgen & co"@example.org',
        "почта@xn--e1afmkfd.xn--p1ai",
        "😀@example.org",
        "a" * 64 + "@" + "b" * 60 + ".example.org",
    ],
)
def test_an_odd_address_is_the_same_in_the_envelope_and_in_the_header(
    server: MailReceiver, written: str
) -> None:
    received = sent(server, parcel(), to=[f"Desk <{written}>"], sender=written)
    assert (received.sender, received.recipients) == (written, (written,))
    message = read(received)
    for field in ("To", "From"):
        assert [address.addr_spec for address in message[field].addresses] == [written]


def test_a_server_that_is_told_of_utf8_gets_emoji_in_subject_and_names(server: MailReceiver) -> None:
    received = sent(server, parcel(subject="Зустріч 🍦"), to=["Jürgen 🍦 <jürgen@example.org>"])
    message = read(received)
    assert message["Subject"] == "Зустріч 🍦"
    assert message["To"].addresses[0].display_name == "Jürgen 🍦"


def test_a_hundred_recipients_stand_in_folded_lines(server: MailReceiver) -> None:
    everyone = [f"Reader {number} <reader.{number}@example.org>" for number in range(100)]
    received = sent(server, parcel(), to=everyone)
    assert len(received.recipients) == 100
    assert len(read(received)["To"].addresses) == 100
    assert max(map(len, received.content.split(b"\r\n"))) <= 78


def test_recipients_who_differ_in_case_before_the_at_both_get_it(server: MailReceiver) -> None:
    # RFC 5321 §2.4: only the server behind the address may say whether they are one.
    received = sent(server, parcel(), to=["Desk@example.org", "desk@example.org"])
    assert received.recipients == ("Desk@example.org", "desk@example.org")


def test_recipients_who_differ_in_case_behind_the_at_are_told_to_be_one(server: MailReceiver) -> None:
    with pytest.raises(ValueError, match=r"`to` names desk@example\.org more than once"):
        sent(server, parcel(), to=["desk@EXAMPLE.org", "desk@example.org"])


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("mailto:desk@example.org?subject=no%20more", "<mailto:desk@example.org?subject=no%20more>"),
        ("https://e.org/?a=1,2&b=(3)", "<https://e.org/?a=1,2&b=(3)>"),
        ("https://e.org/>\r\nBcc: a@b", "<https://e.org/%3E%0D%0ABcc:%20a@b>"),
        ("https://e.org/\ud800é", "<https://e.org/%EF%BF%BD%C3%A9>"),
        ("https://e.org/" + "x" * 886, "<https://e.org/" + "x" * 886 + ">"),
    ],
)
def test_where_to_unsubscribe_stays_between_its_brackets(given: str, written: str) -> None:
    sender = MailAddress("", "watchdesk@example.org")
    message = message_from_bytes(write_letter(parcel(), sender, [sender], given).content, policy=default)
    assert message["List-Unsubscribe"] == written
    assert message["Bcc"] is None


def test_a_sender_at_a_bare_address_has_a_list_of_localhost(server: MailReceiver) -> None:
    message = read(sent(server, parcel(), sender="watchdesk@[192.0.2.1]"))
    assert message["List-Id"] == "<morning.watchdesk.localhost>"
    assert message["Message-ID"] == "<5f0c6f1ac2b64b7c8d8f0e6a4f3b2a19@[192.0.2.1]>"


@pytest.mark.parametrize("digest", ["x" * 10_000, "a\r\nBcc: b@c", "\ud800", "…", "é" * 400, "", "." * 50])
def test_an_odd_name_of_a_digest_stays_in_its_fields(server: MailReceiver, digest: str) -> None:
    received = sent(server, parcel(digest=digest))
    assert read(received).keys() == FIELDS
    assert max(map(len, received.content.split(b"\r\n"))) <= 998
