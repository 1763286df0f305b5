"""The fast reader of YAML gives the values and places of the thorough one, or declines."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import Resolver

from support.examples import tries
from watchdesk.config.any_yaml import read_any
from watchdesk.config.core_schema import plain_value, tagged_value
from watchdesk.config.gc_pause import gc_paused
from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems
from watchdesk.config.well_formed import Unsure, read_well_formed
from watchdesk.config.yaml_document import Element, Mapping, Scalar, Sequence, SourceText

ROOT = Path(__file__).parent.parent.parent
FILES = sorted([*ROOT.glob("config/**/*.yaml"), *ROOT.glob("tests/data/config/*/*.yaml")])
SPEEDUP = 10
"""Half of the times that it was measured to be faster on two thousand sources."""


def said(element: Element | None) -> object:
    """All that anybody can learn of a document."""
    match element:
        case Scalar():
            written = element.written()
            places = [str(written.place_at(offset)) for offset in range(len(written.text) + 1)]
            return repr(element.value), element.text, element.is_block, element.place, written.text, places
        case Sequence():
            return element.place, [said(item) for item in element.items]
        case Mapping():
            return element.place, dict(element.keys), [(key, said(value)) for key, value in element]
        case None:
            return None


def thorough(text: str) -> tuple[object, list[str]]:
    problems = Problems()
    read = read_any(SourceText("a.yaml", text), problems)
    return said(read), [problem.render() for problem in problems]


def fast(text: str) -> object:
    return said(read_well_formed(SourceText("a.yaml", text)))


def agree(text: str) -> bool:
    """Whether the fast reader read it; then both said the same."""
    try:
        read = fast(text)
    except Unsure:
        return False
    assert (read, []) == thorough(text)
    return True


READ = {
    "settings": "timezone: Europe/Brussels\npolling: {every: 15m, per_host: 2}\n",
    "block scalars": "a:\n  b: |\n    one\n      two\n\n    three\n  c: >-\n    x y\n    z\n\nd: 1\n",
    "quotes over lines": "a: 'it''s\n  so'\nb: \"x\\\n  y\\u00e9\"\nc: plain\n  text\n",
    "comments": "# top\na: 1 # one\n# between\nb: x#y\n",
    "words of YAML 1.1": "a: yes\nb: off\nc: 12:30:45\nd: 0777\ne: 0o17\nf: 1_000\ng: 0b11\nh: y\n",
    "dates": "a: 2001-12-14\nb: 2001-12-14t21:59:43.10-05:00\n",
    "odd numbers": "a: .inf\nb: -.INF\nc: .nan\nd: 1e3\ne: 1.\nf: +12\ng: 0x1F\nh: 1e\ni: 0x\nj: _\n",
    "nothing": "a:\nb: ~\nc: null\nd: ''\ne: [~, null]\nf: [\n  ]\ng:\n  -\n  - x\n",
    "merge keys": "a: &a {x: 1}\nb: {<<: *a, y: <<}\n",
    "aliases": "a: &one [1, 2]\nb: *one\nc: [*one, *one]\n",
    "line ends of Windows": "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'z\r\n  w'\r\n",
    "a document with its mark": "---\na: 1\n",
    "addresses in braces": "a: {feed: https://e.org/a?b=c#d&e=f, tags: [x, y]}\n",
    "an explicit key": "? a\n: b\n",
}
DECLINED = {
    "an empty document with its mark": "---\n",
    "a scalar": "word",
    "a list": "- a\n",
    "repeated keys": "a: 1\na: 2\n",
    "keys that are no words": "[a]: 1\n",
    "an alias as key": "a: &a b\n*a : c\n",
    "tags": "a: !!str 1\n",
    "local tags": "a: !x 1\n",
    "non-specific tags": "a: ! 1\n",
    "directives": "%YAML 1.1\n---\na: yes\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "an end of the document": "a: 1\n...\n",
    "tabs": "a:\t1\n",
    "a BOM inside": "a: \ufeffb\n",
    "line breaks of YAML 1.1": "a: b\u2028c: d\n",
    "next line": "a: b\x85c: d\n",
    "line ends of old Macs": "a: 1\rb: 2\r",
    "what no text holds": "a: \x07\n",
    "NUL": "a: \x00\n",
    "NUL by an escape": 'a: "\\0"\n',
    "halves of a character": 'a: "\\ud83d\\ude00"\n',
    "surrogates": "a: \ud800\n",
    "an alias of nothing": "a: *b\n",
    "an anchor twice": "a: &a 1\nb: &a 2\n",
    "what holds itself": "a: &a [*a]\n",
    "an anchor that touches a colon": "a: &b:c\n",
    "a value that touches the colon of a quoted key": 'a: ["b":c]\n',
    "a value that touches the colon of a key in single quotes": "a: ['b':\"c\"]\n",
    "a comment that touches its header": "a: |# no\n  x\n",
    "a key without a word": "a: {? }\n",
    "an empty block": "a: |\n  \nb: >\n",
    "a block that begins with an empty line": "a:\n  b: >\n \n     x\n",
    "brackets that never close": "a: [1, 2\n",
    "a quote that never closes": "a: 'b\n",
    "a value in a value": "a: b: c\n",
    "deep nesting": "a: " + "[" * 60 + "]" * 60,
    "very deep nesting": "a: " + "[" * 5000,
    "deep dashes": "a:\n " + "- " * 3000 + "x",
    "a bomb of aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)),
    "a key that is long": "a" * 2000 + ": 1\n",
    "signs that begin nothing": "a: @b\nc: `d\n",
    "percent": "a: %b\n",
}


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_ordinary_files_are_read_fast_and_alike(text: str) -> None:
    assert agree(text)


@pytest.mark.parametrize("text", DECLINED.values(), ids=DECLINED)
def test_what_may_mean_something_else_is_declined(text: str) -> None:
    assert not agree(text)


@pytest.mark.parametrize("text", [*READ.values(), *DECLINED.values()], ids=[*READ, *DECLINED])
def test_mistakes_are_told_as_the_thorough_reader_tells_them(text: str) -> None:
    problems = Problems()
    read = said(parse_document(text, "a.yaml", problems))
    assert (read, [problem.render() for problem in problems]) == thorough(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_of_ours_are_read_alike(path: Path) -> None:
    agree(path.read_text())


def test_the_shipped_files_are_read_fast() -> None:
    assert all(agree(path.read_text()) for path in FILES if path.is_relative_to(ROOT / "config"))


PIECES = [
    *(
        '["a":b]',
        "'a' :b",
        "a",
        "b",
        "true",
        "no",
        "1_0",
        "0o17",
        "010",
        ".inf",
        "~",
        "<<",
        "https://e.org/?b=c",
        "x y",
        "é",
        "'q'",
    ),
    *(
        '"d\\n\\u00e9"',
        '""',
        "''",
        "#",
        " #c",
        ": ",
        ":",
        " :",
        "- ",
        "? ",
        "?",
        " ",
        "  ",
        "[",
        "]",
        "{",
        "}",
    ),
    *(
        "\n",
        "\n ",
        "\n  ",
        "\n    ",
        "\n\n",
        "\r\n",
        "\t",
        ",",
        ", ",
        "|\n",
        "|-\n",
        ">\n",
        ">+\n",
        ">2\n",
        "|1\n",
    ),
    *(
        "&x ",
        "*x",
        "! ",
        "!!str ",
        "---\n",
        "...\n",
        "%",
        "@",
        "`",
        "\\",
        '"',
        "'",
        "*",
        "&",
        "|",
        ">",
        "<<: ",
    ),
    *(
        "a: ",
        "b: ",
        "c:\n  ",
        "- - ",
        "[a, b]",
        "{a: 1, b: [x]}",
        "k: v\n",
        "\n- ",
        "\nz: ",
        "k: |\n  x\n  y\n",
    ),
    *("\n \n", "\n   \n", "a: >\n", "- |-\n", "  x\n", "    y\n", "      z\n", " w\n", "  # c\n"),
]
documents = st.builds(
    "{}{}".format,
    st.sampled_from(["", "k: ", "k:\n  ", "k:\n- ", "k: |\n  x\n", "k: {a: b, "]),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
)
"""Most of them begin as the mapping that each of our files is."""


@given(documents)
@settings(max_examples=tries(600))
def test_both_readers_agree_on_any_document(text: str) -> None:
    agree(text)


@given(st.sampled_from(FILES), st.integers(0), st.lists(st.sampled_from(PIECES), min_size=1, max_size=3))
@settings(max_examples=tries(200))
def test_both_readers_agree_on_damaged_files(path: Path, seed: int, damage: list[str]) -> None:
    rng, text = random.Random(seed), path.read_text()
    lines = text.split("\n")
    first = rng.randrange(len(lines))
    text = "\n".join(lines[first : first + 20])
    for piece in damage:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + piece + text[at + rng.randrange(3) :]
    agree(text)


@given(st.text("0123456789_+-.xXobaefEnNiItrulTsFL~=<:yY", max_size=8))
@example("true")
@example("FALSE")
@example("Null")
@example("-0x_F")
@example("2001-12-14")
@settings(max_examples=tries(2000))
def test_scalars_mean_what_they_mean_to_ruamel(text: str) -> None:
    tag = str(Resolver().resolve(ScalarNode, text, (True, False))).rpartition(":")[2]
    assert repr(plain_value(text)) == repr(tagged_value(text, tag))


def test_without_libyaml_everything_is_read_thoroughly() -> None:
    """As on a machine for which nobody has built PyYAML's extension."""
    code = (
        "import json, sys\n"
        "sys.modules['yaml._yaml'] = None\n"
        "from watchdesk.config.checking import plain\n"
        "from watchdesk.config.parsing import parse_document\n"
        "from watchdesk.config.places import Problems\n"
        "print(json.dumps(plain(parse_document(sys.stdin.read(), 'a', Problems()))))\n"
        "assert 'ruamel.yaml' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, input="a: [0o17, yes]\n", text=True, capture_output=True
    )
    assert json.loads(done.stdout) == {"a": [15, "yes"]}, done.stderr


def test_a_good_file_is_read_many_times_faster() -> None:
    text = "sources:\n" + "".join(
        f"  source-{n}:\n    feed: https://news{n}.example/rss\n    tags: [press, eu]\n" for n in range(2000)
    )

    def cost(read: Callable[[SourceText], object]) -> float:
        began = time.process_time()
        read(SourceText("sources.yaml", text))
        return time.process_time() - began

    with gc_paused():  # as wherever files are read
        turns = [
            (cost(read_well_formed), cost(lambda source: read_any(source, Problems()))) for _ in range(3)
        ]
    assert min(slow for _, slow in turns) >= SPEEDUP * min(quick for quick, _ in turns)
