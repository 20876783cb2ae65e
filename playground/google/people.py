"""How people are named in the sheet, and how they are refused."""

from __future__ import annotations

from typing import Final, Literal

TEAM_DOMAIN: Final = "playground.example"

Reason = Literal["not_found", "no_access", "protected", "warning", "validation", "invalid"]


class HandsRefused(Exception):
    """What Sheets would tell a person who cannot do what they tried; `reason` for programs."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def address(person: str) -> str:
    """The e-mail address of a person: a name of the workspace, or an address as it is."""
    return person if "@" in person else f"{person}@{TEAM_DOMAIN}"


def known_as(email: str) -> str:
    """The short name of an address."""
    return email.removesuffix(f"@{TEAM_DOMAIN}")
