"""/metrics of a real service, the alert rules and the dashboard over it."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from support.desk import RULES, SETTINGS, DeskFiles, item, rss, wait_for
from support.web import WebServer
from watchdesk.demo.servers import free_port

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "docs" / "monitoring" / "watchdesk-alerts.yaml"
DASHBOARD = ROOT / "docs" / "monitoring" / "watchdesk-dashboard.json"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
CONTRACT = {
    "watchdesk_polls_total": {"outcome"},
    "watchdesk_poll_seconds": {"le"},
    "watchdesk_poll_lateness_seconds": {"le"},
    "watchdesk_articles_total": set(),
    "watchdesk_matches_total": {"rule"},
    "watchdesk_match_seconds": {"le"},
    "watchdesk_digests_total": {"digest"},
    "watchdesk_deliveries": {"state", "channel"},
    "watchdesk_delivery_seconds": {"le"},
    "watchdesk_publication_to_delivery_seconds": {"le"},
    "watchdesk_sources": {"health"},
    "watchdesk_config_last_reload_success_timestamp_seconds": set(),
    "watchdesk_config_last_reload_successful": set(),
    "watchdesk_build_info": {"version"},
}
"""Names of metrics, and their labels."""
OF_A_FLEET = {
    "watchdesk_fleet_hosts": {"state"},
    "watchdesk_fleet_shards": {"host"},
    "watchdesk_fleet_polls_per_second": {"host"},
    "watchdesk_fleet_shards_lapsed_total": {"host"},
    "watchdesk_fleet_poll_lateness_seconds": {"host", "quantile"},
    "watchdesk_fleet_configurations": set(),
}
"""Those that are there besides where machines share the work; see tests/fleet/test_seen.py."""
TWO = ("NATO raises its defence spending", "Ukraine gets more aid")


class Scraped:
    """The metrics of a service."""

    def __init__(self, port: int, **more: Any) -> None:
        self.answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10, **more)
        parse: Callable[[str], Any] = openmetrics if more else plain_text
        self.families: list[Metric] = list(parse(self.answer.text))

    def value(self, name: str, **labels: str) -> float | None:
        samples = (sample for family in self.families for sample in family.samples)
        return next((one.value for one in samples if (one.name, one.labels) == (name, labels)), None)


def settings(port: int) -> str:
    return f"{SETTINGS}web: {{listen: '127.0.0.1:{port}'}}\n"


def ask(port: int) -> Scraped | None:
    try:
        return Scraped(port)
    except requests.ConnectionError:
        return None


def promtool(*arguments: str, stdin: str | None = None) -> str:
    if shutil.which("promtool") is None:
        pytest.skip("no promtool here; Debian's package prometheus has it")
    done = subprocess.run(
        ["promtool", *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_service_tells_what_it_did_through_a_reload_and_at_another_address(
    desk: DeskFiles, web: WebServer
) -> None:
    first, second = free_port(), free_port()
    web.serve("/feed", rss(*(item(str(number), title) for number, title in enumerate(TWO))))
    feeds = {"wire": web.url("/feed"), "gone": web.url("/gone")}
    desk.write(feeds, settings(first))
    with desk.service() as service:

        def delivered(port: int) -> bool:
            found = ask(port)
            count = "watchdesk_publication_to_delivery_seconds_count"
            return found is not None and (found.value(count) or 0) >= len(TWO)

        wait_for(lambda: delivered(first), "a delivery")
        told = Scraped(first)
        assert told.value("watchdesk_articles_total") == 2
        assert told.value("watchdesk_matches_total", rule="nato-spending") == 1
        assert told.value("watchdesk_matches_total", rule="ukraine-aid") == 1
        assert told.value("watchdesk_polls_total", outcome="new") == 1
        assert (told.value("watchdesk_polls_total", outcome="failed") or 0) >= 1
        polls = sum(
            told.value("watchdesk_polls_total", outcome=o) or 0 for o in ("new", "unchanged", "failed")
        )
        assert told.value("watchdesk_poll_seconds_count") == polls
        assert told.value("watchdesk_match_seconds_count") == 2
        assert (told.value("watchdesk_match_seconds_sum") or 0) > 0
        assert (told.value("watchdesk_poll_lateness_seconds_count") or 0) >= polls
        made = told.value("watchdesk_digests_total", digest="flash")
        assert made
        assert told.value("watchdesk_delivery_seconds_count") == made
        assert told.value("watchdesk_config_last_reload_successful") == 1
        assert labels_of(told) == CONTRACT
        assert "no metrics were found" not in promtool("check", "metrics", stdin=told.answer.text)
        as_openmetrics = Scraped(first, headers=OPENMETRICS)
        assert as_openmetrics.answer.headers["Content-Type"].startswith("application/openmetrics-text")
        assert as_openmetrics.value("watchdesk_articles_total") == 2
        kept, _ = RULES.split("  ukraine-aid:")
        desk.write(feeds, settings(second), kept)
        service.send_signal(signal.SIGHUP)
        wait_for(lambda: ask(second), "the page at its new address")
        after = Scraped(second)
        assert after.value("watchdesk_articles_total") == 2
        assert after.value("watchdesk_matches_total", rule="nato-spending") == 1
        assert after.value("watchdesk_matches_total", rule="ukraine-aid") is None
        (desk.config / "rules" / "desk.yaml").write_text("rules: {a: {query: '('}}\n")
        service.send_signal(signal.SIGHUP)

        def refused() -> bool:
            return Scraped(second).value("watchdesk_config_last_reload_successful") == 0

        wait_for(refused, "the refusal")


def labels_of(told: Scraped) -> dict[str, set[str]]:
    """By metric as people ask for it, its labels."""
    found: dict[str, set[str]] = {}
    for family in told.families:
        total = "_total" if family.type == "counter" else ""
        found.setdefault(family.name + total, set()).update(*(s.labels for s in family.samples))
    return found


def test_the_alert_rules_fire_when_they_should(tmp_path: Path) -> None:
    assert "SUCCESS" in promtool("check", "rules", str(ALERTS))
    for file in (ALERTS, ROOT / "tests" / "data" / "monitoring" / "alerts_test.yaml"):
        shutil.copy(file, tmp_path)
    assert "SUCCESS" in promtool("test", "rules", str(tmp_path / "alerts_test.yaml"))


def test_every_alert_is_tried_and_has_its_row_in_the_documents() -> None:
    tried = yaml.safe_load((ROOT / "tests" / "data" / "monitoring" / "alerts_test.yaml").read_text())
    page = (ROOT / "docs" / "monitoring.md").read_text()
    names = {rule["alert"] for rule in alerts()}
    fired = {
        one["alertname"] for test in tried["tests"] for one in test["alert_rule_test"] if one["exp_alerts"]
    }
    assert fired == names
    assert set(re.findall(r"^\| `(Watchdesk\w+)` \|", page, flags=re.MULTILINE)) == names


def test_every_query_of_the_dashboard_can_be_asked(tmp_path: Path) -> None:
    queries = [query.replace("$__rate_interval", "5m") for panel in panels() for query in queries_of(panel)]
    assert len(queries) > 15
    rules = [{"record": f"panel:{place}", "expr": query} for place, query in enumerate(queries)]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"{len(queries)} rules found" in promtool("check", "rules", str(file))


def test_the_dashboard_can_be_loaded() -> None:
    """What Grafana insists on: ids of their own, a data source that is asked for, no panel over another."""
    dashboard = json.loads(DASHBOARD.read_text())
    variables = {one["name"]: one for one in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    asked = set(re.findall(r"\$\{?(\w+)", DASHBOARD.read_text())) - {"__rate_interval"}
    assert asked == variables.keys()
    assert len({panel["id"] for panel in panels()}) == len(panels())
    cells = [
        (x, y)
        for panel in panels()
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert all(target["datasource"]["uid"] == "${datasource}" for p in panels() for target in p["targets"])


def test_alerts_and_dashboard_ask_for_metrics_that_there_are_by_labels_that_they_have() -> None:
    known = CONTRACT | OF_A_FLEET
    queries = [rule["expr"] for rule in alerts()] + [q for panel in panels() for q in queries_of(panel)]
    for query in queries:
        for name, selector in re.findall(r"\b(watchdesk_\w+)(?:\{([^}]*)\})?", query):
            plain = re.sub(r"_bucket$", "", name)
            assert plain in known, query
            labels = set(re.findall(r"(\w+)\s*(?:=|!=|=~)", selector)) - {"job", "instance"}
            assert labels <= known[plain], query


def test_the_dashboard_shows_all_that_is_told_of_machines_that_share_the_work() -> None:
    shown = " ".join(query for panel in panels() for query in queries_of(panel))
    assert {name for name in OF_A_FLEET if name not in shown} == set()


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def queries_of(panel: dict[str, Any]) -> list[str]:
    return [target["expr"] for target in panel["targets"]]
