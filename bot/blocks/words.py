"""The words in which stages, choices, outcomes and dates are told to people."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from screening.stages import How, Outcome
from screening.votes import Choice, Vote

CHOICES = {
    Choice.INCLUDE: "Include",
    Choice.MAYBE: "Maybe",
    Choice.EXCLUDE: "Exclude",
    Choice.WITHDRAWN: "Taken back",
}
OUTCOMES = {
    Outcome.INCLUDE: "Included",
    Outcome.EXCLUDE: "Excluded",
    Outcome.NOT_RETRIEVED: "Not retrieved",
}
ENDINGS = {
    How.AGREED: "by agreement",
    How.DISCUSSION: "after discussion",
    How.LEAD: "by the lead",
    How.OVERRIDE: "by the lead's override",
    How.REPORTED: "as reported",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def vote_words(vote: Vote) -> str:
    """Return a vote in plain words: "Exclude (wrong population)"; not yet safe for mrkdwn."""
    return CHOICES[vote.choice] + (f" ({vote.reason})" if vote.reason else "")


def day_words(at: datetime, zone: ZoneInfo) -> str:
    """Return "Friday 6 Nov"; the same wherever the process runs."""
    local = at.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def due_words(due: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return "due today", "due Friday", "due 6 Nov" or "was due 6 Nov", in the review's time zone."""
    day = due.astimezone(zone).date()
    days = (day - now.astimezone(zone).date()).days
    if days == 0 and due >= now:
        return "due today"
    if days == 1:
        return "due tomorrow"
    if 1 < days < 7:
        return f"due {WEEKDAYS[day.weekday()]}"
    return f"{'was due' if due < now else 'due'} {day.day} {MONTHS[day.month - 1]}"


def age_words(since: datetime, now: datetime) -> str:
    """Return how long ago something was: "3 days", "5 hours", "just now"."""
    seconds = max(0.0, (now - since).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"
