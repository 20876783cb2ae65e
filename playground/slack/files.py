"""Files: uploaded by the app in three steps, or dropped by a member."""

from __future__ import annotations

import base64
import mimetypes
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from playground.slack.workspace import StoredFile, Workspace

# What Slack calls common types (docs file types, (m) for the bibliographic ones: plain text).
_FILETYPES = {
    "csv": "csv",
    "json": "json",
    "md": "markdown",
    "nbib": "text",
    "pdf": "pdf",
    "png": "png",
    "ris": "text",
    "svg": "svg",
    "txt": "text",
    "xlsx": "xlsx",
    "xml": "xml",
}
MOST_BYTES = 1_000_000_000  # docs: 1 GB a file


@dataclass(slots=True)
class Upload:
    """A file that the app announced: a name and a length, then its bytes."""

    file_id: str
    secret: str
    filename: str
    length: int
    alt_txt: str | None = None
    snippet_type: str | None = None
    content: bytes | None = None


def stored_file(
    ident: str, name: str, title: str, content: bytes, user: str, created: int
) -> StoredFile:
    """A file as it is kept."""
    guessed, _ = mimetypes.guess_type(name)
    textual = PurePath(name).suffix.lower() in (".ris", ".nbib", ".enw", ".bib", ".txt", ".md")
    return StoredFile(
        id=ident,
        name=name,
        title=title,
        mimetype="text/plain" if textual else guessed or "application/octet-stream",
        size=len(content),
        content=base64.b64encode(content).decode(),
        user=user,
        created=created,
    )


def content_of(file: StoredFile) -> bytes:
    """The bytes of a file."""
    return base64.b64decode(file.content)


def file_field(file: StoredFile, workspace: Workspace) -> dict[str, Any]:
    """A file as the Web API, events and messages show it."""
    extension = PurePath(file.name).suffix.lstrip(".").lower()
    base = workspace.base_url
    address = f"{base}/files-pri/{workspace.team_id}-{file.id}"
    body: dict[str, Any] = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": _FILETYPES.get(extension, extension or "binary"),
        "pretty_type": extension.upper() or "Binary",
        "user": file.user,
        "user_team": workspace.team_id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(file.channels),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "file_access": "visible",
        "url_private": f"{address}/{_quoted(file.name)}",
        "url_private_download": f"{address}/download/{_quoted(file.name)}",
        "permalink": f"{base}/files/{file.user}/{file.id}/{_quoted(file.name)}",
        "channels": [ident for ident in file.channels if ident.startswith("C")],
        "groups": [ident for ident in file.channels if ident.startswith("G")],
        "ims": [ident for ident in file.channels if ident.startswith("D")],
        "shares": _shares(file),
    }
    if file.alt_txt:
        body["alt_txt"] = file.alt_txt
    if file.external_type:
        body |= _remote(file)
        del body["url_private_download"]
    return body


def _remote(file: StoredFile) -> dict[str, Any]:
    """What a remote file says otherwise: its address is wherever whoever added it said.

    docs: files.remote.add and the file object; `url_private` there is the external address. (m):
    `url_private_download` is absent.
    """
    return {
        "mode": "external",
        "is_external": True,
        "external_type": file.external_type,
        "external_id": file.id,
        "external_url": file.external_url,
        "url_private": file.external_url,
        "filetype": "remote",
        "mimetype": "application/vnd.slack-remote",
        "pretty_type": "Remote",
        "has_rich_preview": False,
        "size": 0,
    }


def _shares(file: StoredFile) -> dict[str, Any]:
    public: dict[str, Any] = {}
    private: dict[str, Any] = {}
    for channel, ts in file.shared_at.items():
        (public if channel.startswith("C") else private)[channel] = [{"ts": ts}]
    found = {"public": public, "private": private}
    return {name: shares for name, shares in found.items() if shares}


def _quoted(name: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)
    return kept.lower()
