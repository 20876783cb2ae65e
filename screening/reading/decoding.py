"""Turns the bytes of an export into lines of text, whatever encoding or mixture wrote them.

Byte-order marks decide; UTF-16 without one is told by its zero bytes; everything else is read as
UTF-8. A line that is not UTF-8 keeps what is valid in it and has its other bytes read as
Windows-1252 (or Latin-1 for the five bytes Windows-1252 leaves undefined): files joined from
several databases mix encodings line by line. Lines end at CR, LF or CRLF only, because U+2028,
vertical tabs and form feeds stand inside abstracts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from screening.reading.limits import ReadingLimits
from screening.reading.problems import ProblemLog
from screening.records import Problem

CHUNK = 1 << 20

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_VALID_UTF8 = re.compile(
    rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})++"
)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_ONLY_WINDOWS = re.compile(rb"[\x80-\x9f]")
_WINDOWS_1252 = "".join(
    bytes([code]).decode("cp1252", errors="ignore") or chr(code) for code in range(256)
)
_LINE_MARK = re.compile(r"(?m)^\ufeff+")


def decode(data: bytes) -> tuple[str, str, tuple[Problem, ...]]:
    """Give the whole text with its line ends as they are but NULs gone, the encoding's name, and
    what had to be guessed."""
    log = ProblemLog(ReadingLimits().problems)
    text = DecodedText(BytesIO(data), log, keep_line_ends=True)
    whole = "".join(text.blocks())
    return whole, text.encoding, tuple(log.take_new() + log.closing())


def told_encoding(head: bytes) -> str:
    """Name the encoding that the first bytes show: a byte-order mark's, UTF-16 by its zeros, or
    utf-8 as the one to try first."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    sample = head[: 4096 - 4096 % 4]
    if len(sample) >= 4 and sample.count(0) * 4 >= len(sample):
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 8 * even:
            return "utf-16-le"
        if even > 8 * odd:
            return "utf-16-be"
    return "utf-8"


