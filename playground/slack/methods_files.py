"""Web API: files.*, in the three steps of an upload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack import messages, mrkdwn
from playground.slack.calls import Call
from playground.slack.errors import SlackError
from playground.slack.files import MOST_BYTES, Upload, file_field, stored_file
from playground.slack.workspace import Conversation, StoredFile


def get_upload_url(call: Call) -> dict[str, Any]:
    """files.getUploadURLExternal: step one, where to send the bytes."""
    length = int(call.args["length"])
    if length < 1 or length > MOST_BYTES:
        raise SlackError("invalid_arguments", ["[ERROR] length must be from 1 to 1 GB"])
    upload = Upload(
        file_id=call.workspace.new_id("F"),
        secret=call.slack.secret(40),
        filename=str(call.args["filename"]),
        length=length,
        alt_txt=call.args.get("alt_txt"),
        snippet_type=call.args.get("snippet_type"),
    )
    call.slack.uploads[upload.file_id] = upload
    address = f"{call.slack.world.base_url}/upload/v1/{upload.file_id}/{upload.secret}"
    return {"upload_url": address, "file_id": upload.file_id}


def complete_upload(call: Call) -> dict[str, Any]:
    """files.completeUploadExternal: step three, share what was sent."""
    wanted = call.args["files"]
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments", ["[ERROR] files must be a list with one or more"])
    conversations = _targets(call)
    comment = call.args.get("initial_comment")
    if comment and (found := mrkdwn.problem_with(comment)):
        raise SlackError(found[0], [f"[ERROR] {found[1]} [json-pointer:/initial_comment]"])
    made = [_made(call, item) for item in wanted]
    for file in made:
        call.workspace.files[file.id] = file
        call.slack.uploads.pop(file.id, None)
    for conversation in conversations:
        _share(call, conversation, made)
    call.slack.world.changed("slack")
    return {"files": [file_field(file, call.workspace) for file in made]}


def file_info(call: Call) -> dict[str, Any]:
    """files.info."""
    file = call.workspace.files.get(str(call.args["file"]))
    if file is None:
        raise SlackError("file_not_found")
    return {
        "file": file_field(file, call.workspace),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def _targets(call: Call) -> list[Conversation]:
    named = [call.args["channel_id"]] if call.args.get("channel_id") else []
    named += call.args.get("channels") or []
    found = [call.workspace.visible_channel(ident) for ident in named]
    for conversation in found:
        if call.workspace.app.bot_user not in conversation.members:
            raise SlackError("not_in_channel")
    return found


def _made(call: Call, item: Any) -> StoredFile:
    ident = item.get("id") if isinstance(item, dict) else None
    upload = call.slack.uploads.get(str(ident))
    if upload is None or upload.content is None:
        raise SlackError("file_not_found")
    unknown = set(item) - {"id", "title", "highlight_type"}
    if unknown:
        raise SlackError("standin_unknown_argument", [f"[ERROR] files: {sorted(unknown)}"])
    file = stored_file(
        upload.file_id,
        upload.filename,
        item.get("title") or upload.filename,
        upload.content,
        call.workspace.app.bot_user,
        int(call.slack.world.clock.timestamp()),
    )
    file.alt_txt = upload.alt_txt
    return file


def _share(call: Call, conversation: Conversation, made: list[StoredFile]) -> None:
    message = messages.post(
        call.slack,
        conversation,
        call.workspace.app.bot_user,
        text=call.args.get("initial_comment") or "",
        files=[file.id for file in made],
        thread_ts=messages.thread_in(conversation, call.args.get("thread_ts")),
        by_app=True,
    )
    for file in made:
        file.channels.append(conversation.id)
        file.shared_at[conversation.id] = message.ts
        call.slack.events.file_shared(file.id, file.user, conversation)


HANDLERS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": file_info,
}
