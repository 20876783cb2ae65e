"""A search export dropped in the channel, and the possible duplicates that it brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desks import ris, title
from tests.flows.botdesk import BotDesk, bot_at_work, labels, words
from tests.flows.standins import Playground, running_playground, wait_until


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest.fixture
def bot(workspace: Playground, tmp_path: Path) -> Iterator[BotDesk]:
    with bot_at_work(workspace, tmp_path) as working:
        yield working


def drop(bot: BotDesk, who: str, name: str, data: str) -> str:
    """Drop a file in the channel; return the message's ts."""
    made = bot.control.post("files", who=who, where="#screening", name=name, text=data)
    messages = bot.control.messages(who, "#screening")
    found = [m for m in messages if any(f["name"] == name for f in m.get("files") or ())]
    assert made
    return str(found[-1]["ts"])


def thread(bot: BotDesk, ts: str) -> list[dict[str, Any]]:
    """The replies below a message."""
    messages = bot.control.messages("ana", "#screening")
    return [m for m in messages if m.get("thread_ts") == ts and m["ts"] != ts]


def answer(bot: BotDesk, ts: str, text: str) -> dict[str, Any]:
    """Wait for the bot's one reply to say something."""

    def found() -> dict[str, Any] | None:
        replies = thread(bot, ts)
        assert len(replies) <= 1, replies
        return replies[0] if replies and text in words(replies[0]) else None

    return wait_until(found, 15)


EXPORT = ris(title(n) for n in range(12)).decode() + "\nTY  - JOUR\nTI  - Cut short"


def test_a_dropped_export_is_understood_confirmed_and_summed_up_in_one_reply(
    bot: BotDesk,
) -> None:
    before = len(bot.control.messages("ana", "#screening"))
    ts = drop(bot, "ben", "medline_ovid.ris", EXPORT)
    understood = answer(bot, ts, "13 records understood")
    assert "Nothing is stored yet" in words(understood)
    assert "1 problem" in words(understood)
    with bot.desk.store.reading("peer") as tx:
        assert tx.imports() == []
    used = bot.control.click(
        "ben", "Import…", ts=understood["ts"], where="#screening", wait_ms=3000
    )
    assert used["acked"]
    told = [m for m in bot.control.messages("ben", "#screening") if m["is_ephemeral"]]
    told += [m for m in thread(bot, ts) if m["is_ephemeral"]]
    assert "cannot import search exports" in str(bot.control.see("ben"))
    bot.control.click("ana", "Import…", ts=understood["ts"], where="#screening")
    wait_until(lambda: bot.control.see("ana").get("modal"))
    refused = bot.control.submit("ana", {"Or another source": "A; B"})
    assert "commas and semicolons" in str(refused["errors"])
    bot.control.submit("ana", {"Or another source": "", "Source": "MEDLINE", "Platform": "Ovid"})
    answer(bot, ts, "13 read, 0 duplicates, 0 to check, 13 new; 1 problem")
    with bot.desk.store.reading("peer") as tx:
        (done,) = tx.imports()
    assert (done.source.name, done.source.platform) == ("MEDLINE", "Ovid")
    bot.carry()
    assert bot.waiting() == 0
    assert len(bot.control.messages("ana", "#screening")) == before + 2


def test_fault_27_the_same_file_again_is_known_when_it_is_dropped(bot: BotDesk) -> None:
    data = ris([title(77), title(78)]).decode()
    waiting = drop(bot, "ana", "twice.ris", data)
    second = answer(bot, waiting, "2 records understood")
    ts = drop(bot, "ana", "again.ris", data)
    understood = answer(bot, ts, "2 records understood")
    bot.control.click("ana", "Import…", ts=understood["ts"], where="#screening")
    wait_until(lambda: bot.control.see("ana").get("modal"))
    bot.control.submit("ana", {"Or another source": "ERIC"})
    answer(bot, ts, "2 read")
    later = answer(
        bot, drop(bot, "ben", "renamed.ris", data), "renamed.ris was already imported on"
    )
    assert "from ERIC. Nothing changed." in words(later)
    assert "2 read, 0 duplicates" in words(later)
    assert labels(later) == []
    # Nor does the button of a message from before the import open the form.
    bot.control.click("ana", "Import…", ts=second["ts"], where="#screening")
    assert labels(answer(bot, waiting, "twice.ris was already imported on")) == []
    assert bot.control.see("ana").get("modal") is None


def test_fault_26_an_export_in_the_direct_message_is_told_where_it_belongs(bot: BotDesk) -> None:
    data = ris([title(61)]).decode()
    made = bot.control.post("files", who="ben", where="dm", name="scopus.csv", text=data)
    told = wait_until(lambda: below(bot, "ben", made["ts"]))
    assert words(told) == (
        "Search exports are imported where the whole team sees it. "
        f"Drop scopus.csv in <#{bot.review.channel}>, where Ana can import it."
    )
    made = bot.control.post("files", who="ana", where="dm", name="lead.ris", text=data)
    offered = wait_until(lambda: below(bot, "ana", made["ts"]))
    assert "1 record understood" in words(offered)
    bot.control.click("ana", "Import…", ts=offered["ts"], where="dm")
    wait_until(lambda: bot.control.see("ana").get("modal"))
    bot.control.submit("ana", {"Or another source": "ERIC"})
    wait_until(lambda: "1 read" in words(below(bot, "ana", made["ts"]) or offered))
    bot.carry()
    # The team hears of it all the same, in its channel.
    assert "lead.ris imported from ERIC" in words(bot.control.messages("ben", "#screening")[-1])


def below(bot: BotDesk, who: str, ts: str) -> dict[str, Any] | None:
    """The bot's newest reply below a member's message in their direct message."""
    replies = [m for m in bot.dm(who) if m.get("thread_ts") == ts and m["ts"] != ts]
    return replies[-1] if replies else None


