"""Reads every tagged plain-text export with one tokeniser and a table for each dialect.

Own code, and not rispy, for a measured reason: rispy drops a last record without `ER`, lets a
missing `ER` swallow the next record, skips text before `TY` and loses the first record to a
byte-order mark; it reads RIS alone. The tests hold this reader against rispy on clean files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from sys import intern

from screening.reading.dialects import TaggedDialect
from screening.reading.problems import ProblemLog

# Keywords, years and journals recur by the thousand; sharing them halves a large reading's memory.
_SHARED_LENGTH = 48
_SHARED_PAIRS = 200_000


@dataclass(slots=True)
class RawRecord:
    """The tags of one record as they stood, from `line` on."""

    line: int
    pairs: list[tuple[str, str]] = field(default_factory=list)


def read_tagged(
    lines: Iterable[str], dialect: TaggedDialect, log: ProblemLog
) -> Iterator[RawRecord]:
    """Give the records of a tagged file one by one; what does not fit goes to `log`."""
    return _Tokeniser(dialect, log).read(lines)


class _Tokeniser:
    """The state of one pass: the open record, the finished one before it, and stray text."""

    def __init__(self, dialect: TaggedDialect, log: ProblemLog) -> None:
        self._dialect = dialect
        self._log = log
        self._open: RawRecord | None = None
        self._done: RawRecord | None = None
        self._by_separator = False
        self._separated = False
        self._blanks = 0
        self._boundary: tuple[int, int] | None = None
        self._more: list[str] = []
        self._stray_line = 0
        self._stray_count = 0
        self._stray_text = ""
        self._pairs: dict[tuple[str, str], tuple[str, str]] = {}
        self._lower = False
        self._unmarked: int | None = None

    def read(self, lines: Iterable[str]) -> Iterator[RawRecord]:
        dialect = self._dialect
        match_tag = dialect.tag.match
        starts, ends = dialect.starts, dialect.ends
        watched = dialect.again | dialect.restart
        file_tags = dialect.file_tags
        special = starts | ends | watched
        for number, line in enumerate(lines, 1):
            match = match_tag(line)
            if match is not None:
                tag, value = match[1], match[2] or ""
            elif not line or line.isspace():
                self._blanks += 1
                continue
            else:
                loosely = self._loose(line)
                if loosely is None:
                    if dialect.separator is not None and dialect.separator.match(line):
                        yield from self._begin(number, by_separator=True)
                    else:
                        self._text(line, number)
                    self._blanks = 0
                    continue
                tag, value = loosely
            if self._more:
                self._join_more()
            if tag not in special and self._open is not None:
                # Nearly every line comes this way.
                if self._blanks:
                    self._note_boundary(number)
                self._separated = False
                self._open.pairs.append(self._shared(tag, value))
            elif tag in starts:
                if self._open is None or not (self._separated or self._is_late_start()):
                    yield from self._begin(number)
                self._separated = False
                self._add(tag, value)
            elif tag in ends:
                yield from self._end(number)
            elif tag in file_tags and self._open is None:
                pass
            else:
                if tag in watched:
                    yield from self._split(tag, value, number)
                yield from self._field(tag, value, number)
            self._blanks = 0
        yield from self._finish()

    def _loose(self, line: str) -> tuple[str, str] | None:
        """Read a tag written another way than the format's own, if the tag is a known one."""
        bare_end, loose = self._dialect.bare_end, self._dialect.loose
        if bare_end is not None and bare_end.match(line):
            return "ER", ""
        match = loose.match(line) if loose is not None else None
        if match is None:
            return None
        tag = match[1].upper()
        if tag not in self._dialect.known:
            return None
        value = next((group for group in match.groups()[1:] if group is not None), "")
        if tag in self._dialect.starts:
            if len(value) > 30:
                return None
            self._lower = match[1] != tag
        elif tag in self._dialect.ends:
            # "ER - positive tumours" is a wrapped line of an abstract.
            return None if value.strip() else (tag, "")
        elif match[1] != tag and not (self._lower or line[2:5] == "  -"):
            return None
        return tag, value

    def _split(self, tag: str, value: str, number: int) -> Iterator[RawRecord]:
        """Begin a record whose start mark is missing: what only one record has comes again."""
        if self._open is None:
            return
        pairs = self._open.pairs
        if self._blanks:
            self._boundary = (len(pairs), number)
        place, line = self._boundary or (len(pairs), number)
        repeats = any(known == tag for known, _ in pairs[:place])
        if not repeats or not (self._boundary or tag in self._dialect.again):
            return
        # The record began at the blank line, perhaps with tags that do not tell by themselves.
        moved = pairs[place:]
        del pairs[place:]
        yield from self._begin(line)
        if self._open is not None:
            self._open.pairs.extend(moved)
        if tag not in self._dialect.again or not (value.startswith("ERIC") or tag == "UI"):
            self._without_mark(line)

    def _is_late_start(self) -> bool:
        """Tell whether a start mark belongs to the open record: AIS writes "%T" before "%0"."""
        if self._unmarked is None or not self._dialect.late_start or self._blanks:
            return False
        self._unmarked = None
        return True

    def _begin(self, number: int, *, by_separator: bool = False) -> Iterator[RawRecord]:
        """Open a record, having closed the one before it."""
        dialect = self._dialect
        self._join_more()
        self._tell_unmarked()
        if self._open is not None:
            if by_separator and not self._open.pairs:
                self._open.line = number
                return
            if dialect.must_end:
                self._log.add(
                    f"The record that begins on line {self._open.line} has no ER; "
                    f"it was ended where the next one begins.",
                    number,
                )
            yield from self._put_away()
        yield from self._give_done()
        self._tell_stray()
        self._open = RawRecord(number)
        self._boundary = None
        self._separated = by_separator

    def _end(self, number: int) -> Iterator[RawRecord]:
        self._join_more()
        if self._open is None:
            self._log.add("ER stands here without a record to end.", number)
            return
        yield from self._put_away()

    def _field(self, tag: str, value: str, number: int) -> Iterator[RawRecord]:
        dialect = self._dialect
        if self._open is None:
            if self._done is not None and dialect.begins and tag not in dialect.begins:
                # Ovid writes NL after ER: it belongs to the record just ended.
                self._done.pairs.append(self._shared(tag, value))
                return
            if dialect.begins and tag not in dialect.begins:
                self._text(f"{tag}  - {value}", number)
                return
            yield from self._begin(number)
            if dialect.starts and dialect.name != "nbib":
                self._without_mark(number)
        elif self._blanks:
            self._note_boundary(number)
        self._separated = False
        self._add(tag, value)

    def _note_boundary(self, number: int) -> None:
        """Remember where a blank line stood: a record without its start mark may begin there."""
        if self._open is not None and self._dialect.restart:
            self._boundary = (len(self._open.pairs), number)

    def _without_mark(self, number: int) -> None:
        self._unmarked = number
        if not self._dialect.late_start:
            self._tell_unmarked()

    def _tell_unmarked(self) -> None:
        if self._unmarked is not None:
            self._log.add(
                f"The record that begins here lacks its {self._dialect.mark_name} line.",
                self._unmarked,
            )
            self._unmarked = None

    def _add(self, tag: str, value: str) -> None:
        if self._open is not None:
            self._open.pairs.append(self._shared(tag, value))

    def _shared(self, tag: str, value: str) -> tuple[str, str]:
        if len(value) > _SHARED_LENGTH:
            return (intern(tag), value)
        pair = (tag, value)
        if len(self._pairs) >= _SHARED_PAIRS:
            return self._pairs.get(pair, pair)
        return self._pairs.setdefault(pair, pair)

    def _text(self, line: str, number: int) -> None:
        """Take a line without a tag: the wrapped rest of a field, or text outside any record."""
        if self._open is not None and self._open.pairs:
            self._tell_stray()
            indent = self._dialect.indent
            if self._blanks and not indent:
                self._more.append("")
            self._more.append(line.removeprefix(indent))
            return
        noise = self._dialect.noise
        if noise is not None and noise.match(line):
            return
        if not self._stray_count:
            self._stray_line = number
            self._stray_text = line.strip()[:60]
        self._stray_count += 1

    def _join_more(self) -> None:
        if self._more and self._open is not None:
            tag, value = self._open.pairs[-1]
            text = "\n".join(self._more)
            self._open.pairs[-1] = (tag, f"{value}\n{text}" if value.strip() else text)
        self._more.clear()

    def _tell_stray(self) -> None:
        if self._stray_count:
            lines = "1 line" if self._stray_count == 1 else f"{self._stray_count:,} lines"
            self._log.add(
                f"{lines} of text outside any record left out: “{self._stray_text}”.",
                self._stray_line,
            )
            self._stray_count = 0

    def _put_away(self) -> Iterator[RawRecord]:
        """Hold the open record back as done, because lines after its end may still belong to it."""
        yield from self._give_done()
        self._done, self._open = self._open, None

    def _give_done(self) -> Iterator[RawRecord]:
        if self._done is not None:
            yield self._done
            self._done = None

    def _finish(self) -> Iterator[RawRecord]:
        self._join_more()
        self._tell_unmarked()
        if self._open is not None:
            if self._dialect.must_end:
                self._log.add(
                    "The last record has no ER; the file may be cut short.", self._open.line
                )
            yield from self._put_away()
        yield from self._give_done()
        self._tell_stray()
