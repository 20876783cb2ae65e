"""Mends what was damaged on the way into the published table, where it is certain what stood there."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import click

# UTF-8 that was read as Windows-1252: each run that reads as UTF-8 again.
_HIGH = re.compile(r"[^\x00-\x7f]{2,}")
# Chinese GBK that was read as Windows-1252: punctuation, signs and Greek letters.
_GBK = re.compile("(?<!€)(?:¡[¯ª®°±ÝêÁ]|¨C|¦[ÁÂ])")
# The joint between two pieces of a text that was cut at a semicolon.
_JOINT = re.compile(r'"?\s*;\s*"?\s*')
_ENOUGH = 60
"""Characters that two pieces must begin with in common to be one abstract."""


def mend(text: str) -> str:
    """A title or an abstract without the damage; what is not certain stays as it is."""
    return _unquoted(_once(_decoded(text)))


def _decoded(text: str) -> str:
    text = _HIGH.sub(lambda run: _as_utf8(run[0]), text)
    # A no-break space of which only the first of two bytes is left.
    text = text.replace("Â ", " ")
    return _GBK.sub(lambda pair: _from_gbk(pair[0]), text)


def _from_gbk(pair: str) -> str:
    return pair.encode("cp1252").decode("gbk").replace("￡", "£")


def _as_utf8(run: str) -> str:
    try:
        return b"".join(map(_byte, run)).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return run


def _byte(letter: str) -> bytes:
    # Windows-1252 leaves five bytes undefined; they came through as they were.
    return letter.encode("latin-1" if "\x80" <= letter <= "\x9f" else "cp1252")


def _once(text: str) -> str:
    """The longer of two pieces that are one abstract, joined by a semicolon."""
    for joint in _JOINT.finditer(text):
        first, second = text[: joint.start()].strip(), text[joint.end() :].strip()
        if min(len(first), len(second)) >= _ENOUGH and first[:_ENOUGH] == second[:_ENOUGH]:
            return max(second, first, key=len)
    return text


def _unquoted(text: str) -> str:
    """Without the two quotation marks that the cutting at semicolons left, and no others."""
    if text.count('"') != 2:
        return text
    if re.search(r'"\s*;.*;\s*"|";"', text, re.DOTALL):
        return text.replace('"', "")
    return text


@click.command()
@click.argument("published", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("mended", type=click.Path(dir_okay=False, path_type=Path))
def main(published: Path, mended: Path) -> None:
    """Write the published table with its titles and abstracts mended, all else as it stands.

    Example: python -m playground.sample.mend published.csv nagtegaal_2019.csv
    """
    with published.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        names = list(reader.fieldnames or ())
    changed = 0
    for row in rows:
        for name in ("title", "abstract"):
            text = mend(row[name])
            changed += text != row[name]
            row[name] = text
    with mended.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    click.echo(f"{changed} texts mended in {len(rows)} records.")


if __name__ == "__main__":
    main()
