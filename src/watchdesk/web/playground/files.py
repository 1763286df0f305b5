"""The desk as a process of the playground sees it: its files, read unless they are known, and its archive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from watchdesk.backtest import Checked, Draft, Known, Window, check_draft, rule_of
from watchdesk.config.kept_folders import KeptFolders
from watchdesk.config.places import did_you_mean
from watchdesk.configuration import Configuration, read_with_folders
from watchdesk.documents.words import counted
from watchdesk.errors import ConfigurationError, UsageError
from watchdesk.model import Article
from watchdesk.rules import Rule
from watchdesk.rules.team_folder import LastGood
from watchdesk.store import SqlStore, open_to_read
from watchdesk.web.playground.messages import Begin

_CONNECTIONS = 2


class FilesUnusable(UsageError):
    """Somebody has to mend the files of the desk first."""


class Files:
    """Of one desk, as it was when it was told; until the next `Begin`."""

    def __init__(
        self,
        begin: Begin,
        known: Configuration | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        reads: Callable[[], object] = lambda: None,
    ) -> None:
        """`known`: the configuration, else the files are read, and `reads` is called first."""
        self._begin = begin
        self._known = known
        self._clock = clock
        self._reads = reads
        self._store: SqlStore | None = None

    @property
    def now(self) -> datetime:
        """The time."""
        return self._clock()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the desk."""
        return self._begin.zone

    @cached_property
    def configuration(self) -> Configuration:
        """Read once. Raises `FilesUnusable`."""
        if self._known:
            return self._known
        self._reads()
        try:
            kept = KeptFolders(self._begin.state)
            return read_with_folders(self._begin.configuration, LastGood(kept, self.now))
        except ConfigurationError as error:
            mistakes = counted(len(error.problems), "mistake")
            raise FilesUnusable(
                f"the files of the desk cannot be read now, for {mistakes} in them; "
                "without them no list and no rule is known"
            ) from None

    @property
    def store(self) -> SqlStore:
        """The archive, for reading. Raises `StorageError`."""
        if self._store is None:
            self._store = open_to_read(self._begin.storage, self._begin.state, _CONNECTIONS)
        return self._store

    def window(self, length: timedelta) -> Window:
        """The last so long."""
        now = self.now
        since = now - length
        return Window(since, now, self.zone, self.store.oldest_article(since))

    def known(self, *drafts: Draft) -> Known:
        """What drafts may name; the files are read only for lists."""
        names_lists = any("@" in draft.query or "@" in draft.exclude for draft in drafts)
        lists = self.configuration.rules.lists if names_lists else {}
        return Known(lists, self._begin.source_ids, self._begin.source_tags)

    def check(self, draft: Draft) -> Checked:
        """The draft, with warnings."""
        return check_draft(draft, self.known(draft), lint=True)

    def rule(self, draft: Draft) -> Rule:
        """The draft as a rule. Raises `ConfigurationError` with every mistake in it."""
        return rule_of(draft, self.known(draft))

    def rule_of_files(self, rule_id: str) -> Rule:
        """Raises `UsageError` where there is none."""
        rules = self.configuration.rules
        if rule_id not in rules.labels:
            hint = did_you_mean(rule_id, list(rules.labels)) or "the page of the rules names them all"
            raise UsageError(f"there is no rule '{rule_id}'; {hint}")
        return next(rule for rule in rules.rules if rule.id == rule_id)

    def article(self, number: int) -> Article:
        """Raises `UsageError` where the archive has none with this number."""
        article = self.store.article(number)
        if article is None:
            raise UsageError(f"there is no article {number} in the archive")
        return article

    def close(self) -> None:
        """Lets go of the archive."""
        if self._store:
            self._store.close()
            self._store = None
