"""Tells an export's format from its content, and names what is no export at all."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass

from screening.errors import UnreadableFileError
from screening.reading.bibtex import SIGN as BIBTEX_SIGN
from screening.reading.decoding import decode
from screening.reading.source import Source
from screening.reading.tables import TableForm, is_vertical, table_form

_AGAIN = "Export the search again as RIS, PubMed, EndNote, BibTeX, CSV or XLSX."
# What a file begins with, what it is, and what to do instead.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "it is a PDF document", _AGAIN),
    (b"\x89PNG", "it is an image", _AGAIN),
    (b"\xff\xd8\xff", "it is an image", _AGAIN),
    (b"GIF8", "it is an image", _AGAIN),
    (b"II*\0", "it is an image", _AGAIN),
    (b"MM\0*", "it is an image", _AGAIN),
    (b"{\\rtf", "it is a rich-text document", "Save it as plain text, or export it as RIS."),
    (
        b"\xd0\xcf\x11\xe0",
        "it is an old Office document (.xls, .doc) or one with a password",
        "Save it without a password as .xlsx or CSV.",
    ),
    (b"\x1f\x8b", "it is a compressed archive", "Unpack it and import the files inside."),
    (b"7z\xbc\xaf", "it is a compressed archive", "Unpack it and import the files inside."),
    (b"Rar!", "it is a compressed archive", "Unpack it and import the files inside."),
    (b"BZh", "it is a compressed archive", "Unpack it and import the files inside."),
    (b"\xfd7zXZ", "it is a compressed archive", "Unpack it and import the files inside."),
    (b"SQLite format 3", "it is a database", _AGAIN),
    (b"\x7fELF", "it is a program", _AGAIN),
    (b"MZ\x90", "it is a program", _AGAIN),
)
_HTML = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"^\s*(?:<\?xml|<!DOCTYPE|<[A-Za-z][\w.:-]*[\s/>])")
_ROOT = re.compile(r"<([A-Za-z][\w.:-]*)")
_RECORD = re.compile(r"<record(?=[\s>])", re.IGNORECASE)
_ENDNOTE = re.compile(r"<(?:ref-type|contributors|titles|source-app|rec-number)\b")
_PUBMED = re.compile(r"<(?:PubmedArticleSet|PubmedArticle|PubmedBookArticle)\b")
_JSON = re.compile(r"^\s*(?:\[\s*)?\{\s*\"")
_PUBMED_TEXT = re.compile(r"(?m)^PMID: \d+")

# Marks of the tagged formats at line starts; the strongest that is met most decides.
MARKS: dict[str, re.Pattern[str]] = {
    "ris": re.compile(
        r"(?m)^[ \t]{0,3}[Tt][Yy][ \t]{0,4}[-\u2013\u2014][ \t]*[A-Za-z]{2,20}[^\n]{0,20}$"
        r"|^TY(?: {2,4}|\t)[A-Z]{3,6}[ \t]*$"
    ),
    "nbib": re.compile(r"(?m)^(?:PMID *- *\d|OWN *- *[A-Z]|UI  ?- *\S)"),
    "enw": re.compile(r"(?m)^%0[ \t]+\S"),
    "ciw": re.compile(r"(?m)^PT [A-Z][ \t]*$"),
    "bibtex": BIBTEX_SIGN,
    "cochrane": re.compile(r"(?m)^Record #\d+ of \d+[ \t]*$|^ID: (?:CN|CD|CMR|DARE)-?\d"),
    "ovid": re.compile(r"(?m)^<\d+>[ \t]*$"),
    "refworks": re.compile(
        r"(?m)^RT (?:Journal|Book|Conference|Dissertation|Thesis|Report|Web|Generic|Abstract|"
        r"Magazine|Newspaper|Patent|Monograph|Unpublished|Online)"
    ),
}
# Marks that stand in no other format's files unless two files were joined.
_JOINED: dict[str, re.Pattern[str]] = {
    **{name: MARKS[name] for name in ("ris", "enw", "ciw", "bibtex")},
    "nbib": re.compile(r"(?m)^PMID- *\d+[ \t]*$"),
}
# Weaker signs, for files whose record marks are all damaged: (lines that must be there, how many).
_WEAK: tuple[tuple[str, re.Pattern[str], int], ...] = (
    ("ris", re.compile(r"(?m)^[A-Z][A-Z0-9]  - ?(?=[^\n]*$)"), 3),
    ("nbib", re.compile(r"(?m)^(?:FAU|STAT|DCOM|PMID|TI  |AU  |DP  |AB  |JT  |SO  ) *- "), 3),
    ("enw", re.compile(r"(?m)^%[ATJDX] \S"), 2),
    ("ciw", re.compile(r"(?m)^(?:FN (?:Clarivate|ISI|Thomson)|VR 1\.0|UT (?:WOS|ISI):)"), 1),
)
_RIS_ONLY = re.compile(r"(?m)^(?:ER|T1|A1|N2|Y1|JF|JO|SP|EP|PY|KW|UR)  -")
_OVID_LABEL = re.compile(r"(?m)^<\d+>[ \t]*\n[A-Z][^\n-]*\n  \S")


@dataclass(frozen=True, slots=True)
class Detection:
    """The format found; for a table also where its header is, or that its fields run by row.

    `also` counts the record marks of other formats in the sample: files joined end to end.
    """

    format: str
    table: TableForm | None = None
    vertical: bool = False
    also: tuple[tuple[str, int], ...] = ()


def detect(source: Source, sample_bytes: int) -> Detection:
    """Give the format of an export; raises UnreadableFileError naming what the file is instead."""
    head = source.head(sample_bytes)
    start = head.lstrip()[:16] if not head.startswith((b"\xff\xfe", b"\xfe\xff")) else head[:16]
    for signature, reason, remedy in _SIGNATURES:
        if start.startswith(signature):
            raise UnreadableFileError(source.name, reason, remedy)
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return _archive(source)
    text = decode(head)[0].lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableFileError(source.name, "it holds no text", "Export the search again.")
    if _HTML.match(text):
        raise UnreadableFileError(
            source.name,
            "it is a web page, perhaps a log-in or error page saved in the export's place",
            "Log in to the database and export the search again.",
        )
    if _XML.match(text):
        xml = _xml(source, text)
        if xml is not None:
            return xml
    return _text(source, text)


def _archive(source: Source) -> Detection:
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as fault:
        raise UnreadableFileError(
            source.name, f"it is a damaged archive ({fault})", "Save or export it again."
        ) from fault
    if any(part.startswith("xl/") for part in names):
        if "xl/workbook.bin" in names:
            raise UnreadableFileError(
                source.name, "it is a binary workbook (.xlsb)", "Save it as .xlsx or CSV."
            )
        return Detection("xlsx")
    if any(part.startswith("word/") for part in names):
        raise UnreadableFileError(source.name, "it is a Word document", _AGAIN)
    if any(part.startswith("ppt/") for part in names):
        raise UnreadableFileError(source.name, "it is a presentation", _AGAIN)
    if "content.xml" in names:
        raise UnreadableFileError(
            source.name, "it is an OpenDocument file", "Save it as .xlsx or CSV."
        )
    raise UnreadableFileError(
        source.name, "it is a zip archive", "Unpack it and import the files inside."
    )


def _xml(source: Source, text: str) -> Detection | None:
    if _PUBMED.search(text):
        return Detection("pubmed_xml")
    if _RECORD.search(text) and (_ENDNOTE.search(text) or "<xml" in text[:2_000]):
        return Detection("endnote_xml")
    if re.match(r"^\s*<\d+>", text) or not re.match(r"^\s*<(?:\?xml|!DOCTYPE)", text):
        return None
    declared = re.sub(r"<[?!][^>]*>", "", text[:100_000])
    root = _ROOT.search(declared)
    raise UnreadableFileError(
        source.name,
        f"it is XML of another kind (<{root.group(1) if root else '?'}>)",
        "Export it as EndNote XML, PubMed XML or RIS.",
    )


def _text(source: Source, text: str) -> Detection:
    first = text.lstrip("\n \t").split("\n", 1)[0]
    form = table_form(text[:400_000])
    if is_vertical(text[:100_000]):
        return Detection("csv", None, vertical=True)
    if form is not None and form.known >= 3 and form.header_line == 1:
        return _table(form)
    counts = {name: sum(1 for _ in mark.finditer(text)) for name, mark in MARKS.items()}
    if counts["ovid"] and (counts["nbib"] or not _OVID_LABEL.search(text)):
        counts["ovid"] = 0
    best = max(counts, key=lambda name: counts[name])
    if counts[best]:
        also = tuple(
            (name, sum(1 for _ in mark.finditer(text)))
            for name, mark in _JOINED.items()
            if name != best and counts[name]
        )
        return Detection(best, also=tuple(found for found in also if found[1]))
    if form is not None and (form.known >= 2 or len(form.header) == 1):
        return _table(form)
    for name, sign, least in _WEAK:
        if sum(1 for _ in sign.finditer(text)) >= least and (
            name != "ris" or _RIS_ONLY.search(text)
        ):
            return Detection(name)
    if form is not None:
        return _table(form)
    if _JSON.match(text):
        raise UnreadableFileError(source.name, "it is JSON, which is not read", _AGAIN)
    if len(_PUBMED_TEXT.findall(text)) > 0:
        raise UnreadableFileError(
            source.name,
            "it is PubMed's abstract text, made for printing",
            "In PubMed choose Save, and as the format PubMed.",
        )
    if any(first.count(sign) >= 2 for sign in (",", "\t", ";")):
        raise UnreadableFileError(
            source.name,
            "it looks like a table, but no row names its columns with a title among them",
            "Add a header row such as: title,authors,year,abstract.",
        )
    raise UnreadableFileError(source.name, "no record of any known format is in it", _AGAIN)


def _table(form: TableForm) -> Detection:
    return Detection("tsv" if form.delimiter == "\t" else "csv", form)
