"""What people see: each message as a snapshot, and any record within Slack's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.blocks import (
    card,
    commands,
    conflict,
    digest,
    duplicate,
    figures,
    home,
    importing,
    kit,
    words,
)
from bot.blocks.kit import Block, Message
from playground.slack.blocks import check_blocks, check_view
from screening.assignments import Assignment, Batch, Lease
from screening.conflicts import Conflict
from screening.prisma import prisma_report
from screening.records import Problem, Record, Understood
from screening.review import Criteria, PreviousStudies, Review
from screening.sources import Source
from screening.stages import How, Outcome, Stage, Status
from screening.views import (
    CardView,
    ConflictView,
    DayFigures,
    DuplicatePair,
    DuplicateView,
    FlowFigures,
    HomeView,
    ImportSummary,
    MemberFigures,
    RecordView,
    Shown,
    StageFigures,
    VoteView,
)
from screening.votes import Choice, Vote
from tests.desks import BEN, CHLOE, DEV, LEAD, OLA, make_review

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 6, 22, 59, tzinfo=UTC)
HOSTILE = "<!channel> *All* =IMPORTXML(“x”) & :smile: <https://evil|x> `rm`"
RECORD = Record(
    title="Peer mentoring among medical residents: a mixed-methods study",
    authors=(
        "Writer, Ada",
        "Wong, Lee",
        "Nowak, Jan",
        "Sato, Yui",
        "Diaz, Ana",
        "Li, Bo",
        "Ek, Ida",
    ),
    year=2019,
    journal="Medical Education",
    volume="53",
    number="2",
    pages="123-31",
    doi="10.1111/medu.13750",
    pmid="30345527",
    abstract=(
        "BACKGROUND: Residents suffer burnout. METHODS: Residents were paired with peers. "
        "RESULTS: Undergraduates were left out; p<0.05. CONCLUSIONS: Mentoring helps."
    ),
)


@pytest.fixture
def review() -> Review:
    return make_review(
        criteria=Criteria(
            include=("Medical residents", "Peer mentoring"),
            exclude=("Undergraduates only",),
            highlight_include=("residents", "mentor*"),
            highlight_exclude=("undergraduate",),
        ),
        sources=(Source("MEDLINE"), Source("EMBASE")),
    )


def view_of(record: Record = RECORD, **more: Any) -> RecordView:
    return RecordView("R000012", record, ("MEDLINE", "EMBASE"), "I1", 4, **more)


def card_of(record: Record = RECORD, stage: Stage = Stage.TITLE_ABSTRACT, **more: Any) -> CardView:
    assignment = Assignment(
        "A1", "peer", "R000012", stage, BEN, "B1", 7, Lease.OPEN, DUE, note=more.pop("note", "")
    )
    batch = Batch("B1", "peer", stage, BEN, 25, NOW, DUE, done=6)
    return CardView(assignment, batch, view_of(record, **more))


def vote_of(who: str = BEN, choice: Choice = Choice.EXCLUDE, **more: Any) -> Vote:
    stage = more.pop("stage", Stage.TITLE_ABSTRACT)
    return Vote(f"V{who}", "peer", "R000011", stage, who, choice, NOW, **more)


def conflict_of(record: Record = RECORD, **more: Any) -> ConflictView:
    stage = more.pop("stage", Stage.TITLE_ABSTRACT)
    votes = more.pop(
        "votes",
        (
            vote_of(BEN, Choice.INCLUDE, note="peers, see methods"),
            vote_of(CHLOE, Choice.EXCLUDE, reason=more.pop("why", "")),
        ),
    )
    made = Conflict("C1", "peer", "R000012", stage, NOW, **more)
    return ConflictView(made, record.title, record, votes)


def ended(record: Record = RECORD) -> ConflictView:
    return conflict_of(
        record,
        resolved_at=NOW,
        resolved_by=LEAD,
        how=How.LEAD,
        outcome=Outcome.EXCLUDE,
        comment="not residents",
    )


def pair_of(record: Record = RECORD) -> DuplicateView:
    pair = DuplicatePair(
        "D1", "peer", "R000012", "R000020", "possible", 93.0, "titles 93 % alike", "possible"
    )
    other = replace(record, doi="", year=2018)
    return DuplicateView(pair, record, other)


FLOW = FlowFigures(
    identified={("database", "MEDLINE"): 40, ("database", "ERIC"): 20},
    duplicates={("database", "ERIC"): 5},
    stages={
        (Stage.TITLE_ABSTRACT, False): StageFigures(
            Stage.TITLE_ABSTRACT, 55, 20, 2, 13, 20, 0, 3, 1
        ),
        (Stage.FULL_TEXT, False): StageFigures(Stage.FULL_TEXT, 13, 5, 1, 3, 3, 1),
    },
    reasons={(False, "Wrong population"): 3},
)
STAGES = tuple(FLOW.stages.values())


def home_of(who: str = BEN, record: Record = RECORD, **more: Any) -> HomeView:
    values: dict[str, Any] = {
        "review_id": "peer",
        "member_id": who,
        "open_cards": 12,
        "batch": Batch("B1", "peer", Stage.TITLE_ABSTRACT, who, 25, NOW, DUE, 13),
        "can_take_more": True,
        "figures": (MemberFigures(who, Stage.TITLE_ABSTRACT, 50, 38, 12),),
        "stages": STAGES,
        "conflicts": (conflict_of(record),),
        "conflict_count": 3,
        "last_votes": (
            VoteView(vote_of(), record.title, True, False, Status.PENDING),
            VoteView(
                vote_of(reason="No outcomes", stage=Stage.FULL_TEXT),
                record.title,
                True,
                True,
                Status.DECIDED,
            ),
        ),
        "flow": FLOW,
        "possible_duplicates": 4,
    }
    return HomeView(**{**values, **more})


DAYS = [
    {
        "day": f"2026-10-{n}",
        "votes": n,
        "decided": n // 2,
        "conflicts_opened": 1,
        "conflicts_resolved": 1,
        "by_member": {BEN: n - 5, CHLOE: 5},
    }
    for n in range(20, 32)
]
DIGEST: dict[str, Any] = {
    "review_id": "peer",
    "day": "2026-11-01",
    "yesterday": DAYS[-1],
    "stages": [
        {f: getattr(s, f) for f in s.__dataclass_fields__} | {"stage": s.stage.value}
        for s in STAGES
    ],
    "open_conflicts": 2,
    "oldest_conflict": "2026-10-29T09:00:00+00:00",
    "waiting_for": [[BEN, 12], [DEV, 3]],
    "possible_duplicates": 4,
    "days": DAYS,
    "failed": [],
}
SUMMARY = ImportSummary(
    "I1", "medline.ris", "MEDLINE", "RIS", 412, 57, 9, 346, ("Line 12: no ER", "Line 90: odd year")
)
REPORT = prisma_report("peer", FLOW, PreviousStudies(5, 6))


def messages(review: Review, record: Record = RECORD) -> dict[str, Message]:
    """Every message there is, by a name."""
    title = record.title
    recorded = Shown("peer", card_of(record), vote_of(), title)
    full = card_of(record, Stage.FULL_TEXT, lead_cells={"Full-text link": "https://files/1|x>"})
    batch = Batch("B1", "peer", Stage.TITLE_ABSTRACT, BEN, 25, NOW, DUE, 24)
    reading = Understood("RIS", "utf-8", 1, (Problem(title, 7),) * 7)
    report = REPORT
    return {
        "card": card.shown_message(review, Shown("peer", card_of(record)), NOW),
        "card after a vote": card.shown_message(review, recorded, NOW),
        "card with note and message": card.shown_message(
            review, Shown("peer", card_of(record, note=title[:300]), message=title), NOW
        ),
        "full-text card": card.shown_message(review, Shown("peer", full), NOW),
        "full-text card without link": card.shown_message(
            review, Shown("peer", card_of(record, Stage.FULL_TEXT)), NOW
        ),
        "finished": card.shown_message(
            review, Shown("peer", None, vote_of(), title, batch=batch), NOW
        ),
        "empty": card.shown_message(review, Shown("peer", message="Nothing is left."), NOW),
        "conflict": conflict.conflict_message(review, conflict_of(record)),
        "full-text conflict": conflict.conflict_message(
            review, conflict_of(record, stage=Stage.FULL_TEXT, why="No outcomes")
        ),
        "ended conflict": conflict.conflict_message(review, ended(record)),
        "burst": conflict.summary_message(
            review, [conflict_of(record), ended(record)] * 7, sheet="https://sheet/1"
        ),
        "conflict list": conflict.list_message(review, [conflict_of(record)] * 3, 12, NOW),
        "no conflicts": conflict.list_message(review, [], 0, NOW),
        "duplicate": duplicate.duplicate_message(review, pair_of(record), 4),
        "duplicate judged": duplicate.duplicate_message(
            review, pair_of(record), 3, duplicate.judged_line(pair_of(record))
        ),
        "duplicates done": duplicate.all_judged_message(duplicate.judged_line(pair_of(record))),
        "digest": digest.digest_message(review, DIGEST, NOW, "https://sheet/1"),
        "digest with faults": digest.digest_message(
            review, {**DIGEST, "failed": [title or "x"], "open_conflicts": 0}, NOW
        ),
        "prisma": digest.prisma_message(
            review,
            {
                "counts": report.counts,
                "specific": report.specific,
                "reasons": report.reasons,
                "failed": [],
                "warnings": ["Fewer reports than studies."],
                "has_previous": True,
                "has_other_methods": True,
            },
            "https://sheet/2",
        ),
        "reminder": digest.reminder_message(review, 3, DUE, NOW),
        "team": figures.team_message(
            review,
            [
                MemberFigures(BEN, Stage.TITLE_ABSTRACT, 50, 38, 12, 9, 30, NOW),
                MemberFigures(BEN, Stage.FULL_TEXT),
            ],
            NOW,
        ),
        "status": commands.status_message(review, home_of(record=record), "https://sheet/1"),
        "prisma answer": commands.prisma_answer(review, report),
        "help": commands.help_message(),
        "unknown command": commands.unknown_command(title or "x"),
        "import help": commands.import_help(review, False),
        "choose a review": commands.choose_review([review, review], "next 10"),
        "understood": importing.understood_message(
            title or "f.ris", reading, ["Ana"], "peer|F1|s|n"
        ),
        "where exports go": kit.message(importing.where_exports_go(title or "f.ris", [review] * 2)),
        "refused": importing.refused_message(title or "f.ris", title or "no"),
        "progress": importing.progress_message(title or "f.ris", "link", 200, 412, "v"),
        "interrupted": importing.interrupted_message(title or "f.ris", title or "no", "v"),
        "import done": importing.summary_message(review, SUMMARY, 8),
        "imported before": importing.summary_message(
            review, replace(SUMMARY, already="2026-10-01 from MEDLINE")
        ),
    }


def views(review: Review, record: Record = RECORD) -> dict[str, Block]:
    """Every modal and Home tab there is, by a name."""
    open_one = conflict_of(record)
    full = conflict_of(record, stage=Stage.FULL_TEXT)
    return {
        "criteria": card.criteria_view(review, Stage.FULL_TEXT),
        "note": card.note_view(card_of(record, note=record.title[:300]), "{}"),
        "decide": conflict.decide_view(review, open_one, "{}"),
        "decide at full text": conflict.decide_view(review, full, "{}"),
        "change": conflict.change_view(review, full, full.votes[1], "{}"),
        "read": conflict.read_view(review, ended(record)),
        "import": importing.import_view(review, record.title or "f.ris", "MEDLINE", "{}"),
        "records behind": figures.behind_view("records_screened", [view_of(record)] * 9, 80),
        "home": home.member_home(
            review, home_of(record=record), REPORT, NOW, sheet="https://sheet/1"
        ),
        "home of the lead": home.member_home(
            review, home_of(LEAD, record), REPORT, NOW, reviews=[review, review], told="Changed."
        ),
        "home with nothing to do": home.member_home(
            review,
            home_of(open_cards=0, batch=None, can_take_more=False, conflict_count=0, conflicts=(),
                    last_votes=()),
            REPORT,
            NOW,
        ),
        "home of an observer": home.member_home(review, home_of(OLA, record), REPORT, NOW),
        "home of a stranger": home.no_review_home("U0EVA"),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(messages(make_review())))
def test_message(name: str, review: Review, snapshot: SnapshotAssertion) -> None:
    assert messages(review)[name].payload() == snapshot


@pytest.mark.parametrize("name", list(views(make_review())))
def test_view(name: str, review: Review, snapshot: SnapshotAssertion) -> None:
    assert views(review)[name] == snapshot


TEXT = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="<>&*_~`|:!@#abc \n", max_size=300),
    st.text(alphabet="&", min_size=900, max_size=1_500),
    st.just(HOSTILE),
)
RECORDS = st.builds(
    Record,
    title=TEXT,
    authors=st.lists(TEXT, max_size=9).map(tuple),
    year=st.none() | st.integers(0, 9999),
    journal=TEXT,
    volume=TEXT,
    number=TEXT,
    pages=TEXT,
    doi=TEXT,
    pmid=TEXT,
    abstract=st.one_of(TEXT, st.text(min_size=2_000, max_size=9_000)),
    original_title=TEXT,
    urls=st.lists(TEXT.map("https://".__add__), max_size=2).map(tuple),
)


@given(record=RECORDS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_record_gives_messages_that_slack_takes(record: Record) -> None:
    review = make_review(criteria=Criteria(highlight_include=("a*",), highlight_exclude=("no",)))
    for name, message in messages(review, record).items():
        assert message.text.strip(), name
        assert check_blocks(list(message.blocks), "message") == [], name
    for name, view in views(review, record).items():
        assert check_view(view) == [], name


def mrkdwn_in(value: Any) -> list[str]:
    """Every text that Slack parses for mentions, links and styles."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for each in value.values() for text in mrkdwn_in(each)]
    return [text for each in value for text in mrkdwn_in(each)] if isinstance(value, list) else []


