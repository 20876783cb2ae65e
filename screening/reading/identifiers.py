"""Finds DOIs, PMIDs and ISSNs in the many places and writings databases give them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from screening.reading.cleaning import clean

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_URL_TAIL = re.compile(r"(?:/(?:full|abstract|pdf|epdf|summary|meta|fulltext))?(?:[?&#].*)?$")
# CENTRAL gives each of its records an address that looks like a DOI and is nobody's article.
_NOT_ARTICLES = ("10.1002/central/",)
_PMID_IN_ADDRESS = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/(?:\?term=)?)(\d{1,9})\b"
)
_PMID_IN_TEXT = re.compile(
    r"(?:^|[\n;.])\s*(?:PMID|PubMed ID|PubMed PMID)\s*[:=]?\s*(?:NLM)?(\d{1,9})\b"
    r"|\bPMID:?\s*NLM(\d{1,9})\b|\bPUBMED\s+(\d{1,9})\b"
)
_DIGITS = re.compile(r"^(?:PMID[:\s]*|PUBMED\s+|MEDLINE:|NLM)?0*(\d{1,9})(?:\.0)?$", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\dXx-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_MEDLINE = re.compile(
    r"medline|pubmed|\bnlm\b|^ppez|^med[l0-9c]|^cmedm$|^mdc$|^mdl$|^mnh$", re.IGNORECASE
)
_EBSCO_MEDLINE = re.compile(r"[?&]db=(?:cmedm|mdc|mdl|mnh)\b", re.IGNORECASE)
# Where a search was made says nothing of which database it was.
_PLATFORMS = frozenset(
    {"ebscohost", "ovid", "ovid technologies", "proquest", "ncbi", "embase.com", "elsevier"}
)
_OVID_BASE = re.compile(r"[?&]D=([a-z0-9]+)", re.IGNORECASE)
_OVID_MEDLINE = re.compile(r"^(?:med|ppez|prem|mesz|pmnm|mdl|emed2medl)", re.IGNORECASE)


def doi_in(text: str, *, free_text: bool = False) -> str:
    """Give the first DOI in `text`, lower case and without resolver, or ""."""
    if "10." not in text and "10%2" not in text.lower():
        return ""
    text = clean(text)
    if "%" in text:
        text = unquote(text)
    match = _DOI.search(text)
    if match is None:
        return ""
    doi = match.group()
    before = text[: match.start()].lower()
    if "://" in before and "doi.org" not in before:
        doi = _URL_TAIL.sub("", doi)
    elif free_text or "doi.org" in before:
        doi = doi.split("?", 1)[0]
    doi = _trimmed(doi.lower())
    return "" if doi.startswith(_NOT_ARTICLES) else doi


def _trimmed(doi: str) -> str:
    """Take off what the sentence around a DOI left on it; SICI DOIs keep their own brackets."""
    doi = re.sub(r"\[(?:doi|pii)\]$", "", doi)
    for stop in (";10.", ",10.", "|"):
        doi = doi.split(stop, 1)[0]
    while doi:
        last = doi[-1]
        unopened = last in ")]}>" and doi.count(last) > doi.count("([{<"[")]}>".index(last)])
        if not unopened and last not in ".,;:'\"’”…([{<":
            break
        doi = doi[:-1]
    return doi


def pmid_of(value: str) -> str:
    """Give the digits of a field that holds nothing but a PMID or PubMed's address of it, or ""."""
    match = _DIGITS.match(value.strip()) or _PMID_IN_ADDRESS.search(value)
    return match.group(1) if match else ""


def pmid_in(text: str) -> str:
    """Give the PMID that a note or an address states as the record's own, or ""."""
    match = _PMID_IN_ADDRESS.search(text)
    if match is not None:
        return match.group(1)
    match = _PMID_IN_TEXT.search(text)
    if match is None:
        return ""
    return next(group for group in match.groups() if group).lstrip("0")


def is_medline(databases: Iterable[str], urls: Iterable[str]) -> bool:
    """Tell whether an accession number is a PMID: the database says it is MEDLINE or PubMed alone."""
    named = [
        name.strip() for value in databases for name in re.split(r"[\n;|]", value) if name.strip()
    ]
    named = [name for name in named if name.lower() not in _PLATFORMS]
    if named:
        return all(_MEDLINE.search(name) for name in named)
    for url in urls:
        match = _OVID_BASE.search(url)
        if match is not None and "ovid" in url.lower():
            return _OVID_MEDLINE.match(match.group(1)) is not None
        if "ebscohost" in url.lower() and _EBSCO_MEDLINE.search(url):
            return True
    return False


def issn_in(text: str) -> str:
    """Give the first ISSN in `text` as 1234-567X, or ""; ISBNs are none."""
    if len(re.sub(r"[^\dXx]", "", text)) in (10, 13) and re.match(r"^[\d\sXx-]+$", text.strip()):
        return ""
    match = _ISSN.search(re.sub(r"^\s*[ep-]*ISSN\W*", "", text, flags=re.IGNORECASE))
    return f"{match.group(1)}-{match.group(2).upper()}" if match else ""
