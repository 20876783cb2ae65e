"""Says, as data, what each format cannot carry; the documentation's table is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Of every format: what a record's fields may not hold if it is to come back the same.
COMMON: Final[tuple[str, ...]] = (
    "White space at the ends of a text, and more than one space in a row, become single spaces.",
    "A name of an author and a keyword hold no semicolon, vertical bar or line end.",
    "A DOI, PMID, year or page may be filled in from another field that states it.",
)

# Field of a record -> what becomes of it; a field that is not named comes back as it was.
LOSSES: Final[Mapping[str, Mapping[str, str]]] = {
    "ris": {"entry_type": "Letters, editorials, notes and errata come back as articles."},
    "nbib": {},
    "endnote_xml": {"entry_type": "Letters, editorials, notes and errata come back as articles."},
    "enw": {"entry_type": "Letters, editorials, notes and errata come back as articles."},
    "ciw": {},
    "bibtex": {"entry_type": "Letters, editorials, notes and errata come back as articles."},
    "csv": {},
    "tsv": {},
    "xlsx": {"abstract": "Excel holds 32,767 characters in a cell; what is over is cut off."},
    "pubmed_xml": {
        "publisher": "Not carried: PubMed names no publisher for articles.",
        "urls": "Not carried.",
    },
}

# Dialects read, by format, with what is known to be lost or guessed on the way in.
DIALECTS_READ: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "ris": (
        (
            "Ovid",
            "`NL` after `ER` is kept with its record; numbers and links between records are "
            "passed over; “No Specified” pages become none; `ID` is taken for a PMID where the link "
            "names MEDLINE",
        ),
        (
            "EBSCOhost",
            "DOIs in `DO`, `M3` or `L3`, PMIDs in `N1`; the rights notice is left out of "
            "the abstract, translations of it stay",
        ),
        ("Embase", "`C5` is the PMID, `U2` the accession number, `L2` a DOI"),
        ("ProQuest", "keywords one a line under one `KW`"),
        ("Scopus", "`C2` is the PMID, `C7` an article number"),
        ("Cochrane", "the tags `DOI` and `US`; CENTRAL's own DOI-like addresses are no DOIs"),
        ("EndNote, Zotero, Mendeley, Covidence, Rayyan", "notes over several lines are kept whole"),
        (
            "SciELO, VHL (BVS)",
            "abstracts in several languages are joined; `mdl-` numbers are PMIDs",
        ),
        ("IEEE Xplore, Springer", "given names before family names are turned round at initials"),
        ("Web of Science", "`C6` is the date of early access, `C7` an article number"),
    ),
    "nbib": (
        (
            "PubMed",
            "`FAU` before `AU`; collective names in their place; `SO` fills what is missing, ahead of "
            "print too",
        ),
        ("ERIC", "records begin at `OWN`"),
        ("Ovid's Reprint/Medlars", "records begin at `<1>` or `UI`"),
    ),
    "enw": (("EndNote, Google Scholar, refer", "records without `%0` begin after a blank line"),),
    "ciw": (
        (
            "Web of Science `.ciw` and `.txt`",
            "cited references are kept as raw fields only; the year of early access where there is "
            "no other",
        ),
    ),
    "endnote_xml": (
        ("EndNote, Zotero, Mendeley, Embase", "type styles (italic, superscript) are not kept"),
    ),
    "pubmed_xml": (
        ("PubMed articles and book chapters", "references are kept as raw fields only"),
    ),
    "bibtex": (
        (
            "Scopus, Web of Science, Zotero, Mendeley, JabRef, EBSCOhost, ACM",
            "LaTeX becomes Unicode, mathematics loses its dollars; comments are not kept",
        ),
        ("SciELO", "authors are divided by a comma and two spaces; `crossref` is the DOI"),
        (
            "BibLaTeX",
            "a cross-reference lends journal, year, publisher and the like; sets and "
            "`@xdata` are records without a title",
        ),
    ),
    "csv": (
        ("Embase", "the Source column is taken apart; “fields by row” too"),
        (
            "Scopus, Web of Science, PubMed, Cochrane, EBSCOhost, ProQuest, Dimensions, Lens, IEEE, "
            "OpenAlex, Europe PMC, RefWorks, Ovid",
            "recognised by their headings",
        ),
        ("SciELO, VHL (BVS)", "pages and what else is missing come out of the Source column"),
        ("Springer", "authors run together: taken apart at their capitals, and reported"),
        ("Zotero, Rayyan, Covidence, ASReview", "decisions and labels are kept as raw fields only"),
        ("any other", "a heading that names the title is needed"),
    ),
    "tsv": (("as CSV", "Web of Science's two-letter headings too"),),
    "xlsx": (("as CSV", "the first sheet with a header; dates as written by the program"),),
    "cochrane": (("Cochrane Library, text", "read only"),),
    "refworks": (("RefWorks tagged, from EBSCOhost, ProQuest and others", "read only"),),
    "ovid": (("Ovid's field labels, long and short", "read only"),),
}
