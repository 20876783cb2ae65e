"""Reads EndNote's XML, which Zotero, Mendeley and several databases write too."""

from __future__ import annotations

import re
from sys import intern
from xml.etree.ElementTree import Element

from screening.reading.words import words
from screening.reading.xml_records import XmlFormat, all_text, leaves

_CONTAINERS = frozenset(
    words(
        "contributors authors secondary-authors tertiary-authors subsidiary-authors",
        "translated-authors titles periodical alt-periodical keywords dates pub-dates urls",
        "related-urls web-urls pdf-urls text-urls image-urls foreign-keys",
    )
)
_LEAVES = frozenset(
    words(
        "record database source-app rec-number ref-type key author title secondary-title",
        "tertiary-title alt-title short-title translated-title full-title abbr-1 abbr-2 abbr-3",
        "pages volume number issue num-vols edition section keyword year date pub-location",
        "publisher isbn issn doi accession-num electronic-resource-num abstract notes",
        "research-notes label url language work-type auth-address auth-affiliaton custom1",
        "custom2 custom3 custom4 custom5 custom6 custom7 call-num caption remote-database-name",
        "remote-database-provider access-date modified-date orig-pub reprint-edition reprint-",
        "status reviewed-item style misc1 misc2 misc3 size source",
    )
)
FORM = XmlFormat("endnote_xml", ("record", "RECORD"), _CONTAINERS | _LEAVES)
_INDEX = re.compile(r"\[\d+\]")


def raw_pairs(element: Element) -> list[tuple[str, str]]:
    """Give the record's fields as (path, text); EndNote's carriage returns become line ends."""
    return [
        (intern(path), value.replace("\r\n", "\n").replace("\r", "\n"))
        for path, value in leaves(element, _CONTAINERS, all_text)
    ]


def table_pairs(raw: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the same with the numbers of repeated elements taken off, for the field table."""
    return [(_INDEX.sub("", path) if "[" in path else path, value) for path, value in raw]
