"""The line to Slack against a real websocket: open only once Slack said hello, closed after the answers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from bot.logs import Quieting, configure_logging
from bot.slack import SlackClient, web_client
from bot.slack_faults import SlackFaultError
from bot.socket_mode import Socket, SocketClient
from tests.flows.standins import Playground, running_playground


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with running_playground(tmp_path_factory.mktemp("playground")) as running:
        yield running


def client_for(stand_in: Playground) -> SocketClient:
    return SocketClient(stand_in.app_token, web_client(stand_in.slack_api_url), 4)


def test_fault_41_a_websocket_that_cannot_be_opened_is_no_connection(stand_in, monkeypatch):
    client = client_for(stand_in)
    monkeypatch.setattr(client, "issue_new_wss_url", lambda: "ws://127.0.0.1:1/link/")
    with pytest.raises(SlackFaultError, match="websocket: ConnectionRefusedError") as caught:
        client.connect_for_sure(0.2)
    assert not caught.value.permanent
    Socket(client).close()


def test_fault_41_slack_is_connected_once_it_said_hello(stand_in):
    first, second = client_for(stand_in), client_for(stand_in)
    first.connect_for_sure()
    second.connect_for_sure()
    assert (first.connections, second.connections) == (1, 2)
    for client in (first, second):
        Socket(client).close()
    stand_in.control.post("sockets/drop")


def test_fault_41_a_rate_limited_open_is_an_error_and_no_sleep(stand_in):
    client = client_for(stand_in)
    stand_in.control.fault(
        service="slack", method="apps.connections.open", status=429, retry_after=36, times=1
    )
    began = time.monotonic()
    for _ in range(2):  # the second is not even sent
        with pytest.raises(SlackFaultError) as caught:
            client.connect_for_sure()
        assert 30 < caught.value.retry_after <= 36
    assert time.monotonic() - began < 5
    client._not_before = 0.0
    client.connect_for_sure()
    Socket(client).close()
    stand_in.control.post("sockets/drop")


def test_fault_43_a_socket_is_closed_after_the_answers_that_are_under_way(stand_in):
    client = client_for(stand_in)
    begun, go_on, answered = threading.Event(), threading.Event(), threading.Event()

    def slow(client: SocketClient, message: dict[str, object], raw: str | None) -> None:
        if message.get("envelope_id"):
            begun.set()
            go_on.wait(5)
            assert client.is_connected(), "the ack must still find its way"
            answered.set()

    client.message_listeners.append(slow)
    client.connect_for_sure()
    client.enqueue_message('{"type": "interactive", "envelope_id": "E1", "payload": {}}')
    assert begun.wait(5)
    closing = threading.Thread(target=Socket(client).close)
    closing.start()
    time.sleep(0.1)
    assert client.is_connected()
    go_on.set()
    closing.join(20)
    assert answered.is_set()
    assert not client.is_connected()
    stand_in.control.post("sockets/drop")


def test_fault_43_an_answer_that_never_comes_delays_a_stop_by_a_bounded_time(stand_in):
    client = client_for(stand_in)
    client._count(1)
    began = time.monotonic()
    assert not client.wait_for_answers(0.2)
    assert time.monotonic() - began < 2
    client._count(-1)
    assert client.wait_for_answers(0.2)
    Socket(client).close()


def test_fault_47_closing_twice_and_after_a_break_says_nothing(stand_in, caplog):
    client = client_for(stand_in)
    client.connect_for_sure()
    with caplog.at_level(logging.INFO):
        stand_in.control.post("sockets/drop")
        closing = Socket(client)
        closing.close()
        closing.close()
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


def test_fault_7h_a_librarys_traceback_stays_out_of_the_log(capsys):
    import sys

    before = logging.getLogger().handlers[:], threading.excepthook
    try:
        configure_logging(stream=sys.stdout)
        try:
            raise BrokenPipeError(32, "Broken pipe")
        except BrokenPipeError:
            logging.getLogger("slack_sdk.socket_mode").exception("Failed to run a request listener")
        vote = "incl" + "ude"
        thread = threading.Thread(target=lambda: {}[vote], name="worker")
        thread.start()
        thread.join()
        said = capsys.readouterr()
    finally:
        logging.getLogger().handlers[:], threading.excepthook = before
    assert "Failed to run a request listener" in said.out
    assert "Broken pipe" not in said.out
    assert "the thread worker failed: KeyError" in said.out
    assert "incl" + "ude" not in said.out + said.err


def test_fault_30_a_direct_message_with_another_id_is_opened_again(stand_in):
    from bot.blocks.commands import sentence

    slack = SlackClient(stand_in.bot_token, stand_in.slack_api_url)
    member = stand_in.control.get("members")[0]
    right = slack.dm(member["id"])
    slack._dms[member["id"]] = "D0GONE00000"
    ts = slack.post("D0GONE00000", sentence("Here is your card."))
    assert slack.dm(member["id"]) == right
    assert ts in [message["ts"] for message in stand_in.control.messages(member["name"], "dm")]
    with pytest.raises(SlackFaultError, match="channel_not_found"):
        slack.post("C0GONE00000", sentence("Nobody's."))
    slack.close()


def test_fault_7h_quieting_keeps_our_own_tracebacks():
    record = logging.LogRecord("bot.x", logging.ERROR, "", 0, "m", None, (ValueError, None, None))
    assert Quieting().filter(record)
    assert record.exc_info is not None
