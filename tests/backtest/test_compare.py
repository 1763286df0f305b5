"""What a backtest counts, and why a match is lost."""

from datetime import UTC, date, datetime, timedelta

from backtest.archive import NOW, WINDOW, archived, rules
from watchdesk.backtest import Tally, compare, reach
from watchdesk.model import Article
from watchdesk.model.archive import Archived, Reach


def test_a_match_is_kept_new_or_lost() -> None:
    archive = [archived("NATO", "nato"), archived("NATO"), archived("Grain", "nato"), archived("Grain")]
    change = compare(archive, rules(nato="NATO"), WINDOW).rules[0]
    assert (change.total, change.total.then, change.total.now) == (Tally(1, 1, 1), 2, 2)
    assert change.changed


def test_days_are_those_of_the_desks_calendar() -> None:
    late = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    changes = compare([archived("NATO", seen=late), archived("NATO", "nato")], rules(nato="NATO"), WINDOW)
    assert changes.rules[0].by_day == {date(2026, 3, 15): Tally(new=1), date(2026, 3, 31): Tally(kept=1)}


def test_the_source_with_the_most_matches_comes_first() -> None:
    archive = [archived("NATO", source="daily"), *[archived("NATO", "nato", source="wire")] * 2]
    change = compare(archive, rules(nato="NATO"), WINDOW).rules[0]
    assert list(change.by_source.items()) == [("wire", Tally(kept=2)), ("daily", Tally(new=1))]


def test_the_newest_few_say_why_and_the_others_are_counted() -> None:
    archive = [archived(f"NATO met {number} times") for number in range(9)]
    change = compare(archive, rules(nato="NATO"), WINDOW, shown=2).rules[0]
    assert change.total.new == 9
    assert [new.match.snippet.text for new in change.newest_new] == ["NATO met 0 times", "NATO met 1 times"]
    assert change.newest_new[0].match.snippet.marks == ((0, 4),)


def test_a_lost_match_says_what_the_rule_misses_now() -> None:
    change = compare([archived("NATO met", "nato")], rules(nato="NATO AND spending"), WINDOW).rules[0]
    assert [lost.because for lost in change.newest_lost] == ["'spending' is not in the article"]
    assert not change.newest_lost[0].corrected


def test_an_article_counts_by_its_present_text_and_says_that_it_was_corrected() -> None:
    before = Archived(archived("Grain left the port").article, {"nato": "…NATO met in…"})
    lost = compare([before], rules(nato="NATO"), WINDOW).rules[0].newest_lost[0]
    assert lost.corrected


def test_a_cut_snippet_of_a_text_that_stands_is_no_correction() -> None:
    before = Archived(archived("Ministers of NATO met in Brussels").article, {"nato": "…NATO met…"})
    lost = compare([before], rules(nato="grain"), WINDOW).rules[0].newest_lost[0]
    assert not lost.corrected


def test_a_rule_of_which_only_matches_are_left_has_lost_them_all() -> None:
    found = compare([archived("NATO", "old-rule", "nato")], rules(nato="NATO"), WINDOW).rules
    assert [(change.rule.id, change.in_files, change.total) for change in found] == [
        ("nato", True, Tally(kept=1)),
        ("old-rule", False, Tally(lost=1)),
    ]
    assert found[1].newest_lost[0].because == "the rule is no longer in the files"


def test_a_rule_that_finds_nothing_is_there_all_the_same() -> None:
    found = compare([archived("NATO")], rules(grain="grain"), WINDOW)
    assert (found.articles, found.rules[0].total, found.rules[0].changed) == (1, Tally(), False)


def test_figures_a_day_are_over_the_days_that_the_archive_covers() -> None:
    assert WINDOW.days == 30
    young = type(WINDOW)(WINDOW.since, NOW, WINDOW.zone, NOW - timedelta(days=4))
    assert young.days == 4
    assert len(young.every_day()) == 5
    assert type(WINDOW)(WINDOW.since, NOW, WINDOW.zone, NOW - timedelta(minutes=5)).days == 1


def test_reach_is_every_language_and_source_that_one_of_the_rules_reads() -> None:
    german = "query: NATO, languages: [de]"
    wire = "query: NATO, sources: {only: [wire], never: [daily, blog]}"
    assert reach(rules(a=german, b="query: NATO, languages: [fr]").rules).languages == frozenset({"de", "fr"})
    assert reach(rules(a=german, b="NATO").rules) == Reach()
    assert reach(rules(a=wire).rules) == Reach(
        sources=frozenset({"wire"}), never=frozenset({"daily", "blog"})
    )
    other = "query: NATO, sources: {never: [daily, 'tag:sport']}"
    assert reach(rules(a=wire, b=other).rules) == Reach(never=frozenset({"daily"}))


def test_sources_named_by_tag_are_not_told_by_their_id() -> None:
    tagged = "query: NATO, sources: {only: ['tag:wire'], never: ['tag:sport']}"
    assert reach(rules(a=tagged).rules) == Reach()


def test_no_rule_reaches_nothing() -> None:
    assert reach([]) == Reach(sources=frozenset())


def test_an_article_of_unsure_language_is_asked() -> None:
    unsure = Archived(Article.from_text(text="NATO", first_seen=NOW))
    found = compare([unsure], rules(nato="query: NATO, languages: [de]"), WINDOW)
    assert found.rules[0].total.new == 1
