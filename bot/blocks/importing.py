"""A search export dropped in the channel: what was understood, the question, progress, the sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot import actions
from bot.blocks.kit import (
    OPTION_VALUE,
    Block,
    Message,
    button,
    context,
    cut_plain,
    date_input,
    message,
    modal,
    option,
    section,
    select,
    text_input,
)
from bot.blocks.kit import actions as row
from bot.blocks.kit import input_block as field
from bot.blocks.text import clip, one_line, outside, plural, trim
from screening.records import Problem, Understood, problem_count
from screening.review import Review
from screening.sources import SourceKind
from screening.views import ImportSummary

PROBLEMS_SHOWN = 5
STEPS = {"read": "Reading", "link": "Looking for duplicates", "record": "Recording"}
KINDS = {
    SourceKind.DATABASE: "Database",
    SourceKind.REGISTER: "Register",
    SourceKind.WEBSITE: "Website",
    SourceKind.ORGANISATION: "Organisation",
    SourceKind.CITATIONS: "Citation searching",
}


def understood_message(
    file_name: str, reading: Understood, leads: Sequence[str], value: str
) -> Message:
    """Return what a file was understood as, before anything is stored."""
    records = plural(reading.records, "record")
    head = f"{records} understood"
    told = f"{outside(reading.format, 60)}, {outside(reading.encoding, 40)}"
    problems = problem_lines(reading.problems)
    met = problem_count(problem.message for problem in reading.problems)
    count = plural(met, "problem") if met else "no problems"
    blocks: list[Block] = [
        section(f"*{_name(file_name)}*: {head} ({told}); {count}. Nothing is stored yet.")
    ]
    if problems:
        blocks.append(section(problems))
    who = ", ".join(outside(name, 60) for name in leads) or "The lead"
    if reading.records:
        blocks += [_ask_row("Import…", value), context(f"{who} can import it.")]
    return message(f"{_name(file_name)}: {head}; {count}.", blocks)


def refused_message(file_name: str, sentence: str) -> Message:
    """Return why a file cannot be imported."""
    text = f"*{_name(file_name)}* was not imported. {outside(sentence, 2_000)}"
    return message(trim(text, 2_900), [section(trim(text, 2_900))])


def where_exports_go(file_name: str, reviews: Sequence[Review]) -> str:
    """Return in which channels a search export is dropped, and who can import it then."""
    places = []
    for review in reviews:
        leads = " or ".join(outside(lead.name, 60) for lead in review.leads) or "the lead"
        places.append(f"<#{review.channel}>, where {leads} can import it")
    where = "; or in ".join(places)
    return f"Search exports are imported where the whole team sees it. Drop *{_name(file_name)}* in {where}."


def progress_message(file_name: str, step: str, done: int, total: int, value: str) -> Message:
    """Return how far an import has come."""
    text = f"*{_name(file_name)}*: {STEPS.get(step, step)}"
    if total > 1 and done:
        text += f", {done:,} of {total:,}"
    note = (
        "Should this stop (a restart, say), press Import again and confirm: it goes on where it "
        "stopped, and nothing is recorded twice."
    )
    return message(
        f"{text}…", [section(f"{text}…"), _ask_row("Import again…", value), context(note)]
    )


def interrupted_message(file_name: str, sentence: str, value: str) -> Message:
    """Return why an import stopped, and how it goes on."""
    text = f"*{_name(file_name)}* was not imported to its end: {outside(sentence, 2_000)}"
    return message(text, [section(trim(text, 2_900)), _ask_row("Import again…", value)])


def summary_message(
    review: Review, summary: ImportSummary | Mapping[str, Any], pairs: int = 0
) -> Message:
    """Return the sum of an import: numbers that add up, then the first problems.

    `pairs` is how many possible duplicates await the lead now; they are pairs, and the sum counts
    records.
    """
    made = summary if isinstance(summary, ImportSummary) else summary_from(summary)
    line = summary_line(made)
    source = outside(clip(one_line(made.source), 100))
    name = _name(made.file_name)
    if made.already:
        text = f"*{name}* was already imported on {outside(made.already, 200)}. Nothing changed."
        return message(text, [section(text), context(f"Then: {line}")])
    blocks: list[Block] = [section(f"*{name}* imported from {source}: {line}")]
    if made.problems:
        shown = [Problem(text) for text in made.problems]
        blocks.append(section(problem_lines(shown)))
    if made.possible and pairs:
        waiting = f"{plural(pairs, 'pair')} now wait{'s' if pairs == 1 else ''} for the lead"
        told = f"What is to check may be one report twice. {waiting}, one card at a time."
        blocks.append(context(f"{told} All are in the Duplicates tab."))
    return message(f"{name}: {line}", blocks)


def summary_line(summary: ImportSummary) -> str:
    """Return "412 read, 57 duplicates, 9 to check, 346 new; 3 problems"."""
    line = (
        f"{summary.read:,} read, {plural(summary.duplicates, 'duplicate')}, "
        f"{summary.possible:,} to check, {summary.new:,} new"
    )
    count = problem_count(summary.problems)
    return f"{line}; {plural(count, 'problem')}" if count else line


def summary_from(payload: Mapping[str, Any]) -> ImportSummary:
    """Return an import's summary from the outbox's JSON."""
    return ImportSummary(**{**payload, "problems": tuple(payload.get("problems", ()))})


def import_view(review: Review, file_name: str, guess: str, private_metadata: str) -> Block:
    """Return the modal that asks where a search export came from."""
    sources = [
        option(source.name, source.name)
        for source in review.sources[:99]
        if len(source.name) <= OPTION_VALUE
    ]
    blocks: list[Block] = [section(f"*{_name(file_name)}*")]
    if sources:
        first = next((each for each in sources if each["value"] == guess), None)
        menu = select("Choose", "source", sources, initial=first)
        blocks.append(field("source", "Source", menu, optional=True))
    other = "Or another source" if sources else "Source"
    kinds = [option(name, kind.value) for kind, name in KINDS.items()]
    blocks += [
        field(
            "other",
            other,
            text_input("other", longest=100),
            hint="A database's, register's, website's or organisation's name.",
            optional=bool(sources),
        ),
        field("kind", "Kind", select("Choose", "kind", kinds, initial=kinds[0])),
        field(
            "platform",
            "Platform",
            text_input("platform", longest=100),
            hint="Where it was searched, such as Ovid or EBSCOhost.",
            optional=True,
        ),
        field("searched", "Date searched", date_input("searched"), optional=True),
    ]
    return modal(
        "Import",
        blocks,
        callback_id=actions.IMPORT_VIEW,
        submit="Import",
        close="Cancel",
        private_metadata=private_metadata,
    )


def problem_lines(problems: Sequence[Problem]) -> str:
    """Return the first problems, one a line, and how many more there are; "" when there are none."""
    lines = []
    for problem in problems[:PROBLEMS_SHOWN]:
        where = f"Line {problem.line}: " if problem.line is not None else ""
        lines.append(f"• {where}{outside(clip(one_line(problem.message), 300))}")
    if len(problems) > PROBLEMS_SHOWN:
        more = problem_count(problem.message for problem in problems[PROBLEMS_SHOWN:])
        lines.append(f"and {more} more")
    return trim("\n".join(lines), 2_900)


def _name(file_name: str) -> str:
    return outside(cut_plain(file_name, 120))


def _ask_row(text: str, value: str) -> Block:
    return row("import", button(text, actions.IMPORT_ASK, value, style="primary"))
