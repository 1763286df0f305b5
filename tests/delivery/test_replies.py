"""What each reply means at each stage: the table of replies, read as whole rows."""

import pytest

from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, meaning, settled

CONNECT, HELLO, STARTTLS, LOGIN = Stage.CONNECT, Stage.HELLO, Stage.STARTTLS, Stage.LOGIN
MAIL, RCPT, DATA, CONTENT, EACH = Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.CONTENT, Stage.EACH
ACCEPTED, SPLIT, PERHAPS = Meaning.ACCEPTED, Meaning.SPLIT, Meaning.PERHAPS_SPLIT
LATER, REFUSED, DOUBTFUL, OURS = Meaning.LATER, Meaning.REFUSED, Meaning.DOUBTFUL, Meaning.OURS

REPLIES = [
    ("250 2.1.5 ok", {MAIL: ACCEPTED, RCPT: ACCEPTED, DATA: LATER, CONTENT: ACCEPTED, EACH: ACCEPTED}),
    ("354 go on", {MAIL: LATER, RCPT: LATER, DATA: ACCEPTED, CONTENT: LATER}),
    ("199 what", {CONNECT: LATER, MAIL: LATER, RCPT: LATER, CONTENT: LATER}),
    ("421 4.7.0 closing", dict.fromkeys(Stage, LATER)),
    # Too many in one transaction, as servers say it.
    ("452 4.5.3 too many recipients", {RCPT: SPLIT, DATA: SPLIT, CONTENT: SPLIT}),
    ("452 4.5.3 Error: too many recipients", {RCPT: SPLIT}),
    ("452 too many recipients", {RCPT: SPLIT, DATA: SPLIT}),
    ("452 4.1.0 Requested action aborted: Maximum recipients reached", {RCPT: SPLIT}),
    ("452 4.3.1 Recipient limit reached", {RCPT: SPLIT}),
    ("451 4.3.0 Multiple destination domains per transaction is unsupported", {RCPT: SPLIT}),
    ("552 5.5.3 too many recipients", {RCPT: SPLIT, DATA: SPLIT, CONTENT: SPLIT}),
    ("550 5.5.3 Too many recipients", {RCPT: SPLIT, DATA: SPLIT}),
    ("554 too many recipients", {RCPT: SPLIT, CONTENT: SPLIT}),
    ("421 4.5.3 too many recipients", {CONNECT: LATER, MAIL: LATER, RCPT: SPLIT, DATA: SPLIT}),
    ("452 insufficient storage", {MAIL: OURS, RCPT: PERHAPS, DATA: LATER}),
    ("552 exceeded storage allocation", {MAIL: OURS, RCPT: PERHAPS, CONTENT: REFUSED}),
    # Of the day.
    ("550 5.4.5 Daily user sending quota exceeded.", {MAIL: OURS, RCPT: OURS, DATA: OURS, CONTENT: OURS}),
    ("550 5.4.5 Daily user sending quota exceeded.", {EACH: OURS}),
    ("550 5.7.1 Daily sending limit exceeded for this account", {RCPT: OURS, CONTENT: OURS, EACH: OURS}),
    ("550 Daily SMTP relay limit exceeded for customer", {RCPT: OURS, DATA: OURS, CONTENT: OURS}),
    ("554 5.7.0 Too many messages, try again tomorrow", {RCPT: OURS, CONTENT: OURS}),
    ("550 5.1.90 you've reached your daily limit for message recipients", {RCPT: OURS, CONTENT: OURS}),
    ("554 5.2.252 SendAsDenied; w@example.org not allowed to send as x", {RCPT: OURS, CONTENT: OURS}),
    ("554 5.2.122 The recipient has exceeded their limit per hour", {RCPT: LATER, CONTENT: LATER}),
    ("550 5.2.1 The user is receiving mail at a rate that prevents more", {RCPT: LATER, EACH: LATER}),
    ("550 5.2.1 account disabled", {RCPT: REFUSED, EACH: REFUSED}),
    ("552 5.2.3 message length limit exceeded", {RCPT: REFUSED, CONTENT: REFUSED}),
    ("450 4.2.1 the account is over its rate", {RCPT: LATER, CONTENT: LATER}),
    # Of us: our name, login, sender, rights.
    ("504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", {HELLO: OURS}),
    ("504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", {RCPT: DOUBTFUL}),
    ("554 5.7.1 you are on a list", {CONNECT: OURS, HELLO: OURS, MAIL: OURS, RCPT: DOUBTFUL, CONTENT: OURS}),
    ("450 try later", {CONNECT: LATER, HELLO: LATER, STARTTLS: LATER, RCPT: LATER, DATA: LATER}),
    ("535 5.7.8 bad credentials", {LOGIN: OURS}),
    ("432 4.7.12 change your password", {LOGIN: OURS}),
    ("454 4.7.0 too many logins", {LOGIN: OURS, STARTTLS: LATER}),
    ("530 5.7.0 authentication required", {MAIL: OURS, RCPT: OURS, DATA: OURS, CONTENT: OURS}),
    ("550 5.1.8 sender's domain does not exist", {MAIL: OURS, RCPT: OURS, CONTENT: OURS}),
    ("450 4.1.8 sender's domain not found", {MAIL: OURS, RCPT: OURS}),
    ("451 4.7.1 slow down", {MAIL: OURS}),
    ("452 4.3.1 insufficient system storage", {MAIL: LATER, RCPT: LATER, CONTENT: LATER}),
    ("550 5.7.1 relaying denied", {MAIL: OURS, RCPT: DOUBTFUL, DATA: OURS, CONTENT: OURS, EACH: DOUBTFUL}),
    ("554 5.3.2 the system takes no mail today", {RCPT: DOUBTFUL, DATA: OURS, CONTENT: OURS, EACH: DOUBTFUL}),
    ("550 blocked", {MAIL: OURS, RCPT: DOUBTFUL, CONTENT: REFUSED}),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", {RCPT: DOUBTFUL}),
    # Of a recipient.
    ("550 5.1.1 no such user", {RCPT: REFUSED, EACH: REFUSED, MAIL: OURS}),
    ("550 5.1.10 RecipientNotFound", {RCPT: REFUSED}),
    ("550 sorry, no mailbox here by that name. (#5.1.1)", {RCPT: REFUSED}),
    ("550 Invalid recipient <nobody@example.org>", {RCPT: REFUSED}),
    ("550 5.5.0 mailbox unavailable", {RCPT: REFUSED}),
    ("550 no such user here", {RCPT: REFUSED, EACH: REFUSED}),
    ("551 user unknown", {RCPT: REFUSED}),
    ("553 5.2.1 mailbox disabled", {RCPT: REFUSED, EACH: REFUSED}),
    ("556 the domain takes no mail", {RCPT: REFUSED}),
    ("550 5.4.1 Recipient address rejected: Access denied", {RCPT: DOUBTFUL}),
    ("552 5.2.2 mailbox full", {RCPT: LATER, EACH: LATER}),
    ("452 4.2.2 mailbox full", {RCPT: LATER, EACH: LATER}),
    ("451 4.7.1 Greylisting in action, please come back later", {RCPT: LATER, DATA: LATER}),
    # Of the message.
    ("554 spam", {DATA: REFUSED, CONTENT: REFUSED, EACH: REFUSED}),
    ("550 5.6.0 malformed", {CONTENT: REFUSED, EACH: REFUSED}),
    ("552 5.3.4 message too large", {CONTENT: REFUSED, EACH: REFUSED, MAIL: OURS}),
]  # fmt: skip


