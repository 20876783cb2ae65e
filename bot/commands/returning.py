"""`winnow export --as-imported`: every record as its search export gave it, merged ones too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.commands.whole_files import write_whole
from bot.opening import WrongCommandError
from screening.errors import UnreadableFileError
from screening.ports import Transaction
from screening.records import Record, SourceRecord
from screening.sources import Import

# Names that every file system takes: most allow 255 bytes.
_NAME_BYTES = 200
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
UNDERSTOOD = "ris"
_FORMULAS = "a cell that a spreadsheet would run as a formula has an apostrophe before it"
_WHY = {
    "csv": _FORMULAS,
    "tsv": _FORMULAS,
    "xlsx": "Excel holds 32,767 characters in a cell and no control characters",
}
_WHY_ELSE = "the format cannot hold some of their values"
_NO_RAW = "a rebuild from the sheet lost their raw fields; what was understood of them is written"


class FolderInUseError(WrongCommandError):
    """The folder to write to is a file or holds files, which might be the exports themselves."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{str(folder)!r} is there already and not an empty folder. Name a new folder with "
            "--out: each search export becomes a file in it, under its own name."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record came from, and the record that stands for it now."""

    record_id: str
    import_id: str
    position: int
    stands_for: str


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """One file written: `altered` of its `records` do not read as they came, for `why`."""

    file: str
    source: str
    format: str
    records: int
    altered: int = 0
    why: str = ""


def check_folder(folder: Path) -> None:
    """Raise FolderInUseError unless `folder` is new or empty."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise FolderInUseError(folder)


def give_back(tx: Transaction, places: Iterable[Place], folder: Path) -> list[ReturnedFile]:
    """Write a file for each search export with the raw fields of the records at `places`.

    Records whose raw fields the store has no more (it was rebuilt from a sheet that could not hold
    them) go into a file of their own, with their fields as they were understood.
    """
    imports = {imported.import_id: imported for imported in tx.imports()}
    by_import: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_import[place.import_id].append(place)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[ReturnedFile] = []
    taken: set[str] = set()
    for import_id, own in by_import.items():
        own.sort(key=lambda place: place.position)
        for data, file in _files(tx, imports[import_id], own):
            name = file_name(file.file, taken)
            taken.add(name.casefold())
            write_whole(folder / name, data)
            written.append(replace(file, file=name))
    return written


def file_name(wanted: str, taken: Collection[str]) -> str:
    """Give `wanted` as a name within a folder that no file in it has; `taken` is case-folded."""
    name = _UNFIT.sub("_", re.split(r"[/\\]", wanted)[-1]).strip(". ") or "export"
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if dot and len(ending) <= 10 else (name, "")
    stem = stem.encode()[:_NAME_BYTES].decode(errors="ignore")
    name, number = stem + ending, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} ({number}){ending}"
    return name


def _files(
    tx: Transaction, imported: Import, places: list[Place]
) -> Iterator[tuple[bytes, ReturnedFile]]:
    from screening.writing import write_export, write_raw

    came = [_as_it_came(tx, place) for place in places]
    whole = [record for record in came if record.raw]
    bare = [record for record in came if not record.raw]
    name, source, form = imported.file_name, imported.source.name, imported.format
    if whole:
        data = write_raw(whole, form)
        altered = _altered(whole, data, name)
        why = _WHY.get(form, _WHY_ELSE) if altered else ""
        yield data, ReturnedFile(name, source, form, len(whole), altered, why)
    if bare:
        count = len(bare)
        name = f"{name} without raw fields.{UNDERSTOOD}"
        yield (
            write_export(bare, UNDERSTOOD),
            ReturnedFile(name, source, UNDERSTOOD, count, count, _NO_RAW),
        )


def _as_it_came(tx: Transaction, place: Place) -> SourceRecord:
    raw = tx.raw_fields(place.record_id)
    # What was understood is asked for only where there is nothing else.
    record = Record() if raw else dict(tx.members_of(place.record_id))[place.record_id]
    return SourceRecord(record, place.position, 0, raw)


def _altered(records: list[SourceRecord], data: bytes, name: str) -> int:
    """Count the records that do not read from what was written as they came."""
    from screening.reading import read_export

    try:
        again = read_export(data, name).records
    except UnreadableFileError:
        return len(records)
    same = sum(_filled(one) == _filled(other) for one, other in zip(records, again, strict=False))
    return max(len(records), len(again)) - same


def _filled(record: SourceRecord) -> list[tuple[str, str]]:
    """Give the raw fields that say something; a table gives every record all its columns."""
    return sorted((tag, value) for tag, value in record.raw if value)
