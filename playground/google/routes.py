"""The HTTP side of the stand-in: paths, tokens, quotas, and Google's way of answering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from playground.google.api import MAX_PAYLOAD, METHODS, Call
from playground.google.drive import METHODS as DRIVE_METHODS
from playground.google.drive import Download, DriveCall
from playground.google.errors import (
    GoogleError,
    bad_field,
    missing_scope,
    standin,
)
from playground.google.schema import check_query
from playground.google.tokens import TokenError
from playground.service import ledger_entry, serve

if TYPE_CHECKING:
    from playground.google import GoogleStandIn


_SHEETS: Final = "/v4/spreadsheets"
_DRIVE: Final = "/drive/v3/files"
_ELSEWHERE: Final = ("/v4", "/drive", "/upload", "/batch", "/oauth2")
"""Where Google answers programs too; nothing below these is left to the page."""
_JSON: Final = "application/json; charset=UTF-8"
_DRIVE_VERBS: Final = {
    ("GET", 0, ""): "files.list",
    ("POST", 0, ""): "files.create",
    ("GET", 1, ""): "files.get",
    ("PATCH", 1, ""): "files.update",
    ("DELETE", 1, ""): "files.delete",
    ("GET", 2, "export"): "files.export",
    ("POST", 2, "copy"): "files.copy",
    ("GET", 2, "permissions"): "permissions.list",
    ("POST", 2, "permissions"): "permissions.create",
    ("GET", 3, "permissions"): "permissions.get",
    ("DELETE", 3, "permissions"): "permissions.delete",
    ("GET", 2, "comments"): "comments.list",
    ("POST", 2, "comments"): "comments.create",
}
_SHEETS_VERBS: Final = {
    ("POST", "batchUpdate"): "spreadsheets.batchUpdate",
    ("POST", "getByDataFilter"): "spreadsheets.getByDataFilter",
    ("GET", "values:batchGet"): "spreadsheets.values.batchGet",
    ("POST", "values:batchGetByDataFilter"): "spreadsheets.values.batchGetByDataFilter",
    ("POST", "values:batchUpdate"): "spreadsheets.values.batchUpdate",
    ("POST", "values:batchUpdateByDataFilter"): "spreadsheets.values.batchUpdateByDataFilter",
    ("POST", "values:batchClear"): "spreadsheets.values.batchClear",
    ("POST", "values:batchClearByDataFilter"): "spreadsheets.values.batchClearByDataFilter",
    ("POST", "developerMetadata:search"): "spreadsheets.developerMetadata.search",
}


def sheets_method(http: str, rest: str) -> tuple[str, tuple[str, ...]] | None:
    """The method and the variable parts of a still quoted path after `/v4/spreadsheets`."""
    if not rest:
        return ("spreadsheets.create", ()) if http == "POST" else None
    if not rest.startswith("/"):
        return None
    parts = rest.removeprefix("/").split("/")
    number, _, verb = parts[0].partition(":")
    spreadsheet_id = unquote(number)
    if len(parts) == 1:
        if not verb and http == "GET":
            return "spreadsheets.get", (spreadsheet_id,)
        name = _SHEETS_VERBS.get((http, verb))
        return (name, (spreadsheet_id,)) if name else None
    if verb:
        return None
    if len(parts) == 2:
        name = _SHEETS_VERBS.get((http, parts[1]))
        return (name, (spreadsheet_id,)) if name else None
    return _nested(http, spreadsheet_id, parts[1], "/".join(parts[2:]))


def _nested(
    http: str, spreadsheet_id: str, kind: str, tail: str
) -> tuple[str, tuple[str, ...]] | None:
    if kind == "values":
        if http in ("GET", "PUT"):
            verb = "get" if http == "GET" else "update"
            return f"spreadsheets.values.{verb}", (spreadsheet_id, unquote(tail))
        for verb in ("append", "clear"):
            # A colon inside the range is quoted by careful clients, and is not the last by others.
            if http == "POST" and tail.endswith(f":{verb}"):
                text = unquote(tail.removesuffix(f":{verb}"))
                return f"spreadsheets.values.{verb}", (spreadsheet_id, text)
    if kind == "developerMetadata" and http == "GET":
        return "spreadsheets.developerMetadata.get", (spreadsheet_id, tail)
    if kind == "sheets" and http == "POST" and tail.endswith(":copyTo"):
        return "spreadsheets.sheets.copyTo", (spreadsheet_id, tail.removesuffix(":copyTo"))
    return None


def drive_method(http: str, rest: str) -> tuple[str, tuple[str, ...]] | None:
    """The method and the parts of a still quoted path after `/drive/v3/files`."""
    parts = tuple(unquote(part) for part in rest.removeprefix("/").split("/")) if rest else ()
    if "" in parts or (rest and not rest.startswith("/")):
        return None
    kind = parts[1] if len(parts) > 1 else ""
    name = _DRIVE_VERBS.get((http, len(parts), kind))
    return (name, parts) if name else None


def _raw_path(request: Request) -> str:
    # The decoded path cannot tell a "/" in a tab's title from one between parts.
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.decode("ascii", "replace").partition("?")[0]


def _error(request: Request, error: GoogleError) -> Response:
    entry = ledger_entry(request)
    entry.error = error.message.partition(":")[0] if "standin_" in error.message else error.status
    return Response(orjson.dumps(error.body()), error.code, error.headers, _JSON)


def _unknown(request: Request) -> GoogleError:
    text = f"there is no method at {request.method} {_raw_path(request)}."
    return GoogleError(404, f"standin_unknown_method: {text}", "NOT_FOUND")


def _parsed(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_PAYLOAD:
        raise standin(
            "payload_too_large",
            f"{len(raw):,} bytes; keep to the recommended {MAX_PAYLOAD:,} bytes a request.",
        )
    if not raw:
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise bad_field("", f"Invalid JSON payload received. {error}") from error
    if not isinstance(body, dict):
        raise bad_field("", "Invalid JSON payload received. Root element must be a message.")
    return body


class GoogleRoutes:
    """Answers the requests of programs."""

    def __init__(self, standin_: GoogleStandIn) -> None:
        self._standin = standin_

    def router(self) -> APIRouter:
        """Every path of the wire protocols."""
        router = APIRouter(include_in_schema=False)
        verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        router.add_api_route("/token", self.token, methods=["POST"])
        for path in (_SHEETS, _SHEETS + "{rest:path}"):
            router.add_api_route(path, self.sheets, methods=verbs)
        for path in (_DRIVE, _DRIVE + "{rest:path}"):
            router.add_api_route(path, self.drive, methods=verbs)
        for path in _ELSEWHERE:
            router.add_api_route(path + "/{rest:path}", self.elsewhere, methods=verbs)
        return router

    async def token(self, request: Request) -> Response:
        """POST /token."""
        return await serve(self._standin.world, "google", "token", request, self._token)

    async def _token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        own = f"{str(request.base_url).rstrip('/')}/token"
        audiences = frozenset({own, f"{self._standin.world.base_url}/token"})
        try:
            answer = self._standin.tokens.exchange(
                form.get("grant_type", [""])[0], form.get("assertion", [""])[0], audiences
            )
        except TokenError as error:
            ledger_entry(request).error = error.body["error"]
            return Response(orjson.dumps(error.body), error.code, media_type=_JSON)
        return Response(orjson.dumps(answer), media_type=_JSON)

    async def sheets(self, request: Request) -> Response:
        """Everything under /v4/spreadsheets."""
        found = sheets_method(request.method, _raw_path(request)[len(_SHEETS) :])
        name = found[0] if found else "unknown"
        path = found[1] if found else ()

        async def handle(request: Request) -> Response:
            try:
                if not found:
                    raise _unknown(request)
                return await self._sheets(request, name, path)
            except GoogleError as error:
                return _error(request, error)

        return await serve(self._standin.world, "google", name, request, handle)

    async def _sheets(self, request: Request, name: str, path: tuple[str, ...]) -> Response:
        bearer = self._standin.tokens.bearer(request.headers.get("authorization"))
        method = METHODS[name]
        if not bearer.scopes & method.scopes:
            raise missing_scope("sheets.googleapis.com", f"google.apps.sheets.v4.{name}")
        self._standin.quota.take(method.quota, bearer.email)
        query = check_query(name, request.query_params.multi_items())
        body = _parsed(await request.body())
        answer = self._standin.api.call(Call(name, bearer.email, path, query, body))
        return Response(orjson.dumps(answer), media_type=_JSON)

    async def drive(self, request: Request) -> Response:
        """Everything under /drive/v3/files."""
        found = drive_method(request.method, _raw_path(request)[len(_DRIVE) :])
        name = f"drive.{found[0]}" if found else "drive.unknown"

        async def handle(request: Request) -> Response:
            try:
                if not found:
                    raise _unknown(request)
                return await self._drive(request, *found)
            except GoogleError as error:
                return _error(request, error)

        return await serve(self._standin.world, "google", name, request, handle)

    async def elsewhere(self, request: Request) -> Response:
        """Everything else of Google's: refused, and in the ledger."""

        async def handle(request: Request) -> Response:
            return _error(request, _unknown(request))

        return await serve(self._standin.world, "google", "unknown", request, handle)

    async def _drive(self, request: Request, name: str, path: tuple[str, ...]) -> Response:
        bearer = self._standin.tokens.bearer(request.headers.get("authorization"))
        if not bearer.scopes & DRIVE_METHODS[name][0]:
            raise missing_scope("drive.googleapis.com", f"google.apps.drive.v3.{name}")
        body = _parsed(await request.body())
        query = dict(request.query_params)
        answer = self._standin.drive.call(DriveCall(name, bearer.email, path, query, body))
        if isinstance(answer, Download):
            return Response(answer.content, media_type=answer.media_type)
        if answer is None:
            return Response(status_code=204)
        return Response(orjson.dumps(answer), media_type=_JSON)
