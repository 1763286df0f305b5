"""Every operation of the API keeps to its own description, whatever it is asked (schemathesis)."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from support.desk import DeskFiles
from support.page import seeded, served
from support.web import WebServer
from watchdesk.web.api import OPERATIONS
from watchdesk.web.events import streaming

SAYS_MORE = ("/try", "/check-query", "/backtest", "/articles")
"""Operations that take more than a schema can say: a query may be wrong."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    desk = DeskFiles(tmp_path_factory.mktemp("api"))
    with WebServer() as web:
        seeded(desk, web)
    with served(desk) as page:
        yield schemathesis.openapi.from_url(f"{page.address}/api/v1/openapi.json")


def test_every_operation_keeps_to_its_description(api: schemathesis.BaseSchema) -> None:
    tried = 0
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path == streaming.PATH:  # it has no end
            continue

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def keep(case: Any) -> None:
            excluded = [positive_data_acceptance] if case.path.endswith(SAYS_MORE) else []
            case.call_and_validate(timeout=30, excluded_checks=excluded)

        keep()
        tried += 1
    assert tried == len(OPERATIONS)
