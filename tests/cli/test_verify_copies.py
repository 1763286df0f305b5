"""`watchdesk verify`: a dictionary of which one copy is lost."""

import sqlite3
from contextlib import closing
from hashlib import sha256

from store.test_compressed_texts import news
from support.desk import DeskFiles, item, rss
from support.web import WebServer
from watchdesk.encoding.zstd import zstd


def test_a_lost_copy_is_told_and_is_no_damage_of_texts(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target", "Ministers agreed.")))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    assert desk.run("verify", "--json").document["whole"]
    content = zstd.train_dict([news(seed).encode() for seed in range(300)], 4096).dict_content
    with closing(sqlite3.connect(desk.state / "watchdesk.db", isolation_level=None)) as connection:
        row = 2, 0, "articles", 0, sha256(content).digest(), content
        connection.execute("INSERT INTO dictionaries VALUES (?, ?, ?, ?, ?, ?)", row)
    found = desk.run("verify", "--json")
    assert found.status == 1
    (finding,) = found.document["findings"]
    assert (finding["kind"], finding["part"]) == ("copies", "dictionaries")
    assert finding["what"] == "one of the two copies of dictionary 2 is lost"
    said = desk.run("verify").out
    assert "no text is lost" in said and "the database is whole" not in said
    assert not desk.run("status", "--json").document["database"]["damages"]
