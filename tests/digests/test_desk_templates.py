"""Templates of the desk's own: what they can do, and what becomes of a digest when they fail."""

from dataclasses import fields
from pathlib import Path

import pytest

from support.digests import ALL, BRUSSELS, NOW, crowded, empty, ordinary, render_plain, render_plain_notice
from watchdesk.digests import (
    Templates,
    load_templates,
    render,
    render_notice,
    try_templates,
)
from watchdesk.digests.rendering.page import view_of
from watchdesk.digests.rendering.render import Rendering
from watchdesk.digests.rendering.view import DigestView
from watchdesk.digests.rendering.written_templates import TemplateTrouble
from watchdesk.model import Notice, Trouble


def rendered(shown: str = "ordinary", **files: str) -> Rendering:
    """By templates of these names; `digest_html` is digest.html.j2."""
    named = {f"{name.replace('_', '.')}.j2": source for name, source in files.items()}
    make, language = ALL[shown]
    return render(Templates(named), make(), BRUSSELS, language)


def trouble_of(source: str, name: str = "digest_html") -> TemplateTrouble:
    """The one trouble with it; the digest is then as the built-in template has it."""
    rendering = rendered(**{name: source})
    assert rendering.rendered == render_plain(ordinary(), BRUSSELS, "en")
    (trouble,) = rendering.troubles
    return trouble


def test_a_template_replaces_the_page_and_another_the_text() -> None:
    rendering = rendered(digest_html="<p>{{ view.title }}</p>", digest_txt="{{ view.subject }}")
    assert "<p>Morning brief</p>" in rendering.rendered.html
    assert rendering.rendered.text == "Morning brief: 7 stories, Ukraine aid leads\n"
    assert rendering.troubles == ()
    assert rendering.used == ("digest.html.j2", "digest.txt.j2")


def test_a_digests_own_template_goes_before_that_of_all() -> None:
    files = {"morning_txt": "mine", "digest_txt": "everybody's"}
    assert rendered(**files).rendered.text == "mine\n"
    assert rendered("single", **files).rendered.text == "everybody's\n"


def test_a_built_in_template_can_be_extended() -> None:
    rendering = rendered(
        digest_html='{% extends "watchdesk/digest.html.j2" %}{% block style %}'
        "<style>h2 {color: #00594f}</style>{% endblock %}"
        "{% block foot %}<p>Room 4.12</p>{{ super() }}{% endblock %}"
    )
    assert rendering.troubles == ()
    page = rendering.rendered.html
    assert "Room 4.12" in page
    assert "Nothing found for: Port strikes." in page
    assert "color:#00594f" in page


def test_every_block_that_is_documented_can_be_replaced() -> None:
    for block in ("head", "masthead", "contents", "body", "story", "foot"):
        rendering = rendered(
            digest_html='{% extends "watchdesk/digest.html.j2" %}'
            f"{{% block {block} %}}[mine]{{% endblock %}}"
        )
        assert rendering.troubles == ()
        assert "[mine]" in rendering.rendered.html


def test_a_story_can_be_laid_out_anew_with_the_macros_of_ours() -> None:
    rendering = rendered(
        digest_html='{% import "watchdesk/parts.html.j2" as show %}{% for part in view.parts %}'
        "{{ show.heading(part) }}"
        "{% for story in part.stories %}{{ show.story(story, view.also_in) }}{% endfor %}"
        "{{ show.briefs(part.more_heading, part.more, part.left_out) }}{% endfor %}"
    )
    assert rendering.troubles == ()
    assert rendering.rendered.html.count("<h3") == 6


def test_a_template_may_include_another_of_the_desks() -> None:
    rendering = rendered(
        digest_html='<p>{% include "sign.html.j2" %}</p>', sign_html="{{ view.title }}, signed"
    )
    assert "Morning brief, signed" in rendering.rendered.html


def test_what_publishers_write_is_escaped_in_pages_and_not_in_texts() -> None:
    source = "{% for part in view.parts %}{{ part.stories[0].title | marked }}{{ part.title }}{% endfor %}"
    rendering = rendered(
        "hostile", digest_html=f"<p>{source}</p>", digest_txt=source.replace("marked", "starred")
    )
    assert "<script>" not in rendering.rendered.html
    assert "&lt;script&gt;" in rendering.rendered.html
    assert "<script>" in rendering.rendered.text


