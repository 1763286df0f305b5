"""A desk with thousands of everything, in seconds: what a small one has stored, copied by the database."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, text

from support.desk import RULES, SETTINGS, DeskFiles
from support.page import FREE_PORT, seeded
from support.web import WebServer
from watchdesk.store.database import database_url
from watchdesk.store.tables import (
    articles,
    deliveries,
    digests,
    matches,
    places,
    search_pending,
    sources,
    story_members,
)

_MINUTE = 60_000_000
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)"
_LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
_TITLE = (
    "CASE n % 4 WHEN 0 THEN 'NATO ministers agree on defence spending, part ' || n"
    f" WHEN 1 THEN '{_LONG} ' || n"
    " WHEN 2 THEN 'حلف شمال الأطلسي يزيد الإنفاق الدفاعي ' || n ELSE 'Budgets: ' || n END"
)
_SOURCE = "'source-' || printf('%05d', n)"
_RULE = "'rule-' || printf('%05d', n)"
_STATE = "CASE n % 4 WHEN 0 THEN 'dead' WHEN 1 THEN 'waiting' WHEN 2 THEN 'dropped' ELSE 'sent' END"
_TROUBLE = "the server did not answer within 20 seconds; see https://example.org/feeds/' || n || '"


def crowded(desk: DeskFiles, web: WebServer, rows: int, settings: str = SETTINGS + FREE_PORT) -> None:
    """A seeded desk with so many sources, rules, articles (of one story), matches, digests and deliveries.

    Half of the rules match every article, and a third are silent.
    """
    seeded(desk, web, settings)
    _write_files(desk.config, rows)
    engine = create_engine(database_url("sqlite", desk.state))
    try:
        with engine.begin() as connection:
            connection.execute(text("PRAGMA synchronous = OFF"))
            _copy_all(connection, rows)
    finally:
        engine.dispose()


def _write_files(config: Path, rows: int) -> None:
    sources, rules = [], []
    for n in range(1, rows + 1):
        name, word = _LONG if n % 9 == 1 else n, "NATO" if n % 2 else "wheat"
        sources.append(f"  source-{n:05d}: {{feed: 'http://127.0.0.1:9/{n}', title: 'The Daily {name}'}}\n")
        rules.append(f"  rule-{n:05d}: {{title: 'Budgets of {name}', query: '{word} OR word{n}'}}\n")
    with (config / "sources.yaml").open("a") as file:
        file.writelines(sources)
    (config / "rules" / "desk.yaml").write_text(RULES + "".join(rules))


def _copy_all(connection: Connection, rows: int) -> None:
    def copy(table: Table, **new: str) -> None:
        _copied(connection, table, rows, new)

    ago = f"- n * {_MINUTE}"
    copy(
        sources,
        source_id=_SOURCE,
        url="'http://127.0.0.1:9/' || n",
        title=_SOURCE,
        failures="CASE WHEN n % 3 = 0 THEN 5 ELSE 0 END",
        error=f"CASE WHEN n % 3 = 0 THEN '{_TROUBLE}' END",
        next_poll=f"one.last_attempt + 1000 * {_MINUTE}",
    )
    copy(
        articles,
        id="100 + n",
        url="'http://example.org/' || n",
        url_key="'example.org/' || n",
        title=_TITLE,
        source_id=_SOURCE,
        first_seen=f"one.first_seen {ago}",
        published_at=f"one.published_at {ago}",
    )
    copy(search_pending, id="100 + n", article_id="100 + n", first_seen=f"one.first_seen {ago}")
    copy(
        story_members,
        id="100 + n",
        article_id="100 + n",
        source_id=_SOURCE,
        seen_at=f"one.seen_at {ago}",
        happened_at=f"one.happened_at {ago}",
        shingles="CASE WHEN n % 2 = 0 THEN one.shingles ELSE x'' END",
    )
    moments = {"matched_at": f"one.matched_at {ago}", "happened_at": f"one.happened_at {ago}"}
    copy(matches, id="100 + n", article_id="100 + n", **moments)
    copy(matches, id="100 + :rows + n", article_id="100 + n", rule_id=_RULE, **moments)
    copy(matches, id="100 + 2 * :rows + n", article_id="1", rule_id=_RULE, **moments)
    copy(digests, id="'digest ' || n", subject=_TITLE, composed_at=f"one.composed_at {ago}")
    copy(places, id="100 + n", match_id="100 + n", digest_id="NULL")
    copy(
        deliveries,
        id="'delivery ' || n",
        digest_id="'digest ' || n",
        state=_STATE,
        created_at=f"one.created_at {ago}",
        due_at=f"one.due_at + 1000 * {_MINUTE}",
        error=f"CASE WHEN n % 4 < 2 THEN '{_TROUBLE}' END",
        attempts="n % 4",
    )
    connection.execute(
        text(
            f"INSERT INTO silences (rule_id, since, until) {_NUMBERS}"
            f" SELECT {_RULE}, at, at + 1000 * {_MINUTE}"
            " FROM numbers, (SELECT max(first_seen) AS at FROM articles) WHERE n % 3 = 0"
        ),
        {"rows": rows},
    )


def _copied(connection: Connection, table: Table, rows: int, new: Mapping[str, str]) -> None:
    """The oldest row of the table so many times over; `new`: what differs, by `n`, from the row `one`."""
    names = [column.name for column in table.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(new.get(name, f'one."{name}"') for name in names)
    first = f"(SELECT * FROM {table.name} ORDER BY rowid LIMIT 1)"
    connection.execute(
        text(f"INSERT INTO {table.name} ({quoted}) {_NUMBERS} SELECT {values} FROM numbers, {first} AS one"),
        {"rows": rows},
    )
