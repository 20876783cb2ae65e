"""The Home tab: my work and Continue, the team's progress, conflicts, PRISMA, my last votes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import actions
from bot.blocks.conflict import choice_options, conflict_lines
from bot.blocks.figures import bar, behind_row, checks_block, prisma_lines, stage_lines
from bot.blocks.kit import (
    Block,
    button,
    context,
    divider,
    header,
    home_view,
    option,
    section,
    select,
)
from bot.blocks.kit import actions as row
from bot.blocks.record import short_title
from bot.blocks.text import clip, link, one_line, outside, plural
from bot.blocks.words import due_words, vote_words
from screening.members import Role
from screening.policies import can_lead, can_vote
from screening.prisma import PrismaReport
from screening.review import Review
from screening.stages import Status
from screening.views import HomeView, VoteView

_PLACES = {actions.CHANGE: "votes", actions.DUPLICATE_SHOW: "duplicates"}
"""The buttons far from the top of the page, and the section where their answer stands."""


def member_home(
    review: Review,
    view: HomeView,
    report: PrismaReport,
    now: datetime,
    *,
    reviews: Sequence[Review] = (),
    told: str = "",
    beside: str = "",
    sheet: str = "",
) -> Block:
    """Return a member's Home tab for one review; `reviews` are all they are in, to switch.

    `told` stands where the button `beside` (an action ID) was pressed, else with their own work.
    """
    told_in = dict.fromkeys(("work", "duplicates", "votes"), "")
    told_in[_PLACES.get(beside, "work")] = told
    blocks: list[Block] = [header(clip(one_line(review.title), 150))]
    blocks += _switch(review, reviews)
    blocks += _my_work(review, view, now, told_in["work"])
    blocks += [divider(), header("Progress"), section(stage_lines(view.stages))]
    done, whole = _decided(view)
    if whole:
        blocks.append(context(f"{bar(done, whole)} of {plural(whole, 'decision')} made"))
    blocks += _conflicts(review, view)
    blocks += _lead(review, view, told_in["duplicates"])
    blocks += _prisma(review, report, sheet)
    blocks += _last_votes(review, view, told_in["votes"])
    if sheet:
        blocks.append(context(f"Everything is in {link(sheet, 'the shared sheet')}."))
    return home_view(blocks, review.review_id)


def no_review_home(user_id: str) -> Block:
    """Return the Home tab of somebody who is on no team."""
    return home_view(
        [
            header("Winnow"),
            section("You are not on the team of any review here."),
            context(
                f"Ask a review's lead to add you, and give them your member ID: {outside(user_id)}."
            ),
        ]
    )


def unread_home(told: str) -> Block:
    """Return the Home tab while the database cannot be read: a sentence, and a way to try again."""
    return home_view(
        [
            header("Winnow"),
            *_told(told),
            context("The rest of this page cannot be read at this moment."),
            row("home|unread", button("Refresh", actions.HOME_REFRESH, "refresh")),
        ]
    )


def _switch(review: Review, reviews: Sequence[Review]) -> list[Block]:
    if len(reviews) < 2:
        return []
    options = [option(each.title, each.review_id) for each in reviews[:100]]
    current = option(review.title, review.review_id)
    menu = select("Another review", actions.HOME_REVIEW, options, initial=current)
    return [row("home|review", menu)]


def _told(told: str) -> list[Block]:
    return [section(f":information_source: {outside(told, 2_000)}")] if told else []


def _my_work(review: Review, view: HomeView, now: datetime, told: str) -> list[Block]:
    member = review.member(view.member_id)
    if member.role is Role.OBSERVER:
        said = section("You are an observer: you see the progress and do not screen.")
        return [said, *_told(told)]
    if view.open_cards:
        due = ""
        if view.batch is not None:
            due = f", {due_words(view.batch.due, now, review.timezone)}"
        text = f"*{plural(view.open_cards, 'open card')}*{due}"
        label = "Continue"
    elif view.can_take_more:
        text, label = "*No open cards.* There are records that need your vote.", "Start a batch"
    else:
        text = "*Nothing waits for you.* What is undecided is in your colleagues' hands."
        label = ""
    blocks = [section(text)]
    done = sum(figures.done for figures in view.figures)
    if done:
        blocks.append(context(f"You have voted on {plural(done, 'record')} so far."))
    buttons = [button("Refresh", actions.HOME_REFRESH, review.review_id, label="Refresh this page")]
    if label:
        first = button(label, actions.HOME_CONTINUE, review.review_id, style="primary")
        buttons.insert(0, first)
    return [*blocks, row("home|work", *buttons), *_told(told)]


def _conflicts(review: Review, view: HomeView) -> list[Block]:
    blocks: list[Block] = [divider(), header("Open conflicts")]
    if not view.conflict_count:
        return [*blocks, section("None.")]
    blocks += conflict_lines(review, view.conflicts)
    hidden = view.conflict_count - len(view.conflicts)
    if hidden:
        blocks.append(context(f"{hidden} more: `/winnow conflicts` or the Conflicts tab."))
    return blocks


def _lead(review: Review, view: HomeView, told: str) -> list[Block]:
    if not view.possible_duplicates or not can_lead(review, view.member_id):
        return _told(told)
    answer = button("Check them", actions.DUPLICATE_SHOW, review.review_id)
    text = f"*{plural(view.possible_duplicates, 'possible duplicate')}* to check"
    return [divider(), header("Duplicates"), section(text, answer), *_told(told)]


def _prisma(review: Review, report: PrismaReport, sheet: str) -> list[Block]:
    text = prisma_lines(
        report.counts,
        report.specific,
        report.reasons,
        has_previous=report.has_previous,
        has_other_methods=report.has_other_methods,
    )
    failed = [identity.sentence() for identity in report.failed]
    return [
        divider(),
        header("PRISMA at a glance"),
        section(text),
        checks_block(failed, report.warnings),
        *behind_row(review.review_id, report.counts),
    ]


def _last_votes(review: Review, view: HomeView, told: str) -> list[Block]:
    if not view.last_votes:
        return _told(told)
    blocks: list[Block] = [divider(), header("My last votes"), *_told(told)]
    return [*blocks, *(_vote_line(review, view.member_id, each) for each in view.last_votes)]


def _vote_line(review: Review, member_id: str, view: VoteView) -> Block:
    """Return one vote, with the menu that changes it only where it can be changed."""
    vote = view.vote
    text = f"*{outside(vote_words(vote), 200)}* {short_title(view.title, 140)} · {vote.stage.label}"
    if not view.can_change or not can_vote(review, member_id, vote.stage):
        return section(f"{text} · decided" if view.status is Status.DECIDED else text)
    menu = select(
        "Change",
        actions.CHANGE,
        choice_options(review, vote.stage, review.review_id, vote.vote_id),
    )
    return section(text, menu)


def _decided(view: HomeView) -> tuple[int, int]:
    whole = sum(figures.entered for figures in view.stages)
    open_ones = sum(figures.pending + figures.conflict for figures in view.stages)
    return whole - open_ones, whole
