"""Evidence: what two records say about each other, field by field, in values and in words."""

from __future__ import annotations

from typing import NamedTuple

from screening.duplicates.abstracts import AbstractLikeness
from screening.duplicates.authors import AuthorLikeness
from screening.duplicates.identifiers import DoiLikeness, compare_dois, unversioned
from screening.duplicates.journals import JournalLikeness
from screening.duplicates.places import (
    PageLikeness,
    compare_pages,
    follows,
    same_article_number,
)
from screening.duplicates.profiles import Details, Profile, lists_theses
from screening.duplicates.titles import TitleComparison, TitleLikeness, anchors, compare_titles


class Evidence(NamedTuple):
    """How two records compare. A field that one of them lacks is None or BLANK, never a difference.

    `appended`: a correction stands on the page after the article it may correct. `conference`: one
    or both appeared in proceedings. `theses`: both are theses, or one a list's entry of what may be one. `front`: one stands among the first pages, as every issue has
    them. `turned`, `continued`, `footnoted`: as of titles. `years` is how many years lie between
    them, `span` how many pages the shorter span has, `longest` the longer one.
    """

    title: TitleLikeness
    title_percent: float
    numbers_conflict: bool
    turned: bool
    continued: bool
    footnoted: bool
    marks_conflict: bool
    appended: bool
    bracketed: bool
    generic: bool
    short: bool
    authors: AuthorLikeness
    fewest_authors: int
    years: int | None
    journal: JournalLikeness
    volume: bool | None
    number: bool | None
    pages: PageLikeness
    span: int
    longest: int
    front: bool
    article_number: bool
    conference: bool
    other_kind: bool
    theses: bool
    doi: DoiLikeness
    pmid: bool | None
    abstract: AbstractLikeness


MOST_ISSUES = 60
"""A weekly has at most 53 issues a year, and a few special ones."""


def _same(a: str, b: str) -> bool | None:
    return a == b if a and b else None


def _same_issue(a: str, b: str) -> bool | None:
    """Compare issue numbers; one higher than a weekly's year has may count lines of an export."""
    if a != b and any(each.isdigit() and int(each) > MOST_ISSUES for each in (a, b)):
        return None
    ours, theirs = a.lstrip("s").split("-"), b.lstrip("s").split("-")
    if a != b and ("" in (*ours, *theirs) or not set(ours).isdisjoint(theirs)):
        return None  # a double or special issue
    return _same(a, b)


def share_identity(a: Profile, b: Profile) -> bool:
    """Tell whether an identifier or the place in print is common to both."""
    return (
        (a.doi != "" and unversioned(a.doi) == unversioned(b.doi))
        or (a.record.pmid != "" and a.record.pmid == b.record.pmid)
        or (a.pages.first != "" and a.pages.first == b.pages.first)
    )


def one_title(a: Profile, b: Profile) -> bool:
    """Tell whether a piece of one title stands in the other, and one record has lost fields."""
    if not (a.sketchy or b.sketchy):
        return False
    x, y = a.title.key, b.title.key
    return any(piece in y for piece in anchors(x)) or any(piece in x for piece in anchors(y))


def gather(
    a: Profile,
    more_a: Details,
    b: Profile,
    more_b: Details,
    authors: AuthorLikeness,
    fewest_authors: int,
    abstracts: AbstractLikeness,
    journal: JournalLikeness,
) -> Evidence:
    """Compare two records field by field; what repeats or costs most has been compared before."""
    title = compare_titles(a.title, b.title, more_a.words, more_b.words)
    if title.likeness < TitleLikeness.NEAR:
        for original, other in ((more_a.original, b.title), (more_b.original, a.title)):
            if original is not None and original.key and original.key == other.key:
                title = TitleComparison(TitleLikeness.SAME, 100.0)
    if journal == JournalLikeness.DIFFERENT and a.record.issn and a.record.issn == b.record.issn:
        journal = JournalLikeness.SAME
    volume = _same(a.volume, b.volume)
    if volume is False and _is_year(a, b):
        volume = None  # some databases write the year where there is no volume
    return Evidence(
        title=title.likeness,
        title_percent=title.percent,
        numbers_conflict=title.numbers_conflict,
        turned=title.turned,
        continued=title.continued,
        footnoted=title.footnoted,
        marks_conflict=a.title.mark != b.title.mark,
        appended="correction" in (a.title.mark, b.title.mark)
        and (follows(a.pages, b.pages) or follows(b.pages, a.pages)),
        bracketed=a.title.bracketed != b.title.bracketed,
        generic=more_a.generic or more_b.generic,
        short=more_a.short or more_b.short,
        authors=authors,
        fewest_authors=fewest_authors,
        years=abs(a.year - b.year) if a.year and b.year else None,
        journal=journal,
        volume=volume,
        number=_same_issue(more_a.number, more_b.number),
        pages=compare_pages(a.pages, b.pages, one_volume=volume is True),
        span=min(more_a.span, more_b.span),
        longest=max(more_a.span, more_b.span),
        front=more_a.front or more_b.front,
        article_number=same_article_number(a.pages, b.pages),
        conference=more_a.journal.conference or more_b.journal.conference,
        other_kind=_other_kind(a, more_a, b, more_b),
        theses=_theses(a, more_a, b, more_b),
        doi=compare_dois(a.doi, b.doi),
        pmid=_same(a.record.pmid, b.record.pmid),
        abstract=abstracts,
    )


