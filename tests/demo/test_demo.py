import mailbox
from pathlib import Path

from support.desk import DeskFiles


def test_the_demo_shows_the_whole_way_and_ends_by_itself(desk: DeskFiles) -> None:
    answered = desk.run_process("demo", "--json")
    assert answered.status == 0, answered.err
    document = answered.document
    assert document["not_modified"] >= 1
    assert document["mails"] == document["webhooks"] == 2
    subjects = [message["Subject"] for message in mailbox.Maildir(document["mailbox"])]
    assert len(subjects) == 2
    page = Path(document["page"]).read_text(encoding="utf-8")
    assert "Vandermeer" in page
    for rule in ("NATO spending", "Ukraine aid", "Minerals deals"):
        assert rule in page


def test_the_demo_tells_a_person_what_happened_and_where_to_look(desk: DeskFiles) -> None:
    answered = desk.run_process("demo")
    assert answered.status == 0, answered.err
    assert "nato-spending" in answered.out
    assert str(desk.state / "demo" / "mail") in answered.out