def test_fault_2_what_outsiders_drop_is_not_even_fetched(bot: BotDesk) -> None:
    review = bot.review
    team = tuple(member for member in review.members if member.name != "Chloe")
    bot.desk.reviews["peer"] = replace(review, members=team)
    bot.control.delete("requests")
    ts = drop(bot, "chloe", "bomb.xlsx", "PK not even a workbook")
    refused = answer(bot, ts, "was not imported")
    assert "are not on the team of" in words(refused)
    assert [r for r in bot.control.requests() if r["method"] == "file_download"] == []


def test_a_pdf_called_ris_is_refused_in_a_sentence(bot: BotDesk) -> None:
    ts = drop(bot, "ana", "paper.ris", "%PDF-1.7 not a search export")
    refused = answer(bot, ts, "was not imported")
    assert labels(refused) == []


def test_other_files_are_none_of_our_business(bot: BotDesk) -> None:
    ts = drop(bot, "ana", "photo.png", "not a picture")
    drop(bot, "ana", "last.ris", ris([title(99)]).decode())
    wait_until(lambda: "understood" in str(bot.control.see("ana", where="#screening")))
    assert thread(bot, ts) == []


def test_possible_duplicates_come_to_the_lead_one_by_one(
    bot: BotDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.views import DuplicatePair
    from tests.flows.botdesk import bring

    bring(bot, 4)
    bot.carry()
    with bot.desk.store.writing("peer") as tx:
        for number, (first, second) in enumerate((("1", "2"), ("3", "4")), 1):
            ids = (f"R00000{first}", f"R00000{second}")
            pair = DuplicatePair(
                f"D{number}", "peer", *ids, "possible", 91.0, "titles 91 % alike", "possible"
            )
            tx.add_pair(pair)
        at = bot.clock.now()
        tx.enqueue("slack", "possible_duplicate", "D1", at, {"pair_id": "D1"})
        tx.enqueue("slack", "possible_duplicate", "D2", at, {"pair_id": "D2"})
    seen = len(bot.dm("ana"))
    assert bot.carry() == 2
    assert len(bot.dm("ana")) == seen + 1
    card = bot.card("ana")
    assert "91 % alike: titles 91 % alike · 2 pairs to check" in words(card)
    bot.control.click("ana", "Different", where="dm", wait_ms=3000)
    card = bot.card("ana")
    assert "Kept apart: R000001 and R000002" in words(card)
    assert "1 pair to check" in words(card)
    bot.control.click("ana", "Same", where="dm", wait_ms=3000)
    assert "No possible duplicates are left to check." in words(bot.card("ana"))
    with bot.desk.store.reading("peer") as tx:
        view = tx.record("R000004")
    assert view is not None
    assert view.merged_into == "R000003"


def asked_about(bot: BotDesk, *pairs: tuple[str, str]) -> None:
    """Possible duplicates that the lead was asked about, on one card."""
    from screening.views import DuplicatePair
    from tests.flows.botdesk import bring

    bring(bot, 2 * len(pairs))
    bot.carry()
    with bot.desk.store.writing("peer") as tx:
        for number, ids in enumerate(pairs, 1):
            pair = DuplicatePair(
                f"D{number}", "peer", *ids, "possible", 91.0, "titles alike", "possible"
            )
            tx.add_pair(pair)
        tx.enqueue("slack", "possible_duplicate", "D1", bot.clock.now(), {"pair_id": "D1"})
    bot.carry()


def judged_in_the_sheet(bot: BotDesk, pair_id: str, verdict: Any) -> None:
    from screening.gestures.duplicates import judge_pair
    from tests.desks import LEAD

    leads = bot.desk.review("peer").leads
    by = leads[0].member_id if leads else LEAD
    key = f"sheet:{pair_id}:{verdict}"
    judge_pair(bot.desk, "peer", by=by, pair_id=pair_id, verdict=verdict, gesture_key=key)


PAIRS = (("R000001", "R000002"), ("R000003", "R000004"))


def test_an_old_card_does_not_overturn_what_was_decided_in_the_sheet(bot: BotDesk) -> None:
    asked_about(bot, *PAIRS)
    judged_in_the_sheet(bot, "D1", "different")
    bot.control.click("ana", "Same", where="dm", wait_ms=3000)
    card = bot.card("ana")
    assert "Your click changed nothing." in words(card)
    assert "decided. Kept apart: R000001 and R000002" in words(card)
    assert "1 pair to check" in words(card)
    with bot.desk.store.reading("peer") as tx:
        assert tx.merges() == {}
    bot.carry()
    assert "Your click changed nothing." in words(bot.card("ana")), "it is not drawn once more"
    bot.control.click("ana", "Same", where="dm", wait_ms=3000)
    assert "Merged: R000003 and R000004" in words(bot.card("ana"))
    judged_in_the_sheet(bot, "D2", "different")
    with bot.desk.store.reading("peer") as tx:
        assert tx.merges() == {}, "a merge can be undone in the sheet"


def test_a_card_follows_what_was_decided_in_the_sheet(bot: BotDesk) -> None:
    asked_about(bot, *PAIRS)
    seen = len(bot.dm("ana"))
    judged_in_the_sheet(bot, "D1", "same")
    bot.carry()
    card = bot.card("ana")
    assert "decided. Merged: R000001 and R000002" in words(card)
    assert "1 pair to check" in words(card)
    judged_in_the_sheet(bot, "D2", "different")
    bot.carry()
    assert "No possible duplicates are left to check." in words(bot.card("ana"))
    assert labels(bot.card("ana")) == []
    assert len(bot.dm("ana")) == seen
