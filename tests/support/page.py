"""The page over a desk, served in this process on a free port by the server that the service has."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.web import WebServer
from watchdesk.cli.session import utc_now
from watchdesk.configuration import read_configuration
from watchdesk.plan import Configured
from watchdesk.service.liveness import Phase
from watchdesk.service.liveness.readiness import BEAT, MAKE_DIGESTS, POLL, RECORD_POLLS, SEND, TELL
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.web.companion import PageCompanion

FREE_PORT = "web: {listen: '127.0.0.1:0'}\n"


@dataclass
class ServedPage:
    """A page that answers."""

    desk: DeskFiles
    companion: PageCompanion
    liveness: Liveness

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        page = self.liveness.status.page
        assert page
        assert page.trouble is None
        return page.address.rstrip("/")

    def get(self, path: str, **more: Any) -> requests.Response:
        return requests.get(self.address + path, timeout=30, allow_redirects=False, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> requests.Response:
        return requests.post(self.address + path, data, timeout=30, allow_redirects=False, **more)

    def form_token(self, path: str, session: requests.Session) -> str:
        """What a form on the page carries; the session then has its cookie."""
        found = re.search(
            r'name="form_token" value="(\w+)"', session.get(self.address + path, timeout=30).text
        )
        assert found, f"{path} has no form"
        return found[1]


def seeded(desk: DeskFiles, web: WebServer, settings: str = SETTINGS + FREE_PORT, articles: int = 3) -> None:
    """A desk with a source that is well, one that fails, articles, matches and a digest that went out."""
    titles = [f"NATO defence spending, part {number}" for number in range(articles)]
    web.serve(
        "/feed", rss(*(item(str(number), title, "Ukraine aid.") for number, title in enumerate(titles)))
    )
    desk.write({"wire": web.url("/feed"), "gone": web.url("/gone")}, settings)
    desk.run("once", "--all", "--send")


@contextmanager
def served(desk: DeskFiles) -> Iterator[ServedPage]:
    """The page of this desk, as its files have it, until the end of the block."""
    liveness = Liveness(desk.state, utc_now)
    liveness.enter(Phase.RUNNING)
    for step in (POLL, RECORD_POLLS, BEAT, MAKE_DIGESTS, SEND, TELL):
        with liveness.step(step):
            pass
    liveness.turn()
    companion = PageCompanion(liveness, desk.state, utc_now)
    try:
        companion.start(configured(desk))
        page = ServedPage(desk, companion, liveness)
        wait_for(lambda: liveness.status.page is not None, "the page")
        yield page
    finally:
        companion.stop()
        liveness.enter(Phase.STOPPED)
        liveness.turn()


def configured(desk: DeskFiles) -> Configured:
    """The files as they are now; the rules without their queries, as the service has them."""
    configuration = read_configuration(desk.config)
    return replace(configuration, rules=configuration.rules.outline())


def soon(seconds: float = 0.1) -> None:
    """Lets what runs beside the test go on."""
    time.sleep(seconds)
