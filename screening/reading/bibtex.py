"""Reads BibTeX and BibLaTeX entry by entry, so that one wrong brace costs one field, not the file.

Own code, and not bibtexparser, for a measured reason: bibtexparser 2 gives up an entry with an
unbalanced brace, one whose key occurs twice (exports often repeat keys) and one that names a field
twice; all three are records here. The tests hold this reader against bibtexparser on clean files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from sys import intern

from screening.reading.latex import plain_text
from screening.reading.names import natural_order
from screening.reading.problems import ProblemLog
from screening.reading.tagged import RawRecord
from screening.reading.words import words

MARK = re.compile(r"(?m)^[ \t]*@[ \t]*(?!(?i:string|comment|preamble)\b)[A-Za-z]\w*[ \t]*[{(]")
_ENTRY_LINE = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]\w*[ \t]*[{(]")
# Comments, and the two lines Scopus writes above its entries.
_HEADLINE = re.compile(r"^\s*(?:%.*|Scopus|EXPORT DATE:.*)$")
_ENTRY = re.compile(r"@\s*([A-Za-z]\w*)\s*[{(]")
_NEXT_ENTRY = re.compile(r"@\s*[A-Za-z]\w*\s*[{(]\s*[^\s,{}()=\"@]*\s*,")
_KEY = re.compile(r"\s*([^,={}\"\s]*)\s*(?:,|(?=[})]))")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:.+/-]*)\s*=\s*")
_FIELD_LINE = re.compile(r"(?m)^[ \t]*([A-Za-z][\w:.+/-]*)[ \t]*=[ \t]*(?=[{\"\w])")
_FIELD_INLINE = re.compile(r",\s*([A-Za-z][\w:.+/-]*)\s*=\s*(?=[{\"])")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKETS = re.compile(r"\\.|[{}()]", re.DOTALL)
_QUOTED = re.compile(r"\\.|[{}\"]", re.DOTALL)
_BARE = re.compile(r"[^\s,#{}\"]+")
_JOIN = re.compile(r"\s*#\s*")
_MONTHS = dict.fromkeys(words("jan feb mar apr may jun jul aug sep oct nov dec"), "")
# What a child takes from its cross-reference when it has none itself (BibLaTeX's rules, in brief).
_INHERITED = words(
    "year date publisher volume number series journal journaltitle booktitle issn isbn language "
    "langid location address institution organization"
)
_MAX_PARENTS = 8
# Past this many unclosed entries on one line the search for their ends is given up.
_MAX_UNCLOSED = 20


def read_bibtex(lines: Iterable[str], log: ProblemLog) -> list[RawRecord]:
    """Give every entry with its fields as written, macros put in; "@" holds its type and "key"
    its key."""
    macros: dict[str, str] = dict(_MONTHS)
    records: list[RawRecord] = []
    for line, chunk in _chunks(lines, log):
        records.extend(_entries(chunk, line, macros, log))
    return records


def resolved(records: list[RawRecord]) -> Iterator[list[tuple[str, str]]]:
    """Give each entry's pairs for the field table: lower-case names, LaTeX read, names turned
    round, and what a cross-reference lends."""
    by_key: dict[str, RawRecord] = {}
    for record in records:
        by_key.setdefault(_of(record, "key").lower(), record)
    for record in records:
        yield _plain_pairs(record, by_key)


def _of(record: RawRecord, name: str) -> str:
    return next((value for tag, value in record.pairs if tag.lower() == name), "")


def _plain_pairs(record: RawRecord, by_key: dict[str, RawRecord]) -> list[tuple[str, str]]:
    fields = [(tag.lower(), value) for tag, value in record.pairs]
    names = {tag for tag, value in fields if value}
    seen = {id(record)}
    parents = [value for tag, value in fields if tag in ("crossref", "xdata")]
    while parents and len(seen) <= _MAX_PARENTS:
        parent = by_key.get(parents.pop(0).strip().lower())
        if parent is None or id(parent) in seen:
            continue
        seen.add(id(parent))
        lent = {tag.lower(): value for tag, value in parent.pairs if value}
        if "booktitle" not in lent and "title" in lent and "xdata" not in names:
            lent["booktitle"] = lent["title"]
        for name in _INHERITED:
            if name not in names and name in lent:
                fields.append((name, lent[name]))
                names.add(name)
        parents.extend(value for tag, value in lent.items() if tag in ("crossref", "xdata"))
    return list(_plain(fields))


def _plain(fields: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    subtitle = next((value for tag, value in fields if tag == "subtitle" and value), "")
    given: set[str] = set()
    kind = ""
    for tag, value in fields:
        if tag == "title" and subtitle:
            value = f"{value}: {subtitle}"
        if tag in given and tag in ("author", "title", "doi", "year"):
            continue
        given.add(tag)
        if tag == "@":
            kind = value
        elif tag in ("author", "authors"):
            for name in _names(value):
                yield "author", name
            continue
        if tag == "type" and (kind.lower() not in ("thesis", "report") or not value):
            continue
        if tag == "eprint" and dict(fields).get("eprinttype", "").lower() == "pubmed":
            yield "pmid", value
        if tag in ("url", "doi", "ee", "link"):
            yield tag, re.sub(r"\\([_%&#~$])", r"\1", value).strip("{}")
        elif tag in ("keywords", "keyword", "author_keywords") and ";" not in value:
            yield tag, plain_text(value).replace(",", ";")
        elif tag == "pages":
            yield tag, plain_text(value.replace("---", "-").replace("--", "-"))
        else:
            yield tag, plain_text(value)


def _names(value: str) -> Iterator[str]:
    """Split at "and" outside braces; a name wholly in braces is a body's and stays as it is."""
    depth = 0
    start = 0
    parts: list[str] = []
    for match in re.finditer(r"\\.|[{}]|\s+and\s+", value, re.DOTALL):
        token = match.group()
        if token == "{":
            depth += 1
        elif token == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and not token.startswith("\\"):
            # Adjacent "and"s share their white space: look at each from where the last ended.
            parts.append(value[start : match.start()])
            start = match.end()
    parts.append(value[start:])
    for part in parts:
        part = part.strip()
        if not part or part.lower() == "others":
            continue
        if part.startswith("{") and part.endswith("}") and _closing(part, 1) == len(part) - 1:
            yield plain_text(part)
            continue
        if "given=" in part and "family=" in part:
            yield plain_text(_extended_name(part))
            continue
        plain = plain_text(part)
        yield plain if "," in plain or ";" in plain else natural_order(plain)


