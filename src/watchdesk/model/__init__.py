"""The nouns of watchdesk: frozen dataclasses that every room uses.

Standard library only. Times are aware datetimes in UTC unless a name says otherwise. Nouns know nothing of
HTML, JSON or rows.
"""

from watchdesk.model.articles import (
    DAY_KEY as DAY_KEY,
)
from watchdesk.model.articles import (
    LISTED_AGAIN as LISTED_AGAIN,
)
from watchdesk.model.articles import (
    Article as Article,
)
from watchdesk.model.articles import (
    Ingested as Ingested,
)
from watchdesk.model.articles import (
    Known as Known,
)
from watchdesk.model.articles import (
    PageToFetch as PageToFetch,
)
from watchdesk.model.articles import (
    PollPart as PollPart,
)
from watchdesk.model.articles import (
    PublishedKnown as PublishedKnown,
)
from watchdesk.model.articles import (
    Recalled as Recalled,
)
from watchdesk.model.articles import (
    Section as Section,
)
from watchdesk.model.articles import (
    Stored as Stored,
)
from watchdesk.model.articles import (
    Wording as Wording,
)
from watchdesk.model.articles import (
    refusals as refusals,
)
from watchdesk.model.coverage import (
    Coverage as Coverage,
)
from watchdesk.model.coverage import (
    HeldUpdate as HeldUpdate,
)
from watchdesk.model.coverage import (
    MoreSources as MoreSources,
)
from watchdesk.model.coverage import (
    NotWanted as NotWanted,
)
from watchdesk.model.coverage import (
    Queued as Queued,
)
from watchdesk.model.coverage import (
    Spread as Spread,
)
from watchdesk.model.coverage import (
    Telling as Telling,
)
from watchdesk.model.deliveries import (
    UNDECIDED as UNDECIDED,
)
from watchdesk.model.deliveries import (
    ChannelLimits as ChannelLimits,
)
from watchdesk.model.deliveries import (
    Delivery as Delivery,
)
from watchdesk.model.deliveries import (
    DeliveryState as DeliveryState,
)
from watchdesk.model.deliveries import (
    FailingChannel as FailingChannel,
)
from watchdesk.model.deliveries import (
    Parcel as Parcel,
)
from watchdesk.model.deliveries import (
    Rate as Rate,
)
from watchdesk.model.deliveries import (
    Refused as Refused,
)
from watchdesk.model.deliveries import (
    Retry as Retry,
)
from watchdesk.model.deliveries import (
    SendOutcome as SendOutcome,
)
from watchdesk.model.deliveries import (
    Sent as Sent,
)
from watchdesk.model.deliveries import (
    WentOut as WentOut,
)
from watchdesk.model.digests import (
    TOO_WIDE as TOO_WIDE,
)
from watchdesk.model.digests import (
    Digest as Digest,
)
from watchdesk.model.digests import (
    DigestMark as DigestMark,
)
from watchdesk.model.digests import (
    DigestPart as DigestPart,
)
from watchdesk.model.digests import (
    DigestStory as DigestStory,
)
from watchdesk.model.digests import (
    MadeDigest as MadeDigest,
)
from watchdesk.model.digests import (
    Past as Past,
)
from watchdesk.model.digests import (
    Queue as Queue,
)
from watchdesk.model.digests import (
    Rendered as Rendered,
)
from watchdesk.model.digests import (
    Silence as Silence,
)
from watchdesk.model.digests import (
    Spike as Spike,
)
from watchdesk.model.digests import (
    Waited as Waited,
)
from watchdesk.model.digests import (
    WaitingMatch as WaitingMatch,
)
from watchdesk.model.fetching import (
    Failed as Failed,
)
from watchdesk.model.fetching import (
    Fetched as Fetched,
)
from watchdesk.model.fetching import (
    FetchOutcome as FetchOutcome,
)
from watchdesk.model.fetching import (
    Gone as Gone,
)
from watchdesk.model.fetching import (
    Held as Held,
)
from watchdesk.model.fetching import (
    NotModified as NotModified,
)
from watchdesk.model.fetching import (
    Throttled as Throttled,
)
from watchdesk.model.fetching import (
    Unreached as Unreached,
)
from watchdesk.model.fetching import (
    without_body as without_body,
)
from watchdesk.model.labels import (
    Judgement as Judgement,
)
from watchdesk.model.labels import (
    Label as Label,
)
from watchdesk.model.labels import (
    LabelledBy as LabelledBy,
)
from watchdesk.model.looking_back import (
    FoundLater as FoundLater,
)
from watchdesk.model.matches import (
    Match as Match,
)
from watchdesk.model.matches import (
    Priority as Priority,
)
from watchdesk.model.matches import (
    RuleLabel as RuleLabel,
)
from watchdesk.model.matches import (
    Snippet as Snippet,
)
from watchdesk.model.matches import (
    Span as Span,
)
from watchdesk.model.matches import (
    StoredMatch as StoredMatch,
)
from watchdesk.model.probes import (
    Account as Account,
)
from watchdesk.model.probes import (
    NotReached as NotReached,
)
from watchdesk.model.probes import (
    NotTried as NotTried,
)
from watchdesk.model.probes import (
    Probed as Probed,
)
from watchdesk.model.probes import (
    Reached as Reached,
)
from watchdesk.model.revisions import (
    Revision as Revision,
)
from watchdesk.model.revisions import (
    SaidBefore as SaidBefore,
)
from watchdesk.model.rhythm import (
    Rhythm as Rhythm,
)
from watchdesk.model.sizes import (
    LEFT_FOR as LEFT_FOR,
)
from watchdesk.model.sizes import (
    DatabaseSize as DatabaseSize,
)
from watchdesk.model.sizes import (
    SizeKept as SizeKept,
)
from watchdesk.model.sizes import (
    SizeSample as SizeSample,
)
from watchdesk.model.sizes import (
    SizeSamples as SizeSamples,
)
from watchdesk.model.source_faults import (
    FaultKind as FaultKind,
)
from watchdesk.model.source_faults import (
    SourceFault as SourceFault,
)
from watchdesk.model.source_faults import (
    SourceFaults as SourceFaults,
)
from watchdesk.model.sources import (
    NEVER_POLLED as NEVER_POLLED,
)
from watchdesk.model.sources import (
    Appointment as Appointment,
)
from watchdesk.model.sources import (
    Entry as Entry,
)
from watchdesk.model.sources import (
    FullText as FullText,
)
from watchdesk.model.sources import (
    GuidDoubt as GuidDoubt,
)
from watchdesk.model.sources import (
    GuidFault as GuidFault,
)
from watchdesk.model.sources import (
    ParsedFeed as ParsedFeed,
)
from watchdesk.model.sources import (
    ResolveLinks as ResolveLinks,
)
from watchdesk.model.sources import (
    Selectors as Selectors,
)
from watchdesk.model.sources import (
    Source as Source,
)
from watchdesk.model.sources import (
    SourceCondition as SourceCondition,
)
from watchdesk.model.sources import (
    SourceHealth as SourceHealth,
)
from watchdesk.model.sources import (
    SourceState as SourceState,
)
from watchdesk.model.sources import (
    SourceSummary as SourceSummary,
)
from watchdesk.model.sources import (
    UpdateHints as UpdateHints,
)
from watchdesk.model.sources import (
    Validators as Validators,
)
from watchdesk.model.standings import (
    Release as Release,
)
from watchdesk.model.standings import (
    Released as Released,
)
from watchdesk.model.standings import (
    Standing as Standing,
)
from watchdesk.model.stories import (
    HOLDS_BACK as HOLDS_BACK,
)
from watchdesk.model.stories import (
    SHOWN_TOGETHER as SHOWN_TOGETHER,
)
from watchdesk.model.stories import (
    JoinedBy as JoinedBy,
)
from watchdesk.model.stories import (
    Membership as Membership,
)
from watchdesk.model.stories import (
    Merge as Merge,
)
from watchdesk.model.stories import (
    SharedText as SharedText,
)
from watchdesk.model.stories import (
    Sharing as Sharing,
)
from watchdesk.model.stories import (
    StoryFeatures as StoryFeatures,
)
from watchdesk.model.troubles import (
    DeadLetters as DeadLetters,
)
from watchdesk.model.troubles import (
    Notice as Notice,
)
from watchdesk.model.troubles import (
    ReportedTrouble as ReportedTrouble,
)
from watchdesk.model.troubles import (
    Trouble as Trouble,
)
