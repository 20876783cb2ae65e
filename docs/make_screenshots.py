"""Takes the screenshots of the README from a running demo: python docs/make_screenshots.py URL.

Start `make demo` afresh in another terminal, let the colleagues vote for a minute, then run this.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

IMAGES = Path(__file__).with_name("images")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def open_page(browser: Browser, url: str, who: str, at: str, size: dict[str, int]) -> Page:
    page = browser.new_page(viewport=size, device_scale_factor=1.5)
    page.goto(f"{url}/?as={who}&at={at}")
    expect(page.get_by_role("log", name="Messages")).to_be_visible(timeout=30_000)
    time.sleep(2)
    return page


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("textbox", name="Message").press("Enter")
    time.sleep(2.5)


def save(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")


def main(url: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    root = ["--no-sandbox"] if sys.platform == "linux" else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=root)
        phone = open_page(browser, url, "ana", "", PHONE)
        say(phone, "/winnow next 10")
        phone.get_by_role("button", name="Exclude:").click()
        time.sleep(2)
        log = phone.get_by_role("log", name="Messages")
        log.evaluate("e => e.scrollTo({top: e.scrollHeight})")
        save(phone, "card")
        page = open_page(browser, url, "ana", "screening", DESK)
        time.sleep(3)
        save(page, "conflict")
        page.get_by_role("button", name="Votes", exact=True).click()
        time.sleep(3)
        page.locator(".ag-center-cols-viewport").first.evaluate("e => { e.scrollLeft = 640 }")
        page.locator(".ag-body-viewport").first.evaluate("e => { e.scrollTop = e.scrollHeight }")
        time.sleep(1)
        save(page, "sheet")
        page.get_by_role("button", name="PRISMA", exact=True).click()
        for _ in range(2):
            page.get_by_role("button", name="Next morning").click()
            time.sleep(45)
        digest = page.get_by_role("log", name="Messages").locator("article")
        digest = digest.filter(has_text="Yesterday").last
        expect(digest).to_be_visible(timeout=90_000)
        digest.evaluate("e => e.scrollIntoView({block: 'start'})")
        time.sleep(1)
        save(page, "digest")
        page.get_by_role("button", name="Home").click()
        time.sleep(3)
        save(page, "home")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
