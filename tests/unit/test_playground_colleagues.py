"""The simulated colleagues: what they do with the messages that they find."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from playground.app import World, build_world
from playground.colleagues import Colleagues, Truth, known
from playground.slack import messages
from playground.slack.workspace import Message

TRUTH = {known(f"Published {n}"): Truth(n < 20, n < 5) for n in range(100)}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build_world("http://127.0.0.1:1", tmp_path)


def crew_of(world: World, **more: Any) -> Colleagues:
    return Colleagues(world, TRUTH, ["ben", "chloe"], **more)


def send(world: World, who: str, title: str, *labels: str) -> Message:
    workspace = world.slack.workspace
    conversation = workspace.conversation_for(workspace.person(who), "dm")
    elements = [
        {
            "type": "button",
            "action_id": f"a.{label}",
            "text": {"type": "plain_text", "text": label},
        }
        for label in labels
    ]
    blocks: list[dict[str, Any]] = [
        {"type": "section", "block_id": "t", "text": {"type": "mrkdwn", "text": f"*{title}*"}}
    ]
    if elements:
        blocks.append({"type": "actions", "block_id": "b", "elements": elements})
    return messages.post(
        world.slack, conversation, workspace.app.bot_user, text=title, blocks=blocks, by_app=True
    )


CARD = ("Include", "Maybe", "Exclude", "Skip")


def step(crew: Colleagues, who: str = "ben") -> str:
    return asyncio.run(crew.step(who))


def test_fault_49_colleagues_vote_on_records_that_were_never_published(world: World) -> None:
    crew = crew_of(world)
    votes: dict[str, list[str]] = {"ben": [], "chloe": []}
    for number in range(200):
        for who, cast in votes.items():
            send(world, who, f"Imported later {number} &amp; more", *CARD)
            cast.append(step(crew, who))
    assert {vote for cast in votes.values() for vote in cast} == {"Include", "Maybe", "Exclude"}
    taken_in = sum(vote != "Exclude" for vote in votes["ben"])
    assert 20 <= taken_in <= 70  # a fifth was included of what is published
    agreed = sum((a == "Exclude") == (b == "Exclude") for a, b in zip(*votes.values(), strict=True))
    assert 150 <= agreed < 200


def test_fault_49_colleagues_look_past_a_message_with_other_buttons(world: World) -> None:
    card = send(world, "ben", "Published 3", *CARD)
    send(world, "ben", "A file came", "Import…")
    send(world, "ben", "No buttons at all")
    assert step(crew_of(world)) in CARD
    assert card.warnings  # it was the card that was clicked; no app is connected to answer


def test_fault_49_colleagues_go_on_after_an_error(world: World) -> None:
    rounds = 0

    async def sleep(seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        if rounds > 5:
            raise asyncio.CancelledError

    crew = crew_of(world, sleep=sleep)
    crew.step = broken  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(crew._work("ben"))
    assert rounds == 6


async def broken(name: str) -> str:
    raise KeyError(name)


def test_they_ask_for_more_when_a_batch_is_done(world: World) -> None:
    send(world, "ben", "All 25 done", "Next 25", "Undo")
    assert step(crew_of(world)) == "Next 25"


def test_they_vote_as_published(world: World) -> None:
    crew = crew_of(world)
    for number in (1, 2, 3):
        send(world, "ben", f"Published {number}", *CARD)
        assert step(crew) in ("Include", "Maybe", "Exclude")
    send(world, "chloe", "Nothing to use", "Criteria")
    assert step(crew, "chloe") == ""