R = "{% set r = range(3000) %}"
ENDS = "{% endfor %}" * 3
DOUBLED = "{{% set ns = namespace(x='a') %}}{{% for i in range(40) %}}{}{{% endfor %}}"


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("<p>\n{% for part in view.parts %}", 2, "unclosed|end of template|endfor"),
        ("<p>\n\n{{ view.partz }}", 3, "there is no 'partz' there"),
        ("<p>{{ nothing }}", 1, "'nothing' is undefined"),
        ("{% for part in view.parts %}\n{{ 1 / 0 }}{% endfor %}", 2, "division by zero"),
        ("", 1, "it writes nothing"),
        ("<p>  </p>\n", 1, "it writes nothing"),
        ('<p>{% include "other.html.j2" %}', 1, "other.html.j2"),
        (
            '{% extends "watchdesk/digest.html.j2" %}\n{% block foot %}{{ view.foot }}{% endblock %}',
            2,
            "'foot'",
        ),
        ("{{ view.title.__class__.__mro__ }}", 1, "unsafe|undefined|mro"),
        ("{{ view.__init__.__globals__ }}", 1, "unsafe|globals"),
        (
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            1,
            "come to an end|too big",
        ),
        (
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            1,
            "come to an end",
        ),
        ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", 1, "without end"),
        ('{% include "digest.html.j2" %}', 1, "without end"),
        ("{{ 'a' * 999999999 }}", 1, "too much"),
        ("{{ 9 ** 9 ** 9 }}", 1, "too much"),
        ("{% for a in range(9999) %}{{ 'a' * 9999 }}{% endfor %}", 1, "more than"),
        (f"{R}{{% for a in r %}}{{% for b in r %}}{{% for c in r %}}{ENDS}", 1, "come to an end"),
        (f"{R}{{% for a in r %}}{{% for b in r if false %}}{{% for c in r %}}{ENDS}", 1, "come to an end"),
        ("{% for a in range(3000) recursive %}{{ loop(range(3000)) }}{% endfor %}", 1, "end|too deep"),
        ("{{ 'a' | center(1500000000) }}", 1, "'center' makes too much"),
        ("{{ '%0900000000d' | format(1) }}", 1, "'format' takes neither"),
        ("{{ '%*d' | format(900000000, 1) }}", 1, "'format' takes neither"),
        ("{{ ('%(a)s' * 9000) | format(a='a' * 90000) }}", 1, "'format' makes too much"),
        ("{{ '{:>800000000}'.format(1) }}", 1, "'.format()' is not to be had"),
        ("{{ 'a'.ljust(1500000000) }}", 1, "'.ljust()' is not to be had"),
        ("{{ 'a'['zfill'](1500000000) }}", 1, "'.zfill()' is not to be had"),
        ("{{ ('a' * 90000 * 90000) }}", 1, "too much"),
        ("{{ ('a' * 50000) | join('b' * 90000) }}", 1, "'join' makes too much"),
        ("{{ ('b' * 90000).join('a' * 50000) }}", 1, "'join' makes too much"),
        ("{{ ('a' * 90000) | replace('a', 'b' * 90000) }}", 1, "'replace' makes too much"),
        ("{{ ('a' * 90000).replace('a', 'b' * 90000) }}", 1, "'replace' makes too much"),
        ("{{ ('\\n' * 90000) | indent(90000, blank=true) }}", 1, "'indent' makes too much"),
        ("{{ ('a ' * 45000) | wordwrap(1, wrapstring='b' * 90000) }}", 1, "'wordwrap' makes too much"),
        ("{{ [1] | batch(900000000, 0) | list }}", 1, "'batch' makes too much"),
        (DOUBLED.format("{% set ns.x = ns.x ~ ns.x %}"), 1, "more than 5,000,000"),
        (DOUBLED.format("{% set ns.x = ns.x + ns.x %}"), 1, "more than 5,000,000"),
        (DOUBLED.format("{% set y %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x = y %}"), 1, "too much"),
        ("<p>\n\n{{ " + "(" * 400 + "1" + ")" * 400 + " }}", 3, "40 brackets stand within one another"),
        ("<p>\n{{ " + "[" * 5000 + " }}", 2, "40 brackets stand within one another"),
        ("<p>\n{{ " + "not " * 2000 + "1 }}\n<p>", 2, "nested too deep"),
        ("<p>\n{{ " + " + ".join("1" * 2000) + " }}\n<p>", 2, "nested too deep"),
        ("<p>\n\n{{ view.title" + " | upper" * 2000 + " }}", 3, "nested too deep"),
        ("<p>\n" + "{% if view.title %}" * 120 + "x" + "{% endif %}" * 120, 2, "too many levels"),
        ("<p>\n" + "{% for a in view.parts %}" * 30 + "x" + "{% endfor %}" * 30, 2, "too many statically"),
        ("<p>\n{{ " + "9" * 5000 + " }}", 2, "4300 digits"),
        ("<div>" * 20_000, 1, "nests more than 1,000 elements"),
    ],
)
def test_a_template_that_fails_is_told_with_its_line_and_ours_is_used(
    source: str, line: int, reason: str
) -> None:
    trouble = trouble_of(source)
    assert (trouble.file, trouble.line) == ("digest.html.j2", line)
    assert any(part in trouble.reason for part in reason.split("|")), trouble.reason
    assert trouble.sentence.startswith(f"templates/digest.html.j2:{line}: ")
    assert trouble.sentence.endswith("; the built-in template is used in its place.")


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (
            "{{ '%.2f %s' | format(3.14159, 20261125) }}{{ none | default(20261125, true) }}",
            "3.14 2026112520261125",
        ),
        ("{{ 'a b'.replace(' ', '-') }}{{ 'a b' | replace(' ', '+') }}", "a-ba+b"),
        ("{{ ', '.join(['a', 'b']) }} {{ ['a', 'b'] | join('; ') }}", "a, b a; b"),
        ("{{ view.parts | map(attribute='urgent') | join(' ') }}", "True False False"),
        ("{{ 'abc def' | wordwrap(4) | indent(2, first=true) }}", "  abc\n  def"),
        ("{{ 'a' | center(5) }}|{{ '-' * 20 }}|{{ 'a' ~ 1 ~ 'b' }}", "  a  |" + "-" * 20 + "|a1b"),
        ("{% for row in [1, 2, 3] | batch(2) %}{{ row | join }};{% endfor %}", "12;3;"),
        (
            "{% for x in [3, 1, 2] | sort if x > 1 %}{{ loop.index }}/{{ loop.length }} {% endfor %}",
            "1/2 2/2",
        ),
        ("{% for x in [] %}{% else %}none{% endfor %}", "none"),
        ("{% for x in [1, [2, [3]]] recursive %}{{ loop(x) if x is iterable else x }}{% endfor %}", "123"),
    ],
)
def test_what_templates_ordinarily_do_is_not_in_the_way(source: str, written: str) -> None:
    rendering = rendered(digest_txt=source)
    assert rendering.troubles == ()
    assert rendering.rendered.text.rstrip() == written


