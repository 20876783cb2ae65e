"""The Slack pane as a person uses it, with a small app of the test's own behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.flows.standins import Playground, running_playground, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GENERAL = "C000GENERAL"
PHONE = {"width": 375, "height": 667}
DESK = {"width": 1400, "height": 900}


@pytest.fixture(scope="module")
def site() -> Iterator[Playground]:
    """A playground with its page, and an app with a button that opens a modal."""
    with running_playground(page=True) as playground:
        client = WebClient(playground.bot_token, base_url=playground.slack_api_url)
        app = App(client=client, raise_error_for_unhandled_request=False)
        app.event("message")(lambda ack: None)

        @app.action("open")
        def opened(ack: Any, body: dict[str, Any], client: WebClient) -> None:
            ack()
            field = {"type": "plain_text_input", "action_id": "text"}
            label = {"type": "plain_text", "text": "Your note"}
            client.views_open(
                trigger_id=body["trigger_id"],
                view={
                    "type": "modal",
                    "callback_id": "note",
                    "title": {"type": "plain_text", "text": "A note"},
                    "submit": {"type": "plain_text", "text": "Keep"},
                    "blocks": [{"type": "input", "label": label, "element": field}],
                },
            )

        @app.view("note")
        def kept(ack: Any) -> None:
            ack()

        web = WebClient(playground.app_token, base_url=playground.slack_api_url)
        handler = SocketModeHandler(app, playground.app_token, web_client=web)
        handler.connect()
        wait_until(lambda: playground.control.get("sockets"))
        yield playground
        handler.close()


@pytest.fixture
def web(site: Playground) -> WebClient:
    return WebClient(site.bot_token, base_url=site.slack_api_url)


def open_page(
    browser: Browser, site: Playground, query: str = "as=ana&at=general", size: Any = DESK
) -> Page:
    page = browser.new_page(viewport=size)
    page.goto(f"{site.url}/?{query}")
    expect(page.get_by_role("log", name="Messages")).to_be_visible(timeout=20_000)
    return page


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def test_fault_49_a_modal_opens_only_in_the_tab_of_the_click(
    browser: Browser, site: Playground, web: WebClient
) -> None:
    button = {
        "type": "button",
        "action_id": "open",
        "text": {"type": "plain_text", "text": "Write a note"},
    }
    web.chat_postMessage(
        channel=GENERAL, text="note", blocks=[{"type": "actions", "elements": [button]}]
    )
    here, other = open_page(browser, site), open_page(browser, site)
    for page, elsewhere in ((here, other), (other, here)):
        page.get_by_role("button", name="Write a note").last.click()
        dialog = page.get_by_role("dialog", name="A note")
        expect(dialog).to_be_visible()
        elsewhere.wait_for_timeout(600)
        expect(elsewhere.get_by_role("dialog")).to_have_count(0)
        dialog.get_by_role("textbox").fill("kept")
        dialog.get_by_role("button", name="Keep").click()
        expect(dialog).to_have_count(0)
    # What a program does in the member's name shows wherever they look.
    site.control.click("ana", "Write a note", where="#general", wait_ms=2_000)
    for page in (here, other):
        expect(page.get_by_role("dialog", name="A note")).to_be_visible()
    site.control.post("close", who="ana")
    for page in (here, other):
        page.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_fault_49_a_file_is_attached_in_a_thread(
    browser: Browser, site: Playground, web: WebClient, size: dict[str, int]
) -> None:
    ts = web.chat_postMessage(channel=GENERAL, text=f"card {size['width']}")["ts"]
    web.chat_postMessage(channel=GENERAL, text="first reply", thread_ts=ts)
    page = open_page(browser, site, size=size)
    page.locator(f'[data-ts="{ts}"]').get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary")
    with page.expect_file_chooser() as chooser:
        thread.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files(
        [{"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}]
    )
    expect(thread.get_by_role("log", name="Thread").get_by_text("report.pdf")).to_be_visible()
    said = site.control.messages("ana", "#general")[-1]
    assert (said["thread_ts"], said["files"][0]["name"]) == (ts, "report.pdf")
    page.close()


def test_a_file_is_dropped_on_the_conversation(browser: Browser, site: Playground) -> None:
    page = open_page(browser, site)
    data = page.evaluate_handle(
        """() => { const d = new DataTransfer();
        d.items.add(new File(['TY  - JOUR'], 'dropped.ris')); return d }"""
    )
    page.get_by_role("log", name="Messages").dispatch_event("drop", {"dataTransfer": data})
    expect(page.get_by_role("link", name="dropped.ris")).to_be_visible()
    assert site.control.messages("ana", "#general")[-1]["files"][0]["name"] == "dropped.ris"
    page.close()


def test_fault_49_emoji_are_drawn_by_their_names(
    browser: Browser, site: Playground, web: WebClient
) -> None:
    names = ":information_source: :balance_scale: :+1: :inbox_tray: at 12:30:45 :no_such_thing:"
    ts = web.chat_postMessage(channel=GENERAL, text=names)["ts"]
    site.control.post("react", who="ben", where="#general", ts=ts, name="eyes")
    page = open_page(browser, site)
    message = page.locator(f'[data-ts="{ts}"]')
    expect(message).to_contain_text("ℹ️ ⚖️ 👍️ 📥️ at 12:30:45 :no_such_thing:")
    expect(message.locator(".sl-reaction")).to_have_text("👀️ 1")
    page.close()


def test_fault_48_a_long_section_is_folded_unless_it_says_expand(
    browser: Browser, site: Playground, web: WebClient
) -> None:
    long = "A long sentence that goes on and on. " * 40
    ts = web.chat_postMessage(
        channel=GENERAL,
        text="long",
        blocks=[section(long), section(long, expand=True), section("short")],
    )["ts"]
    page = open_page(browser, site)
    folded, whole, _ = page.locator(f'[data-ts="{ts}"] .sl-text').all()
    heights = [box["height"] for text in (folded, whole) if (box := text.bounding_box())]
    assert heights[0] < heights[1] / 2
    page.get_by_role("button", name="See more").click()
    expect(page.get_by_role("button", name="See less")).to_be_visible()
    box = folded.bounding_box()
    assert box is not None
    assert box["height"] == heights[1]
    page.close()


def test_a_permalink_opens_the_message(browser: Browser, site: Playground, web: WebClient) -> None:
    ts = web.chat_postMessage(channel=GENERAL, text="come here")["ts"]
    reply = web.chat_postMessage(channel=GENERAL, text="a reply to it", thread_ts=ts)["ts"]
    link = web.chat_getPermalink(channel=GENERAL, message_ts=reply)["permalink"]
    page = browser.new_page(viewport=DESK)
    page.goto(link)
    thread = page.get_by_role("log", name="Thread")
    expect(thread.get_by_text("a reply to it")).to_be_visible(timeout=20_000)
    page.close()
