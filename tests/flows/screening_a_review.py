"""The parts of a review's course that the plain flow, the kills and the faults share."""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from store import open_store
from tests.flows.installation import REASONS, REVIEW, Installation, wait_for_message
from tests.flows.standins import ControlError, wait_until

REVIEWERS = ("ben", "chloe", "dev")
NOT_SCREENING = "stages = []\n"


def leave_the_lead_out(it: Installation) -> None:
    """Let Ana lead without screening."""
    config = it.folder / "config.toml"
    lead = 'name = "Ana"\nrole = "lead"\n'
    config.write_text(config.read_text().replace(lead, lead + NOT_SCREENING))


def number_in(text: str) -> int:
    """The number by which a test record's title can be told."""
    found = re.search(r"cohort(\d+)", text)
    assert found, text
    return int(found.group(1))


def opinion(who: str, record: str, stage: str) -> str:
    """What a member thinks: they mostly agree; every seventh record they do not."""
    n = number_in(record)
    good = n % 3 == 0
    if n % 7 == 0 and who == "chloe":
        good = not good
    if n % 7 == 0 and who == "dev":
        good = not good
    if stage == "title_abstract":
        if good and n % 5 == 0:
            return "Maybe"
        return "Include" if good else "Exclude"
    return "Include" if good and n % 2 == 0 else REASONS[n % len(REASONS)]


def settle(it: Installation) -> None:
    """Let five minutes pass and wait until everything is carried."""
    it.move(minutes=6)
    wait_until(lambda: unsettled(it) == 0, 20, every=0.2)
    quiet(it)


@contextlib.contextmanager
def reading(it: Installation) -> Iterator[Any]:
    """What the store holds at this moment, read beside the bot."""
    store = open_store(f"sqlite:///{it.folder / 'winnow.sqlite3'}")
    try:
        with store.reading(REVIEW) as tx:
            yield tx
    finally:
        store.close()


def unsettled(it: Installation) -> int:
    """How many votes can still be taken back."""
    with reading(it) as tx:
        return len(tx.unsettled_votes())


def quiet(it: Installation, seconds: float = 60.0) -> None:
    """Wait until nothing waits to be carried to Slack or the sheet."""

    def done() -> bool:
        with reading(it) as tx:
            return not tx.outbox_size("sheet") and not tx.outbox_size("slack")

    wait_until(done, seconds, every=0.3)


def pending_votes_are_sealed(it: Installation) -> int:
    """Check that no row of the sheet shows a vote on a record still pending; return how many hide."""
    # Read before the records: what is decided between the two may be open by then.
    votes = it.rows("Votes")
    pending = {
        (row["ID"], stage)
        for row in it.rows("Records")
        for stage, column in (("title/abstract", "Title/abstract"), ("full text", "Full text"))
        if row.get(column, "") in ("", "pending")
    }
    hidden = 0
    for row in votes:
        if (row["Record"], row["Stage"]) in pending:
            assert row["Vote"].startswith("sealed:"), row
            assert row["Reason"] in ("", "sealed"), row
            hidden += 1
    return hidden


def decide_conflicts(it: Installation, *, patient: bool = False) -> Counter[str]:
    """End every open conflict as the lead: every other one in Slack, the rest in the sheet.

    A patient lead goes through the gesture again when Slack shows a warning.
    """
    ended: Counter[str] = Counter()
    rows = [row for row in it.rows("Conflicts") if not row["Resolved at"]]
    for n, row in enumerate(rows):
        outcome = "include" if number_in(row["Title"]) % 2 else "exclude"
        if n % 2:
            if outcome == "exclude" and row["Stage"] == "full text":
                it.edit("Conflicts", "ID", row["ID"], "Reason", REASONS[0])
            it.edit("Conflicts", "ID", row["ID"], "Decision", outcome)
            ended["sheet"] += 1
        else:
            if patient:
                decide_in_slack_patiently(it, row, outcome)
            else:
                decide_in_slack(it, row, outcome)
            ended["slack"] += 1
    wait_until(lambda: all(row["Resolved at"] for row in it.rows("Conflicts")), 90, every=0.3)
    return ended


def decide_in_slack(it: Installation, row: dict[str, str], outcome: str) -> None:
    """Decide from the list that /winnow conflicts gives: open one, choose, submit."""
    it.control.command("ana", "conflicts", where="#screening")
    found = "conflict.open"
    message = wait_for_message(it.control, "ana", "#screening", row["ID"], 10)
    control = next(
        c for c in message["controls"] if c["action_id"] == found and row["ID"] in str(c["value"])
    )
    it.control.click(
        "ana", action_id=found, value=control["value"], where="#screening", ts=message["ts"]
    )
    wait_until(lambda: it.control.see("ana")["modal"], 10)
    choice = "Include"
    if outcome == "exclude":
        choice = f"Exclude: {REASONS[0]}" if row["Stage"] == "full text" else "Exclude"
    used = it.control.submit("ana", {"Decision": choice, "Comment": "talked it over"})
    assert not used["warning"], used
    assert not used["errors"], used


def decide_in_slack_patiently(it: Installation, row: dict[str, str], outcome: str) -> None:
    """Decide in Slack, beginning afresh until the conflict has ended."""
    end = time.monotonic() + 45
    while not has_ended(it, row["ID"]):
        if time.monotonic() > end:
            raise AssertionError(f"Conflict {row['ID']} could not be decided in Slack.")
        try:
            decide_in_slack(it, row, outcome)
        except (AssertionError, ControlError, StopIteration, TimeoutError):
            if it.control.see("ana")["modal"]:
                it.control.post("close", who="ana", all_of_them=True)
            time.sleep(0.5)


def has_ended(it: Installation, conflict_id: str) -> bool:
    """Tell whether a conflict was resolved."""
    with reading(it) as tx:
        conflict = tx.conflict(conflict_id)
        return conflict is not None and conflict.resolved_at is not None


def posts(it: Installation, text: str) -> list[dict[str, object]]:
    """The messages in the channel whose words begin with a text."""
    return [m for m in it.control.messages("ana", "#screening") if text in m["words"]]


def all_vote_ids(tx: Any) -> list[str]:
    """Every vote ID of the log."""
    found: list[str] = []
    while True:
        more = tx.vote_ids_after(found[-1] if found else "", 500)
        if not more:
            return found
        found += more
