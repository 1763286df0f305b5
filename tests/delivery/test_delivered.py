"""Which receivers already have a delivery, as one process remembers it."""

from watchdesk.delivery.delivered import Delivered


def test_the_last_thousand_deliveries_are_remembered_and_none_before_them() -> None:
    delivered: Delivered[str] = Delivered()
    for number in range(1_000):
        delivered.of(str(number)).add("desk@example.org")
    assert delivered.of("0") == {"desk@example.org"}, "it is remembered, and now the last that was asked for"
    assert delivered.of("new") == set()
    assert delivered.of("0") == {"desk@example.org"}
    assert delivered.of("1") == set(), "it was the first of those that nobody had asked for again"
