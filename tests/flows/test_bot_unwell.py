"""Slack in trouble: a Home that is not shown undoes nothing, and a card of another bot is named as such."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.botdesk import BotDesk, bot_at_work, bring
from tests.flows.standins import Playground, running_playground, wait_until


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest.fixture
def bot(workspace: Playground, tmp_path: Path) -> Iterator[BotDesk]:
    with bot_at_work(workspace, tmp_path) as working:
        yield working


def published(bot: BotDesk) -> int:
    return len(
        [
            request
            for request in bot.control.requests(service="slack")
            if request["method"] == "views.publish"
        ]
    )


def test_fault_7h_a_home_that_slack_does_not_take_is_a_line_in_the_log(bot: BotDesk, caplog):
    bring(bot, 3)
    with caplog.at_level(logging.WARNING):
        before = published(bot)
        bot.control.fault(service="slack", method="views.publish", status=500, times=1)
        bot.control.post("home", who="ben")
        wait_until(lambda: any("was not shown" in line for line in caplog.messages))
        assert published(bot) == before + 1
        bot.control.fault(
            service="slack", method="views.publish", status=429, retry_after=1, times=1
        )
        bot.control.post("home", who="ben")
        wait_until(lambda: published(bot) == before + 3)
    assert not any("failed" in line for line in caplog.messages), caplog.messages


def test_fault_45_a_card_that_another_bot_gave_out_is_named_as_such(bot: BotDesk):
    bring(bot, 3)
    bot.control.command("ben", "next 3", where="dm")
    wait_until(lambda: "Include" in json.dumps(bot.control.messages("ben", "dm")))
    with bot.desk.store.writing("peer") as tx:
        # As a store would answer that never heard of the card.
        tx._connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        tx._connection.exec_driver_sql(
            "UPDATE assignments SET assignment_id = 'X' || assignment_id"
        )
    bot.face.connections.count = 2
    bot.control.click("ben", "Include", where="dm")
    wait_until(lambda: "Another bot answers here" in json.dumps(bot.control.see("ben")))
