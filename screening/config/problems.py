"""What is wrong in a configuration: each thing with its place, all of them at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screening.errors import WinnowError

_SECRET = re.compile(
    r"xox[a-z.]*-|xapp-|private_key|PRIVATE KEY|://[^/\s]*:[^/\s]*@|password="
    # 32 bytes as base64: a seal key. A spreadsheet's ID has no padding.
    r"|\b[A-Za-z0-9+/_-]{43}=",
    re.IGNORECASE,
)
_LONGEST = 80


def looks_secret(text: str) -> bool:
    """Tell whether a text has the form of a token, a key or an address with a password."""
    return _SECRET.search(text) is not None


def shown(value: object) -> str:
    """Write a value as a sentence may repeat it: short, and never a token, key or password."""
    text = repr(value)
    if looks_secret(text):
        return "what looks like a secret (not shown)"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One fault: its place ("reviews[0].channel", "SLACK_BOT_TOKEN") and a sentence with remedy."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class ConfigurationError(WinnowError):
    """The configuration cannot be used; `problems` holds every fault found."""

    def __init__(self, name: str, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            super().__init__(f"{name}: {self.problems[0]}")
        else:
            lines = "\n".join(f"  - {problem}" for problem in self.problems)
            super().__init__(f"{name} has {len(self.problems)} problems:\n{lines}")


def place_of(parts: Sequence[str | int]) -> str:
    """Write a path into the file the way a person would: `reviews[0].stages.full_text`."""
    place = ""
    for part in parts:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            place += f".{part}" if place else part
    return place


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean “x”?", or "" when nothing is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean “{near[0]}”?" if near else ""