def test_a_digest_of_very_many_stories_takes_few_of_the_steps_that_there_are() -> None:
    files = {"digest.html.j2": '{% extends "watchdesk/digest.html.j2" %}'}
    rendering = render(Templates(files), crowded(2000, most=2000), BRUSSELS, "en")
    assert [trouble.was_used for trouble in rendering.troubles] == [True]


def test_what_cannot_be_compiled_is_told_of_the_file_it_stands_in_also_where_that_is_included() -> None:
    deep = "\n\n{{ " + "(" * 400 + "1" + ")" * 400 + " }}"
    (trouble,) = rendered(digest_html='<p>{% include "deep.j2" %}', deep=deep).troubles
    assert (trouble.file, trouble.line) == ("deep.j2", 3)


def test_a_template_writes_nothing_that_a_database_refuses() -> None:
    rendering = rendered(
        digest_txt="a{{ '\\x00' }}b{{ '\\ud800' }}c", digest_html="<p>a{{ '\\x00\\ud800' }}c"
    )
    assert rendering.rendered.text == "ab\ufffdc\n"
    assert "\x00" not in rendering.rendered.html
    rendering.rendered.html.encode()


def test_a_broken_text_leaves_the_page_alone() -> None:
    rendering = rendered(digest_html="<p>mine</p>", digest_txt="{{ nothing }}")
    assert "mine" in rendering.rendered.html
    assert rendering.rendered.text == render_plain(ordinary(), BRUSSELS, "en").text
    assert [trouble.file for trouble in rendering.troubles] == ["digest.txt.j2"]


