"""A contract for import-linter: each third-party library is imported where its line says, and nowhere else.

A line is `library: home home …`; a home is a module or a package below watchdesk. A library without a line
breaks the contract, and so does a home that does not import its library. Modules of the standard library
need no line; one that has a line is held to it.
"""

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ROOT = "watchdesk."


class LibraryHomes(Contract):
    """Breaks at each import outside its library's homes, and at each line that says more than the code."""

    homes = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compares the lines with the imports."""
        del verbose
        homes = _by_library(cast("list[str]", self.homes))
        faults = [
            fault
            for library in sorted(homes.keys() | _libraries(graph))
            for fault in _faults(library, homes.get(library), _importers(graph, library))
        ]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each fault."""
        for fault in check.metadata["faults"]:
            output.print_error(fault)


def _by_library(lines: list[str]) -> dict[str, list[str]]:
    return {library: named.split() for library, _, named in (line.partition(": ") for line in lines)}


def _libraries(graph: ImportGraph) -> set[str]:
    outside = {module for module in graph.modules if graph.is_module_squashed(module)}
    return outside - sys.stdlib_module_names


def _importers(graph: ImportGraph, library: str) -> set[str]:
    if library not in graph.modules:
        return set()
    return {module.removeprefix(ROOT) for module in graph.find_modules_that_directly_import(library)}


def _faults(library: str, homes: list[str] | None, importers: set[str]) -> list[str]:
    if homes is None:
        return [f"{library} has no home; {', '.join(sorted(importers))} imports it"]
    strays = sorted(module for module in importers if not any(_is_in(module, home) for home in homes))
    idle = [home for home in homes if not any(_is_in(module, home) for module in importers)]
    return [
        *(f"{module} imports {library}, whose home is {' '.join(homes)}" for module in strays),
        *(f"{home} is named as a home of {library} and does not import it" for home in idle),
    ]


def _is_in(module: str, home: str) -> bool:
    return module == home or module.startswith(f"{home}.")
