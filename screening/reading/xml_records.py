"""Cuts an XML export into its records and parses each alone, so that a broken one stays alone.

Every piece is parsed by defusedxml. A piece that is not well formed is mended (bare ampersands and
angle brackets escaped, HTML's named entities put in, unclosed elements closed) and parsed again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from screening.errors import UnreadableFileError
from screening.reading.problems import ProblemLog

_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_BAD_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]+)|(\d+));")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]*)((?:\s[^<>]*)?)>")
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class XmlFormat:
    """An XML export's record elements and the elements whose tags are taken for markup."""

    name: str
    records: tuple[str, ...]
    vocabulary: frozenset[str]

    @property
    def start(self) -> re.Pattern[str]:
        """Matches a record's opening tag."""
        return re.compile(rf"<(?:{'|'.join(self.records)})(?=[\s>/])")

    @property
    def end(self) -> re.Pattern[str]:
        """Matches a record's closing tag."""
        return re.compile(rf"</(?:{'|'.join(self.records)})\s*>")


def read_xml(
    blocks: Iterable[str], form: XmlFormat, name: str, log: ProblemLog
) -> Iterator[tuple[int, Element]]:
    """Give each record's line and element; raises UnreadableFileError for entity declarations."""
    for number, (line, piece, whole) in enumerate(_pieces(blocks, form, name), 1):
        if not whole:
            log.add(f"Record {number:,} is not closed; the file may be cut short.", line)
        try:
            yield line, _checked(fromstring(piece))
            continue
        except (ParseError, DefusedXmlException, ValueError) as fault:
            reason = str(fault)
        try:
            element = _checked(fromstring(mended(piece, form.vocabulary)))
        except (ParseError, DefusedXmlException, ValueError) as fault:
            log.add(
                f"Record {number:,} is not well-formed XML and could not be read: {fault}.", line
            )
            continue
        log.add(
            f"Record {number:,} was not well-formed XML ({reason}) and was mended; check it.", line
        )
        yield line, element


def _checked(element: Element) -> Element:
    """Refuse nesting that no export has, before anything walks it."""
    level = [element]
    for _ in range(_MAX_DEPTH):
        level = [child for parent in level for child in parent]
        if not level:
            return element
    raise ValueError(f"elements are nested more than {_MAX_DEPTH} deep")


def _pieces(blocks: Iterable[str], form: XmlFormat, name: str) -> Iterator[tuple[int, str, bool]]:
    """Give each record's line, text and whether it was closed."""
    start_tag, end_tag = form.start, form.end
    line = 1
    held: list[str] = []
    held_line = 1
    for block in blocks:
        if "<!" in block and _ENTITY_DECLARATION.search(block):
            raise UnreadableFileError(
                name,
                "it declares XML entities, which exports never do and attacks do",
                "Export the search again from the database.",
            )
        position = 0
        while position < len(block):
            if not held:
                opening = start_tag.search(block, position)
                if opening is None:
                    line += block.count("\n", position)
                    break
                line += block.count("\n", position, opening.start())
                position = opening.start()
                held_line = line
                search_from = opening.end()
            else:
                search_from = position
            closing = end_tag.search(block, search_from)
            opening = start_tag.search(
                block, search_from, closing.start() if closing else len(block)
            )
            if opening is not None:
                stop, whole = opening.start(), False
            elif closing is not None:
                stop, whole = closing.end(), True
            else:
                held.append(block[position:])
                line += block.count("\n", position)
                break
            held.append(block[position:stop])
            line += block.count("\n", position, stop)
            yield held_line, "".join(held), whole
            held = []
            position = stop
    if held:
        yield held_line, "".join(held), False


def mended(piece: str, vocabulary: frozenset[str]) -> str:
    """Make a record well formed: only tags of the vocabulary stay tags, and each is closed."""
    piece = _NOT_XML.sub("", piece)
    piece = _NAMED_ENTITY.sub(_character, piece)
    piece = _BAD_REFERENCE.sub(_checked_reference, piece)
    piece = _BARE_AMPERSAND.sub("&amp;", piece)
    out: list[str] = []
    open_tags: list[str] = []
    position = 0
    for match in _TAG.finditer(piece):
        closing, tag, rest = match.groups()
        if tag not in vocabulary:
            continue
        out.append(_escaped(piece[position : match.start()]))
        position = match.end()
        if not closing:
            out.append(f"<{tag}{_attributes(rest)}>")
            if not rest.endswith("/"):
                open_tags.append(tag)
            else:
                out[-1] = f"<{tag}{_attributes(rest[:-1])}/>"
        elif tag in open_tags:
            while (inner := open_tags.pop()) != tag:
                out.append(f"</{inner}>")
            out.append(f"</{tag}>")
            if not open_tags:
                break
    else:
        out.append(_escaped(piece[position:]))
    out.extend(f"</{tag}>" for tag in reversed(open_tags))
    return "".join(out)


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def _attributes(text: str) -> str:
    found = re.findall(r"([A-Za-z_][\w.-]*)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')", text)
    unique: dict[str, str] = {}
    for name, double, single in found:
        unique.setdefault(name, (double or single).replace('"', "&quot;"))
    return "".join(f' {name}="{value}"' for name, value in unique.items())


def _character(match: re.Match[str]) -> str:
    plain = html.unescape(match.group())
    return match.group() if plain == match.group() else plain.replace("<", "&lt;")


def _checked_reference(match: re.Match[str]) -> str:
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    legal = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return match.group() if legal or 0x10000 <= code < 0x110000 else ""


def inner_text(element: Element) -> str:
    """Give an element's text with the markup inside it as tags, the way the file shows it."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        tag = child.tag.rpartition("}")[2]
        parts.append(f"<{tag}>{inner_text(child)}</{tag}>{child.tail or ''}")
    return "".join(parts)


def all_text(element: Element) -> str:
    """Give an element's text without any markup inside it."""
    return "".join(element.itertext())


def leaves(
    element: Element,
    containers: frozenset[str],
    text_of: Callable[[Element], str] = inner_text,
) -> Iterator[tuple[str, str]]:
    """Give (path, text) of every leaf and (path/@name, value) of every attribute, in order.

    A path numbers a repeated element ("AuthorList/Author[2]/LastName"), so that the record can be
    built again; only elements in `containers` are walked into, others are leaves.
    """
    seen: dict[str, int] = {}
    for child in element:
        tag = child.tag.rpartition("}")[2]
        seen[tag] = seen.get(tag, 0) + 1
        path = tag if seen[tag] == 1 else f"{tag}[{seen[tag]}]"
        for name, value in child.attrib.items():
            yield f"{path}/@{name.rpartition('}')[2]}", value
        if tag in containers and len(child):
            for below, value in leaves(child, containers, text_of):
                yield f"{path}/{below}", value
        else:
            yield path, text_of(child)
