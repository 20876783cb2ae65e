"""The page as a person uses it: by visible labels, with a real browser, a real bot and the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desks import title
from tests.flows.installation import Installation, installed
from tests.flows.standins import wait_until
from tests.flows.team import write_ris

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

DESK = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 780}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A playground with its page, a bot and a dozen records."""
    folder: Path = tmp_path_factory.mktemp("site")
    with installed(folder, page=True) as it:
        export = write_ris(it.folder / "medline.ris", [title(n) for n in range(12)])
        it.bring(export, "MEDLINE")
        it.start_bot()
        yield it
        it.stop_bot()


def open_page(
    browser: Browser, site: Installation, who: str, at: str = "", size: dict[str, int] = DESK
) -> Page:
    """Open the page as a member."""
    page = browser.new_page(viewport=size)
    page.goto(f"{site.playground.url}/?as={who}&at={at}")
    expect(page.get_by_role("log", name="Messages")).to_be_visible(timeout=20_000)
    return page


def say(page: Page, text: str) -> None:
    """Type into the field and press Enter."""
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("textbox", name="Message").press("Enter")


def card(page: Page):
    """The newest message of the app in the DM."""
    return page.get_by_role("log", name="Messages").locator("article").last


def still_open(site: Installation) -> list[str]:
    """The IDs of the conflicts that the sheet shows as open."""
    return [row["ID"] for row in site.rows("Conflicts") if not row["Resolved at"]]


def test_a_reviewer_asks_for_cards_and_votes(browser: Browser, site: Installation) -> None:
    page = open_page(browser, site, "ben")
    say(page, "/winnow next 5")
    expect(page.get_by_text("1 of 5")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Include:").click()
    expect(page.get_by_text("2 of 5")).to_be_visible()
    expect(page.get_by_text("Recorded:")).to_be_visible()
    page.get_by_role("button", name="Undo:").click()
    expect(page.get_by_text("1 of 5")).to_be_visible()
    page.get_by_role("button", name="Exclude:").click()
    expect(page.get_by_text("2 of 5")).to_be_visible()
    page.get_by_role("button", name="Maybe:").click()
    expect(page.get_by_text("3 of 5")).to_be_visible()
    page.close()


def test_a_vote_by_keyboard_alone(browser: Browser, site: Installation) -> None:
    page = open_page(browser, site, "ben")
    expect(page.get_by_text("3 of 5")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Exclude:").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 of 5")).to_be_visible()
    page.close()


def test_a_disagreement_is_shown_and_decided_in_the_channel(
    browser: Browser, site: Installation
) -> None:
    other = open_page(browser, site, "chloe")
    say(other, "/winnow next 5")
    expect(other.get_by_text("1 of 5")).to_be_visible(timeout=15_000)
    other.get_by_role("button", name="Include:").click()
    expect(other.get_by_text("2 of 5")).to_be_visible()
    other.close()
    site.move(minutes=6)
    page = open_page(browser, site, "ana", "screening")
    expect(page.get_by_text("Conflict", exact=False).first).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Decide include:").click()
    expect(page.get_by_text("Conflict resolved", exact=False)).to_be_visible(timeout=20_000)
    page.close()


def test_the_lead_decides_in_the_sheet(browser: Browser, site: Installation) -> None:
    site.control.click("chloe", "Exclude", where="dm", wait_ms=5_000)
    site.control.click("chloe", "Exclude", where="dm", wait_ms=5_000)
    site.move(minutes=6)
    # The decision of the test before may still be on its way to the sheet.
    wait_until(lambda: len(site.rows("Conflicts")) == 2 and len(still_open(site)) == 1, 30)
    (open_one,) = still_open(site)
    page = open_page(browser, site, "ana", "screening")
    page.get_by_role("button", name="Conflicts", exact=True).click()
    row = page.locator(".ag-center-cols-container .ag-row").filter(has_text=open_one)
    expect(row).to_be_visible(timeout=20_000)
    header = page.locator(".ag-root").get_by_role("columnheader", name="Decision")
    row.locator(f'[col-id="{header.get_attribute("col-id")}"]').dblclick()
    page.get_by_role("option", name="include").click()
    wait_until(lambda: not still_open(site), 30, every=0.3)
    page.close()


def test_the_rows_of_the_sheet_follow_the_votes(browser: Browser, site: Installation) -> None:
    page = open_page(browser, site, "ana", "screening")
    page.get_by_role("button", name="Votes", exact=True).click()
    expect(page.locator(".ag-row").first).to_be_visible(timeout=20_000)
    assert page.locator(".ag-center-cols-container .ag-row").count() >= 4
    page.close()


def test_on_a_phone_one_pane_at_a_time(browser: Browser, site: Installation) -> None:
    page = open_page(browser, site, "dev", size=PHONE)
    say(page, "/winnow next 3")
    include = page.get_by_role("button", name="Include:")
    expect(include).to_be_visible(timeout=15_000)
    box = include.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["height"] >= 40
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    page.get_by_role("button", name="Sheet").click()
    expect(page.get_by_role("region", name="Shared sheet")).to_be_visible()
    expect(page.get_by_role("region", name="Slack")).to_be_hidden()
    page.close()


def test_the_home_tab_and_a_modal(browser: Browser, site: Installation) -> None:
    page = open_page(browser, site, "dev")
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_role("button", name="Continue").first).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Winnow").click()
    page.get_by_role("button", name="Write a note").click()
    dialog = page.get_by_role("dialog", name="Note")
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill("table 3 may help")
    # At once after the last letter, without the pause that a click takes.
    dialog.get_by_role("button", name="Keep the note").dispatch_event("click")
    expect(page.get_by_text("Your note: table 3 may help")).to_be_visible(timeout=10_000)
    page.close()


def test_the_next_morning_brings_the_digest(browser: Browser, site: Installation) -> None:
    page = open_page(browser, site, "ana", "screening")
    page.get_by_role("button", name="Next morning").click()
    expect(page.get_by_text("3 Mar 2026", exact=False).first).to_be_visible(timeout=30_000)
    expect(page.locator("figure img").first).to_be_visible(timeout=60_000)
    page.close()
