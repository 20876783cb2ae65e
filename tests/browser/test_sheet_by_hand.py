"""The sheet's pane as a person uses it: cells are clicked and typed into, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desks import title
from tests.flows.installation import Installation, installed
from tests.flows.standins import wait_until
from tests.flows.team import write_ris

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

SIZES = {"desk": (1400, 900), "phone": (375, 667)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A playground with its page and a sheet that a bot has written; the bot has ended."""
    folder: Path = tmp_path_factory.mktemp("site")
    with installed(folder, page=True) as it:
        export = write_ris(it.folder / "medline.ris", [title(n) for n in range(8)])
        it.bring(export, "MEDLINE")
        it.start_bot()
        wait_until(lambda: is_written(it), 60)
        it.stop_bot()
        yield it


def is_written(it: Installation) -> bool:
    """Whether the bot has made every tab and written its records."""
    sheet = f"sheets/{it.spreadsheet}"
    tabs = {tab["title"] for tab in it.control.get(f"{sheet}/tabs")}
    if not {"Records", "Progress"} <= tabs or len(it.rows("Records")) < 8:
        return False
    return bool(it.control.get(f"{sheet}/charts", tab="Progress"))


class Hand:
    """A person with a browser of some size in front of the sheet."""

    def __init__(self, browser: Browser, site: Installation, size: str, who: str = "ana") -> None:
        width, height = SIZES[size]
        self.site = site
        self.phone = size == "phone"
        viewport = {"width": width, "height": height}
        self.context = browser.new_context(viewport=viewport, has_touch=self.phone)
        self.page: Page = self.context.new_page()
        self.page.goto(f"{site.playground.url}/?as={who}&at=screening")
        expect(self.page.get_by_role("log", name="Messages")).to_be_visible(timeout=20_000)
        if self.phone:
            self.page.get_by_role("button", name="Sheet", exact=True).tap()
        expect(self.page.locator(".ag-row").first).to_be_visible(timeout=20_000)

    def press(self, what: Locator) -> None:
        what.tap() if self.phone else what.click()

    def tool(self, name: str) -> None:
        tools = self.page.get_by_role("toolbar", name="Tools")
        self.press(tools.get_by_role("button", name=name, exact=True))

    def cell(self, row: int, column: str) -> Locator:
        """A cell by its row as numbered at the left, and its header."""
        header = self.page.get_by_role("columnheader", name=column, exact=True)
        ident = header.get_attribute("col-id")
        return self.page.locator(f'.ag-row[row-id="{row - 1}"] [col-id="{ident}"]')

    def select(self, row: int, column: str) -> None:
        self.press(self.cell(row, column))
        letters = re.compile(rf"^[A-Z]+{row}$")
        expect(self.page.locator(".gs-address")).to_have_text(letters)

    def answer(self, dialog: str, button: str) -> None:
        shown = self.page.get_by_role("dialog", name=dialog)
        self.press(shown.get_by_role("button", name=button, exact=True))
        expect(shown).to_have_count(0)

    def values(self, column: str) -> list[Any]:
        """What a column holds, from the sheet itself."""
        return [row.get(column) for row in self.site.rows("Records")]

    def look(self, cell: str) -> dict[str, Any]:
        """A cell with its note, as /control shows it."""
        found = self.site.control.get(
            f"sheets/{self.site.spreadsheet}/window", **{"as": "ana"}, tab="Records", rows=20
        )
        return found["row_views"][int(cell[1:]) - 1]["cells"][ord(cell[0]) - 65]


@pytest.fixture(params=SIZES)
def hand(browser: Browser, site: Installation, request: pytest.FixtureRequest) -> Iterator[Hand]:
    made = Hand(browser, site, request.param)
    yield made
    made.context.close()


def test_fault_49_a_cell_that_is_clicked_can_be_sorted_by(hand: Hand) -> None:
    for tool, backwards in (("Sort Z→A", True), ("Sort A→Z", False)):
        hand.select(3, "Title")
        hand.tool(tool)
        hand.answer("Heads up!", "OK")
        expected = sorted(hand.values("Title"), reverse=backwards)
        wait_until(lambda want=expected: hand.values("Title") == want)
        expect(hand.cell(2, "Title")).to_have_text(expected[0])


def test_fault_49_rows_are_inserted_and_deleted_where_the_cell_is(hand: Hand) -> None:
    before = hand.values("ID")
    hand.select(4, "ID")
    hand.tool("Insert row")
    expect(hand.cell(4, "ID")).to_have_text("")
    expect(hand.cell(5, "ID")).to_have_text(before[2])
    hand.select(4, "ID")
    hand.tool("Delete row")
    hand.answer("Heads up!", "OK")
    expect(hand.cell(4, "ID")).to_have_text(before[2])
    assert hand.values("ID") == before


def test_fault_49_columns_are_inserted_and_deleted_by_their_header(hand: Hand) -> None:
    headers = list(hand.site.rows("Records")[0])
    hand.press(hand.page.get_by_role("columnheader", name="Title", exact=True))
    expect(hand.page.locator(".gs-address")).to_have_text("B1")
    hand.tool("Insert column")
    expect(hand.page.get_by_role("columnheader", name="B", exact=True)).to_be_attached()
    hand.press(hand.page.get_by_role("columnheader", name="B", exact=True))
    hand.tool("Delete column")
    hand.answer("Heads up!", "OK")
    expect(hand.page.get_by_role("columnheader", name="B", exact=True)).to_have_count(0)
    assert list(hand.site.rows("Records")[0]) == headers


