"""What the documentation tells people to type or to open is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from bot.cli import winnow

ROOT = Path(__file__).parents[2]
PAGES = [page for page in (ROOT / "README.md", ROOT / "CHANGELOG.md") if page.exists()]
PAGES += sorted((ROOT / "docs").glob("*.md"))
TOLD = re.compile(r"(?:^|`)\s*(?:\.venv/bin/)?winnow ((?:[a-z]|-)[^`#\n]*)", re.MULTILINE)
MADE = re.compile(r"(?:^|`)make ([a-z-]+)(?=`|\s+#|$)", re.MULTILINE)
LINKED = re.compile(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"")


def commands() -> list[str]:
    """Every command line of a page, and every example of the help."""
    found = {line.strip() for page in PAGES for line in TOLD.findall(page.read_text())}
    for name in winnow.list_commands(click.Context(winnow)):
        command = winnow.get_command(click.Context(winnow), name)
        assert command is not None
        example = (command.help or "").rpartition("Example: winnow ")[2]
        found.add(" ".join(example.split()))
    return sorted(found)


@pytest.mark.parametrize("line", commands())
def test_a_documented_command_is_understood(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name, *arguments = shlex.split(line)
    command = winnow.get_command(click.Context(winnow), name)
    assert command is not None, f"winnow {name}"
    for word in arguments:
        if re.fullmatch(r"[\w-]+\.(ris|csv|nbib)", word):
            Path(word).touch()
    if arguments and "FILE" not in line and "…" not in line:
        command.make_context(name, arguments)  # raises for what the command does not know


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = [one or other for one, other in LINKED.findall(page.read_text())]
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    named = {name for page in PAGES for name in MADE.findall(page.read_text())}
    assert named <= targets


def test_every_page_of_the_documentation_is_listed() -> None:
    listed = (ROOT / "docs" / "README.md").read_text()
    missing = [p.name for p in (ROOT / "docs").glob("*.md") if p.name not in listed]
    assert missing in ([], ["README.md"])
