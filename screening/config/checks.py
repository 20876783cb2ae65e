"""What must hold between the values of a configuration, beyond what each value must look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ValidationError

from screening.config.problems import ConfigProblem, place_of, shown
from screening.config.shapes import MemberTable, PreviousTable, StagesTable, StageTable
from screening.stages import Stage

Shape = TypeVar("Shape", bound=BaseModel)


def check_whole(raw: Mapping[str, Any]) -> list[ConfigProblem]:
    """Check across tables, as far as the parts concerned can be read at all.

    Works on the raw file, so that a fault in one place does not hide those elsewhere.
    """
    problems = list(_store(raw))
    reviews = raw.get("reviews")
    if not isinstance(reviews, list):
        return problems
    tables = [(n, table) for n, table in enumerate(reviews) if isinstance(table, dict)]
    for key, why in (
        ("id", "each review has an ID of its own"),
        ("channel", "a channel tells which review a gesture is for"),
        ("spreadsheet", "each review has a spreadsheet of its own"),
    ):
        problems += _repeated([(("reviews", n, key), table.get(key)) for n, table in tables], why)
    for n, table in tables:
        problems += _members(n, table)
        problems += _sources(n, table)
        problems += _reasons(n, table)
        previous = _valid(PreviousTable, table.get("previous"))
        if previous is not None and previous.reports < previous.studies:
            problems.append(
                ConfigProblem(
                    place_of(("reviews", n, "previous")),
                    f"{previous.reports} reports are fewer than {previous.studies} studies; "
                    "a study has at least one report.",
                )
            )
    return problems


def _store(raw: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    installation = raw.get("installation")
    store = installation.get("store") if isinstance(installation, dict) else None
    if not isinstance(store, str):
        return
    try:
        address = urlsplit(store)
        password = address.password or parse_qs(address.query).get("password")
    except ValueError:
        password = None
    if password:
        yield ConfigProblem(
            "installation.store",
            "holds a password; take the line out and set DATABASE_URL in the environment.",
        )


def _repeated(
    values: Sequence[tuple[Sequence[str | int], Any]], why: str
) -> Iterator[ConfigProblem]:
    seen: dict[str, str] = {}
    for path, value in values:
        if not isinstance(value, str) or not value:
            continue
        place = place_of(path)
        if value in seen:
            yield ConfigProblem(place, f"{shown(value)} already stands at {seen[value]}; {why}.")
        else:
            seen[value] = place


def _members(n: int, table: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    raw = table.get("members")
    if not isinstance(raw, list):
        return
    place = ("reviews", n, "members")
    entries = [(k, m) for k, m in enumerate(raw) if isinstance(m, dict)]
    yield from _repeated([((*place, k, "id"), m.get("id")) for k, m in entries], "list them once")
    yield from _repeated(
        [((*place, k, "name"), m.get("name")) for k, m in entries],
        "colleagues must be told apart; add an initial",
    )
    members = [_valid(MemberTable, m) for _, m in entries]
    if not members or None in members:
        return
    active = [m for m in members if m is not None and m.active]
    if not any(m.role == "lead" for m in active):
        yield ConfigProblem(
            place_of(place),
            "nobody leads this review; give one active member role = “lead”.",
        )
    stages = _valid(StagesTable, table.get("stages", {}))
    if stages is None:
        return
    rules: dict[Stage, StageTable] = {
        Stage.TITLE_ABSTRACT: stages.title_abstract,
        Stage.FULL_TEXT: stages.full_text,
    }
    for stage, rule in rules.items():
        needed = rule.votes_needed + (rule.tie_break == "third_vote")
        able = [m for m in active if m.role != "observer" and stage.value in m.stages]
        if len(able) < needed:
            third = ", and one more to break ties" if rule.tie_break == "third_vote" else ""
            yield ConfigProblem(
                place_of(("reviews", n, "stages", stage.value)),
                f"asks {rule.votes_needed} votes a record{third}, but {len(able)} active "
                f"members screen at {stage.label}; add members or lower votes_needed.",
            )


def _sources(n: int, table: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    raw = table.get("sources")
    if not isinstance(raw, list):
        return
    entries = [(k, s) for k, s in enumerate(raw) if isinstance(s, dict)]
    places = [(("reviews", n, "sources", k, "name"), _folded(s.get("name"))) for k, s in entries]
    yield from _repeated(places, "name each source once")
    for k, source in entries:
        searched = source.get("searched_on")
        if isinstance(searched, datetime) or not isinstance(searched, date):
            continue
        if searched.year < 1950:
            yield ConfigProblem(
                place_of(("reviews", n, "sources", k, "searched_on")),
                f"{searched.isoformat()} is before there were databases; check the year.",
            )


def _reasons(n: int, table: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    stages = table.get("stages")
    full_text = stages.get("full_text") if isinstance(stages, dict) else None
    reasons = full_text.get("exclusion_reasons") if isinstance(full_text, dict) else None
    if isinstance(reasons, list):
        place = ("reviews", n, "stages", "full_text", "exclusion_reasons")
        folded = [((*place, k), _folded(reason)) for k, reason in enumerate(reasons)]
        yield from _repeated(folded, "name each reason once")


def _folded(value: Any) -> str | None:
    return value.strip().casefold() if isinstance(value, str) else None


def _valid(shape: type[Shape], raw: Any) -> Shape | None:
    """Read one table by itself, None when it is faulty: its own faults are told elsewhere."""
    try:
        return shape.model_validate(raw)
    except ValidationError:
        return None
