"""The sandbox that templates of the desk's run in: what they do is counted, and what grows is measured first.

It is made against honest mistakes, such as a loop within a loop within a loop, and stops them within some
seconds and some hundred megabytes. It is no wall against somebody who means harm: a template stands in the
configuration folder, and who writes there has the desk already.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sized
from functools import wraps
from typing import Any

from jinja2 import BaseLoader, nodes, select_autoescape
from jinja2.compiler import CodeGenerator, Frame
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 2_000_000
"""A digest of 500 stories takes some 50,000."""
LONGEST = 5_000_000
"""Characters of one text, and of all that is written."""
_CHARACTERS_A_STEP = 50
"""Of texts that are made on the way: 100 million characters are all the steps there are."""
_LONGEST_PRODUCT = 100_000
_GROWING_METHODS = frozenset(
    {
        "center",
        "encode",
        "expandtabs",
        "format",
        "format_map",
        "ljust",
        "rjust",
        "to_bytes",
        "translate",
        "zfill",
    }
)
_MEASURED_METHODS = frozenset({"join", "replace"})
_GIVE_BACK = frozenset({"d", "default", "format"})
"""Filters for which a number is nothing but a value."""
_LEFT_OUT = ("pprint", "random", "tojson", "urlize", "xmlattr")
"""Filters that no mail needs."""


class Endless(Exception):
    """A template takes more steps, or makes more text, than any digest needs."""


class _Counting(CodeGenerator):
    """Compiles loops and joins so that they are counted."""

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - the name that Jinja2 looks for
        """Each turn is a step, also one that the loop's own `if` passes over."""
        turn = nodes.Call(nodes.EnvironmentAttribute("turn"), [], [], None, None)
        turn.set_lineno(node.lineno).set_environment(self.environment)
        if node.test is None:
            node.body.insert(0, nodes.ExprStmt(turn, lineno=node.lineno))
        else:
            node.test = nodes.And(turn, node.test, lineno=node.lineno, environment=self.environment)
        super().visit_For(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - as above
        """What `~` makes is measured."""
        self.write("environment.measured(")
        super().visit_Concat(node, frame)
        self.write(")")


class Sandbox(ImmutableSandboxedEnvironment):
    """Stops a template that would never be done, or would fill the memory. Raises `Endless` then.

    A step is a reading of a field, a call, a sum, a turn of a loop, an item that a filter is given, and fifty
    characters of a text that is made. What could grow at one blow (`*`, `**`, `center`, `format`, `indent`,
    `join`, `replace`, `wordwrap`, `range` and the like) is measured before it is made. Not counted: what a
    single comparison, or the text of a list of lists of lists, may take.
    """

    code_generator_class = _Counting
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, loader: BaseLoader, filters: Mapping[str, Callable[..., Any]], **manners: Any) -> None:
        escaping = select_autoescape(("html.j2",), ("txt.j2",), default=True, default_for_string=True)
        super().__init__(loader=loader, autoescape=escaping, **manners)
        self._steps = 0
        self.turn = lambda: True
        """Called at each turn of a loop: the call is the step."""
        self.globals["range"] = self._range
        del self.globals["lipsum"]
        known = {**self.filters, **filters}
        self.filters = {name: self._counted(name, known[name]) for name in known if name not in _LEFT_OUT}
        self.concat = self._concat  # type: ignore[method-assign]  # a function of its own there, by contract

    def begin(self) -> None:
        """Starts counting from zero."""
        self._steps = 0

    def step(self, steps: int = 1) -> None:
        """Counts. Raises `Endless`."""
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise Endless(f"it does not come to an end (more than {MOST_STEPS:,} steps)")

    def measured(self, made: Any) -> Any:
        """What was made, when it is not too much."""
        size = len(made) if isinstance(made, str | list | tuple) else 0
        if size > LONGEST:
            raise Endless(f"it makes a text or a list of {size:,}, more than {LONGEST:,}")
        self.step(size // _CHARACTERS_A_STEP)
        return made

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Any reading of a field is a step."""
        self.step()
        self._judge_method(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As is any look into a list."""
        self.step()
        self._judge_method(obj, argument)
        return super().getitem(obj, argument)

    def call(self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """And any call."""
        self.step()
        if __obj is self.turn:
            return True
        of, name = getattr(__obj, "__self__", None), getattr(__obj, "__name__", "")
        if isinstance(of, str) and name in _MEASURED_METHODS:
            if name == "join" and args:
                args = (list(args[0]), *args[1:])
            sized = (args[0], of) if name == "join" and args else (of, *args)
            self._bound(name, _SIZES[name](*sized))
        return self.measured(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """What multiplies must stay small: one such sum could fill the memory."""
        self.step()
        if operator == "%" and not isinstance(left, int | float):
            raise Endless("'%' formats text here; use '~' to join texts")
        if operator in ("*", "**"):
            sizes = [len(side) if isinstance(side, Sized) else abs(side) for side in (left, right)]
            self._bound(operator, max(sizes), _LONGEST_PRODUCT if operator == "*" else 64)
            if isinstance(left, Sized) or isinstance(right, Sized):
                self._bound(operator, sizes[0] * sizes[1])
        return self.measured(super().call_binop(context, operator, left, right))

    def _range(self, *bounds: int) -> range:
        counted = range(*bounds)
        self.step(len(counted))
        return counted

    def _concat(self, pieces: Iterable[str]) -> str:
        """What a block, a macro or an included file wrote."""
        written = list(pieces)
        size = sum(map(len, written))
        self._bound("block", size)
        self.step(size // _CHARACTERS_A_STEP)
        return "".join(written)

    def _bound(self, what: str, size: int, most: int = LONGEST) -> None:
        if size > most:
            raise Endless(f"'{what}' makes too much of it (more than {most:,})")

    def _judge_method(self, obj: Any, name: Any) -> None:
        if isinstance(obj, str | bytes | int) and name in _GROWING_METHODS:
            raise Endless(f"'.{name}()' is not to be had here; there may be a filter of that name")

    def _counted(self, name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
        """The filter, with the items and the numbers that it is given counted as steps."""
        signature = inspect.signature(filter_)
        passed = 1 if hasattr(filter_, "jinja_pass_arg") else 0

        @wraps(filter_)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.step()
            values = list(args)
            if name == "join" and len(values) > passed:
                values[passed] = list(values[passed])
            for value in values[passed:]:
                if isinstance(value, str):
                    self.step(len(value) // _CHARACTERS_A_STEP)
                elif isinstance(value, Sized):
                    self.step(len(value))
            for number in (*values[passed + 1 :], *kwargs.values()):
                if isinstance(number, int) and name not in _GIVE_BACK:
                    self._bound(name, abs(number), _LONGEST_PRODUCT)
                    self.step(abs(number))
            if name in _SIZES:
                bound = signature.bind(*values, **kwargs)
                bound.apply_defaults()
                self._bound(name, _SIZES[name](*bound.args[passed:], **bound.kwargs))
            return self.measured(filter_(*values, **kwargs))

        return counted


def _size_of_joined(items: Iterable[Any], between: Any = "", *_others: Any) -> int:
    gap = len(str(between))
    return sum(gap + (len(item) if isinstance(item, str) else 0) for item in items)


def _size_of_replaced(text: Any, old: Any, new: Any, *_others: Any) -> int:
    return len(str(text)) + str(text).count(str(old)) * len(str(new))


def _size_of_indented(text: Any, width: Any, *_others: Any) -> int:
    return (str(text).count("\n") + 1) * (width if isinstance(width, int) else len(str(width)))


def _size_of_lines(text: Any, _width: Any, _break: Any, between: Any, *_others: Any) -> int:
    return len(str(text)) * max(1, len(str(between or "")))


def _size_of_formatted(text: Any, *values: Any, **named: Any) -> int:
    """Widths stand within the text, and may be of three digits. Raises `Endless` for others."""
    form = str(text)
    if "*" in form or re.search(r"\d{4}", form):
        raise Endless("'format' takes neither '*' nor numbers of four digits in what it is to fill")
    longest = max((len(value) for value in (*values, *named.values()) if isinstance(value, str)), default=0)
    return len(form) + form.count("%") * (999 + longest)


_SIZES: Mapping[str, Callable[..., int]] = {
    "join": _size_of_joined,
    "replace": _size_of_replaced,
    "indent": _size_of_indented,
    "wordwrap": _size_of_lines,
    "format": _size_of_formatted,
}
"""By filter: what it will make at most, in characters."""