def test_a_hostile_title_pings_nobody(review: Review) -> None:
    record = replace(RECORD, title=HOSTILE, abstract=HOSTILE, authors=(HOSTILE,), journal=HOSTILE)
    for name, message in messages(review, record).items():
        for text in (message.text, *mrkdwn_in(list(message.blocks))):
            assert "<!" not in text, name
            assert "<https://evil" not in text, name


def test_every_button_of_a_card_says_what_it_does_to_a_screen_reader(review: Review) -> None:
    blocks = card.shown_message(review, Shown("peer", card_of(), vote_of(), "Another"), NOW).blocks
    buttons = [e for b in blocks for e in b.get("elements", []) if e["type"] == "button"]
    buttons += [b["accessory"] for b in blocks if "accessory" in b]
    assert [b["text"]["text"] for b in buttons] == [
        "Include", "Maybe", "Exclude", "Note", "Skip", "Criteria", "Undo",
    ]  # fmt: skip
    assert all(b["accessibility_label"] for b in buttons)
    assert "Another" in buttons[-1]["accessibility_label"]


def test_the_summary_of_an_import_adds_up() -> None:
    assert importing.summary_line(SUMMARY) == (
        "412 read, 57 duplicates, 9 to check, 346 new; 2 problems"
    )
    assert SUMMARY.read == SUMMARY.duplicates + SUMMARY.possible + SUMMARY.new


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (datetime(2026, 11, 2, 22, 0, tzinfo=UTC), "due today"),
        (datetime(2026, 11, 3, 22, 0, tzinfo=UTC), "due tomorrow"),
        (DUE, "due Friday"),
        (datetime(2026, 11, 30, 12, 0, tzinfo=UTC), "due 30 Nov"),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), "was due 2 Nov"),
        (datetime(2026, 10, 30, 8, 0, tzinfo=UTC), "was due 30 Oct"),
    ],
)
def test_when_a_batch_is_due(due: datetime, said: str) -> None:
    assert words.due_words(due, NOW, make_review().timezone) == said


