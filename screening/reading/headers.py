"""Recognises what a table's column holds from its heading, whoever wrote the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from screening.reading.words import words

# Headings by field, letters and digits only, in order of preference where a table has several.
HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "title": words(
            "title articletitle primarytitle documenttitle titles itemtitle",
            "publicationtitlearticle studytitle papertitle recordtitle ti t1",
            "titleprimary officialtitle briefitle brieftitle name displayname worktitle",
            "articletitleoriginal titulo titre titel",
        ),
        "authors": words(
            "authors author authornames authornamesfull authorsnames authorslist",
            "authorlist creators creator contributors primaryauthors primaryauthor authorsprimary",
            "authorprimary au a1 fa authorstring authorfullnames fullauthors authorsfull",
            "authorshipsauthordisplayname authorshipsrawauthorname authornamesraw",
            "bookauthors af firstauthor firstauthors autores autor auteurs auteur autoren",
        ),
        "group_authors": words(
            "groupauthors groupauthor corporateauthors corporateauthor collectivename",
            "collectivenames authorscorporate ca",
        ),
        "year": words(
            "year publicationyear pubyear publishedyear yearpublished py y1",
            "yearofpublication publishyear issuedyear date publicationdate",
            "dateofpublication pubdate publisheddate datepublished issuedate yr",
            "coverdate publicationdateprint publicationdateonline elecpubdate onlinedate",
            "pubdatefreeform pubdatefreefrom earlyaccessyear ey earlyaccessdate ea",
            "firstpublicationdate firstposted studyfirstposted ano annee jahr",
        ),
        "journal": words(
            "journal sourcetitle journaltitle journalbook publicationtitle pubtitle",
            "publicationname publication journalname fulljournalname journalfull",
            "nj periodicalfull periodicaltitle secondarytitle titlesecondary t2 jf jn so container",
            "containertitle periodical sourcepublication parenttitle hosttitle",
            "primarylocationsourcedisplayname hostvenuedisplayname sourcedisplayname",
            "booktitle conferencename conferencetitle anthologytitle",
            "abbreviatedsourcetitle journalabbreviation journalisoabbreviation isoabbreviation",
            "periodicalabbrev periodicalabbreviation journalabbrev jo j2",
            "proceedingstitle venue revista revue zeitschrift",
        ),
        "volume": words(
            "volume vol vl journalvolume volumenumber volumeno bibliovolume vi vo volumen",
        ),
        "number": words(
            "issue issuenumber number no journalissue issueno biblioissue ip is numero",
        ),
        "pages": words(
            "pages page pagination pagerange pagenumbers pageinfo pg medlinepgn paginas seiten",
        ),
        "first_page": words(
            "pagestart startpage firstpage beginningpage bibliofirstpage sp bp spage",
        ),
        "last_page": words(
            "pageend endpage lastpage endingpage otherpages bibliolastpage ep op epage",
        ),
        "article_number": words(
            "artno articlenumber articleno ar elocationid elocator c7",
        ),
        "doi": words(
            "doi digitalobjectidentifier di articledoi do doinumber doilink",
            "itemdoi publicationdoi idsdoi bookdoi",
        ),
        "doi_text": words(
            "url link links urls fulltextlink openurllink doiurl citation documenturl",
            "articleurl plink linkout sourcelinkout sourceurl sourceurls otheridentifiers",
        ),
        "pmid": words(
            "pmid pubmedid pubmed medlinepmid pm pubmedpmid uidpubmed medlineid idspmid c5",
        ),
        "medline_id": words("ui an accessionnumber uniqueidentifier"),
        "vhl_id": words("id"),
        "pmid_text": words(
            "url link urls notes note extra",
        ),
        "abstract": words(
            "abstract abstracts abstractnote abstracttext ab n2 summary abstractprimary",
            "description briefsummary",
            "notesabstract abstractoriginal resumen resumo zusammenfassung",
        ),
        "kind": words(
            "entrytype documenttype publicationtype itemtype type referencetype",
            "articletype typeofreference dt doctype doctypes pubtype pubtypes ty sourcetype pt",
            "contenttype materialtype documentidentifier",
        ),
        "language": words(
            "language languageofarticle languageoforiginaldocument languages la",
            "articlelanguage languageofpublication idioma lg",
        ),
        "issn": words(
            "issn issnisbn isbnissn eissn printissn electronicissn sn issnprint issns",
            "journalissn primarylocationsourceissnl primarylocationsourceissn issnl is",
        ),
        "accession": words(
            "accession accessionnumber embaseaccessionid eid uniquewosid utuniquewosid",
            "ut pui an accessionno uniqueid wosid cochranereviewid centralid",
            "cochranereviewidaccessionnumber publicationid nctnumber lensid ericnumber storeid",
            "uniqueidentifier ui",
        ),
        "original_title": words(
            "originaltitle vernaculartitle translatedtitle titleoriginal tt origtitle",
            "nonenglishtitle foreigntitle originalforeigntitle",
        ),
        "publisher": words(
            "publisher publishername bookpublisher pb pu",
        ),
        "keywords": words(
            "keywords keyword authorkeywords manualtags automatictags indexkeywords tags",
            "subjects subject subjectterms meshterms mesh descriptors kw de",
            "emtreedrugindextermsmajorfocus emtreemedicalindextermsmajorfocus",
            "emtreedrugindexterms emtreemedicalindexterms ieeeterms",
            "inspeccontrolledterms inspecnoncontrolledterms keywordsdisplayname",
            "keywordsplus identifierskeywords identifierkeywords identifierkeyword ky palabrasclave",
        ),
        "urls": words(
            "url link urls fulltexturl fulltextlink documenturl articleurl plink openurllink",
            "doilink doiurl externallink sourceurl sourceurls links dimensionsurl sourcelinkout",
            "embaselink externalurl pdflink primarylocationlandingpageurl",
        ),
        "source_journal": words("source sourcename"),
        # Web of Science's journal; Ovid's whole citation.
        "journal_or_citation": words("so"),
        "citation": words(
            "citation source sourceinformation bibliographicsource reference",
        ),
        "database": words(
            "database sourcedatabase db databaseprovider archive librarycatalog subfiledatabase",
            "longdbname shortdbname",
        ),
    }
)
_FIELDS_BY_HEADING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        heading: tuple(field for field, names in HEADINGS.items() if heading in names)
        for names in HEADINGS.values()
        for heading in names
    }
)
_LETTERS = re.compile(r"[^a-z0-9]+")
# Headings that say nothing unless others stand beside them.
_WEAK = frozenset(
    words(
        "an au date description do id is key link name no number page pm pt reference so",
        "source ti type ca ea ey op subject date numero ano id ky contributors lg fa nj",
    )
)


def plain_heading(heading: str) -> str:
    """Give a heading's letters and digits in lower case: "Author(s)" and "authors" are one."""
    heading = unicodedata.normalize("NFKD", heading.strip().lower())
    if heading.endswith("(s)"):
        heading = heading[:-3] + "s"
    return _LETTERS.sub("", heading)


