"""check_schema.py SCHEMA DOCUMENT: holds a JSON document against a schema of docs/schema/.

Knows the keywords that those schemas use, and refuses any other: so that none is skipped unseen.
"""
import json
import re
import sys

KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "required", "properties", "enum", "const",
         "minimum", "maximum", "minLength", "pattern", "items", "additionalProperties"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def has_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check(value, schema, path, root):
    def bad(what):
        sys.exit(f"FAIL: {path}: {what}: {json.dumps(value)[:200]}")

    if unknown := set(schema) - KNOWN:
        sys.exit(f"FAIL: {path}: the schema uses {sorted(unknown)}, which this check does not know")
    if "$ref" in schema:
        check(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], path, root)
    types = schema.get("type", [])
    if types and not any(has_type(value, name) for name in ([types] if isinstance(types, str) else types)):
        bad(f"is not of type {types}")
    if "enum" in schema and value not in schema["enum"]:
        bad(f"is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        bad(f"is not {schema['const']}")
    if isinstance(value, (int, float)):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            bad("is out of range")
    elif isinstance(value, str):
        if len(value) < schema.get("minLength", 0) or not re.search(schema.get("pattern", ""), value):
            bad("is too short, or of another form")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            check(item, schema.get("items", {}), f"{path}[{number}]", root)
    elif isinstance(value, dict):
        if missing := [name for name in schema.get("required", []) if name not in value]:
            bad(f"lacks {missing}")
        for name, member in value.items():
            rest = schema.get("additionalProperties", {})
            if rest is False and name not in schema.get("properties", {}):
                bad(f"has the unknown member {name}")
            check(member, schema.get("properties", {}).get(name, rest or {}), f"{path}.{name}", root)


with open(sys.argv[1], encoding="utf-8") as schema_file, open(sys.argv[2], encoding="utf-8") as document_file:
    schema = json.load(schema_file)
    check(json.load(document_file), schema, "document", schema)