def _extended_name(part: str) -> str:
    """BibLaTeX's "given=Anna, family=Roe, prefix=von" as "von Roe, Anna"."""
    parts = {
        key.strip(): value.strip(' {}"')
        for key, _, value in (item.partition("=") for item in part.split(","))
    }
    family = " ".join(filter(None, (parts.get("prefix", ""), parts.get("family", ""))))
    return f"{family}, {parts.get('given', '')}".strip(", ")


def _chunks(lines: Iterable[str], log: ProblemLog) -> Iterator[tuple[int, str]]:
    """Cut the file where a line begins an entry, whatever the braces before it say."""
    start = 0
    held: list[str] = []
    for number, line in enumerate(lines, 1):
        if "@" in line and _ENTRY_LINE.match(line):
            if held:
                yield start, "\n".join(held)
            start, held = number, [line]
        elif held:
            held.append(line)
        elif (inside := _NEXT_ENTRY.search(line)) is not None:
            start, held = number, [line[inside.start() :]]
        elif line.strip() and not _HEADLINE.match(line):
            log.add(f"Text before the first entry left out: “{line.strip()[:60]}”.", number)
    if held:
        yield start, "\n".join(held)


def _entries(chunk: str, line: int, macros: dict[str, str], log: ProblemLog) -> Iterator[RawRecord]:
    """Read a chunk: nearly always one entry, sometimes several on a line."""
    position = counted = unclosed = 0
    while True:
        match = _ENTRY.search(chunk, position)
        if match is None:
            return
        line += chunk.count("\n", counted, match.start())
        counted = match.start()
        kind = match.group(1)
        end = _closing(chunk, match.end()) if unclosed < _MAX_UNCLOSED else -1
        following = _NEXT_ENTRY.search(chunk, max(end, match.end()))
        stop = following.start() if following is not None else len(chunk)
        if kind.lower() in ("comment", "preamble"):
            position = end + 1 if end >= 0 else stop
            continue
        if kind.lower() == "string":
            if end >= 0:
                for field, value in _fields(chunk[match.end() : end], 0, macros)[0]:
                    macros[field.lower()] = value
            position = end + 1 if end >= 0 else stop
            continue
        record = None
        if end < 0:
            unclosed += 1
        elif _FIELD_LINE.search(chunk, end + 1, stop) is None:
            record = _entry(kind, chunk[match.end() : end], line, macros)
        if record is None:
            record = _salvaged(kind, chunk[match.end() : stop], line, macros)
            log.add(
                "The braces or quotes of this entry do not match; its fields were read line by "
                "line.",
                line,
            )
        yield record
        position = stop


