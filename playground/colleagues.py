"""Simulated colleagues: members who vote along through the same clicks as anybody else.

They know nothing of the app. They read the newest card in their direct message as a person would: a
title that they know from the published decisions, and buttons by their visible labels. Each errs at
rates of their own, drawn from a seed, so that disagreements come up as in a real team. On a record
that was never published, such as one imported later, all of them hold the same view, drawn from its
title at the rate at which the published ones were included.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import logging
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.slack.blocks import interactive_elements
from playground.slack.errors import PersonError
from playground.slack.finding import Wanted
from playground.slack.workspace import Message

if TYPE_CHECKING:
    from playground.app import World

log = logging.getLogger(__name__)

VOTES = ("Include", "Maybe", "Exclude", "Exclude because")

IDLE = 5
"""How many times longer a colleague waits who found no card to vote on."""

LOOKED_BACK = 20
"""Messages with buttons that a colleague looks back over for something left to do."""

BATCH_LABELS = ("Get my cards", "Next 25", "Next batch", "Continue")
"""Labels that bring more cards once a batch is done."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a colleague votes: the probabilities of erring, of a maybe, and seconds a card takes."""

    miss: float
    overinclude: float
    maybe: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Truth:
    """The published decisions on one record: after title/abstract, and after full text."""

    title_abstract: bool
    full_text: bool


def known(text: str) -> str:
    """Fold a title so that a card's rendering of it is recognised."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def read_truth(path: Path) -> dict[str, Truth]:
    """Read published decisions: a CSV with title, included_abstract and included (0 or 1)."""
    with path.open(newline="", encoding="utf-8") as file:
        return {
            known(row["title"]): Truth(row["included_abstract"] == "1", row["included"] == "1")
            for row in csv.DictReader(file)
        }


class Colleagues:
    """The members who vote along while `active`."""

    def __init__(
        self,
        world: World,
        truth: Mapping[str, Truth],
        names: list[str],
        *,
        seed: int = 2019,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._world = world
        self._truth = truth
        self._seed = seed
        self._sleep = sleep
        self._tasks: list[asyncio.Task[None]] = []
        self.names = names
        self.active = False

    def habits_of(self, name: str) -> Habits:
        """A colleague's habits, the same at every start."""
        draw = random.Random(f"{self._seed}:{name}")
        # Screeners miss 3–13 % of what belongs in, and take in a few per cent that does not
        # (Gartlehner et al. 2020, J Clin Epidemiol 121:20-28: single screening missed 13 %).
        return Habits(
            miss=draw.uniform(0.03, 0.13),
            overinclude=draw.uniform(0.02, 0.06),
            maybe=draw.uniform(0.02, 0.08),
            seconds=draw.uniform(1.2, 2.4),
        )

    def set(self, active: bool) -> None:
        """Begin or stop voting along."""
        self.active = active
        if active and not self._tasks:
            self._tasks = [asyncio.create_task(self._work(name)) for name in self.names]
        if not active:
            for task in self._tasks:
                task.cancel()
            self._tasks = []
        self._world.changed("colleagues")

    async def stop(self) -> None:
        """Stop for good."""
        self.set(False)

    async def _work(self, name: str) -> None:
        seconds = self.habits_of(name).seconds
        pause = seconds
        while True:
            await self._sleep(pause)
            try:
                used = await self.step(name)
                pause = seconds * (1 if used in VOTES else IDLE)
            except PersonError as error:
                log.debug("%s could not go on: %s", name, error)
            except Exception:
                # Whatever one card does to them, they go on with the next.
                log.exception("%s stumbled over a card and goes on.", name)

    async def step(self, name: str) -> str:
        """Do the next thing a colleague would do; return the label that was used, "" for none."""
        for message in self._with_buttons(name):
            labels = labels_in(message)
            if "Include" in labels:
                return await self._vote(name, message, self._title_on(message), labels)
            for label in labels:
                if label in BATCH_LABELS or label.startswith("Next "):
                    await self._click(name, message, label)
                    return label
        return ""

    def _with_buttons(self, name: str) -> list[Message]:
        """The latest messages with buttons in the colleague's direct message, newest first."""
        workspace = self._world.slack.workspace
        conversation = workspace.conversation_for(workspace.person(name), "dm")
        found = (m for m in reversed(conversation.messages.values()) if m.by_app and labels_in(m))
        return list(islice(found, LOOKED_BACK))

    def _title_on(self, message: Message) -> str:
        """The title on a card that the published decisions name, else its first line."""
        lines = [line for text in texts_in(message.blocks) for line in text.split("\n")]
        folded = [folded for line in lines if (folded := known(plain(line)))]
        return next((line for line in folded if line in self._truth), (folded or [""])[0])

    def _truth_of(self, title: str) -> Truth:
        """The published decisions on a record; for one that was never published, a drawn one."""
        published = self._truth.get(title)
        if published is not None or not self._truth:
            return published or Truth(title_abstract=False, full_text=False)
        digest = hashlib.sha256(f"{self._seed}:{title}".encode()).digest()
        chance = int.from_bytes(digest[:4]) / 2**32 * len(self._truth)
        return Truth(
            title_abstract=chance < sum(truth.title_abstract for truth in self._truth.values()),
            full_text=chance < sum(truth.full_text for truth in self._truth.values()),
        )

    async def _vote(self, name: str, message: Message, title: str, labels: list[str]) -> str:
        habits = self.habits_of(name)
        truth = self._truth_of(title)
        full_text = "Maybe" not in labels
        right = truth.full_text if full_text else truth.title_abstract
        digest = hashlib.sha256(f"{self._seed}:{name}:{full_text}:{title}".encode()).digest()
        chance = int.from_bytes(digest[:4]) / 2**32
        include = chance >= habits.miss if right else chance < habits.overinclude
        unsure = int.from_bytes(digest[4:8]) / 2**32 < habits.maybe
        if full_text and not include:
            await self._exclude_because(name, message, digest[8])
            return "Exclude because"
        label = "Maybe" if unsure and not full_text and include else "Include"
        label = label if include else "Exclude"
        await self._click(name, message, label)
        return label

    async def _click(self, name: str, message: Message, label: str) -> None:
        await self._world.slack.people.click(
            name, Wanted(label=label), where="dm", ts=message.ts, wait_ms=3_000
        )

    async def _exclude_because(self, name: str, message: Message, draw: int) -> None:
        for block in message.blocks:
            for element in interactive_elements(block):
                if element["type"] == "static_select":
                    options = element["options"]
                    chosen = options[draw % len(options)]["value"]
                    wanted = Wanted(action_id=element["action_id"], block_id=block["block_id"])
                    await self._world.slack.people.choose(
                        name, wanted, chosen, where="dm", ts=message.ts, wait_ms=3_000
                    )
                    return
        await self._click(name, message, "Exclude")


def plain(line: str) -> str:
    """A line of mrkdwn as it is read: links by their text, Slack's escapes undone."""
    shown = re.sub(r"<[^|>]*\|([^>]*)>", r"\1", line)
    return shown.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def labels_in(message: Message) -> list[str]:
    """The visible labels of a message's buttons."""
    return [
        element["text"]["text"]
        for block in message.blocks
        for element in interactive_elements(block)
        if element["type"] == "button"
    ]


def texts_in(blocks: list[dict[str, Any]]) -> list[str]:
    """Every text of a message's blocks, in order."""
    found = []
    for block in blocks:
        if isinstance(block.get("text"), dict):
            found.append(str(block["text"]["text"]))
        found += [str(field["text"]) for field in block.get("fields", [])]
    return found
