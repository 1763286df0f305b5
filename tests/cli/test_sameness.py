"""What one source keeps apart is never folded, and what is folded is counted: from the feed to the digest."""

import json

from support.desk import DeskFiles, rss
from support.polls import NOW, Item
from support.web import WebServer

RULES = "rules:\n  ore: {query: niobium}\n"


def notice(number: int, words: str, *, title: str, link: str) -> str:
    return str(Item(title, f"{words} niobium.", f"n-{number}", link, NOW))


def test_notices_of_one_title_items_on_one_link_and_anchors_are_stories_of_their_own(
    desk: DeskFiles, web: WebServer
) -> None:
    texts = ["The quota of the northern ports is cut for", "A hearing is held in Zeta on", "Fees rise for"]
    titles = [
        "Ministry opens a tender at last",
        "Minister travels to Oslo today",
        "Customs officers walk out in Gdynia",
    ]
    register, page = "https://register.example/d/2026", "https://ministry.example/press.html"
    feeds = {
        "register": [
            notice(n, words, title="Notice of proposed export rules", link=f"{register}-{n}")
            for n, words in enumerate(texts)
        ],
        "portal": [
            notice(n, words, title=f"Portal: {words}", link="https://portal.example/2026/all")
            for n, words in enumerate(("Zinc", "Two mines reopen beside", "Railways carry"))
        ],
        "anchors": [
            notice(n, words, title=titles[n], link=f"{page}#r{n}")
            for n, words in enumerate(("Bids are invited on", "Talks turn to", "Licences change with"))
        ],
    }
    for name, items in feeds.items():
        web.serve(f"/{name}", rss(*items))
    desk.write({name: web.url(f"/{name}") for name in feeds}, rules=RULES)
    desk.run("once", "--all")
    shown = desk.run("digest", "flash", "--json").document
    stories = [story for rule in shown["rules"] for story in rule["stories"]]
    assert len(stories) == 9
    assert not any(story["also_in"] for story in stories)
    assert {f"{page}#r{n}" for n in range(3)} <= {story["article"]["url"] for story in stories}


def test_what_a_digest_folds_it_counts_and_lists(desk: DeskFiles, web: WebServer) -> None:
    for name in ("one", "two"):
        link = "https://wire.example/2026/niobium-quota"
        web.serve(f"/{name}", rss(notice(1, "The quota is cut for", title="Quota for ore is cut", link=link)))
    desk.write({name: web.url(f"/{name}") for name in ("one", "two")}, rules=RULES)
    desk.run("once", "--all", "--send")
    [text] = [path.read_text() for path in (desk.state / "digests").glob("*.txt")]
    [shown] = [json.loads(path.read_text()) for path in (desk.state / "digests").glob("*.json")]
    [story] = shown["rules"][0]["stories"]
    assert len(story["also_in"]) == 1
    assert "and 1 more" in text


def test_sources_says_whose_guids_are_not_believed_and_why(desk: DeskFiles, web: WebServer) -> None:
    items = [Item(f"Title {n}", f"Words of {n}.", "N/A", f"https://e.org/2026/{n}") for n in range(2)]
    web.serve("/feed", rss(*map(str, items)))
    desk.write({"wire": web.url("/feed")})
    desk.run("once", "--all")
    [source] = desk.run("sources", "--json").document["sources"]
    assert source["guids_believed"] is False
    assert "it gives the guid “N/A” to different entries" in source["trouble"][0]
    told = " ".join(desk.run("sources").out.split())
    assert "so its guids have not been believed since" in told
    web.serve("/feed", rss(*map(str, items), str(Item("Title 2", "Other.", "N/A", "https://e.org/2026/2"))))
    assert desk.run("once", "--all", "--json").document["articles"] == 1
