"""What Slack sends becomes values, and the same click sent twice has the same key."""

from __future__ import annotations

import pytest

from bot import actions
from bot.payloads import (
    PayloadError,
    keep,
    parse_click,
    parse_command,
    parse_drop,
    parse_submission,
    read_kept,
)
from screening.errors import GoneError
from screening.stages import Stage
from tests.desks import REASONS, make_review

CLICK = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "channel": {"id": "D1"},
    "message": {"ts": "17.5", "thread_ts": "17.0"},
    "response_url": "https://hooks/1",
    "trigger_id": "t1",
    "actions": [
        {
            "action_id": "screen.vote.include",
            "block_id": "card|peer|A1|R1",
            "value": "peer|A1|include",
            "action_ts": "1700.25",
        }
    ],
}


def test_a_click() -> None:
    click = parse_click(CLICK)
    assert (click.user_id, click.channel_id, click.message_ts) == ("U1", "D1", "17.5")
    assert click.value == "peer|A1|include"
    assert click.gesture_key == "1700.25:screen.vote.include:U1:17.5"
    assert parse_click(dict(CLICK)).gesture_key == click.gesture_key
    assert not click.on_home


def test_a_choice_in_a_menu_on_the_home_tab() -> None:
    body = {
        "user": {"id": "U1"},
        "view": {"id": "V9", "type": "home"},
        "actions": [
            {"action_id": "screen.change", "action_ts": "1", "selected_option": {"value": "x|y"}}
        ],
    }
    click = parse_click(body)
    assert (click.value, click.on_home, click.response_url) == ("x|y", True, "")
    assert click.gesture_key.endswith(":V9")


@pytest.mark.parametrize("body", [{}, {"actions": []}, {"actions": [{"action_id": "a"}]}])
def test_a_click_that_cannot_be_understood(body: dict) -> None:
    with pytest.raises(PayloadError):
        parse_click(body)


def test_a_command() -> None:
    body = {"user_id": "U1", "channel_id": "C1", "text": "  NEXT 10 ", "trigger_id": "t"}
    command = parse_command(body)
    assert (command.word, command.arguments) == ("next", ["10"])
    assert parse_command({**body, "text": ""}).word == "help"
    with pytest.raises(PayloadError):
        parse_command({"text": "next"})


def test_a_submitted_modal() -> None:
    body = {
        "user": {"id": "U1"},
        "view": {
            "id": "V1",
            "private_metadata": keep(review="peer", note="a “quote”"),
            "state": {
                "values": {
                    "note": {"note": {"type": "plain_text_input", "value": " hello "}},
                    "kind": {"kind": {"selected_option": {"value": "database"}}},
                    "searched": {"searched": {"selected_date": "2026-11-01"}},
                    "other": {"other": {"value": None}},
                    "source": {"source": {"selected_option": None}},
                }
            },
        },
    }
    submission = parse_submission(body)
    assert submission.values == {
        "note": "hello",
        "kind": "database",
        "searched": "2026-11-01",
        "other": "",
        "source": "",
    }
    assert submission.kept == {"review": "peer", "note": "a “quote”"}


@pytest.mark.parametrize("text", ["[1]", "{", "3"])
def test_metadata_that_is_not_ours(text: str) -> None:
    with pytest.raises(PayloadError):
        read_kept(text)


def test_a_dropped_file() -> None:
    file = {
        "id": "F1",
        "name": "Search.RIS",
        "size": 5,
        "url_private_download": "u",
        "permalink": "p",
    }
    event = {
        "type": "message",
        "subtype": "file_share",
        "user": "U1",
        "channel": "C1",
        "ts": "1.0",
        "channel_type": "channel",
        "files": [file],
    }
    drop = parse_drop({"event": event})
    assert drop is not None
    assert (drop.files[0].extension, drop.in_dm, drop.thread_ts) == ("ris", False, "")
    assert parse_drop({"event": {**event, "subtype": "bot_message"}}) is None
    assert parse_drop({"event": {"type": "message", "text": "hello"}}) is None


def test_values_of_buttons_are_packed_and_unpacked() -> None:
    assert actions.unpack(actions.pack("peer", "A1", "include"), 3) == ("peer", "A1", "include")
    assert actions.unpack("a|b|c.ris|x", 3) == ("a", "b", "c.ris|x")
    with pytest.raises(ValueError, match="cannot read what this button"):
        actions.unpack("a|b", 3)


def test_a_reason_is_found_by_its_key_until_the_configuration_changes() -> None:
    review = make_review()
    for reason in REASONS:
        key = actions.reason_key(reason)
        assert actions.named_reason(review, Stage.FULL_TEXT, key) == reason
    with pytest.raises(GoneError, match="no longer among the review"):
        actions.named_reason(review, Stage.FULL_TEXT, actions.reason_key("Gone"))
