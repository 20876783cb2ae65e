"""Builds a record from the tags of any format, by that format's field table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from screening.reading.author_lists import NOT_TOLD, Authors, Division, are_several, is_wrapped
from screening.reading.author_lists import read_authors as authors_of_cell
from screening.reading.citations import Citation, citation_in, given, pages_of, year_in
from screening.reading.cleaning import clean, clean_abstract, unescaped
from screening.reading.identifiers import doi_in, is_medline, issn_in, pmid_in, pmid_of
from screening.reading.keywords import keywords_of
from screening.reading.kinds import kind_of
from screening.reading.names import author
from screening.reading.slots import FieldTable
from screening.records import Record

_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"]+", re.IGNORECASE)
_COPYRIGHT = re.compile(r"^copyright (?:of|\(c\)|©)", re.IGNORECASE)
_DATABASE = re.compile(
    r"\b(?:medline|pubmed|embase|scopus|psyc(?:info|articles)|cinahl|eric|cochrane|central|"
    r"web of science|wos|proquest|ebsco\w*|ovid|google scholar|lilacs|crossref|openalex|dblp|"
    r"ieee xplore|acm|database|register|unknown)\b|^\W*$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[A-Z]\.\s+[^\W\d_]{2,} [A-Z]{1,3}\b")
_EARLY = re.compile(r"(?:[A-Za-z]{3}(?:-[A-Za-z]{3})?(?: \d{1,2})? )?(?:19|20)\d\d", re.IGNORECASE)
_ELOCATOR_PII = re.compile(r"(e\d[\w.-]*)\s*\[pii\]", re.IGNORECASE)
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]\b.*")
_VHL_MEDLINE = re.compile(r"mdl-0*(\d{1,9})")
# What a spreadsheet program makes of "12-9" and "3-4".
_SHEET_DATE = re.compile(
    r"\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][\d:.]+)?",
    re.IGNORECASE,
)
_COMMAS_IN_LISTS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field that could not be read for sure: its name, what is doubtful, and its text.

    `usual` says that the file's writer always writes so, which is worth one problem a file.
    """

    field: str
    fault: str
    text: str
    remedy: str = ""
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Assembled:
    """A record and what is doubtful about it."""

    record: Record
    doubts: tuple[Doubt, ...] = ()


def assemble(
    pairs: Iterable[tuple[str, str]],
    table: FieldTable,
    *,
    one_cell: bool = False,
    division: Division = "unknown",
) -> Assembled:
    """Give the record that (tag, value) pairs describe, every field cleaned, and its doubts.

    `one_cell` says that a single value holds all the authors, as a table's does, and `division`
    how they are divided there.
    """
    assembly = _Assembly(pairs, table, one_cell, division)
    record = assembly.record()
    return Assembled(record, tuple(assembly.doubts))


