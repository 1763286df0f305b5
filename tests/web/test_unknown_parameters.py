"""What the API is asked in words that it does not know is refused with a guess, and not passed over."""

import pytest
from structlog.testing import capture_logs

from watchdesk.web.answers import refusal_of
from watchdesk.web.api import OPERATIONS
from watchdesk.web.api.parameters import read_body, read_parameters
from watchdesk.web.asked import Refusal
from watchdesk.web.routes import Operation

ARTICLES = next(one for one in OPERATIONS if one.path == "/articles" and one.method == "GET")
WITH_BODY = [one for one in OPERATIONS if one.body]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_no_operation_passes_over_a_parameter(operation: Operation) -> None:
    with pytest.raises(Refusal, match="This takes no parameter 'nonsense'") as refused:
        read_parameters(operation, {"id": "1"} if "{id" in operation.path else {}, {"nonsense": "1"})
    assert refused.value.status == 400


def test_a_mistyped_parameter_is_guessed() -> None:
    with pytest.raises(Refusal) as refused:
        read_parameters(ARTICLES, {}, {"qurey": "NATO"})
    assert refused.value.detail == "This takes no parameter 'qurey'; did you mean 'query'?"
    assert "'query'" in (refused.value.to_do or "")


def test_what_the_path_names_is_no_parameter_beside_it() -> None:
    one = next(one for one in OPERATIONS if one.path.startswith("/sources/{"))
    with pytest.raises(Refusal, match="takes no parameter 'id', nor any other"):
        read_parameters(one, {"id": "wire"}, {"id": "another"})


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.path)
def test_no_operation_passes_over_a_field_of_a_body(operation: Operation) -> None:
    with pytest.raises(Refusal, match="This takes no field 'nonsense'") as refused:
        read_body(operation, {"nonsense": 1})
    assert refused.value.status == 422


def test_the_log_names_the_page_that_failed() -> None:
    with capture_logs() as events:
        assert refusal_of(KeyError("x"), "/rules/nato").status == 500
    assert ("a page failed", "/rules/nato") in [(one["event"], one.get("page")) for one in events]
