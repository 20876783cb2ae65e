"""What a bot may write between `<` and `>` in mrkdwn, so that no imported title pings anybody."""

from __future__ import annotations

import re

UNESCAPED = "standin_unescaped_text"
BROADCAST = "standin_broadcast_mention"

_ANGLED = re.compile(r"<([^<>]*)>?")
_BROADCAST = re.compile(r"!(channel|here|everyone|group)(\|.*)?", re.DOTALL)
_ALLOWED = re.compile(
    r"""
      @[UWB][A-Z0-9]+ (\|[^|]*)?                # a member
    | \#[CDG][A-Z0-9]+ (\|[^|]*)?               # a channel
    | !subteam\^S[A-Z0-9]+ (\|.*)?              # a user group
    | !date\^\d+\^[^|]+ \|.+                    # a date, with its fallback
    | (https?|slack)://[^\s|]+ (\|.*)?          # a link
    | (mailto|tel):[^\s|]+ (\|.*)?
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED_BROADCAST = re.compile(r"(^|\s)@(channel|here|everyone)\b")


def problem_with(text: str, *, link_names: bool = False) -> tuple[str, str] | None:
    """The first thing in a mrkdwn text that a bot must not send: (error, explanation) or None.

    Real Slack lets both pass: a `<` that nobody escaped becomes a broken link, and
    `<!channel>` notifies everybody (docs.slack.dev/messaging/formatting-message-text).
    """
    for match in _ANGLED.finditer(text):
        inside = match.group(1)
        closed = match.group(0).endswith(">")
        if closed and _BROADCAST.fullmatch(inside):
            return BROADCAST, f"{match.group(0)} would notify everybody in the channel"
        if not closed or not _ALLOWED.fullmatch(inside):
            shown = match.group(0)[:40]
            return UNESCAPED, f"{shown!r} is no link or mention: write &lt; for <"
    if link_names and (named := _NAMED_BROADCAST.search(text)):
        return BROADCAST, f"@{named.group(2)} with link_names would notify everybody"
    return None
