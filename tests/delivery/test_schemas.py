"""What webhooks carry is what the published schemas say."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.desk import DeskFiles
from support.parcels import NOW, parcel
from support.sample_digests import found, notice, rendered
from support.web import Answer, WebServer
from watchdesk.delivery.channels.webhook import WebhookChannel, WebhookOptions
from watchdesk.model import Rendered, Sent

BODIES = {
    "digest": [
        rendered([]),
        rendered([found(1), found(2, rule="aid", revised=True)]),
        rendered([found(n, "Жовтень <b>") for n in range(9)], most=4),
    ],
    "notice": [notice("The disk is full."), notice("One.", "Two.")],
}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    desk = DeskFiles(tmp_path_factory.mktemp("schemas"))
    return {kind: desk.run("schema", kind).document for kind in BODIES}


@pytest.mark.parametrize(("kind", "what"), [(kind, body) for kind in BODIES for body in BODIES[kind]])
def test_a_body_as_it_is_received_is_what_its_schema_says(
    web: WebServer, schemas: dict[str, Any], kind: str, what: Rendered
) -> None:
    web.respond("/hook", Answer(status=204))
    channel = WebhookChannel(WebhookOptions(url=web.url("/hook")))
    assert channel.send(parcel(rendered=what), NOW) == Sent()
    body = json.loads(web.requests[0].body)
    Draft202012Validator.check_schema(schemas[kind])
    Draft202012Validator(schemas[kind]).validate(body)
    assert body["version"] == 1


@pytest.mark.parametrize("kind", BODIES)
def test_one_key_tells_bodies_apart(schemas: dict[str, Any], kind: str) -> None:
    assert {json.loads(body.json)["type"] for body in BODIES[kind]} == {kind}
    assert schemas[kind]["properties"]["type"]["const"] == kind


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_of_another_kind_is_not(schemas: dict[str, Any], kind: str) -> None:
    (other,) = BODIES.keys() - {kind}
    assert not Draft202012Validator(schemas[kind]).is_valid(json.loads(BODIES[other][0].json))
