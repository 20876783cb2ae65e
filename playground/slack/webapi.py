"""The HTTP front of the Slack stand-in: Web API, uploads, file downloads, Socket Mode."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.websockets import WebSocket

from playground.service import json_response, ledger_entry, serve
from playground.slack import (
    methods_chat,
    methods_conversations,
    methods_files,
    methods_views,
    methods_workspace,
    response_urls,
)
from playground.slack.calls import Call, read_arguments, sent_arguments
from playground.slack.clicks import VISIBLE
from playground.slack.errors import SlackError
from playground.slack.files import content_of
from playground.slack.limits import SPECIAL, SPECIAL_RATE, TIERS
from playground.slack.methods import METHODS

if TYPE_CHECKING:
    from playground.slack import SlackStandIn

APP_SCOPES = ("connections:write",)

HANDLERS: dict[str, Callable[[Call], dict[str, Any]]] = {
    **methods_chat.HANDLERS,
    **methods_conversations.HANDLERS,
    **methods_files.HANDLERS,
    **methods_views.HANDLERS,
    **methods_workspace.HANDLERS,
}


def routes(slack: SlackStandIn) -> APIRouter:
    """Every address under which the Slack stand-in can be reached."""
    router = APIRouter()

    async def api(request: Request) -> Response:
        name = request.path_params["method"]
        return await serve(slack.world, "slack", name, request, _answering(slack, name))

    async def upload(request: Request) -> Response:
        async def handler(inner: Request) -> Response:
            return await _take_upload(slack, inner)

        return await serve(slack.world, "slack", "upload", request, handler)

    async def download(request: Request) -> Response:
        async def handler(inner: Request) -> Response:
            return _give_file(slack, inner)

        return await serve(slack.world, "slack", "file_download", request, handler)

    async def respond(request: Request) -> Response:
        async def handler(inner: Request) -> Response:
            return await response_urls.answer(slack, inner)

        return await serve(slack.world, "slack", "response_url", request, handler)

    async def link(websocket: WebSocket) -> None:
        await slack.hub.serve(websocket)

    async def permalink(request: Request) -> Response:
        parts = request.path_params
        return RedirectResponse(f"/?channel={parts['channel']}&message={parts['message']}")

    router.add_route("/api/{method}", api, methods=["GET", "POST"])
    router.add_route("/upload/v1/{file_id}/{secret}", upload, methods=["POST"])
    router.add_route("/files-pri/{ident}/{name:path}", download, methods=["GET"])
    router.add_route("/actions/{team}/{ident}/{secret}", respond, methods=["POST"])
    router.add_route("/commands/{team}/{ident}/{secret}", respond, methods=["POST"])
    router.add_route("/archives/{channel}/{message}", permalink, methods=["GET"])
    router.add_websocket_route("/link/", link)
    return router


def _answering(slack: SlackStandIn, name: str) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        try:
            return await _call(slack, name, request)
        except SlackError as error:
            return refusal(request, error)

    return handler


def refusal(request: Request, error: SlackError) -> Response:
    """The answer to a call that was refused, with its error in the ledger."""
    ledger_entry(request).error = error.error
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    return json_response(error.answer(), error.status, headers)


async def _call(slack: SlackStandIn, name: str, request: Request) -> Response:
    method = METHODS.get(name)
    if method is None:
        known = sorted(METHODS)
        raise SlackError(
            "standin_unknown_method",
            [f"[ERROR] the stand-in has no method {name!r}; it has {', '.join(known)}"],
            req_method=name,
        )
    sent = await sent_arguments(request)
    token = _token(request, sent)
    app = slack.workspace.app
    is_app_token = token == app.app_token
    if token != app.bot_token and not is_app_token:
        raise SlackError("not_authed" if not token else "invalid_auth")
    wanted = "app" if is_app_token else "bot"
    if method.token not in (wanted, "any"):
        raise SlackError("not_allowed_token_type")
    rate = SPECIAL_RATE if method.tier == SPECIAL else TIERS[method.tier]
    slack.check_rate(f"method:{name}", rate)
    granted = list(APP_SCOPES) if is_app_token else app.scopes
    slack.check_scopes(method.scopes, granted)
    args = read_arguments(sent, method, name)
    entry = ledger_entry(request)
    slack.clicks.attribute(entry, name, args)
    result = HANDLERS[name](Call(slack, args, entry, is_app_token))
    if name in VISIBLE:
        slack.clicks.answered(entry.interaction, name)
    headers = {
        "x-oauth-scopes": ",".join(granted),
        "x-accepted-oauth-scopes": ",".join(method.scopes),
    }
    return json_response({"ok": True, **result}, headers=headers)


def _token(request: Request, sent: dict[str, Any]) -> str:
    header = request.headers.get("authorization", "")
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer" and value:
        return value.strip()
    if "token" in request.query_params:
        # docs: tokens in the query string have not been accepted since 2021.
        return ""
    return str(sent.get("token") or "")


async def _take_upload(slack: SlackStandIn, request: Request) -> Response:
    """Step two of an upload: the bytes, as they are or as the first part of a form."""
    upload = slack.uploads.get(request.path_params["file_id"])
    if upload is None or upload.secret != request.path_params["secret"]:
        ledger_entry(request).error = "upload_not_found"
        return PlainTextResponse("upload not found", 404)
    content = await request.body()
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        parts = [part for part in form.values() if not isinstance(part, str)]
        content = await parts[0].read() if parts else b""
    if len(content) != upload.length:
        ledger_entry(request).error = "length_mismatch"
        return PlainTextResponse(
            f"announced {upload.length} bytes, received {len(content)}", status_code=400
        )
    upload.content = content
    return PlainTextResponse(f"OK - {len(content)}")


def _give_file(slack: SlackStandIn, request: Request) -> Response:
    """A private file; without the token, real Slack shows its sign-in page with status 200."""
    token = _token(request, {})
    if token != slack.workspace.app.bot_token:
        ledger_entry(request).error = "not_authed"
        return Response("<html><title>Sign in | Slack</title></html>", media_type="text/html")
    if "files:read" not in slack.workspace.app.scopes:
        ledger_entry(request).error = "missing_scope"
        return PlainTextResponse("missing_scope: files:read", 403)
    ident = request.path_params["ident"].rpartition("-")[2]
    file = slack.workspace.files.get(ident)
    if file is None:
        ledger_entry(request).error = "file_not_found"
        return PlainTextResponse("file not found", 404)
    return Response(content_of(file), media_type=file.mimetype)
