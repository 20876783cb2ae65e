"""A bibliographic record as a person reads it: title with its link, authors, where it appeared."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.blocks.text import clip, link, one_line, outside
from screening.records import Record
from screening.views import RecordView

AUTHORS = 6
_WEB = re.compile(r"https?://[\w.-]+", re.IGNORECASE)
TITLE = 1_200


def address(record: Record) -> str:
    """Return where the record can be read: its DOI, its PMID, its own URL, or ""."""
    if record.doi:
        return "https://doi.org/" + quote(record.doi, safe="/:;().-_")
    if record.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{quote(record.pmid, safe='')}/"
    return next((url for url in record.urls if is_web(url)), "")


def is_web(url: str) -> bool:
    """Tell whether a text is a web address with a host: what may stand in a link."""
    return _WEB.match(url) is not None


def title_of(record: Record) -> str:
    """Return the title on one line, or words that say it is missing."""
    return one_line(record.title) or one_line(record.original_title) or "Untitled record"


def short_title(title: str, limit: int = 60) -> str:
    """Return a title for the middle of a sentence, in quotation marks, as safe mrkdwn."""
    return f"“{outside(clip(one_line(title) or 'Untitled record', limit))}”"


def linked_title(record: Record, limit: int = TITLE) -> str:
    """Return the title in bold, linked to where the record can be read."""
    return f"*{link(address(record), clip(title_of(record), limit))}*"


def authors_of(record: Record) -> str:
    """Return the first authors as safe mrkdwn; "et al." when there are more than six."""
    names = [one_line(author) for author in record.authors if author.strip()]
    shown = "; ".join(outside(clip(name, 80)) for name in names[:AUTHORS])
    return shown + (" et al." if len(names) > AUTHORS else "")


def published(record: Record) -> str:
    """Return journal, year, volume and pages as safe mrkdwn, as far as they are known."""
    journal = outside(clip(one_line(record.journal), 160))
    issue = outside(clip(one_line(record.volume), 30))
    if record.number:
        issue += f"({outside(clip(one_line(record.number), 30))})"
    if record.pages:
        issue += (":" if issue else "p. ") + outside(clip(one_line(record.pages), 30))
    year = str(record.year) if record.year is not None else ""
    where = "; ".join(part for part in (year, issue) if part)
    return " ".join(part for part in (f"_{journal}_" if journal else "", where) if part)


def grey_line(view: RecordView) -> str:
    """Return the line under a title: authors · journal · sources · ID."""
    sources = ", ".join(outside(clip(one_line(source), 60)) for source in view.sources[:8])
    parts = (authors_of(view.record), published(view.record), sources, view.record_id)
    return " · ".join(part for part in parts if part)


def fallback_title(record: Record) -> str:
    """Return the title for a notification's text."""
    return outside(clip(title_of(record), 150))
