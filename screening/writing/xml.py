"""Writes EndNote's and PubMed's XML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from screening.records import Record
from screening.writing.flat import ENDNOTE_TYPES, PLAIN_TYPES, one_line, short_name

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PUBMED_TYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n'
)


def legal(text: str) -> str:
    """Give `text` without the characters XML forbids."""
    return _NOT_XML.sub("", text)


def endnote_xml(records: Iterable[Record]) -> str:
    """Write EndNote XML."""
    parts = [_HEAD, "<xml><records>\n"]
    for number, record in enumerate(records, 1):
        parts.append(tostring(_endnote(record, number), encoding="unicode") + "\n")
    parts.append("</records></xml>\n")
    return "".join(parts)


def pubmed_xml(records: Iterable[Record]) -> str:
    """Write PubMed XML."""
    parts = [_HEAD, _PUBMED_TYPE, "<PubmedArticleSet>\n"]
    parts.extend(tostring(_pubmed(record), encoding="unicode") + "\n" for record in records)
    parts.append("</PubmedArticleSet>\n")
    return "".join(parts)


def _put(parent: Element, path: str, text: str, **attributes: str) -> None:
    """Add the last element of `path`, making the ones before it where they are not there yet."""
    text = legal(one_line(text))
    if not text:
        return
    *above, leaf = path.split("/")
    for name in above:
        child = parent.find(name)
        parent = child if child is not None else SubElement(parent, name)
    SubElement(parent, leaf, attributes).text = text


def _endnote(record: Record, number: int) -> Element:
    root = Element("record")
    _put(root, "rec-number", str(number))
    small = ("letter", "editorial", "note", "erratum")
    fallback = "article" if record.entry_type in small else "misc"
    name, code = ENDNOTE_TYPES[
        record.entry_type if record.entry_type in ENDNOTE_TYPES else fallback
    ]
    _put(root, "ref-type", str(code), name=name)
    for author in record.authors:
        _put(root, "contributors/authors/author", author)
    _put(root, "titles/title", record.title)
    _put(root, "titles/translated-title", record.original_title)
    _put(root, "periodical/full-title", record.journal)
    _put(root, "pages", record.pages)
    _put(root, "volume", record.volume)
    _put(root, "number", record.number)
    for keyword in record.keywords:
        _put(root, "keywords/keyword", keyword)
    _put(root, "dates/year", str(record.year or ""))
    _put(root, "publisher", record.publisher)
    _put(root, "isbn", record.issn)
    _put(root, "accession-num", record.accession)
    _put(root, "electronic-resource-num", record.doi)
    _put(root, "abstract", record.abstract)
    _put(root, "notes", f"PMID: {record.pmid}" if record.pmid else "")
    for url in record.urls:
        _put(root, "urls/related-urls/url", url)
    _put(root, "language", record.language)
    return root


def _pubmed(record: Record) -> Element:
    root = Element("PubmedArticle")
    citation = SubElement(root, "MedlineCitation")
    _put(citation, "PMID", record.pmid, Version="1")
    article = SubElement(citation, "Article")
    _put(article, "Journal/ISSN", record.issn)
    _put(article, "Journal/JournalIssue/Volume", record.volume)
    _put(article, "Journal/JournalIssue/Issue", record.number)
    _put(article, "Journal/JournalIssue/PubDate/Year", str(record.year or ""))
    _put(article, "Journal/Title", record.journal)
    _put(article, "ArticleTitle", record.title)
    _put(article, "Pagination/MedlinePgn", record.pages)
    _put(article, "ELocationID", record.doi, EIdType="doi", ValidYN="Y")
    _put(article, "Abstract/AbstractText", record.abstract)
    for name in record.authors:
        authors = article.find("AuthorList")
        authors = authors if authors is not None else SubElement(article, "AuthorList")
        author = SubElement(authors, "Author", ValidYN="Y")
        family, comma, given = name.partition(", ")
        if comma:
            _put(author, "LastName", family)
            _put(author, "ForeName", given)
            _put(author, "Initials", short_name(name).rpartition(" ")[2])
        else:
            _put(author, "CollectiveName", name)
    _put(article, "Language", record.language)
    kind = PLAIN_TYPES.get(record.entry_type, record.entry_type)
    _put(article, "PublicationTypeList/PublicationType", kind)
    _put(article, "VernacularTitle", record.original_title)
    _put(citation, "OtherID", record.accession)
    for keyword in record.keywords:
        _put(citation, "KeywordList/Keyword", keyword, MajorTopicYN="N")
    return root
