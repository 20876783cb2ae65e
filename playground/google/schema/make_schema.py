"""Turns Google's discovery document of the Sheets API into the field table that the stand-in reads.

Run it by hand when the API grows; it needs google-api-python-client, which nothing else here does:

    python -m playground.google.schema.make_schema path/to/sheets.v4.json

The discovery document is Google's, published under the Apache License 2.0; see NOTICE beside
this file. Only names and types are kept, no descriptions.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("sheets.v4.fields.json.gz")


def type_code(field: dict[str, Any]) -> Any:
    """How one field is written in the table.

    `s` string, `m` field mask, `i` int32, `n` number, `b` boolean, `*` anything,
    `["E", …]` one of these strings, `["R", name]` a message, `["A", code]` a list of,
    `["M", code]` a map of.
    """
    if "$ref" in field:
        return ["R", field["$ref"]]
    kind = field.get("type")
    if kind == "array":
        return ["A", type_code(field["items"])]
    if kind == "object":
        return ["M", type_code(field["additionalProperties"])]
    if "enum" in field:
        return ["E", *field["enum"]]
    if kind == "string":
        return "m" if field.get("format") == "google-fieldmask" else "s"
    return {"integer": "i", "number": "n", "boolean": "b"}.get(str(kind), "*")


def methods_of(resource: dict[str, Any]) -> dict[str, Any]:
    """Each method with its request message, response message and query parameters."""
    found: dict[str, Any] = {}
    for method in resource.get("methods", {}).values():
        query = {
            name: [type_code(spec), bool(spec.get("repeated"))]
            for name, spec in method.get("parameters", {}).items()
            if spec["location"] == "query"
        }
        found[method["id"].removeprefix("sheets.")] = {
            "request": method.get("request", {}).get("$ref"),
            "response": method.get("response", {}).get("$ref"),
            "query": query,
        }
    for inner in resource.get("resources", {}).values():
        found |= methods_of(inner)
    return found


def table_of(document: dict[str, Any]) -> dict[str, Any]:
    """The field table of a discovery document."""
    return {
        "source": f"sheets.v4 discovery document, revision {document['revision']}, Apache-2.0",
        "messages": {
            name: {field: type_code(spec) for field, spec in schema["properties"].items()}
            for name, schema in sorted(document["schemas"].items())
        },
        "methods": methods_of(document),
        "parameters": sorted(document["parameters"]),
    }


def main(path: Path) -> None:
    """Write the table of the document at `path`."""
    table = table_of(json.loads(path.read_text("utf-8")))
    text = json.dumps(table, separators=(",", ":"), sort_keys=True)
    # A fixed time in the header: the same document gives the same bytes.
    TABLE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sys.stdout.write(f"{TABLE}: {len(table['messages'])} messages\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
