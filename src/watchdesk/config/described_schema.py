"""JSON Schema in which each key has the description that stands below it in the code.

pydantic reads these texts as well (`use_attribute_docstrings`), but when a model is declared: parsing its
source then takes longer than all else that a command does with the files. Here it is done when a schema is
asked for.
"""

import ast
import inspect
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DataclassSchema, ModelSchema, TypedDictSchema


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
    for base in reversed(model.__mro__[:-1]):
        for name, text in _descriptions(base):
            alias = known[name].alias if name in known else None
            if (alias or name) in properties:
                properties[alias or name]["description"] = text
    return json_schema


def _descriptions(model: type[Any]) -> Iterator[tuple[str, str]]:
    """Each field of the class itself with the text below it."""
    try:
        source = inspect.getsource(model)
    except (OSError, TypeError):  # not written in a file
        return
    declared = ast.parse(dedent(source)).body[0]
    assert isinstance(declared, ast.ClassDef)
    for field, below in zip(declared.body, declared.body[1:], strict=False):
        text = below.value if isinstance(below, ast.Expr) else None
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield field.target.id, inspect.cleandoc(text.value)
