"""The Drive API as far as spreadsheets need it: listing, metadata, sharing, copying, exporting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from playground.google import export
from playground.google.errors import DriveError, standin
from playground.google.library import Library, Workbook, file_of, stamp
from playground.google.masks import Mask, parse_free, pick
from playground.google.tabs import Json
from playground.google.tokens import DRIVE, DRIVE_FILE, DRIVE_META, DRIVE_READ

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
_FILE_FIELDS = "kind,id,name,mimeType"
_PERMISSION_FIELDS = "kind,id,type,role"
_WRITE: Final = frozenset({DRIVE, DRIVE_FILE})
_READ: Final = _WRITE | {DRIVE_READ, DRIVE_META}
_ROLES = ("reader", "commenter", "writer", "owner")
# Parameters that change nothing here, but that real programs send.
_QUERY: Final[Mapping[str, frozenset[str]]] = {
    "files.list": frozenset(
        [
            "q",
            "pageSize",
            "pageToken",
            "fields",
            "supportsAllDrives",
            "includeItemsFromAllDrives",
            "orderBy",
            "spaces",
            "corpora",
        ]
    ),
    "files.export": frozenset({"mimeType"}),
    "permissions.create": frozenset(
        [
            "fields",
            "supportsAllDrives",
            "sendNotificationEmail",
            "emailMessage",
            "transferOwnership",
        ]
    ),
    "comments.list": frozenset(["fields", "includeDeleted", "pageSize", "pageToken"]),
}
_COMMON = frozenset(
    {
        "fields",
        "supportsAllDrives",
        "includeItemsFromAllDrives",
        "pageToken",
        "alt",
        "prettyPrint",
        "pageSize",
    }
)
_TERM = re.compile(
    r"\s*(?:(?P<field>name|mimeType|trashed|modifiedTime|parents)\s*(?P<op>=|!=|>|<|>=|<=|contains|in)\s*"
    r"(?P<value>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|true|false)|"
    r"(?P<parent>'[^']*'|\"[^\"]*\")\s+in\s+parents)\s*\Z"
)


@dataclass(frozen=True, slots=True)
class DriveCall:
    """One call: who, the parts of the path after `files`, the query, the body."""

    method: str
    email: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Download:
    """An exported file."""

    content: bytes
    media_type: str


Answer = Json | Download | None


class DriveApi:
    """The Drive API over a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def call(self, call: DriveCall) -> Answer:
        """Run a method. Raises GoogleError."""
        known = _COMMON | _QUERY.get(call.method, frozenset())
        for name in call.query:
            if name not in known:
                raise standin("query", f"{call.method} takes no parameter {name} here.")
        return METHODS[call.method][1](self, call)

    def _open(self, call: DriveCall, least: str = "reader") -> Workbook:
        workbook = self._library.workbooks.get(call.path[0])
        role = workbook.role_of(call.email) if workbook else None
        if workbook is None or role is None:
            # Drive does not tell a file that is not shared from one that does not exist.
            raise DriveError(404, f"File not found: {call.path[0]}.", "notFound", "fileId")
        if _ROLES.index(role) < _ROLES.index(least):
            raise DriveError(
                403,
                "The user does not have sufficient permissions for this file.",
                "insufficientFilePermissions",
            )
        return workbook

    def list(self, call: DriveCall) -> Json:
        """files.list."""
        found = self._library.visible_to(call.email)
        for term in _terms(call.query.get("q", "")):
            found = [workbook for workbook in found if term(workbook)]
        answer = {
            "kind": "drive#fileList",
            "incompleteSearch": False,
            "files": [file_of(workbook, call.email) for workbook in found],
        }
        return _shown(answer, call, f"kind,incompleteSearch,files({_FILE_FIELDS})")

    def get(self, call: DriveCall) -> Json:
        """files.get."""
        return _shown(file_of(self._open(call), call.email), call, _FILE_FIELDS)

    def create(self, call: DriveCall) -> Json:
        """files.create, of spreadsheets only."""
        if call.body.get("mimeType") != SPREADSHEET:
            raise standin("file_type", f"only files of type {SPREADSHEET} can be created here.")
        title = call.body.get("name") or "Untitled"
        return _shown(
            file_of(self._library.create(title, call.email), call.email), call, _FILE_FIELDS
        )

    def copy(self, call: DriveCall) -> Json:
        """files.copy."""
        source = self._open(call)
        title = call.body.get("name") or f"Copy of {source.content.title}"
        copy = self._library.copy(source, title, call.email)
        return _shown(file_of(copy, call.email), call, _FILE_FIELDS)

    def update(self, call: DriveCall) -> Json:
        """files.update: the name."""
        workbook = self._open(call, "writer")
        if set(call.body) - {"name"}:
            raise standin("file_update", "only the name of a file can be changed here.")
        draft = self._library.draft(workbook, call.email)
        draft.properties["title"] = call.body.get("name") or workbook.content.title
        self._library.keep(workbook, draft.freeze(), call.email)
        return _shown(file_of(workbook, call.email), call, _FILE_FIELDS)

    def delete(self, call: DriveCall) -> None:
        """files.delete, by the owner."""
        self._library.delete(self._open(call, "owner"))

    def export(self, call: DriveCall) -> Download:
        """files.export."""
        workbook = self._open(call)
        kind = call.query.get("mimeType", "")
        if kind == export.XLSX:
            return Download(export.xlsx(workbook.content), kind)
        if kind in (export.CSV, export.TSV):
            delimiter = "," if kind == export.CSV else "\t"
            return Download(export.delimited(workbook.content, delimiter), kind)
        raise standin(
            "export", f"exporting as {kind or 'nothing'} is not played; use CSV, TSV or XLSX."
        )

    def permissions(self, call: DriveCall) -> Json:
        """permissions.list."""
        held = self._open(call, "writer").permissions.values()
        answer = {
            "kind": "drive#permissionList",
            "permissions": [item.to_api() for item in held],
        }
        return _shown(answer, call, f"kind,permissions({_PERMISSION_FIELDS})")

    def permission(self, call: DriveCall) -> Json:
        """permissions.get."""
        held = self._open(call).permissions.get(call.path[2])
        if held is None:
            raise _no_permission_id(call.path[2])
        return _shown(held.to_api(), call, _PERMISSION_FIELDS)

    def share(self, call: DriveCall) -> Json:
        """permissions.create."""
        workbook = self._open(call, "writer")
        kind, role = call.body.get("type"), call.body.get("role")
        who = call.body.get("domain" if kind == "domain" else "emailAddress")
        if role == "owner":
            # The service's text; gspread's copy(copy_permissions=True) meets it too.
            raise DriveError(
                403,
                "The transferOwnership parameter must be enabled when the permission role is "
                "'owner'.",
                "forbidden",
                "transferOwnership",
            )
        if role not in _ROLES[:3]:
            raise DriveError(
                400,
                "The specified role is invalid or not supported here.",
                "invalid",
                "permission.role",
            )
        if kind not in ("user", "group", "domain", "anyone"):
            raise DriveError(
                400, "The permission type field is required.", "required", "permission.type"
            )
        if kind != "anyone" and not who:
            raise DriveError(
                400, "The specified emailAddress is invalid or not applicable for the given permission type.",
                "invalid", "permission.emailAddress",
            )  # fmt: skip
        permission = self._library.share(workbook, kind, str(role), who)
        return _shown(permission.to_api(), call, _PERMISSION_FIELDS)

    def unshare(self, call: DriveCall) -> None:
        """permissions.delete."""
        workbook = self._open(call, "writer")
        if not self._library.unshare(workbook, call.path[2]):
            raise _no_permission_id(call.path[2])

    def comments(self, call: DriveCall) -> Json:
        """comments.list."""
        if "fields" not in call.query:
            raise DriveError(
                400, "The 'fields' parameter is required for this method.", "required", "fields"
            )
        answer = {"kind": "drive#commentList", "comments": self._open(call).comments}
        return _shown(answer, call, "*")

    def comment(self, call: DriveCall) -> Json:
        """comments.create."""
        workbook = self._open(call, "commenter")
        if not call.body.get("content"):
            raise DriveError(400, "A comment needs content.", "required", "comment.content")
        stored = add_comment(
            self._library, workbook, call.email, str(call.body["content"]), call.body.get("anchor")
        )
        return _shown(stored, call, "*")


