"""An answer is given again for a moment, and to nobody for whom it was not made."""

from starlette.responses import RedirectResponse, Response

from watchdesk.web.recent import FRESH, LARGEST, LONGEST, MOST, Recent


def test_an_answer_is_given_for_a_moment_and_for_its_own_configuration() -> None:
    now, of = [0.0], object()
    answers = Recent(lambda: now[0])
    answers.keep("/", of, Response("NATO", media_type="text/html"))
    now[0] = FRESH - 0.1
    known = answers.get("/", of)
    assert known
    assert known.body == b"NATO"
    assert (b"content-length", b"4") in known.headers
    assert answers.get("/", object()) is None
    assert answers.get("/rules", of) is None
    now[0] = FRESH
    assert answers.get("/", of) is None


def test_a_dear_answer_is_given_for_a_while_and_what_scripts_renew_for_a_moment() -> None:
    now, of = [0.0], object()
    answers = Recent(lambda: now[0])
    for took, fresh in ((0.0, FRESH), (0.01, FRESH), (0.05, 1.5), (20.0, LONGEST)):
        began = now[0]
        answers.keep("/", of, Response("NATO"), took)
        now[0] = began + fresh - 0.01
        assert answers.get("/", of), took
        now[0] = began + fresh + 0.01
        assert answers.get("/", of) is None, took


def test_few_answers_are_kept_and_none_that_is_large_or_no_page() -> None:
    answers, of = Recent(lambda: 0.0), object()
    for number in range(MOST + 1):
        answers.keep(number, of, Response(str(number)))
    assert answers.get(0, of) is None
    assert answers.get(1, of)
    answers.keep("large", of, Response("x" * (LARGEST + 1)))
    answers.keep("elsewhere", of, RedirectResponse("/", 303))
    answers.keep("gone", of, Response("", 404))
    assert not any(answers.get(seen, of) for seen in ("large", "elsewhere", "gone"))