def reply(text: str) -> Reply:
    return Reply(int(text[:3]), text[4:])


@pytest.mark.parametrize(
    ("stage", "said", "expected"),
    [(stage, said, found) for said, by_stage in REPLIES for stage, found in by_stage.items()],
)
def test_a_reply_is_read_by_its_stage_its_code_and_its_enhanced_code(
    stage: Stage, said: str, expected: Meaning
) -> None:
    assert meaning(stage, reply(said)) is expected


@pytest.mark.parametrize("stage", Stage)
def test_every_reply_there_can_be_has_a_meaning_and_none_at_the_door_or_to_the_sender_is_for_good(
    stage: Stage,
) -> None:
    for code in (*range(100), *range(100, 700, 7), *range(400, 600)):
        for status in ("", "4.5.3", "5.1.1", "5.2.2", "5.4.5", "5.7.1", "5.999.999"):
            for others in (True, False):
                found = settled(stage, Reply(code, f"{status} no"), others_accepted=others)
                assert found in (ACCEPTED, LATER, REFUSED, OURS)
                if stage in (CONNECT, HELLO, STARTTLS, LOGIN, MAIL):
                    assert found is not REFUSED


def test_a_doubtful_reply_speaks_of_one_recipient_only_where_others_are_taken() -> None:
    denied = reply("550 5.7.1 relaying denied")
    assert settled(RCPT, denied, others_accepted=True) is REFUSED
    assert settled(RCPT, denied, others_accepted=False) is OURS


@pytest.mark.parametrize("said", ["452 4.5.3 too many", "552 5.5.3 too many", "552 too much", "452 full"])
def test_too_many_recipients_never_speaks_of_one_for_good(said: str) -> None:
    assert settled(RCPT, reply(said), others_accepted=False) in (LATER, OURS)
    assert settled(RCPT, reply(said), others_accepted=True) in (LATER, OURS)
