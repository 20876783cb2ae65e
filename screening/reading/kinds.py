"""Names the kind of publication in one vocabulary, BibTeX's, for every format's own names."""

from __future__ import annotations

import re

KINDS: dict[str, tuple[str, ...]] = {
    "article": (
        "jour",
        "jfull",
        "mgzn",
        "news",
        "inpr",
        "ejour",
        "abst",
        "journal article",
        "journal",
        "journalarticle",
        "magazine article",
        "newspaper article",
        "electronic article",
        "j",
        "journal articles",
        "article in press",
        "in press",
        "review",
        "short survey",
        "research article",
        "journal: article",
        "journal: article in press",
        "academic journal",
        "article in an academic journal",
        "scholarly journals",
        "magazinearticle",
        "newspaperarticle",
        "journal paper",
        "articles",
        "journal-article",
        "ieee journals",
        "ieee magazines",
        "ieee early access articles",
        "ieee journals & magazines",
        "original article",
        "peer-reviewed article",
    ),
    "inproceedings": (
        "cpaper",
        "conf",
        "conference paper",
        "conference proceeding",
        "proceedings paper",
        "conference",
        "conferencepaper",
        "c",
        "conference abstract",
        "meeting abstract",
        "journal: conference abstract",
        "journal: conference paper",
        "conference proceedings paper",
        "ieee conferences",
        "ieee conference publications",
        "proceedings-article",
        "conference article",
        "conference proceedings article",
        "conference materials",
    ),
    "proceedings": ("conference proceedings", "conference review", "mvproceedings"),
    "book": (
        "book",
        "edbook",
        "ebook",
        "edited book",
        "electronic book",
        "b",
        "mvbook",
        "collection",
        "serial",
        "s",
        "ser",
        "booklet",
        "authored book",
        "monograph",
        "monography",
        "edited-book",
        "reference-book",
        "books",
    ),
    "incollection": (
        "chap",
        "echap",
        "book section",
        "book chapter",
        "electronic book section",
        "inbook",
        "booksection",
        "bookitem",
        "suppbook",
        "chapter",
        "encyclopedia article",
        "book-chapter",
        "book-section",
        "reference-entry",
        "book part",
        "ency",
    ),
    "thesis": (
        "thes",
        "thesis",
        "phdthesis",
        "mastersthesis",
        "dissertation",
        "master thesis",
        "dissertations/theses",
        "doctoral thesis",
        "academic dissertation",
        "dissertation abstract",
        "dissertations & theses",
    ),
    "techreport": (
        "rprt",
        "report",
        "techreport",
        "technical report",
        "government document",
        "gov",
        "govdoc",
        "working paper",
        "ieee standards",
        "technical-report",
        "institutional report",
        "manual",
        "standard",
        "stand",
    ),
    "preprint": (
        "unpb",
        "unpublished work",
        "unpublished",
        "preprint",
        "manuscript",
        "posted-content",
        "working papers",
    ),
    "dataset": (
        "data",
        "dataset",
        "data set",
        "data paper",
        "database",
        "dbase",
        "aggregated database",
    ),
    "webpage": ("elec", "web page", "webpage", "online", "blog", "icomm", "electronic", "www"),
    "patent": ("pat", "patent", "p"),
    "letter": ("letter",),
    "editorial": ("editorial", "editorial material"),
    "note": ("note",),
    "erratum": ("erratum", "published erratum", "correction"),
    "misc": (
        "gen",
        "generic",
        "misc",
        "miscellaneous",
        "document",
        "other",
        "unused",
        "unspecified",
    ),
}
_BY_NAME = {name: kind for kind, names in KINDS.items() for name in (*names, kind)}
# Of several publication types, the one that says what the document is rather than how it was made.
_TELLING = ("erratum", "letter", "editorial", "thesis", "preprint", "book", "incollection")


def kind_of(names: list[str]) -> str:
    """Give the kind for a record's type names; a name not known comes back in lower case."""
    plain = [" ".join(name.lower().split()) for name in names]
    plain = [name for name in plain if name]
    kinds = [_BY_NAME[name] for name in plain if name in _BY_NAME]
    for kind in _TELLING:
        if kind in kinds:
            return kind
    if kinds:
        return kinds[0]
    for name in plain:
        for part in re.split(r"[;|,/:]\s*", name):
            if part.strip() in _BY_NAME:
                return _BY_NAME[part.strip()]
    return plain[0] if plain else ""