def _other_kind(a: Profile, more_a: Details, b: Profile, more_b: Details) -> bool:
    """Tell whether one is a preprint or a thesis and the other has appeared elsewhere."""
    first, second = more_a.kind, more_b.kind
    return first != second and "" not in (first, second) and not (a.doi and a.doi == b.doi)


def _theses(a: Profile, more_a: Details, b: Profile, more_b: Details) -> bool:
    """Tell whether both are theses; what a list of theses names needs a title and an author only."""
    if "thesis" not in (more_a.kind, more_b.kind):
        return False
    return more_a.kind == more_b.kind or any(
        lists_theses(listed.journal) and not other.volume and not other.doi
        for listed, other in ((more_a, b), (more_b, a))
    )


def _is_year(a: Profile, b: Profile) -> bool:
    return a.volume == str(a.year) or b.volume == str(b.year)


def agreements(e: Evidence) -> list[str]:
    """Say in words what agrees, most telling first."""
    said: list[str] = []
    if e.doi in (DoiLikeness.SAME,):
        said.append("same DOI")
    elif e.doi == DoiLikeness.VERSION:
        said.append("versions of one DOI")
    if e.pmid:
        said.append("same PMID")
    if e.title == TitleLikeness.SAME:
        said.append("same title")
    elif e.title == TitleLikeness.EXTENDED:
        said.append("one title continues the other")
    elif e.title != TitleLikeness.DIFFERENT:
        said.append(f"titles {min(99, round(e.title_percent))} % alike")
    if e.authors == AuthorLikeness.SAME:
        said.append("same authors" if e.fewest_authors > 1 else "same first author")
    elif e.authors == AuthorLikeness.OVERLAPPING:
        said.append("some authors in common")
    if e.abstract >= AbstractLikeness.SAME:
        same = e.abstract == AbstractLikeness.IDENTICAL
        said.append("same abstract" if same else "abstracts much alike")
    if e.journal == JournalLikeness.SAME:
        said.append("same journal")
    elif e.journal == JournalLikeness.ALIKE:
        said.append("similar journal names")
    place = ["volume"] if e.volume else []
    if e.pages == PageLikeness.SAME:
        place.append("pages")
    elif e.pages == PageLikeness.FIRST:
        place.append("first page")
    if place:
        said.append("same " + " and ".join(place))
    if e.pages == PageLikeness.NEAR:
        said.append("pages that fit")
    if e.years == 0:
        said.append("same year")
    return said


def disagreements(e: Evidence, a: Profile, b: Profile) -> list[str]:
    """Say in words what does not agree, both values named."""
    said: list[str] = []
    first, second = a.record, b.record

    def differ(what: str, one: object, other: object) -> None:
        said.append(f"{what} differ ({one} / {other})")

    if e.marks_conflict:
        kinds = sorted((a.title.mark or "article", b.title.mark or "article"))
        said.append(
            f"one is a {kinds[1]}, the other a {kinds[0]}"
            if kinds[0] != "article"
            else f"one is a {kinds[1]}, the other is not"
        )
    if e.other_kind:
        said.append("one is a preprint or a thesis, the other has appeared elsewhere")
    if e.numbers_conflict:
        said.append("the numbers in the titles differ")
    if e.footnoted:
        said.append("one title ends in a digit or a letter more")
    if e.turned:
        said.append("a word makes another work of one title")
    if e.title == TitleLikeness.DIFFERENT:
        said.append("the titles differ")
    if e.title == TitleLikeness.ALIKE:
        said.append("the titles are worded differently")
    if e.authors == AuthorLikeness.DIFFERENT:
        said.append("the authors differ")
    if e.years:
        differ("years", first.year, second.year)
    if e.journal == JournalLikeness.DIFFERENT:
        differ("journals", first.journal, second.journal)
    if e.volume is False:
        differ("volumes", first.volume, second.volume)
    if e.pages == PageLikeness.DIFFERENT:
        differ("pages", first.pages, second.pages)
    if e.doi in (DoiLikeness.DIFFERENT, DoiLikeness.UNCLEAR):
        differ("DOIs", a.doi, b.doi)
    if e.pmid is False:
        differ("PMIDs", first.pmid, second.pmid)
    if e.abstract == AbstractLikeness.DIFFERENT:
        said.append("the abstracts differ")
    return said