def _entry(kind: str, body: str, line: int, macros: dict[str, str]) -> RawRecord | None:
    """Read an entry whose braces match; None when its fields do not follow the grammar."""
    key_match = _KEY.match(body)
    key, position = "", 0
    if key_match is not None:
        key, position = key_match.group(1), key_match.end()
    elif "=" not in body:
        key, position = body.strip(), len(body)
    fields, whole = _fields(body, position, macros)
    return RawRecord(line, [("@", kind), ("key", key), *fields]) if whole else None


def _fields(body: str, position: int, macros: dict[str, str]) -> tuple[list[tuple[str, str]], bool]:
    """Read `name = value, ...`; the flag tells whether everything was understood."""
    fields: list[tuple[str, str]] = []
    while True:
        match = _FIELD.match(body, position)
        if match is None:
            return fields, not body[position:].strip(" \t\r\n,")
        value, position = _value(body, match.end(), macros)
        if position < 0:
            return fields, False
        fields.append((intern(match.group(1)), value))


def _value(body: str, position: int, macros: dict[str, str]) -> tuple[str, int]:
    """Read one value with its `#` joins; position -1 when it does not close."""
    parts: list[str] = []
    while position < len(body):
        char = body[position]
        if char == "{":
            end = _closing(body, position + 1)
            if end < 0:
                return "", -1
            parts.append(body[position + 1 : end])
            position = end + 1
        elif char == '"':
            end = _quote_end(body, position + 1)
            if end < 0:
                return "", -1
            parts.append(body[position + 1 : end])
            position = end + 1
        else:
            bare = _BARE.match(body, position)
            if bare is None:
                break
            parts.append(macros.get(bare.group().lower()) or bare.group())
            position = bare.end()
        join = _JOIN.match(body, position)
        if join is None:
            break
        position = join.end()
    return "".join(parts), position


def _closing(text: str, position: int) -> int:
    """Give where the brace (or parenthesis) opened before `position` closes, or -1."""
    if text[position - 1] == "(":
        depth = 0
        for match in _BRACKETS.finditer(text, position):
            token = match.group()
            if token == "{":
                depth += 1
            elif token == "}":
                depth -= 1
            elif token == ")" and depth <= 0:
                return match.start()
        return -1
    depth = 1
    for match in _BRACES.finditer(text, position):
        token = match.group()
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if depth == 0:
                return match.start()
    return -1


def _quote_end(text: str, position: int) -> int:
    depth = 0
    for match in _QUOTED.finditer(text, position):
        token = match.group()
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
        elif token == '"' and depth <= 0:
            return match.start()
    return -1


def _salvaged(kind: str, body: str, line: int, macros: dict[str, str]) -> RawRecord:
    """Read an entry whose braces do not match: each line, or comma, before `name =` begins a field."""
    starts = list(_FIELD_LINE.finditer(body)) or list(_FIELD_INLINE.finditer(body))
    head = body[: starts[0].start()] if starts else body
    key = head.split(",", 1)[0].strip().strip("{}")
    pairs = [("@", kind), ("key", key)]
    for index, match in enumerate(starts):
        stop = starts[index + 1].start() if index + 1 < len(starts) else len(body)
        value = body[match.end() : stop].strip()
        value = re.sub(r"[\s,]*$", "", value)
        if index + 1 == len(starts) and value.endswith("}"):
            value = re.sub(r"[\s,]*\}$", "", value) if not _balanced(value) else value
        if value[:1] in '{"':
            value = value[1:]
            value = value[:-1] if value[-1:] in '}"' else value
        elif value.lower() in macros:
            value = macros[value.lower()]
        if not _balanced(value):
            value = value.replace("{", "").replace("}", "")
        pairs.append((intern(match.group(1)), value))
    return RawRecord(line, pairs)


def _balanced(value: str) -> bool:
    return value.count("{") == value.count("}")
