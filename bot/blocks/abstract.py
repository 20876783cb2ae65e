"""An abstract made easy to judge: its headings on lines of their own, the review's terms marked.

Terms that speak for inclusion are *bold*, those that speak for exclusion `code`; the two differ in
shape and weight as well as in colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.blocks.text import clean, clip_escaped, defuse, escape, width

LONGEST = 9_000
"""Characters of an abstract shown at most; what is longer is a whole article and is cut."""

_KNOWN = (
    r"(?:background|introduction|context|rationale|importance|objectives?|aims?|purpose|question|"
    r"hypothesis|(?:materials? and |patients and |subjects and |participants and )?methods?|"
    r"methodology|study design|research design|design|settings?|participants?|patients?|subjects|"
    r"sample|interventions?|exposures?|comparators?|"
    r"(?:main |primary |key )?outcomes?(?: measures?| and measures?)?|measurements?|measures|"
    r"data sources?|data extraction|data synthesis|search methods|search strategy|"
    r"study selection|selection criteria|eligibility criteria|data collection and analysis|"
    r"statistical analysis|analysis|(?:main |key )?results?|(?:main |key )?findings|discussion|"
    r"(?:authors'? )?conclusions?(?: and relevance| and implications)?|interpretation|summary|"
    r"implications|limitations|strengths and limitations|significance|relevance|level of evidence|"
    r"practice points|(?:clinical )?trial registration(?: number)?|registration|funding|keywords)"
)
_HEADING = re.compile(
    rf"(?:(?<=^)|(?<=[.!?\])]\s)|(?<=\n)|(?<=[.!?]\s\s))"
    rf"(?P<name>(?i:{_KNOWN}(?:(?:/|, | and | & ){_KNOWN})*)|[A-Z][A-Z /&'-]{{3,60}}[A-Z])\s?:\s*",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of an abstract: its heading, "" when it has none, and its text."""

    heading: str
    text: str


def paragraphs(abstract: str) -> list[Paragraph]:
    """Return an abstract cut at its structured headings and its own line breaks."""
    made: list[Paragraph] = []
    for line in clean(abstract).split("\n"):
        text = " ".join(line.split())
        matches = list(_HEADING.finditer(text))
        first = matches[0].start() if matches else len(text)
        if text[:first].strip():
            made.append(Paragraph("", text[:first].strip()))
        ends = [match.start() for match in matches[1:]] + [len(text)]
        for match, end in zip(matches, ends, strict=False):
            made.append(Paragraph(match["name"].strip(), text[match.end() : end].strip()))
    return made


def marked_abstract(
    abstract: str, include: Sequence[str], exclude: Sequence[str], limit: int = 2_900
) -> list[str]:
    """Return an abstract as mrkdwn texts of at most `limit` units, one for each section block.

    It is cut between paragraphs where possible, else between words; a mark is never cut in two.
    """
    pattern = terms_pattern(tuple(include), tuple(exclude))
    texts: list[str] = []
    current = ""
    for paragraph in paragraphs(_shortened(abstract)):
        separator = "\n\n" if current else ""
        for token in _tokens(paragraph, pattern, limit):
            if width(current) + width(separator) + width(token) > limit:
                if current.strip():
                    texts.append(current.rstrip())
                current, separator = "", ""
                token = token.lstrip()
            current += separator + token
            separator = ""
    if current.strip():
        texts.append(current.rstrip())
    return texts


def _shortened(abstract: str) -> str:
    if len(abstract) <= LONGEST:
        return abstract
    return abstract[:LONGEST].rsplit(" ", 1)[0] + f" … (cut at {LONGEST:,} characters)"


def _tokens(paragraph: Paragraph, pattern: re.Pattern[str] | None, limit: int) -> Iterator[str]:
    """Yield a paragraph as pieces that must not be cut: a heading, a marked term, a word."""
    if paragraph.heading:
        yield f"_{escape(defuse(paragraph.heading))}:_ "
    at = 0
    text = paragraph.text
    for match in pattern.finditer(text) if pattern is not None else ():
        yield from _words(text, at, match.start(), limit)
        shown = escape(defuse(match.group()))
        yield f"`{shown}`" if match.lastgroup == "exclude" else f"*{shown}*"
        at = match.end()
    yield from _words(text, at, len(text), limit)


def _words(text: str, start: int, end: int, limit: int) -> Iterator[str]:
    # Defused as a whole, so that each character is judged by its true neighbours.
    for word in re.findall(r"\s*\S+|\s+", defuse(text)[start:end]):
        escaped = escape(word)
        yield escaped if width(escaped) <= limit else clip_escaped(word, limit)


@lru_cache(maxsize=64)
def terms_pattern(include: tuple[str, ...], exclude: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what finds the terms as whole words; a final * stands for any ending.

    The longer of two terms that begin at one place is marked. Plurals and possessives are found.
    """
    if not include and not exclude:
        return None
    named = [(term, "include") for term in include] + [(term, "exclude") for term in exclude]
    alternatives: dict[str, list[str]] = {"include": [], "exclude": []}
    for term, side in sorted(named, key=lambda item: -len(item[0])):
        words = term.strip().rstrip("*").split()
        if words:
            body = r"[\s-]+".join(re.escape(word) for word in words)
            alternatives[side].append(body + (r"\w*" if term.strip().endswith("*") else "s?"))
    groups = [f"(?P<{side}>{'|'.join(found)})" for side, found in alternatives.items() if found]
    if not groups:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?:['’]s)?(?!\w)", re.IGNORECASE)


def has_marks(abstract: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Tell whether any of the review's terms stands in the abstract."""
    pattern = terms_pattern(tuple(include), tuple(exclude))
    return pattern is not None and pattern.search(abstract) is not None
