"""The lead's edits become use cases, each once; what cannot be taken is answered by a note on its cell.

Beside each of the lead's cells the store keeps how often it changed (`#seq …`) and the note that is
to stand on it (`#note …`). The key of a gesture holds that number: a crash between acting and
remembering repeats the same key, and choosing include, exclude and include again are three gestures.
A note is owed (`#owed …`) until a write has put it there: it is given again at each look until then.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from screening.errors import (
    InvalidValueError,
    NothingToUndoError,
    ReasonMissingError,
    StoreFaultError,
    WinnowError,
)
from screening.gestures.conflicts import override_decision, resolve_conflict
from screening.gestures.duplicates import judge_pair
from screening.gestures.fulltext import attach_full_text
from screening.gestures.leadcells import save_lead_cells
from screening.ports import Desk, Transaction
from screening.review import Review
from screening.stages import How, Outcome, Stage
from sheets.layout import CONFLICTS, DUPLICATES, RECORDS, layout_of
from sheets.verdicts import (
    is_votes,
    known_reason,
    read_decision,
    read_override,
    read_verdict,
)

log = logging.getLogger(__name__)

LINK, COMMENT = "Full-text link", "Comment"
SHARED: Mapping[str, str] = {RECORDS: LINK, CONFLICTS: COMMENT}
"""The column of the lead's, by tab, that shows what was given in Slack until they write there."""

