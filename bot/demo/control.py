"""What the demo asks of the playground, over its own HTTP interface."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from bot.demo.errors import PlaygroundRefusedError

_SECONDS = 20


class Control:
    """The playground's /control."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        # The playground is on this machine: a proxy on another would look for it there.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def members(self) -> dict[str, tuple[str, str]]:
        """Return (member ID, first name) by name."""
        return {
            member["name"]: (member["id"], member["real_name"].split()[0])
            for member in self._call("GET", "/members")
        }

    def channel(self, name: str) -> str:
        """Return the ID of a channel."""
        for channel in self._call("GET", "/channels"):
            if channel["name"] == name:
                return str(channel["id"])
        raise PlaygroundRefusedError("/channels", f"there is no channel {name}")

    def has_spreadsheet(self, spreadsheet: str) -> bool:
        """Tell whether a spreadsheet is there."""
        return any(book["id"] == spreadsheet for book in self._call("GET", "/sheets"))

    def new_spreadsheet(self, who: str, title: str) -> str:
        """Make a spreadsheet, shared with the team and the bot; return its ID."""
        body = {"as": who, "title": title, "team": True, "service_account": True}
        return str(self._call("POST", "/sheets", body)["id"])

    def save(self) -> None:
        """Let the playground write its state now."""
        self._call("POST", "/state/save", {})

    def command(self, who: str, where: str, text: str) -> None:
        """Let a member type /winnow in a channel."""
        body = {"as": who, "where": where, "command": "/winnow", "text": text}
        self._call("POST", "/command", body)

    def let_colleagues_vote(self) -> None:
        """Let the simulated colleagues begin."""
        self._call("PUT", "/colleagues", {"active": True})

    def _call(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            self._url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise PlaygroundRefusedError(path, error.read().decode(errors="replace")) from error
        except (OSError, ValueError) as error:
            raise PlaygroundRefusedError(path, str(error)) from error
