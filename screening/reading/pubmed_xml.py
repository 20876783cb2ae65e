"""Reads PubMed's XML: articles and book chapters, names and dates taken from their own elements."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern
from xml.etree.ElementTree import Element

from screening.reading.words import words
from screening.reading.xml_records import XmlFormat, inner_text, leaves

_CONTAINERS = frozenset(
    words(
        "MedlineCitation DateCompleted DateRevised Article Journal JournalIssue PubDate",
        "Pagination Abstract OtherAbstract AuthorList Author AffiliationInfo GrantList Grant",
        "PublicationTypeList ArticleDate MedlineJournalInfo ChemicalList Chemical",
        "MeshHeadingList MeshHeading KeywordList CommentsCorrectionsList CommentsCorrections",
        "PubmedData History PubMedPubDate ArticleIdList ReferenceList Reference BookDocument",
        "Book Publisher PubmedBookData InvestigatorList Investigator DataBankList DataBank",
        "AccessionNumberList GeneralNoteList PersonalNameSubjectList PersonalNameSubject",
        "SupplMeshList Sections Section LocationLabel ContributionDate GeneSymbolList",
        "BeginningDate EndingDate",
    )
)
_LEAVES = frozenset(
    words(
        "PubmedArticle PubmedBookArticle PMID ISSN Volume Issue Year Month Day Season",
        "MedlineDate Title ISOAbbreviation ArticleTitle ELocationID AbstractText",
        "CopyrightInformation LastName ForeName Initials Suffix CollectiveName Identifier",
        "Affiliation Language GrantID Acronym Agency Country PublicationType VernacularTitle",
        "MedlineTA NlmUniqueID ISSNLinking CitationSubset RegistryNumber NameOfSubstance",
        "DescriptorName QualifierName Keyword RefSource Note CoiStatement Hour Minute",
        "PublicationStatus ArticleId Citation MedlinePgn StartPage EndPage BookTitle",
        "PublisherName PublisherLocation Isbn OtherID GeneralNote NumberOfReferences",
        "AccessionNumber DataBankName SectionTitle Edition Medium CollectionTitle VolumeTitle",
    )
)
FORM = XmlFormat(
    "pubmed_xml",
    ("PubmedArticle", "PubmedBookArticle"),
    _CONTAINERS | _LEAVES,
)


def raw_pairs(element: Element) -> list[tuple[str, str]]:
    """Give the record's fields as (path, text), the record's own element's name as the first."""
    tag = element.tag.rpartition("}")[2]
    return [("@", tag), *((intern(path), text) for path, text in leaves(element, _CONTAINERS))]


def table_pairs(element: Element) -> Iterator[tuple[str, str]]:
    """Give (field, text) pairs named as the fields of a record."""
    citation = element.find("MedlineCitation")
    book = element.find("BookDocument")
    root = citation if citation is not None else book if book is not None else element
    found = root.find("Article")
    article = found if found is not None else root
    yield from _titles(article, root)
    for author in article.iterfind("AuthorList/Author"):
        if author.get("ValidYN") != "N":
            yield "authors", _name(author)
    yield from _journal(article)
    for doi in article.iterfind("ELocationID[@EIdType='doi']"):
        yield "doi", inner_text(doi)
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
        for identifier in element.iterfind(path):
            if identifier.get("IdType") == "doi":
                yield "doi", inner_text(identifier)
    yield from _each(root, "pmid", "PMID")
    sections = [_section(part) for part in article.iterfind("Abstract/AbstractText")]
    if not any(sections):
        sections = [_section(part) for part in root.iterfind("OtherAbstract/AbstractText")]
    yield "abstract", " ".join(filter(None, sections))
    yield from _each(article, "kind", "PublicationTypeList/PublicationType", "PublicationType")
    if book is not None:
        yield "kind", "book chapter" if article.find("ArticleTitle") is not None else "book"
    yield from _each(article, "language", "Language")
    yield from _each(root, "accession", "OtherID")
    yield from _each(article, "publisher", "Book/Publisher/PublisherName")
    yield from _each(
        root, "keywords", "KeywordList/Keyword", "MeshHeadingList/MeshHeading/DescriptorName"
    )


def _each(root: Element, field: str, *paths: str) -> Iterator[tuple[str, str]]:
    for path in paths:
        for element in root.iterfind(path):
            yield field, inner_text(element)


def _titles(article: Element, root: Element) -> Iterator[tuple[str, str]]:
    yield from _each(article, "title", "ArticleTitle", "Book/BookTitle")
    yield from _each(article, "original_title", "VernacularTitle")
    if article is not root:
        yield from _each(root, "original_title", "VernacularTitle")


def _journal(article: Element) -> Iterator[tuple[str, str]]:
    yield from _each(article, "journal", "Journal/Title", "Journal/ISOAbbreviation")
    yield from _each(article, "journal", "Book/BookTitle")
    yield from _each(article, "volume", "Journal/JournalIssue/Volume", "Book/Volume")
    yield from _each(article, "number", "Journal/JournalIssue/Issue")
    yield from _each(article, "issn", "Journal/ISSN")
    for path in (
        "Journal/JournalIssue/PubDate/Year",
        "Journal/JournalIssue/PubDate/MedlineDate",
        "ArticleDate/Year",
        "Book/PubDate/Year",
        "ContributionDate/Year",
    ):
        yield from _each(article, "year", path)
    first = article.findtext("Pagination/StartPage") or ""
    last = article.findtext("Pagination/EndPage") or ""
    yield from _each(article, "pages", "Pagination/MedlinePgn")
    yield "pages", f"{first}-{last}" if first and last else first
    for number in article.iterfind("ELocationID[@EIdType='pii']"):
        if number.text and number.text.lower().startswith("e"):
            yield "pages", number.text


def _name(author: Element) -> str:
    collective = author.find("CollectiveName")
    if collective is not None:
        return inner_text(collective)
    family = author.findtext("LastName") or ""
    given = author.findtext("ForeName") or author.findtext("Initials") or ""
    suffix = author.findtext("Suffix") or ""
    return ", ".join(filter(None, (family, " ".join(filter(None, (given, suffix))))))


def _section(part: Element) -> str:
    text = inner_text(part).strip()
    label = (part.get("Label") or "").strip()
    return f"{label}: {text}" if label and text and label.upper() != "UNLABELLED" else text