class _Assembly:
    """One record's tags, looked up slot by slot."""

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]],
        table: FieldTable,
        one_cell: bool,
        division: Division,
    ) -> None:
        wrapped = table.get("wrapped", ())
        self._pairs = [
            (tag, " ".join(value.split()) if tag in wrapped and "\n" in value else value)
            for tag, value in pairs
        ]
        self._one_cell = one_cell
        self._division = division
        self._table = table
        self.doubts: list[Doubt] = []
        self._by: dict[str, list[str]] = {}
        for tag, value in self._pairs:
            if value:
                self._by.setdefault(tag, []).append(value)

    def record(self) -> Record:
        citation = self._citation()
        volume = given(self._first("volume")) or citation.volume
        title = self._first("title")
        urls = self._urls()
        return Record(
            title=title,
            authors=self._authors(),
            year=self._year(citation),
            journal=self._journal(title) or citation.journal or self._source_journal(),
            volume=self._unless_date("volume", volume),
            number=self._unless_date("number", self._number(citation, volume)),
            pages=self._unless_date("pages", self._pages() or citation.pages),
            doi=self._doi(),
            pmid=self._pmid(urls),
            abstract=self._abstract(),
            entry_type=kind_of(self._all("kind")),
            language="; ".join(dict.fromkeys(filter(None, map(clean, self._group("language"))))),
            issn=self._issn(),
            accession=self._accession(),
            original_title=self._first("original_title"),
            publisher=self._first("publisher"),
            keywords=keywords_of(self._all("keywords"), one_cell=self._one_cell),
            urls=urls,
        )

    def _all(self, slot: str) -> list[str]:
        return [value for tag in self._table.get(slot, ()) for value in self._by.get(tag, ())]

    def _group(self, slot: str) -> list[str]:
        """Give the values of the first tag, or group of tags, that holds any."""
        for tags in self._table.get(slot, ()):
            if "+" not in tags:
                if tags in self._by:
                    return self._by[tags]
                continue
            several = tags.split("+")
            if several[0] in self._by:
                return [value for tag, value in self._pairs if value and tag in several]
        return []

    def _first(self, slot: str) -> str:
        for tag in self._table.get(slot, ()):
            for value in self._by.get(tag, ()):
                plain = clean(value)
                if plain:
                    return plain
        return ""

    def _citation(self) -> Citation:
        for value in self._all("citation"):
            return citation_in(value)
        for value in self._all("journal_or_citation"):
            found = citation_in(value)
            if found.is_certain:
                return found
        return Citation()

    def _authors(self) -> tuple[str, ...]:
        values = self._group("authors")
        short = self._all("authors_short")
        if len(short) > len(values):
            values = short
        alone = len(values) == 1
        names: list[str] = []
        for value in values:
            read = self._authors_of(value, alone)
            if read.doubt:
                self._doubt_authors(read, value)
            # A group may be named as an author and as a group; two authors may have one name.
            names.extend(read.names if alone else [one for one in read.names if one not in names])
        return tuple(names)

    def _authors_of(self, value: str, alone: bool) -> Authors:
        value = unescaped(value)
        if self._one_cell:
            return authors_of_cell(value, self._division)
        if "\n" in value and is_wrapped(value):
            value = " ".join(value.split())
        several = ";" in value or "\n" in value or are_several(value)
        listed = alone and ("," in value or _LISTED.search(value))
        if several or listed or value.count(",") >= _COMMAS_IN_LISTS:
            return authors_of_cell(value, "semicolons")
        name = author(value)
        return Authors((name,) if name else ())

    def _doubt_authors(self, read: Authors, value: str) -> None:
        remedy = " Semicolons between them would tell." if read.doubt == NOT_TOLD else ""
        self.doubts.append(Doubt("authors", read.doubt, clean(value), remedy, read.usual))

    def _year(self, citation: Citation) -> int | None:
        values = [*self._all("year"), citation.year]
        values += [value for value in self._all("early_access") if _EARLY.fullmatch(value.strip())]
        for value in values:
            year = year_in(value)
            if year is not None:
                return year
        told = next((value for value in values if any(map(str.isdigit, value))), "")
        if told:
            self.doubts.append(Doubt("year", "could not be told", clean(told)))
        return None

    def _journal(self, title: str) -> str:
        unsure = self._table.get("journal_or_citation", ())
        for tag in self._table.get("journal", ()):
            for value in self._by.get(tag, ()):
                plain = clean(value)
                if tag in unsure and citation_in(value).is_certain:
                    continue
                # CENTRAL gives a registry's address where a journal stands.
                if plain and plain != title and "://" not in plain:
                    return plain
        return ""

    def _source_journal(self) -> str:
        """A column called Source names the journal in some tables and the database in others."""
        source = self._first("source_journal")
        return "" if _DATABASE.search(source) else source

    def _pages(self) -> str:
        pages = pages_of(self._first("pages"), self._first("first_page"), self._first("last_page"))
        return given(pages) or self._first("article_number") or self._elocator()

    def _number(self, citation: Citation, volume: str) -> str:
        """Ovid's `IS` is an ISSN, which other writers' is not; PubMed's volume may name its part."""
        for value in map(clean, self._all("number")):
            if given(value) and not _ISSN.fullmatch(value):
                return value
        return "" if volume.endswith(f" {citation.number}") else citation.number

    def _elocator(self) -> str:
        """PubMed writes an article's number as the publisher's identifier: "e012345 [pii]"."""
        for value in self._all("elocator"):
            match = _ELOCATOR_PII.fullmatch(value.strip())
            if match is not None:
                return match.group(1)
        return ""

    def _unless_date(self, field: str, value: str) -> str:
        """Give a field as it is, noting what a spreadsheet program took for a date."""
        if self._one_cell and _SHEET_DATE.fullmatch(value):
            fault = "may have been turned into a date by a spreadsheet program"
            self.doubts.append(Doubt(field, fault, value, " Look it up, or export again."))
        return value

    def _doi(self) -> str:
        for value in self._all("doi"):
            if "[pii]" not in value:
                doi = doi_in(value)
                if doi:
                    return doi
        for value in self._all("doi_text"):
            doi = doi_in(value, free_text=True)
            if doi:
                return doi
        return ""

    def _pmid(self, urls: tuple[str, ...]) -> str:
        for value in self._all("pmid"):
            pmid = pmid_of(value)
            if pmid:
                return pmid
        for value in self._all("vhl_id"):
            match = _VHL_MEDLINE.fullmatch(value.strip())
            if match is not None:
                return match.group(1)
        databases = self._all("database")
        named = " ".join(databases).lower()
        if "scopus" in named or any("scopus.com" in url for url in urls):
            databases = ["Scopus"]
            for value in self._all("scopus_pmid"):
                if pmid_of(value):
                    return pmid_of(value)
        if "embase" in named:
            for value in self._all("embase_pmid"):
                if pmid_of(value):
                    return pmid_of(value)
        if self._table.get("medline_id") and is_medline(databases, urls):
            for value in self._all("medline_id"):
                # ProQuest writes its own number first: "1800000001; 31000001".
                pmid = pmid_of(re.split(r"[;\n]", value)[-1])
                if pmid:
                    return pmid
        for value in self._all("pmid_text"):
            pmid = pmid_in(value)
            if pmid:
                return pmid
        return ""

    def _abstract(self) -> str:
        for tag in self._table.get("abstract", ()):
            parts = [clean_abstract(value) for value in self._by.get(tag, ())]
            parts = list(dict.fromkeys(part for part in parts if part))
            # EBSCOhost repeats the tag for a rights notice; others for each section or language.
            if len(parts) > 1:
                parts = [part for part in parts if not _COPYRIGHT.match(part)] or parts
            if parts:
                return " ".join(parts)
        return ""

    def _issn(self) -> str:
        for value in self._all("issn"):
            issn = issn_in(value)
            if issn:
                return issn
        return ""

    def _accession(self) -> str:
        for value in self._all("accession"):
            plain = clean(value)
            if plain and not ("://" in plain or plain.lower().startswith(("doi:", "10."))):
                return plain
        return ""

    def _urls(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for value in self._all("urls"):
            if "://" in value:
                for url in _URL.findall(clean(value)):
                    found[url] = None
        return tuple(found)