class DecodedText:
    """One pass over a stream as text; `encoding`, `marks` and `lines_read` are final at its end.

    `mark` is counted over the decoded text, apart from whoever reads the lines, so that readers
    can be checked against it. `breaks` are the characters at which a block may end.
    """

    def __init__(
        self,
        stream: BinaryIO,
        log: ProblemLog,
        *,
        mark: re.Pattern[str] | None = None,
        breaks: str = "\n\r",
        declared: str | None = None,
        keep_line_ends: bool = False,
    ) -> None:
        self._stream = stream
        self._log = log
        self._mark = mark
        self._breaks = breaks
        self._declared = declared
        self._keep_line_ends = keep_line_ends
        self._saw_utf8 = False
        self._saw_windows = False
        self._saw_undefined = False
        self._guessed: list[int] = []
        self._zeros = 0
        self._first_zero: int | None = None
        self.encoding = ""
        self.marks = 0
        self.lines_read = 0

    def lines(self) -> Iterator[str]:
        """Give the lines without their ends."""
        for block in self.blocks():
            lines = block.split("\n")
            del block
            if not lines[-1]:
                lines.pop()
            yield from lines
            lines.clear()

    def blocks(self) -> Iterator[str]:
        """Give the text in pieces that end where a line (or another break) ends."""
        head = self._stream.read(CHUNK)
        self.encoding = told_encoding(head)
        skip = 0
        for byte_order_mark, _ in BYTE_ORDER_MARKS:
            if head.startswith(byte_order_mark):
                skip = len(byte_order_mark)
                break
        if self.encoding in ("utf-8", "utf-8-sig"):
            pieces = self._byte_blocks(head[skip:])
        else:
            pieces = self._wide_blocks(head[skip:])
        for piece in pieces:
            text = self._tidied(piece)
            if self._mark is not None:
                self.marks += sum(1 for _ in self._mark.finditer(text))
            self.lines_read += text.count("\n")
            yield text
        self._finish()

    def _byte_blocks(self, head: bytes) -> Iterator[str]:
        breaks = tuple(char.encode("ascii") for char in self._breaks)
        held: list[bytes] = []
        chunk = head
        while chunk:
            cut = max(chunk.rfind(char, 0, len(chunk) - (char == b"\r")) for char in breaks)
            if cut < 0:
                held.append(chunk)
            else:
                held.append(chunk[: cut + 1])
                whole = b"".join(held)
                held = [chunk[cut + 1 :]]
                yield self._text_of(whole)
            chunk = self._stream.read(CHUNK)
        rest = b"".join(held)
        held.clear()
        if rest:
            yield self._text_of(rest)

    def _wide_blocks(self, head: bytes) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        held: list[str] = []
        chunk = head
        replaced = False
        while chunk:
            text = decoder.decode(chunk)
            replaced = replaced or "\ufffd" in text
            cut = max(text.rfind(char, 0, len(text) - (char == "\r")) for char in self._breaks)
            if cut < 0:
                held.append(text)
            else:
                held.append(text[: cut + 1])
                yield "".join(held)
                held = [text[cut + 1 :]]
            chunk = self._stream.read(CHUNK)
        held.append(decoder.decode(b"", True))
        rest = "".join(held)
        if replaced or "\ufffd" in rest:
            self._log.add(
                f"Some characters are broken in this {self.encoding.upper()} file and read as "
                "\ufffd; export it again if they matter."
            )
        if rest:
            yield rest

    def _text_of(self, block: bytes) -> str:
        if self._declared is not None:
            try:
                return block.decode(self._declared)
            except (UnicodeDecodeError, LookupError):
                self._log.add(
                    f"The file says it is {self._declared}, which does not fit; "
                    "it was read as UTF-8.",
                    self.lines_read + 1,
                )
                self._declared = None
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            return self._mixed(block)
        if not self._saw_utf8 and len(text) != len(block):
            self._saw_utf8 = True
        return text

    def _mixed(self, block: bytes) -> str:
        """Decode a block that is not UTF-8 line by line."""
        lines: list[str] = []
        for offset, line in enumerate(block.split(b"\n")):
            try:
                text = line.decode("utf-8")
                self._saw_utf8 = self._saw_utf8 or len(text) != len(line)
            except UnicodeDecodeError:
                text = self._guessed_line(line)
                if len(self._guessed) < 100_000:
                    self._guessed.append(self.lines_read + offset + 1)
            lines.append(text)
        return "\n".join(lines)

    def _guessed_line(self, line: bytes) -> str:
        parts: list[str] = []
        position = 0
        for match in _VALID_UTF8.finditer(line):
            parts.append(self._single_bytes(line[position : match.start()]))
            valid = match.group()
            self._saw_utf8 = self._saw_utf8 or _MULTIBYTE.search(valid) is not None
            parts.append(valid.decode("utf-8"))
            position = match.end()
        parts.append(self._single_bytes(line[position:]))
        return "".join(parts)

    def _single_bytes(self, part: bytes) -> str:
        if not part:
            return ""
        if _ONLY_WINDOWS.search(part):
            if any(code in part for code in b"\x81\x8d\x8f\x90\x9d"):
                self._saw_undefined = True
            else:
                self._saw_windows = True
        return "".join([_WINDOWS_1252[code] for code in part])

    def _tidied(self, text: str) -> str:
        if "\0" in text:
            if self._first_zero is None:
                self._first_zero = self.lines_read + text.count("\n", 0, text.index("\0")) + 1
            self._zeros += text.count("\0")
            text = text.replace("\0", "")
        if "\r" in text and not self._keep_line_ends:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\ufeff" in text:
            text = _LINE_MARK.sub("", text)
        return text

    def _finish(self) -> None:
        if self._zeros:
            self._log.add(
                f"{self._zeros:,} NUL characters were left out; the file may be damaged.",
                self._first_zero,
            )
        if not self._guessed:
            if self._declared is not None:
                self.encoding = self._declared.lower()
            return
        guess = "Latin-1" if self._saw_undefined or not self._saw_windows else "Windows-1252"
        if self._saw_utf8:
            for line in self._guessed:
                self._log.add(
                    f"The line holds bytes that are not UTF-8; they were read as {guess}.", line
                )
            return
        self.encoding = "iso-8859-1" if guess == "Latin-1" else "windows-1252"
        self._log.add(
            f"The file is not UTF-8 and was read as {guess}; if accented letters look wrong, "
            "export it again as UTF-8.",
            self._guessed[0],
        )