def add_comment(
    library: Library, workbook: Workbook, email: str, text: str, anchor: str | None
) -> Json:
    """Put a comment on a spreadsheet; `anchor` names a cell in A1 notation."""
    stored: Json = {
        "kind": "drive#comment",
        "id": f"AAAA{len(workbook.comments) + 1:04d}",
        "content": text,
        "author": {"displayName": email.partition("@")[0], "emailAddress": email},
        "createdTime": stamp(library.clock.now()),
        "resolved": False,
        "deleted": False,
    }
    if anchor:
        stored["anchor"] = anchor
    workbook.comments.append(stored)
    library.touch(workbook, email)
    return stored


def _no_permission_id(number: str) -> DriveError:
    return DriveError(404, f"Permission not found: {number}.", "notFound", "permissionId")


def _shown(answer: Json, call: DriveCall, default: str) -> Json:
    text = call.query.get("fields") or default
    mask: Mask | None = parse_free(text)
    if mask is None:
        raise DriveError(400, f"Invalid field selection {text}", "invalidParameter", "fields")
    shown: Json = pick(answer, mask)
    return shown


Test = Callable[[Workbook], bool]


def _terms(query: str) -> list[Test]:
    parts = re.split(r"\s+and\s+(?=(?:[^\"]*\"[^\"]*\")*[^\"]*\Z)", query) if query.strip() else []
    return [_term(part) for part in parts]


