"""What can become of a record at a stage: the table of states as data, and the page that shows it.

docs/states.md is written from this table (`python -m screening.states`); a test compares the page
with it, and every change of state that the gestures make in a random review with its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from screening.stages import How, Stage, Status

BOTH = (Stage.TITLE_ABSTRACT, Stage.FULL_TEXT)
FULL_TEXT = (Stage.FULL_TEXT,)


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a state to another; None is "not at this stage".

    `how` lists how a decision then came about, nothing where none is made.
    """

    before: Status | None
    after: Status | None
    what: str
    by: str
    how: tuple[How, ...] = ()
    stages: tuple[Stage, ...] = BOTH


P, C, D = Status.PENDING, Status.CONFLICT, Status.DECIDED

TRANSITIONS = (
    Transition(
        None, P, "an import brings it (records of other methods enter at full text)", "lead"
    ),
    Transition(None, P, "title/abstract is decided: include", "the decision", stages=FULL_TEXT),
    Transition(None, P, "a merge is undone", "lead"),
    Transition(P, D, "the settled votes agree", "reviewers", (How.AGREED,)),
    Transition(P, C, "the settled votes disagree; they are revealed", "reviewers"),
    Transition(P, D, "the report cannot be had", "reviewer", (How.REPORTED,), FULL_TEXT),
    Transition(P, D, "Override in the sheet", "lead", (How.OVERRIDE,)),
    Transition(
        P,
        D,
        "a merge is undone: what was decided by a person before it holds again",
        "lead",
        (How.LEAD, How.OVERRIDE, How.REPORTED),
    ),
    Transition(C, D, "votes are changed until they agree", "reviewers", (How.DISCUSSION,)),
    Transition(C, D, "the button, or Decision in the sheet", "lead", (How.LEAD,)),
    Transition(C, D, "Override in the sheet", "lead", (How.OVERRIDE,)),
    Transition(C, D, "a merge is undone: its own decision holds again", "lead", tuple(How)),
    Transition(C, P, "a merge is undone: too few of the votes are its own", "lead"),
    Transition(D, D, "Override in the sheet", "lead", (How.OVERRIDE,)),
    Transition(D, P, "the Override is emptied: the votes decide again", "lead"),
    Transition(
        D, P, "a link or file is attached to a report not retrieved", "member", stages=FULL_TEXT
    ),
    Transition(D, P, "“not retrieved” is undone within minutes", "reviewer", stages=FULL_TEXT),
    Transition(D, P, "a merge is undone: too few of the votes are its own", "lead"),
    Transition(D, C, "it is merged with a record that was decided otherwise", "lead"),
    *(
        Transition(
            before, None, "title/abstract is no longer decided: include", "lead", (), FULL_TEXT
        )
        for before in (P, C, D)
    ),
    *(Transition(before, None, "it is merged into another record", "lead") for before in (P, C, D)),
)


def is_foreseen(
    stage: Stage, before: Status | None, after: Status | None, how: How | None = None
) -> bool:
    """Tell whether the table has a row for this change; what stays pending or in conflict is none."""
    return any(
        (row.before, row.after) == (before, after)
        and stage in row.stages
        and (how is None if not row.how else how in row.how)
        for row in TRANSITIONS
    )


def diagram() -> str:
    """Return the table as a Mermaid diagram: an arrow for each pair of states."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        ends = (row.before or "[*]", row.after or "[*]")
        labels = [how.value for how in row.how] or [row.what.split(":")[0].split(" (")[0]]
        arrows.setdefault(ends, []).extend(label for label in labels)
    lines = [
        f"    {before} --> {after}: {' / '.join(dict.fromkeys(labels)).replace(';', ',')}"
        for (before, after), labels in arrows.items()
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def table() -> str:
    """Return the table in Markdown, a line a transition."""
    lines = ["| from | to | when | by | decided how | stage |", "|---|---|---|---|---|---|"]
    for row in TRANSITIONS:
        stages = "both" if row.stages == BOTH else ", ".join(s.label for s in row.stages)
        how = ", ".join(each.value for each in row.how)
        cells = (row.before or "–", row.after or "–", row.what, row.by, how, stages)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def page() -> str:
    """Return docs/states.md."""
    return f"""# What becomes of a record at a stage

Written from the table in [screening/states.py](../screening/states.py) by
`python -m screening.states > docs/states.md`; do not edit it here.

A record has one state at each stage that it entered. *pending*: votes are missing or not settled; nobody
sees them. *conflict*: the votes disagree and are shown. *decided*: it has an outcome (include, exclude
or, at full text, not retrieved), and `how` says where that came from. Votes are shown when they agree or open
a conflict, and stay so; a decision that does not rest on them (override, not retrieved, a merge) shows none.

{diagram()}

## Every way from one state to another

{table()}

With `tie_break = "third_vote"` a split stays pending and sealed until the third vote. Whoever sees in the
Votes tab that two sealed votes are in, settled and undecided, can tell that they differ: choose `lead` where
that must not be.

Other rules in the configuration (`votes_needed`, `tie_break`) hold from the next start on: undecided records
are reconsidered then, decided ones and open conflicts stay as they are.

## What a vote goes through

A vote is *settled* at the reviewer's next vote or after five minutes (`undo_minutes`); until then Undo
takes it back, and "not retrieved" likewise. Only settled votes count. A settled vote on a record that is still pending can be changed
on the Home tab; in a conflict a changed vote counts at once, and never as independent. Once the record
is decided, only the lead's override changes the outcome.
"""


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
