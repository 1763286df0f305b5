"""JSON Schema in which each key has the description that stands below it in the code.

pydantic reads these texts as well (`use_attribute_docstrings`), but when a model is declared: parsing its
source then takes longer than all else that a command does with the files. Here it is done when a schema is
asked for.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DataclassSchema, ModelSchema, TypedDictSchema
from typing_extensions import is_typeddict

from watchdesk.doors import made_once_each


def described_schema(model: Any) -> dict[str, Any]:
    """The JSON Schema of a pydantic model, a dataclass or a TypedDict."""
    return TypeAdapter(model).json_schema(schema_generator=_Described)


class _Described(GenerateJsonSchema):
    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        return _with_descriptions(super().model_schema(schema), schema["cls"])

    def dataclass_schema(self, schema: DataclassSchema) -> JsonSchemaValue:
        return _with_descriptions(super().dataclass_schema(schema), schema["cls"])

    def typed_dict_schema(self, schema: TypedDictSchema) -> JsonSchemaValue:
        return _with_descriptions(super().typed_dict_schema(schema), schema["cls"])


def _with_descriptions(json_schema: JsonSchemaValue, model: type[Any]) -> JsonSchemaValue:
    properties = json_schema.get("properties", {})
    known = getattr(model, "model_fields", {})
    for base in _bases(model):
        for name, text in _descriptions(base):
            alias = known[name].alias if name in known else None
            if (alias or name) in properties:
                properties[alias or name]["description"] = text
    return json_schema


def _bases(model: type[Any]) -> Iterator[type[Any]]:
    """The class and those that it extends, itself last. A TypedDict keeps its own apart."""
    above = [base for base in getattr(model, "__orig_bases__", ()) if isinstance(base, type)]
    if is_typeddict(model):
        for base in above:
            yield from _bases(base)
        yield model
    else:
        yield from reversed(model.__mro__[:-1])


def _descriptions(model: type[Any]) -> Iterator[tuple[str, str]]:
    """Each field of the class itself with the text below it."""
    declared = _classes(model.__module__).get(model.__qualname__)
    if declared is None:  # not written in a file, or within a function
        return
    for field, below in zip(declared.body, declared.body[1:], strict=False):
        text = below.value if isinstance(below, ast.Expr) else None
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield field.target.id, inspect.cleandoc(text.value)


@made_once_each
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module as they are written, by name; each module is parsed once.

    One at a time: Python 3.11 counts the depth of all trees that are being made together
    (https://github.com/python/cpython/issues/106905).
    """
    try:
        source = inspect.getsource(sys.modules[module])
    except (KeyError, OSError, TypeError):
        return {}
    return {part.name: part for part in ast.parse(source).body if isinstance(part, ast.ClassDef)}