def test_ages() -> None:
    assert words.age_words(datetime(2026, 10, 30, 9, 0, tzinfo=UTC), NOW) == "3 days"
    assert words.age_words(datetime(2026, 11, 2, 8, 0, tzinfo=UTC), NOW) == "1 hour"
    assert words.age_words(NOW, NOW) == "less than a minute"


def test_fault_35_the_digest_names_the_days_it_tells_of(review: Review) -> None:
    payload = {**DIGEST, "first": "2026-10-29", "work": {**DAYS[-1], "votes": 1_031}}
    made = digest.digest_message(review, payload, NOW).payload()
    assert "*Since Thursday 29 Oct*: 1,031 votes, 15 decisions" in str(made)
    assert "decisions since Thursday 29 Oct" in made["text"]
    assert "Records decided since Thursday 29 Oct" in str(made)
    node = "decided:2026-10-29..2026-10-31:Europe/Berlin"
    assert node in str(made)
    assert figures.behind_name(node) == "Records decided, 2026-10-29 to 2026-10-31"


def test_the_digest_names_yesterday(review: Review) -> None:
    day = DayFigures(date(2026, 10, 31), 31, 15, 1, 1, {BEN: 26, CHLOE: 5})
    text = str(digest.digest_message(review, DIGEST, NOW).payload())
    assert f"{day.votes} votes, {day.decided} decisions" in text
    assert "Ben 26, Chloe 5" in text


def test_fault_22_a_conflict_tells_the_comment_with_which_it_was_decided(review: Review) -> None:
    said = conflict.conflict_message(review, ended()), conflict.summary_message(review, [ended()])
    assert all("not residents" in str(each.blocks) for each in said)