def test_fault_49_a_note_is_written_and_shown(hand: Hand) -> None:
    hand.select(5, "ID")
    hand.tool("Note")
    dialog = hand.page.get_by_role("dialog", name="Note on A5")
    dialog.get_by_role("textbox").fill("ask the authors")
    hand.answer("Note on A5", "Save")
    hand.answer("Heads up!", "OK")
    expect(hand.page.locator(".gs-content")).to_contain_text("Note: ask the authors")
    assert hand.look("A5")["note"] == "ask the authors"
    hand.tool("Note")
    dialog.get_by_role("textbox").fill("")
    hand.answer("Note on A5", "Save")
    hand.answer("Heads up!", "OK")
    wait_until(lambda: hand.look("A5")["note"] is None)


def test_fault_49_typing_into_a_cell_writes_it(hand: Hand) -> None:
    hand.select(6, "Note")
    hand.page.keyboard.type("methods unclear")
    hand.page.keyboard.press("Enter")
    wait_until(lambda: hand.values("Note")[4] == "methods unclear")
    hand.select(6, "Note")
    hand.tool("Edit")
    box = hand.page.get_by_role("dialog").get_by_role("textbox")
    expect(box).to_have_value("methods unclear")
    box.fill("methods clear")
    hand.press(hand.page.get_by_role("dialog").get_by_role("button", name="Save"))
    wait_until(lambda: hand.values("Note")[4] == "methods clear")


def test_fault_49_a_protected_cell_warns_before_it_is_edited(hand: Hand) -> None:
    was = hand.values("Title")[1]
    for answer, expected in (("Cancel", was), ("OK", "Mine")):
        hand.select(3, "Title")
        hand.page.keyboard.press("Enter")
        hand.page.keyboard.press("Control+A")
        hand.page.keyboard.type("Mine")
        hand.page.keyboard.press("Enter")
        warning = hand.page.get_by_role("dialog", name="Heads up!")
        expect(warning).to_contain_text("shouldn't be changed accidentally")
        assert hand.values("Title")[1] == was
        hand.answer("Heads up!", answer)
        expect(hand.cell(3, "Title")).to_have_text(expected)
        assert hand.values("Title")[1] == expected
    hand.select(3, "Title")
    hand.tool("Edit")
    hand.page.get_by_role("dialog").get_by_role("textbox").fill(was)
    hand.press(hand.page.get_by_role("dialog").get_by_role("button", name="Save"))
    hand.answer("Heads up!", "OK")
    wait_until(lambda: hand.values("Title")[1] == was)


def test_fault_49_a_long_cell_is_edited_whole(hand: Hand) -> None:
    long = "A sentence that goes on. " * 20 + "The end"
    hand.site.control.post(
        f"sheets/{hand.site.spreadsheet}/edit",
        {"as": "ana", "tab": "Records", "row": 7, "column": "Note", "value": long},
    )
    cell = hand.cell(7, "Note")
    expect(cell).to_contain_text("…")
    hand.press(cell)
    cell.dblclick()
    box = hand.page.get_by_role("dialog").get_by_role("textbox")
    expect(box).to_have_value(long)
    box.fill("short")
    hand.press(hand.page.get_by_role("dialog").get_by_role("button", name="Save"))
    wait_until(lambda: hand.values("Note")[5] == "short")


def test_fault_49_headers_have_their_colours_and_a_filter_hides_rows(hand: Hand) -> None:
    colours = {
        name: hand.page.get_by_role("columnheader", name=name, exact=True).evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
        for name in ("ID", "Override")
    }
    assert colours["ID"] != colours["Override"]
    hand.select(3, "ID")
    hand.tool("Filter by this")
    expect(hand.cell(2, "ID")).to_have_count(0)
    expect(hand.cell(3, "ID")).to_be_visible()
    hand.tool("Clear filter")
    expect(hand.cell(2, "ID")).to_be_visible()


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def test_fault_49_charts_leave_room_for_cells_and_tabs(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("button", name="Progress", exact=True))
    expect(hand.page.locator(".gs-chart").first).to_be_visible()
    charts, cells = box(hand.page.locator(".gs-charts")), box(hand.page.locator(".gs-grid"))
    tabs = box(hand.page.get_by_role("navigation", name="Tabs"))
    assert charts["y"] + charts["height"] <= cells["y"] + 1
    assert cells["height"] >= 120
    assert cells["y"] + cells["height"] <= tabs["y"] + 1
    assert tabs["y"] + tabs["height"] <= SIZES["phone" if hand.phone else "desk"][1]
    hand.press(hand.page.get_by_role("button", name="Records", exact=True))
    expect(hand.cell(2, "ID")).to_be_visible()


def test_fault_49_on_a_phone_the_pages_own_header_is_small(
    browser: Browser, site: Installation
) -> None:
    hand = Hand(browser, site, "phone")
    assert box(hand.page.locator(".pg-top"))["height"] <= 60
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= 375
    hand.page.get_by_role("button", name="Slack", exact=True).tap()
    assert box(hand.page.get_by_role("log", name="Messages"))["y"] <= 110
    expect(hand.page.get_by_role("button", name="Next morning")).to_be_hidden()
    hand.page.get_by_role("button", name="Clock and colleagues").tap()
    expect(hand.page.get_by_role("button", name="Next morning")).to_be_visible()
    hand.context.close()
