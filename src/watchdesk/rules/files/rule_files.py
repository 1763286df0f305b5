"""Rules files → checked rules and the lists they share, with every mistake of all files reported.

For a single rule see `declared`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from watchdesk.config.gc_pause import gc_paused
from watchdesk.config.parsing import parse_document, read_document
from watchdesk.config.places import Place, Problems
from watchdesk.config.yaml_document import Element, Mapping, Scalar
from watchdesk.rules.files.declared import Surroundings, read_owner, read_rule
from watchdesk.rules.language.elements import as_mapping, check_keys
from watchdesk.rules.language.word_lists import WordLists, read_lists
from watchdesk.rules.rule import Rule


@gc_paused()
def read_rules(
    paths: Sequence[Path], problems: Problems, around: Surroundings, root: Path | None = None
) -> tuple[tuple[Rule, ...], WordLists]:
    """The rules without a mistake, and the lists. Messages give the paths of files relative to `root`."""
    files: list[tuple[Path, Mapping]] = []
    for path in paths:
        file = _file(path, _shown(path, root), problems)
        if file is not None:
            files.append((path, file))
    return rules_of(files, problems, around)


@gc_paused()
def read_rules_text(text: str, name: str, problems: Problems) -> tuple[tuple[Rule, ...], WordLists]:
    """The same for one text, which messages call `name`."""
    file = top_level(parse_document(text, name, problems), name, problems)
    return rules_of([(Path(name), file)] if file else [], problems, Surroundings())


def rules_of(
    files: Sequence[tuple[Path, Mapping]], problems: Problems, around: Surroundings
) -> tuple[tuple[Rule, ...], WordLists]:
    """The same for files whose YAML was read. `around`: its lists are seen by these files as well."""
    lists = read_lists([file for _, file in files], problems, around.lists)
    rules: dict[str, Rule] = {}
    declared: dict[str, Mapping] = {}
    for path, file in files:
        owner = read_owner(file.get("owner"), around.channels, problems)
        of_file = replace(around, lists=lists, directory=path.parent, owner=owner or around.owner)
        for rule_id, beside, element in _declared(file, problems):
            if rule_id in declared:
                first = declared[rule_id].keys[rule_id]
                problems.error(
                    beside.keys[rule_id], f"the rule '{rule_id}' is defined twice", f"first: {first}"
                )
                continue
            declared[rule_id] = beside
            rule = read_rule(rule_id, element, of_file, problems)
            if rule is not None:
                rules[rule_id] = rule
    if around.lint:
        from watchdesk.rules.lint.lists import lint_lists  # noqa: PLC0415 - only `check` warns

        languages = {language for rule in rules.values() for language in rule.languages}
        lint_lists([file for _, file in files], lists, languages, problems)
    return tuple(rules.values()), lists


def _file(path: Path, name: str, problems: Problems) -> Mapping | None:
    before = len(problems)
    element = read_document(path, problems, name)
    if element is None and len(problems) > before:
        return None
    return top_level(element, name, problems)


def top_level(element: Element | None, name: str, problems: Problems) -> Mapping | None:
    """The top level of a file. An empty file has no rules, which is worth a warning."""
    if element is None:
        problems.warning(Place(name, 1, 1), "this file holds no rules")
        return None
    file = as_mapping(element, name, problems)
    if file is not None:
        check_keys(file, ("owner", "lists", "rules"), "a rules file", problems)
    return file


def _declared(file: Mapping, problems: Problems) -> Iterator[tuple[str, Mapping, Mapping]]:
    """Each rule's id, the rules of its file, and the rule itself."""
    rules = as_mapping(file.get("rules"), "rules", problems)
    if rules is None:
        return
    for rule_id, found in rules:
        if isinstance(found, Scalar):
            hint = f"write {rule_id}: {{query: …}}, or query: … on the next line"
            problems.error(found.place, f"'{rule_id}' must hold keys and values", hint)
            continue
        element = as_mapping(found, rule_id, problems)
        if element is not None:
            yield rule_id, rules, element


def _shown(path: Path, root: Path | None) -> str:
    return str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path)
