"""All spreadsheets of the stand-in: their files, who may open them, and their version history."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from playground.google.content import Content, Draft, Editor, new_content
from playground.google.tabs import Json

# A version is kept when the last one is this old, or this many changes ago.
VERSION_AGE = timedelta(minutes=2)
VERSION_CHANGES = 50
KEPT_VERSIONS = 30
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_RANK = {"reader": 1, "commenter": 2, "writer": 3, "owner": 4}


class Clock(Protocol):
    """What the library needs of a clock."""

    def now(self) -> datetime:
        """The time, aware."""
        ...


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do what with a spreadsheet."""

    permission_id: str
    kind: str
    role: str
    email: str | None = None
    domain: str | None = None

    def to_api(self) -> Json:
        """The Drive API's `Permission`."""
        shown: Json = {
            "kind": "drive#permission",
            "id": self.permission_id,
            "type": self.kind,
            "role": self.role,
        }
        if self.email:
            shown |= {
                "emailAddress": self.email,
                "displayName": self.email.partition("@")[0],
                "deleted": False,
            }
        if self.domain:
            shown |= {"domain": self.domain, "displayName": self.domain}
        if self.kind == "anyone":
            shown["allowFileDiscovery"] = False
        return shown


@dataclass(frozen=True, slots=True)
class Version:
    """What a spreadsheet said at an earlier time."""

    number: int
    at: datetime
    by: str
    content: Content
    name: str | None = None


@dataclass(slots=True)
class Workbook:
    """One spreadsheet as a file."""

    spreadsheet_id: str
    content: Content
    created: datetime
    modified: datetime
    last_editor: str
    version: int = 1
    permissions: dict[str, Permission] = field(default_factory=dict)
    comments: list[Json] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    next_version: int = 1
    changes: int = 0

    def role_of(self, email: str) -> str | None:
        """What someone may do: reader, commenter, writer, owner, or nothing (None)."""
        domain = email.partition("@")[2]
        roles = [
            held.role
            for held in self.permissions.values()
            if held.kind == "anyone"
            or (held.kind in ("user", "group") and held.email == email)
            or (held.kind == "domain" and held.domain == domain)
        ]
        return max(roles, key=lambda role: _RANK[role], default=None)

    def owner(self) -> str:
        """The owner's address."""
        owners = (held.email for held in self.permissions.values() if held.role == "owner")
        return next((email for email in owners if email), "")

    def editors(self) -> list[str]:
        """The addresses that may edit, the owner first."""
        named = [held for held in self.permissions.values() if held.email]
        ranked = sorted(named, key=lambda held: -_RANK[held.role])
        return [str(held.email) for held in ranked if _RANK[held.role] >= _RANK["writer"]]