def test_the_file_that_is_wrong_is_named_where_it_is_included() -> None:
    files = {"digest.html.j2": '<p>{% include "sign.html.j2" %}', "sign.html.j2": "\n{{ view.sign }}"}
    (trouble,) = render(Templates(files), ordinary(), BRUSSELS, "en").troubles
    assert (trouble.file, trouble.line) == ("sign.html.j2", 2)


def test_a_page_that_gmail_would_cut_is_sent_whole_and_told() -> None:
    line = "<p>{{ story.title | unmarked }}</p>"
    source = f"{{% for part in view.parts %}}{{% for story in part.more %}}{line}{{% endfor %}}{{% endfor %}}"
    rendering = render(Templates({"digest.html.j2": source * 5}), crowded(), BRUSSELS, "en")
    (trouble,) = rendering.troubles
    assert trouble.was_used
    assert "of which Gmail shows the first 102" in trouble.reason
    assert rendering.rendered.html.count("<p>") == 5 * 440


def test_templates_are_read_once_from_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "parts").mkdir(parents=True)
    (folder / "digest.txt.j2").write_text('first {% include "parts/x.txt.j2" %}')
    (folder / "parts" / "x.txt.j2").write_text("{{ view.title }}")
    (folder / "README").write_text("no template")
    templates = load_templates(tmp_path)
    (folder / "digest.txt.j2").write_text("second")
    assert templates.names == ("digest.txt.j2", "parts/x.txt.j2")
    assert render(templates, ordinary(), BRUSSELS, "en").rendered.text == "first Morning brief\n"
    assert load_templates(tmp_path / "nowhere").names == ()


def test_a_file_that_is_no_text_is_a_trouble(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "digest.html.j2").write_bytes(b"\xff\xfe")
    rendering = render(load_templates(tmp_path), ordinary(), BRUSSELS, "en")
    assert rendering.rendered == render_plain(ordinary(), BRUSSELS, "en")
    assert "cannot be read" in rendering.troubles[0].reason


def test_a_notice_has_templates_of_its_own() -> None:
    troubles = [Trouble("a", "One."), Trouble("b", "Two & three.")]
    files = {
        "notice.html.j2": "{% for trouble in notice.troubles %}<p>{{ trouble }}</p>{% endfor %}",
        "notice.txt.j2": "{{ notice.subject }}{{ notice.oops }}",
    }
    rendering = render_notice(Templates(files), Notice(tuple(troubles)), NOW, BRUSSELS)
    assert "<p>One.</p><p>Two &amp; three.</p>" in rendering.rendered.html
    assert rendering.rendered.text == render_plain_notice(troubles, NOW, BRUSSELS).text
    assert [trouble.file for trouble in rendering.troubles] == ["notice.txt.j2"]


def test_a_trial_finds_what_only_some_digests_would() -> None:
    files = {
        "digest.html.j2": "<p>{{ view.title }}{% if view.quiet %}{{ view.oops }}{% endif %}",
        "flash.txt.j2": "All: {% for part in view.parts %}\n{{ part.held_back[0].oops }}{% endfor %}",
        "morning.html.j2": "<p>{{ view.title }}{% if %}",
        "notice.txt.j2": "{{ view }}",
    }
    found = try_templates(Templates(files), ["flash", "morning"])
    assert [(trouble.file, trouble.line) for trouble in found] == [
        ("digest.html.j2", 1),
        ("flash.txt.j2", 2),
        ("morning.html.j2", 1),
        ("notice.txt.j2", 1),
    ]
    assert try_templates(Templates(), ["flash"]) == ()


def test_a_template_can_say_all_that_it_is_given() -> None:
    names = [field.name for field in fields(DigestView)]
    source = "\n".join(f"{name}={{{{ view.{name} }}}}" for name in names)
    text = rendered(digest_txt=source).rendered.text
    view = view_of(ordinary(), BRUSSELS, "en")
    assert f"health={view.health}" in text
    assert all(f"{name}=" in text for name in names)


def test_the_same_digest_gives_the_same_bytes() -> None:
    source = "<p>{{ view.title }}</p>{% for part in view.parts %}{{ part.title }}{% endfor %}"
    assert rendered(digest_html=source) == rendered(digest_html=source)
    assert rendered("empty", digest_html=source).rendered.html != rendered(digest_html=source).rendered.html
    assert render(Templates(), empty(), BRUSSELS, "en").used == ()
