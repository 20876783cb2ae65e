"""What must hold after any flow, whatever went wrong in it: nothing lost, nothing doubled, nothing told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from screening.stages import Stage
from screening.votes import Choice
from tests.flows.installation import REASONS, SEAL_KEY, Installation
from tests.flows.screening_a_review import all_vote_ids, reading
from tests.flows.standins import ControlError
from tests.flows.team import Journal

VOTING = re.compile(r"\b(?:include|exclude|maybe|withdrawn)(?:\b|_because)", re.IGNORECASE)
"""What a vote says. The log tells that somebody voted, never how."""

TOKENS = re.compile(r"xox[a-z]-\w|xapp-\w|PRIVATE KEY|Bearer \S")


def check_truths(it: Installation, journal: Journal) -> None:
    """Check everything that needs no quiet hour of its own; raises AssertionError."""
    check_votes(it, journal)
    check_assignments(it)
    check_sheet(it)
    check_posts(it)
    check_log(it)


def check_votes(it: Installation, journal: Journal) -> None:
    """Every acknowledged vote is in the log, and each member's current votes are what they meant."""
    with reading(it) as tx:
        votes = [tx.vote(vote_id) for vote_id in all_vote_ids(tx)]
        kept = {v.record.title: v for v in tx.records_after("", 10_000) if not v.merged_into}
        current = {
            (v.reviewer_id, v.record_id, v.stage): v
            for stage in Stage
            for v in tx.current_votes([r.record_id for r in kept.values()], stage)
        }
    log = {(v.reviewer_id, v.assignment_id) for v in votes}
    for who, assignment in journal.recorded:
        assert (it.ids[who], assignment) in log, f"the vote of {who} on {assignment} is lost"

    replaced = {v.replaces for v in votes if v.replaces}
    standing = [v for v in votes if v.vote_id not in replaced and v.choice is not Choice.WITHDRAWN]
    twice = Counter((v.reviewer_id, v.record_id, v.stage) for v in standing)
    assert max(twice.values(), default=1) == 1, twice.most_common(3)
    assert {v.vote_id for v in standing} == {v.vote_id for v in current.values()}

    for (who, title, stage), label in journal.meant.items():
        found = current[it.ids[who], kept[title].record_id, Stage(stage)]
        wanted = "exclude" if label in REASONS else label.lower()
        assert found.choice == Choice(wanted), (who, title, stage, label, found)
        assert not (label in REASONS and found.reason != label), (who, title, label, found)
    assert len(current) == len(journal.meant)


def check_assignments(it: Installation) -> None:
    """Nobody was handed a record twice, and no record was handed to more than it needs."""
    with reading(it) as tx:
        leases = Counter((a.reviewer_id, a.record_id, a.stage) for a in tx.open_assignments())
        assert max(leases.values(), default=1) == 1, leases.most_common(3)
        for view in tx.records_after("", 10_000):
            for screening in view.screenings:
                assert screening.votes_in + screening.leases <= screening.needed, screening


def check_sheet(it: Installation) -> None:
    """The sheet shows what the store holds: each record, vote and conflict once, as decided."""
    with reading(it) as tx:
        views = {view.record_id: view for view in tx.records_after("", 10_000)}
        votes = all_vote_ids(tx)
        conflicts = {v.conflict.conflict_id: v.conflict for v in conflict_views(tx)}
    rows = it.rows("Records")
    same("Records", [row["ID"] for row in rows], views)
    for row in rows:
        view = views[row["ID"]]
        assert row["Title"] == view.record.title, row
        for stage, column in (
            (Stage.TITLE_ABSTRACT, "Title/abstract"),
            (Stage.FULL_TEXT, "Full text"),
        ):
            screening = view.screening(stage)
            outcome = screening.outcome.value if screening and screening.outcome else ""
            assert outcome in row[column].replace(" ", "_"), (row, screening)
    same("Votes", [row["Vote ID"] for row in it.rows("Votes")], votes)
    shown = it.rows("Conflicts")
    same("Conflicts", [row["ID"] for row in shown], conflicts)
    for row in shown:
        assert bool(row["Resolved at"]) == (conflicts[row["ID"]].resolved_at is not None), row
    days = Counter(row["Day"] for row in it.rows("Progress"))
    assert max(days.values(), default=1) == 1, days


def same(tab: str, shown: Iterable[str], held: Iterable[str]) -> None:
    """Check that a tab has a row for each thing that the store holds, and no other."""
    more, fewer = Counter(list(shown)), Counter(list(held))
    assert more == fewer, f"{tab}: too many {more - fewer}, missing {fewer - more}"


def check_posts(it: Installation) -> None:
    """Each thing to tell was told once: a conflict, a day's digest and counts, an image."""
    keys = posted_keys(it)
    doubled = {key: n for key, n in keys.items() if n > 1}
    assert not doubled, doubled
    with reading(it) as tx:
        for view in conflict_views(tx):
            key = f"peer/conflict_opened/{view.conflict.conflict_id}"
            assert keys[key] == 1, f"{key} was never told"
    files = Counter(
        f["name"] for m in it.control.messages("ana", "#screening") for f in m.get("files") or ()
    )
    assert max(files.values(), default=1) == 1, files


def posted_keys(it: Installation) -> Counter[str]:
    """How often each outbox key stands in the channel and in the direct messages."""
    found: Counter[str] = Counter()
    for who, where in [("ana", "#screening"), *((name, "dm") for name in it.ids)]:
        for message in messages_of(it, who, where):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            found.update(payload.get("keys") or [payload[k] for k in ("key",) if k in payload])
    return found


def messages_of(it: Installation, who: str, where: str) -> list[dict[str, Any]]:
    """The messages that a member sees; none where they never talked with the app."""
    try:
        return it.control.messages(who, where)
    except ControlError:
        return []


def conflict_views(tx: Any) -> list[Any]:
    """Every conflict that ever was."""
    ids = tx.conflict_ids_after("", 10_000)
    return list(tx.conflict_views(ids))


def check_log(it: Installation) -> None:
    """The bot's log tells no secret and no vote, and no error that nobody handled."""
    facts = it.playground.facts
    secrets = [facts["bot_token"], facts["app_token"], SEAL_KEY]
    for line in it.log.read_text(encoding="utf-8").splitlines():
        assert not TOKENS.search(line), line
        assert not any(secret in line for secret in secrets), line
        assert not VOTING.search(line), line
        assert not any(reason in line for reason in REASONS), line