SEQ, NOTE, OWED, STAYS, CARRIED, GIVEN = (
    "#seq ",
    "#note ",
    "#owed ",
    "#stays ",
    "#carried ",
    "#given ",
)
"""Prefixes of what is remembered beside a cell.

`STAYS` marks a note about an edit that was taken, not about a slip: it stands until the next edit;
`CARRIED` is what the sheet last showed in a column that Slack fills too, `GIVEN` marks a comment from
Slack that was put there once.
"""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """The lead's cells of one row as they were read; `record` is what the row says it is about."""

    tab: str
    key: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A note to put on a cell, "" to take one off."""

    tab: str
    key: str
    column: str
    text: str


class Edits:
    """Carries the lead's edits of one review into its store.

    The sheet does not tell who edited; all is done in the name of the review's first lead.
    """

    def __init__(self, desk: Desk, review: Review) -> None:
        self._desk = desk
        self._review = review
        self.applied = 0

    def take(self, rows: Iterable[LeadRow]) -> list[Answer]:
        """Act on every cell that differs from what the store last saw; return notes to write.

        Raises `StoreFaultError` when the store does not answer; the rows are then to be given again.
        """
        return [answer for row, known in self._known(rows) for answer in self._row(row, known)]

    def differ(self, rows: Iterable[LeadRow]) -> bool:
        """Whether any cell differs from what the store last saw. Raises `StoreFaultError`."""
        return any(self._changed(row, known) for row, known in self._known(rows))

    def _known(self, rows: Iterable[LeadRow]) -> Iterator[tuple[LeadRow, Mapping[str, str]]]:
        """Yield each row, the last of those that have one ID, with what the store keeps of it."""
        by_tab: dict[str, dict[str, LeadRow]] = {}
        for row in rows:
            by_tab.setdefault(row.tab, {})[row.key] = row
        for tab, own in by_tab.items():
            keys = list(own)
            for start in range(0, len(keys), 500):
                piece = keys[start : start + 500]
                with self._desk.store.reading(self._review.review_id) as tx:
                    known = tx.lead_cells(tab, piece)
                for key in piece:
                    yield own[key], known.get(key, {})

    @staticmethod
    def noted(tx: Transaction, answers: Iterable[Answer]) -> None:
        """Remember that notes stand on their cells now: a write put them there."""
        for answer in answers:
            tx.save_lead_cells(answer.tab, answer.key, {OWED + answer.column: ""})

    @staticmethod
    def carried(tx: Transaction, tab: str, key: str, text: str) -> None:
        """Remember what a row shows now in the column that Slack fills too."""
        if SHARED[tab] == LINK:
            tx.save_lead_cells(tab, key, {CARRIED + LINK: text})
        else:
            # From now on the cell is the lead's: what they make of it, or of its being empty, stays.
            tx.save_lead_cells(tab, key, {COMMENT: text, GIVEN + COMMENT: "yes"})

    def _row(self, row: LeadRow, known: Mapping[str, str]) -> list[Answer]:
        changed = self._changed(row, known)
        answers = {
            name: Answer(row.tab, row.key, name, known.get(NOTE + name, ""))
            for name in row.cells
            if known.get(OWED + name)
        }
        saved: dict[str, str] = {}
        for name, columns, act in self._acts(row, changed, known):
            sequence = str(int(known.get(SEQ + name) or 0) + 1)
            try:
                said = act(self._gesture_key(row, columns, sequence))
            except StoreFaultError:
                raise
            except WinnowError as error:
                said, stays = str(error), ""
                if said != known.get(NOTE + name, ""):  # at its first look only
                    place = f"{row.tab} {row.key}, {name}"
                    log.info("%s: %s: %s", self._review.review_id, place, error)
            else:
                stays = "yes" if said else ""
                self.applied += 1
                saved |= {c: row.cells[c] for c in columns if c in row.cells}
                saved[SEQ + name] = sequence
                if name == LINK:
                    saved[CARRIED + LINK] = row.cells[LINK]
            if stays != known.get(STAYS + name, ""):
                saved[STAYS + name] = stays
            if said != known.get(NOTE + name, ""):
                saved |= {NOTE + name: said, OWED + name: "yes"}
                answers[name] = Answer(row.tab, row.key, name, said)
        for name in self._mended(row, known) if not changed else ():
            saved |= {NOTE + name: "", OWED + name: "yes"}
            answers[name] = Answer(row.tab, row.key, name, "")
        if saved:
            save_lead_cells(self._desk, self._review.review_id, tab=row.tab, cells={row.key: saved})
        return list(answers.values())

    def _changed(self, row: LeadRow, known: Mapping[str, str]) -> list[str]:
        """Return the cells that say something else than when the store last saw them."""
        return [
            name
            for name in layout_of(row.tab).lead_columns
            if name in row.cells and row.cells[name] != self._last(row.tab, name, known)
        ]

    @staticmethod
    def _mended(row: LeadRow, known: Mapping[str, str]) -> list[str]:
        """Return cells that say again what they said before a slip, whose note is still there."""
        return [
            name
            for name, text in row.cells.items()
            if known.get(NOTE + name)
            and not known.get(STAYS + name)
            and text == known.get(name, "")
        ]

    @staticmethod
    def _last(tab: str, name: str, known: Mapping[str, str]) -> str:
        if tab == RECORDS and name == LINK:
            # The link may also come from Slack: an edit is what differs from what we carried.
            return known.get(CARRIED + LINK, "")
        return known.get(name, "")

    def _gesture_key(self, row: LeadRow, columns: Iterable[str], sequence: str) -> str:
        names = "+".join(columns)
        value = "\x1f".join(row.cells.get(c, "") for c in columns)
        digest = hashlib.sha256(value.encode()).hexdigest()[:16]
        sheet = self._review.spreadsheet
        return f"sheet:{sheet}:{row.tab}:{row.key}:{names}:{digest}:{sequence}"

    def _by(self) -> str:
        if not self._review.leads:
            raise InvalidValueError(
                "The team", self._review.title, "Name a lead in the configuration first."
            )
        return self._review.leads[0].member_id

    def _acts(
        self, row: LeadRow, changed: list[str], known: Mapping[str, str]
    ) -> list[tuple[str, tuple[str, ...], Callable[[str], str]]]:
        """Return (column that answers, columns it covers, what to do) for the changed cells."""
        acts: list[tuple[str, tuple[str, ...], Callable[[str], str]]] = []
        rest = list(changed)
        if row.tab == CONFLICTS:
            # One ruling over three cells; a comment alone is only remembered.
            if {"Decision", "Reason"} & set(changed):
                columns = ("Decision", "Reason", "Comment")
                acts.append(("Decision", columns, lambda key: self._decision(row, known, key)))
                rest = []
        elif row.tab == DUPLICATES and "Verdict" in changed:
            acts.append(("Verdict", ("Verdict",), lambda key: self._verdict(row, key)))
            rest.remove("Verdict")
        elif row.tab == RECORDS:
            if "Override" in changed:
                acts.append(
                    ("Override", ("Override",), lambda key: self._override(row, known, key))
                )
                rest.remove("Override")
            if LINK in changed:
                acts.append((LINK, (LINK,), lambda key: self._link(row, key)))
                rest.remove(LINK)
        acts += [(name, (name,), lambda key: "") for name in rest]
        return acts

    def _reasons(self) -> tuple[str, ...]:
        return self._review.rules(Stage.FULL_TEXT).exclusion_reasons

    def _decision(self, row: LeadRow, known: Mapping[str, str], gesture_key: str) -> str:
        outcome = read_decision(row.cells["Decision"])
        reason = known_reason(row.cells["Reason"], self._reasons())
        with self._desk.store.reading(self._review.review_id) as tx:
            conflict = tx.conflict(row.key)
            if conflict is None:
                raise InvalidValueError("The row's ID", row.key, "It names no conflict.")
            now = tx.screening(conflict.record_id, conflict.stage)
        if outcome is None:
            if known.get("Decision") and not conflict.is_open:
                return "The conflict stays decided; choose the other decision to change it."
            return ""
        if outcome is not Outcome.EXCLUDE or conflict.stage is not Stage.FULL_TEXT:
            reason = ""
        elif not reason:
            raise ReasonMissingError(self._reasons(), "The column Reason takes it.")
        if conflict.is_open:
            resolve_conflict(
                self._desk,
                self._review.review_id,
                by=self._by(),
                conflict_id=row.key,
                outcome=outcome,
                reason=reason,
                comment=row.cells["Comment"],
                gesture_key=gesture_key,
            )
        elif now is None or now.outcome is not outcome or now.reason != reason:
            # Ended already, in Slack or here: another decision is an override of it.
            override_decision(
                self._desk,
                self._review.review_id,
                by=self._by(),
                record_id=conflict.record_id,
                stage=conflict.stage,
                outcome=outcome,
                reason=reason,
                gesture_key=gesture_key,
            )
        return ""

    def _override(self, row: LeadRow, known: Mapping[str, str], gesture_key: str) -> str:
        text = row.cells["Override"]
        ruling = read_override(text, self._reasons())
        if ruling.outcome is None and not text and is_votes(known.get("Override", "")):
            return ""
        try:
            view = override_decision(
                self._desk,
                self._review.review_id,
                by=self._by(),
                record_id=row.key,
                outcome=ruling.outcome,
                reason=ruling.reason,
                gesture_key=gesture_key,
            )
        except NothingToUndoError as error:
            return str(error)
        except ReasonMissingError as error:
            first = error.reasons[0] if error.reasons else "the reason"
            raise ReasonMissingError(error.reasons, f"Write “exclude: {first}”.") from None
        left = [s for s in view.screenings if s.how is How.OVERRIDE]
        if ruling.outcome is None and left:
            return f"The override at {left[0].stage.label} still stands. Write votes to take it back too."
        return ""

    def _verdict(self, row: LeadRow, gesture_key: str) -> str:
        verdict = read_verdict(row.cells["Verdict"])
        if verdict is not None:
            judge_pair(
                self._desk,
                self._review.review_id,
                by=self._by(),
                pair_id=row.key,
                verdict=verdict,
                gesture_key=gesture_key,
            )
        return ""

    def _link(self, row: LeadRow, gesture_key: str) -> str:
        attach_full_text(
            self._desk,
            self._review.review_id,
            by=self._by(),
            record_id=row.key,
            link=row.cells[LINK],
            gesture_key=gesture_key,
        )
        return ""
