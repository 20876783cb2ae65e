"""What a word that is no command was meant to say: by its meaning, or by a slip of the finger."""

from __future__ import annotations

import difflib
from collections.abc import Collection

SAME_THING = {
    "next": "begin cards continue go more start work batch screen",
    "status": "done progress remaining stats statistics",
    "prisma": "counts diagram figures flow flowchart numbers",
    "conflicts": "disagreements disputes discuss",
    "team": "colleagues members people reviewers who",
    "import": "add load search upload",
    "pause": "away break holiday leave stop vacation",
    "resume": "return unpause",
    "undo": "oops revert withdraw",
    "help": "? commands hello hey hi how info man what",
}
"""Words that people use for what a command does."""

ELSEWHERE = {
    "A vote is a tap on your card: Include, Maybe or Exclude.": "exclude include maybe vote",
    "A note is written with the Note button of your card.": "annotate comment note notes",
    "The criteria are behind the Criteria button of your card.": "criteria eligibility pico",
    "A card is put behind the others with its Skip button.": "later skip",
    "A vote is changed on the Home tab, under My last votes, while its record is undecided.": "change",
    "Exports are made where Winnow runs, with winnow export; the shared sheet has every row.": (
        "bibtex csv download export ris"
    ),
    "A report is attached by dropping its PDF in the thread of its full-text card.": (
        "article attach fulltext full-text paper pdf report"
    ),
    "Duplicates come to the lead as cards, and are listed in the Duplicates tab.": (
        "dedupe duplicate duplicates merge"
    ),
    "The sheet's address is in /winnow status.": "sheet spreadsheet table",
}
"""What other words ask for is done elsewhere: the sentence that says where."""

SLIP = 0.8
"""How alike two words must be, of 1, for one to be the other with a slip."""


def meant(word: str, commands: Collection[str]) -> str:
    """Return a sentence that says what a word was meant to say, "" where nobody can tell."""
    word = word.lower()
    for command, words in SAME_THING.items():
        if command in commands and word in words.split():
            return f"Did you mean /winnow {command}?"
    for sentence, words in ELSEWHERE.items():
        if word in words.split():
            return sentence
    near = difflib.get_close_matches(word, commands, n=1, cutoff=SLIP)
    # Whoever slips has the first letter right: "export" is not a slip for "import".
    if near and near[0][0] == word[0]:
        return f"Did you mean /winnow {near[0]}?"
    return ""
