"""Identifiers: the same DOI however it is written, and what it means that two DOIs differ."""

from __future__ import annotations

import re
from enum import IntEnum

from rapidfuzz.distance import OSA


class DoiLikeness(IntEnum):
    """How two DOIs relate; BLANK when one of them is missing."""

    DIFFERENT = 0  # one registrant gave two works their own
    UNCLEAR = 1  # of two registrants, which may both have the work (JSTOR), or one is cut short
    BLANK = 2
    VERSION = 3  # another version of one preprint
    SAME = 4


_START = re.compile(r"10\.\d{4,9}/\S+")
_TAIL = re.compile(r"(?:/(?:full|pdf|epdf|abstract|meta|html|full/html))$|[?#].*$")
_VERSION = re.compile(r"(?:/?v\d{1,2}|\.v\d{1,2})$")
# Registrants that number the versions of one work: bioRxiv and medRxiv, Research Square,
# SSRN-like servers, Preprints.org, OSF, ChemRxiv, F1000 (whose version is a last number).
_PREPRINT = (
    "10.1101/",
    "10.21203/",
    "10.20944/",
    "10.31234/",
    "10.31219/",
    "10.26434/",
    "10.48550/",
    "10.2139/",
)
_COLD_SPRING_HARBOR_JOURNAL = re.compile(r"^10\.1101/(?!\d{4}\.|\d{6})")
_NUMBERED = re.compile(r"^(10\.(?:12688|21956|12703)/.+\.\d+)\.\d$")


def read_doi(doi: str) -> str:
    """Give a DOI in lower case without resolver, label or punctuation; "" when it is none."""
    if not doi:
        return ""
    found = _START.search(doi.lower())
    if found is None:
        return ""
    return _TAIL.sub("", found[0]).rstrip(".,;:]}>\"'")


def unversioned(doi: str) -> str:
    """Give the DOI of a preprint without the number of its version."""
    if is_preprint(doi):
        return _VERSION.sub("", doi)
    numbered = _NUMBERED.match(doi)
    return numbered[1] if numbered else doi


def is_preprint(doi: str) -> bool:
    """Tell whether a preprint server registered this DOI."""
    return doi.startswith(_PREPRINT) and not _COLD_SPRING_HARBOR_JOURNAL.match(doi)


def compare_dois(a: str, b: str) -> DoiLikeness:
    """Give how two DOIs, already read, relate."""
    if not a or not b:
        return DoiLikeness.BLANK
    if a == b:
        return DoiLikeness.SAME
    if unversioned(a) == unversioned(b):
        return DoiLikeness.VERSION
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if a.partition("/")[0] != b.partition("/")[0] or (
        long.startswith(short) and not long[len(short) :].startswith(".pub")
    ):
        return DoiLikeness.UNCLEAR
    if OSA.distance(a, b, score_cutoff=1) == 1 and _letters(a) != _letters(b):
        return DoiLikeness.UNCLEAR  # a letter mistyped; one digit off is the next article
    return DoiLikeness.DIFFERENT


def _letters(doi: str) -> str:
    return "".join(c for c in doi if not c.isdigit())