def _term(text: str) -> Test:
    found = _TERM.match(text)
    if not found:
        raise DriveError(400, "Invalid Value", "invalid", "q")
    if found["parent"] or found["field"] == "parents":
        parent = (found["parent"] or found["value"]).strip("'\"")
        return lambda _: parent == "root"
    field, sign, value = found["field"], found["op"], found["value"]
    plain = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] in "'\"" else value
    if field == "name" and sign in ("=", "!=", "contains"):
        tests: dict[str, Test] = {
            "=": lambda workbook: workbook.content.title == plain,
            "!=": lambda workbook: workbook.content.title != plain,
            "contains": lambda workbook: plain.lower() in workbook.content.title.lower(),
        }
        return tests[sign]
    if field == "mimeType" and sign in ("=", "!="):
        return lambda _: (plain == SPREADSHEET) == (sign == "=")
    if field == "trashed" and sign == "=":
        return lambda _: plain == "false"
    if field == "modifiedTime" and sign in (">", "<"):
        return lambda workbook: (stamp(workbook.modified) > plain) == (sign == ">")
    raise DriveError(400, "Invalid Value", "invalid", "q")


METHODS: Final[Mapping[str, tuple[frozenset[str], Callable[[DriveApi, DriveCall], Answer]]]] = {
    "files.list": (_READ, DriveApi.list),
    "files.get": (_READ, DriveApi.get),
    "files.create": (_WRITE, DriveApi.create),
    "files.copy": (_WRITE, DriveApi.copy),
    "files.update": (_WRITE, DriveApi.update),
    "files.delete": (_WRITE, DriveApi.delete),
    "files.export": (_READ - {DRIVE_META}, DriveApi.export),
    "permissions.list": (_READ, DriveApi.permissions),
    "permissions.get": (_READ, DriveApi.permission),
    "permissions.create": (_WRITE, DriveApi.share),
    "permissions.delete": (_WRITE, DriveApi.unshare),
    "comments.list": (_READ - {DRIVE_META}, DriveApi.comments),
    "comments.create": (_WRITE, DriveApi.comment),
}