def fields_of(heading: str) -> tuple[str, ...]:
    """Give the fields that a column of this heading fills; none when it is not known."""
    return _FIELDS_BY_HEADING.get(plain_heading(heading), ())


def recognised(row: Sequence[str]) -> int:
    """Count the cells of a row that are known headings; 0 unless a title is among them."""
    if len(row) > 2_000 or any(len(cell) > 300 for cell in row):
        return 0
    known = [plain_heading(cell) for cell in row if fields_of(cell)]
    if not any("title" in _FIELDS_BY_HEADING[heading] for heading in known):
        return 0
    strong = [heading for heading in known if heading not in _WEAK]
    return len(dict.fromkeys(known)) if strong or len(known) >= 3 else 0


def repeats(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a row is the header again, as where two exports were joined."""
    return _trimmed(cells) == _trimmed(header)


def _trimmed(cells: Sequence[str]) -> list[str]:
    plain = [cell.strip().strip("\ufeff") for cell in cells]
    while plain and not plain[-1]:
        plain.pop()
    return plain


def column_table(header: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give the field table for these columns; a column's tag is its position in the row."""
    plain = [plain_heading(cell) for cell in header]
    table: dict[str, tuple[str, ...]] = {}
    for field, names in HEADINGS.items():
        ranked = sorted(
            (names.index(heading), position)
            for position, heading in enumerate(plain)
            if heading in names
        )
        if ranked and not (field == "source_journal" and "journal" in table):
            table[field] = tuple(str(position) for _, position in ranked)
    groups = table.pop("group_authors", ())
    if groups:
        persons = table.get("authors", ())
        table["authors"] = (*("+".join((tag, *groups)) for tag in persons), *groups)
    return table
