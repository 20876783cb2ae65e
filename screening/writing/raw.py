"""Gives back what came in: the raw tags of records in the format they were read from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from screening.records import SourceRecord
from screening.writing import tables
from screening.writing.exports import UnknownFormatError
from screening.writing.xml import legal

Pairs = Sequence[tuple[str, str]]
_STEP = re.compile(r"^([^\[\]/@]+?)(?:\[(\d+)\])?$")


def write_raw(records: Iterable[SourceRecord], format: str | None = None) -> bytes:
    """Write the records with the very tags and values that were read.

    Without `format` it is told from the tags. Records of one file belong in one call. Raises
    UnknownFormatError for a format that has no raw form.
    """
    raws = [item.raw for item in records]
    if format is None:
        format = format_of(raws)
    if format in ("csv", "tsv", "xlsx"):
        header, rows = _table(raws)
        if format == "xlsx":
            return tables.workbook(header, rows)
        return tables.delimited(header, rows, "\t" if format == "tsv" else ",")
    return _text(raws, format).encode("utf-8", errors="replace")


def format_of(raws: Sequence[Pairs]) -> str:
    """Tell the format that raw tags belong to; tables are what no other format fits."""
    tags = [tag for raw in raws[:50] for tag, _ in raw]
    first = raws[0][0][0] if raws and raws[0] else ""
    if first == "@" and len(tags) > 1:
        return "pubmed_xml" if any("/" in tag for tag in tags) else "bibtex"
    if any(tag.startswith(("contributors/", "titles/", "ref-type")) for tag in tags):
        return "endnote_xml"
    if tags and all(tag.startswith("%") for tag in tags):
        return "enw"
    for mark, name in (
        ("TY", "ris"),
        ("PT", "ciw"),
        ("PMID", "nbib"),
        ("OWN", "nbib"),
        ("RT", "refworks"),
    ):
        if first == mark:
            return name
    return "csv"


def _text(raws: Sequence[Pairs], format: str) -> str:
    if format == "ris":
        return "".join(
            "".join(f"{tag}  - {value}\n" for tag, value in raw) + "ER  - \n\n" for raw in raws
        )
    if format == "nbib":
        return "\n".join(
            "".join(f"{tag:<4}- {_indented(value, 6)}\n" for tag, value in raw) for raw in raws
        )
    if format in ("enw", "refworks"):
        return "\n".join("".join(f"{tag} {value}\n" for tag, value in raw) for raw in raws)
    if format == "ciw":
        body = "".join(
            "".join(f"{tag} {_indented(value, 3)}\n" for tag, value in raw) + "ER\n\n"
            for raw in raws
        )
        return f"FN Clarivate Analytics Web of Science\nVR 1.0\n{body}EF\n"
    if format == "cochrane":
        return "".join(
            f"Record #{number} of {len(raws)}\n"
            + "".join(f"{tag}: {value}\n" for tag, value in raw)
            + "\n"
            for number, raw in enumerate(raws, 1)
        )
    if format == "ovid":
        return "".join(
            f"<{number}>\n"
            + "".join(f"{tag}\n  {_indented(value, 2)}\n" for tag, value in raw)
            + "\n"
            for number, raw in enumerate(raws, 1)
        )
    if format == "bibtex":
        return "\n".join(_entry(raw) for raw in raws)
    if format in ("endnote_xml", "pubmed_xml"):
        return _xml(raws, format)
    raise UnknownFormatError(format)


def _indented(value: str, spaces: int) -> str:
    return value.replace("\n", "\n" + " " * spaces)


def _entry(raw: Pairs) -> str:
    kind = next((value for tag, value in raw if tag == "@"), "misc")
    key = next((value for tag, value in raw if tag == "key"), "")
    fields = "".join(
        f"  {tag} = {{{_balanced(value)}}},\n"
        for place, (tag, value) in enumerate(raw)
        if tag != "@" and (tag, place) != ("key", 1)
    )
    return f"@{kind}{{{key},\n{fields}}}\n"


def _balanced(value: str) -> str:
    """Give the value, its braces left out where they do not match: they would open the next field."""
    depth = 0
    for match in re.finditer(r"\\.|[{}]", value, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth < 0:
            break
    if depth == 0 and not re.search(r"(?<!\\)(?:\\\\)*\\$", value):
        return value
    return re.sub(r"[{}]|\\$", "", value)


def _table(raws: Sequence[Pairs]) -> tuple[list[str], list[list[str]]]:
    """Give the columns in the order met and a row a record; a heading may occur more than once."""
    columns: dict[tuple[str, int], int] = {}
    rows: list[dict[int, str]] = []
    for raw in raws:
        seen: dict[str, int] = {}
        row: dict[int, str] = {}
        for tag, value in raw:
            seen[tag] = seen.get(tag, 0) + 1
            row[columns.setdefault((tag, seen[tag]), len(columns))] = value
        rows.append(row)
    header = [tag for tag, _ in columns]
    return header, [[row.get(place, "") for place in range(len(header))] for row in rows]


def _xml(raws: Sequence[Pairs], format: str) -> str:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    endnote = format == "endnote_xml"
    parts.append("<xml><records>\n" if endnote else "<PubmedArticleSet>\n")
    for raw in raws:
        name = "record"
        pairs = list(raw)
        if not endnote and pairs and pairs[0][0] == "@":
            name = pairs.pop(0)[1]
        root = Element(name)
        for path, value in pairs:
            _set(root, path, legal(value))
        # EndNote ends lines inside a field with a carriage return, written as a reference.
        text = tostring(root, encoding="unicode").replace("\r", "&#xD;")
        parts.append((text.replace("\n", "&#xD;") if endnote else text) + "\n")
    parts.append("</records></xml>\n" if endnote else "</PubmedArticleSet>\n")
    return "".join(parts)


def _set(root: Element, path: str, value: str) -> None:
    """Put a value at its path, making the elements on the way; "[2]" is the second of its name."""
    path, _, attribute = path.partition("@")
    place = root
    for step in path.strip("/").split("/"):
        match = _STEP.match(step)
        if match is None:
            return
        name, number = match.group(1), int(match.group(2) or 1)
        same = place.findall(name)
        while len(same) < number:
            same.append(SubElement(place, name))
        place = same[number - 1]
    if attribute:
        place.set(attribute, value)
    else:
        place.text = value