class Library:
    """Finds spreadsheets and keeps changes to them."""

    def __init__(self, clock: Clock, dice: random.Random, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._dice = dice
        self._changed = changed
        self.workbooks: dict[str, Workbook] = {}

    @property
    def clock(self) -> Clock:
        """The stand-ins' clock."""
        return self._clock

    def create(self, title: str, owner: str, content: Content | None = None) -> Workbook:
        """A new spreadsheet that belongs to someone."""
        now = self._clock.now()
        number = "1" + "".join(self._dice.choices(_ALPHABET, k=43))
        workbook = Workbook(number, content or new_content(title), now, now, owner)
        self._grant(workbook, Permission(self._permission_id(), "user", "owner", owner))
        self.workbooks[number] = workbook
        self._changed()
        return workbook

    def copy(self, workbook: Workbook, title: str, owner: str) -> Workbook:
        """A copy, which belongs to whoever made it and is shared with nobody."""
        old = workbook.content
        content = Content(
            old.properties | {"title": title}, old.tabs, old.named_ranges, old.metadata
        )
        return self.create(title, owner, content)

    def delete(self, workbook: Workbook) -> None:
        """Take a spreadsheet away for good."""
        del self.workbooks[workbook.spreadsheet_id]
        self._changed()

    def _permission_id(self) -> str:
        return f"{self._dice.randrange(10**19, 10**20)}"

    def _grant(self, workbook: Workbook, permission: Permission) -> None:
        workbook.permissions[permission.permission_id] = permission

    def share(self, workbook: Workbook, kind: str, role: str, who: str | None = None) -> Permission:
        """Let someone in; who already was in gets the new role."""
        email = who if kind in ("user", "group") else None
        domain = who if kind == "domain" else None
        for held in workbook.permissions.values():
            if (held.kind, held.email, held.domain) == (kind, email, domain):
                if held.role == "owner":
                    return held
                changed = Permission(held.permission_id, kind, role, email, domain)
                self._grant(workbook, changed)
                self._changed()
                return changed
        permission = Permission(self._permission_id(), kind, role, email, domain)
        self._grant(workbook, permission)
        self._changed()
        return permission

    def unshare(self, workbook: Workbook, permission_id: str) -> bool:
        """Take a permission away; False when there is none, or it is the owner's."""
        held = workbook.permissions.get(permission_id)
        if held is None or held.role == "owner":
            return False
        del workbook.permissions[permission_id]
        self._changed()
        return True

    def editor(self, workbook: Workbook, email: str) -> Editor:
        """Someone as the editor of a spreadsheet."""
        return Editor(email, workbook.role_of(email) == "owner")

    def draft(self, workbook: Workbook, email: str) -> Draft:
        """A change of a spreadsheet by someone, to be kept with `keep`."""
        editor = self.editor(workbook, email)
        return Draft(
            workbook.content, editor, self._dice, self._clock.now().year, workbook.editors()
        )

    def scratch(self, content: Content, email: str) -> Draft:
        """A change of a content that belongs to no spreadsheet yet."""
        return Draft(content, Editor(email, True), self._dice, self._clock.now().year, (email,))

    def keep(self, workbook: Workbook, content: Content, by: str) -> None:
        """Make a content the current one."""
        now = self._clock.now()
        last = workbook.versions[-1] if workbook.versions else None
        workbook.changes += 1
        if (
            last is None
            or workbook.modified - last.at >= VERSION_AGE
            or workbook.changes >= VERSION_CHANGES
        ):
            self.remember(workbook)
        workbook.content = content
        workbook.version += 1
        workbook.modified = now
        workbook.last_editor = by
        self._changed()

    def touch(self, workbook: Workbook, by: str) -> None:
        """Count a change that is not in the content, such as a comment."""
        workbook.version += 1
        workbook.modified = self._clock.now()
        workbook.last_editor = by
        self._changed()

    def remember(self, workbook: Workbook, name: str | None = None) -> Version:
        """Put the current content into the version history."""
        version = Version(
            workbook.next_version, workbook.modified, workbook.last_editor, workbook.content, name
        )
        workbook.next_version += 1
        workbook.versions.append(version)
        workbook.changes = 0
        unnamed = [item for item in workbook.versions if item.name is None]
        if len(unnamed) > KEPT_VERSIONS:
            workbook.versions.remove(unnamed[0])
        return version

    def restore(self, workbook: Workbook, number: int, by: str) -> Version:
        """Make an earlier version the current one; what was there joins the history.

        Raises KeyError when there is no such version.
        """
        for version in workbook.versions:
            if version.number == number:
                self.remember(workbook)
                self.keep(workbook, version.content, by)
                return version
        raise KeyError(number)

    def visible_to(self, email: str) -> list[Workbook]:
        """The spreadsheets that someone may open, the latest changed first."""
        found = [item for item in self.workbooks.values() if item.role_of(email)]
        return sorted(found, key=lambda item: item.modified, reverse=True)


def stamp(moment: datetime) -> str:
    """A moment as the Drive API writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def file_of(workbook: Workbook, email: str) -> dict[str, Any]:
    """The Drive API's `File` as someone sees it."""
    role = workbook.role_of(email)
    can_edit = role in ("writer", "owner")

    def user(address: str) -> Json:
        return {
            "kind": "drive#user",
            "displayName": address.partition("@")[0],
            "me": address == email,
            "emailAddress": address,
        }

    return {
        "kind": "drive#file",
        "id": workbook.spreadsheet_id,
        "name": workbook.content.title,
        "mimeType": "application/vnd.google-apps.spreadsheet",
        "version": str(workbook.version),
        "createdTime": stamp(workbook.created),
        "modifiedTime": stamp(workbook.modified),
        "trashed": False,
        "ownedByMe": role == "owner",
        "shared": len(workbook.permissions) > 1,
        "owners": [user(workbook.owner())],
        "lastModifyingUser": user(workbook.last_editor),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit",
        "parents": ["root"],
        "capabilities": {
            "canEdit": can_edit,
            "canComment": role in ("commenter", "writer", "owner"),
            "canShare": can_edit,
            "canCopy": True,
            "canDownload": True,
            "canReadRevisions": can_edit,
            "canRename": can_edit,
            "canDelete": role == "owner",
            "canTrash": role == "owner",
        },
        "permissions": [held.to_api() for held in workbook.permissions.values()],
    }
