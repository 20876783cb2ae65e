"""Answers to `/winnow`: help, status, what was not understood, which review is meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot import actions
from bot.blocks.figures import bar, behind_row, checks_block, prisma_lines, stage_lines
from bot.blocks.kit import Block, Message, context, header, message, option, section, select
from bot.blocks.kit import actions as row
from bot.blocks.meaning import meant
from bot.blocks.record import fallback_title, grey_line, is_web, linked_title
from bot.blocks.text import clip, link, one_line, outside, plural, trim
from bot.blocks.words import ENDINGS, OUTCOMES, vote_words
from screening.prisma import PrismaReport
from screening.review import Review
from screening.stages import Screening, Status
from screening.views import FoundRecord, HomeView, SheetLag

COMMANDS = {
    "next": "your next card; `/winnow next 10` for a batch of ten",
    "status": "how far the review is, and what waits for you",
    "prisma": "the PRISMA 2020 counts",
    "conflicts": "open conflicts, each a tap from its decision",
    "team": "who has done how much",
    "import": "how to bring in a search export",
    "pause": "nothing is handed to you; open cards go back",
    "resume": "cards are handed to you again",
    "undo": "take back your last vote",
    "help": "this list",
}


SAY = "Write one of these here, with or without /winnow, or a record's ID such as R000012."


def help_message(told: str = "") -> Message:
    """Return what `/winnow` understands."""
    lines = "\n".join(f"`/winnow {name}`: {what}" for name, what in COMMANDS.items())
    blocks = [section(outside(told, 500))] if told else []
    return message(
        (told and outside(told, 500)) or "What Winnow understands", [*blocks, section(lines)]
    )


def unknown_command(word: str) -> Message:
    """Return help that begins with what was meant, as far as the word tells."""
    hint = meant(word, COMMANDS)
    told = f"There is no command “{clip(one_line(word), 40)}”."
    return help_message(f"{told} {hint}".strip())


def greeting() -> Message:
    """Return the answer to a greeting: what can be said to us."""
    return help_message(f"Hello. {SAY}")


def not_understood(text: str) -> Message:
    """Return the answer to words that are no command, with what one of them may have meant."""
    hints = (meant(word, COMMANDS) for word in text.split()[:20])
    hint = next((hint for hint in hints if hint), "")
    said = f"“{clip(one_line(text), 80)}” is no command of mine."
    if hint:
        return sentence(f"{said} {hint} Write help for all that I understand.")
    return help_message(f"{said} {SAY}")


def record_message(review: Review, found: FoundRecord) -> Message:
    """Return a record that somebody asked for: what it is, how far it is, and their own votes."""
    view = found.record
    lines = [_stage_line(screening) for screening in view.screenings]
    lines += [
        f"Your vote at {v.stage.label}: {outside(vote_words(v), 200)}" for v in found.own_votes
    ]
    if found.on_card:
        lines.append("It is on one of your open cards: `/winnow next` brings the first of them.")
    report = view.lead_cells.get("Full-text link", "").strip()
    if is_web(report):
        lines.append(link(report, "Open the report"))
    blocks = [section(linked_title(view.record)), context(trim(grey_line(view), 1_990))]
    if found.asked_for != view.record_id:
        merged = f"{outside(found.asked_for)} was merged into {view.record_id}, which is shown."
        blocks.insert(0, context(merged))
    blocks.append(section("\n".join(lines) or "It is not in screening."))
    return message(f"{view.record_id}: {fallback_title(view.record)}", blocks)


def _stage_line(screening: Screening) -> str:
    stage = screening.stage.label[0].upper() + screening.stage.label[1:]
    if screening.status is Status.CONFLICT:
        return f"{stage}: in conflict"
    if screening.outcome is None:
        return f"{stage}: undecided"
    how = f" {ENDINGS[screening.how]}" if screening.how else ""
    reason = f" ({outside(screening.reason, 200)})" if screening.reason else ""
    return f"{stage}: {OUTCOMES[screening.outcome].lower()}{reason}{how}"


def sentence(text: str) -> Message:
    """Return one sentence from us or from an error, as it stands."""
    return message(outside(text, 2_900))


def status_message(review: Review, view: HomeView, sheet: str = "") -> Message:
    """Return how far the review is, and what waits for the person who asks."""
    whole = sum(figures.entered for figures in view.stages)
    still = sum(figures.pending + figures.conflict for figures in view.stages)
    blocks: list[Block] = [
        header(clip(one_line(review.title), 150)),
        section(stage_lines(view.stages)),
    ]
    if whole:
        blocks.append(context(f"{bar(whole - still, whole)} of {plural(whole, 'decision')} made"))
    mine = plural(view.open_cards, "open card")
    conflicts = plural(view.conflict_count, "open conflict")
    blocks.append(section(f"You have {mine}. The review has {conflicts}."))
    if view.sheet_refused:
        told = f"Nothing is written to the shared sheet. {outside(view.sheet_refused, 2_000)}"
        blocks.append(section(trim(told, 2_900)))
    elif view.sheet_lag is not None:
        blocks.append(section(trim(_lag(review, view.sheet_lag), 2_900)))
    if sheet:
        blocks.append(context(f"Row by row: {link(sheet, 'the shared sheet')}."))
    return message(f"You have {mine}; {conflicts}.", blocks)


def _lag(review: Review, lag: SheetLag) -> str:
    since = lag.since.astimezone(review.timezone).strftime("%H:%M on %Y-%m-%d")
    verb = "has" if lag.rows == 1 else "have"
    told = f"The shared sheet is behind: {plural(lag.rows, 'row')} {verb} waited since {since}."
    return f"{told} {outside(lag.why, 2_000)}".strip()


def prisma_answer(review: Review, report: PrismaReport, sheet: str = "") -> Message:
    """Return the PRISMA counts of this moment, with a way to the records behind each."""
    text = prisma_lines(
        report.counts,
        report.specific,
        report.reasons,
        has_previous=report.has_previous,
        has_other_methods=report.has_other_methods,
    )
    failed = [identity.sentence() for identity in report.failed]
    return message(
        "PRISMA 2020 counts",
        [
            section(text),
            checks_block(failed, report.warnings),
            *behind_row(review.review_id, report.counts, sheet),
        ],
    )


def import_help(review: Review, may: bool) -> Message:
    """Return how a search export is brought in."""
    text = (
        f"Drop the search export (RIS, NBIB, CSV and others) in <#{review.channel}>. "
        "I read it and answer in its thread with what I understood; nothing is stored until "
        "the lead confirms."
    )
    leads = ", ".join(outside(lead.name, 60) for lead in review.leads) or "the lead"
    note = "You can confirm it." if may else f"{leads} can confirm it."
    return message(text, [section(text), context(note)])


def choose_review(reviews: Sequence[Review], text: str) -> Message:
    """Return the question which review is meant; the choice carries the command on."""
    words = clip(one_line(text), 60)
    options = [
        option(review.title, actions.pack(review.review_id, words)) for review in reviews[:100]
    ]
    menu = select("Choose a review", actions.REVIEW_CHOOSE, options)
    return message("Which review?", [section("*Which review?*"), row("review", menu)])
