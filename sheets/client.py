"""The one way to Google: gspread's client with our own hosts, time-outs, quota and bounded retry.

gspread's own retrying client never gives up and repeats what may already have been applied. Here a
request is repeated only when nothing of it can have taken effect; otherwise `UnclearError` tells the
caller to read before repeating.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from gspread import urls
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient

from sheets.errors import (
    ApiDisabledError,
    CredentialsError,
    KeyFileError,
    OverQuotaError,
    RefusedError,
    SheetError,
    SheetNotFoundError,
    SheetNotSharedError,
    UnclearError,
    UnreachableError,
)
from sheets.quota import Kind, Quota

Json = dict[str, Any]

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
SHEETS_HOST = "https://sheets.googleapis.com"
DRIVE_HOST = "https://www.googleapis.com"

TIMEOUT = (5.0, 60.0)
"""Seconds to connect, and to wait for the answer to a read, which can always be asked again."""

WRITE_TIMEOUT = (5.0, 190.0)
"""The same for a write. Google itself gives up after 180 s: whoever stops listening earlier and writes
again may see the first write take effect after the second."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

ATTEMPTS = 4
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
"""Seconds between attempts: doubled each time, jittered, never more than the longest."""


@dataclass(frozen=True, slots=True)
class Account:
    """A service account's key and where Google's services are.

    `info` is the key file's content; its `token_uri` says where tokens are had.
    """

    info: Mapping[str, str] = field(repr=False)
    sheets_url: str = SHEETS_HOST
    drive_url: str = DRIVE_HOST

    @property
    def email(self) -> str:
        """The address to share the spreadsheet with."""
        return str(self.info.get("client_email", "the service account"))


def read_account(path: Path, sheets_url: str = SHEETS_HOST, drive_url: str = DRIVE_HOST) -> Account:
    """Read a service account's key file. Raises `KeyFileError`."""
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KeyFileError(str(path), error.strerror or "it cannot be read") from None
    except ValueError:
        raise KeyFileError(str(path), "it is not JSON") from None
    missing = [k for k in ("client_email", "private_key", "token_uri") if k not in info]
    if not isinstance(info, dict) or missing:
        raise KeyFileError(str(path), "it lacks " + ", ".join(missing))
    return Account(info, sheets_url, drive_url)


class LocalCredentials(Credentials):  # type: ignore[misc, unused-ignore]
    """A service account whose Google is not Google's own.

    google-auth asks iamcredentials.googleapis.com for the account's regions, in a thread beside the
    first request. A stand-in's account is nobody's there, and nothing local may call outside.
    """

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


class RoutedClient(HTTPClient):  # type: ignore[misc, unused-ignore]
    """gspread's HTTP client, its two constant hosts replaced by the configured ones."""

    def __init__(self, session: requests.Session, sheets_url: str, drive_url: str) -> None:
        super().__init__(None, session)  # type: ignore[arg-type, unused-ignore]
        self._routes = ((SHEETS_HOST, sheets_url.rstrip("/")), (DRIVE_HOST, drive_url.rstrip("/")))

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:
        """Send one request to the configured host."""
        for known, used in self._routes:
            if endpoint.startswith(known):
                endpoint = used + endpoint.removeprefix(known)
                break
        self.set_timeout(WRITE_TIMEOUT if endpoint.endswith(":batchUpdate") else TIMEOUT)
        response: requests.Response = super().request(method, endpoint, *args, **options)
        return response


class SheetClient:
    """Reads and writes of one service account, within its quota.

    `sleep(seconds)` and `rng` are handed in. `urgent` requests may use the part of the budget
    that is kept for repair. Every method raises `SheetError` subclasses.
    """

    def __init__(
        self,
        http: HTTPClient,
        account: str,
        quota: Quota,
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        self._http = http
        self._account = account
        self.quota = quota
        self._sleep = sleep
        self._rng = rng
        self.patience = 0.0
        """Seconds for which a request over quota is repeated, where nobody would do it later."""
        self.fence: Callable[[], None] = lambda: None
        """Called just before each write; raises `SheetError` when it must not be sent any more."""

    def describe(self, spreadsheet: str, *, urgent: bool = False) -> Json:
        """Return the spreadsheet's tabs and their marks, without cells and columns."""
        fields = (
            "spreadsheetId,properties(title),developerMetadata,sheets(properties(sheetId,title,"
            "gridProperties(rowCount,columnCount)),developerMetadata)"
        )
        return self._get(spreadsheet, {"fields": fields}, urgent)

    def first_rows(self, spreadsheet: str, titles: Sequence[str], *, urgent: bool = False) -> Json:
        """Return some tabs' first rows, together with the marks of their columns."""
        fields = (
            "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
            "developerMetadata,protectedRanges(description),"
            "data(rowData(values(formattedValue)),columnMetadata(developerMetadata)))"
        )
        ranges = [first_row(title) for title in titles]
        return self._get(spreadsheet, {"fields": fields, "ranges": ranges}, urgent)

    def _get(self, spreadsheet: str, params: Json, urgent: bool) -> Json:
        url = urls.SPREADSHEET_URL % spreadsheet
        return self._call("read", spreadsheet, "get", url, urgent, params=params)

    def read(
        self, spreadsheet: str, areas: Sequence[Json], *, urgent: bool = False
    ) -> list[list[list[str]]]:
        """Return the texts of some grid ranges, as columns, in the order of `areas`.

        Each is a list of columns, each column cut after its last filled cell. Tabs are named by
        their number, so that a renamed tab is read all the same.
        """
        wanted = list({_area_key(area): area for area in areas}.values())
        answer = self._call(
            "read",
            spreadsheet,
            "post",
            urls.SPREADSHEET_URL % spreadsheet + "/values:batchGetByDataFilter",
            urgent,
            json={
                "dataFilters": [{"gridRange": area} for area in wanted],
                "majorDimension": "COLUMNS",
                "valueRenderOption": "FORMATTED_VALUE",
            },
        )
        found: dict[tuple[int | None, ...], list[list[str]]] = {}
        for matched in answer.get("valueRanges", ()):
            values = matched.get("valueRange", {}).get("values", [])
            for data_filter in matched.get("dataFilters", ()):
                found[_area_key(data_filter.get("gridRange", {}))] = values
        return [found.get(_area_key(area), []) for area in areas]

    def write(
        self,
        spreadsheet: str,
        changes: Iterable[Json],
        read_back: Sequence[str] = (),
        *,
        urgent: bool = False,
    ) -> Json:
        """Apply changes, all or none, and return the answer with the ranges of `read_back` (A1).

        The ranges come with the marks of their columns. Changes are turned into text one by one, so
        that a large batch never stands in memory as a hundred thousand small dictionaries. Raises `UnclearError` when it may have been applied without our knowing.
        """
        options: Json = {}
        params = {"fields": "spreadsheetId,replies"}
        if read_back:
            options = {
                "includeSpreadsheetInResponse": True,
                "responseIncludeGridData": True,
                "responseRanges": list(read_back),
            }
            params = {
                "fields": "spreadsheetId,replies,updatedSpreadsheet(sheets(properties(sheetId),"
                "data(startRow,startColumn,rowData(values(formattedValue)),"
                "columnMetadata(developerMetadata))))"
            }
        return self._call(
            "write",
            spreadsheet,
            "post",
            urls.SPREADSHEET_BATCH_UPDATE_URL % spreadsheet,
            urgent,
            params=params,
            data=_body(changes, options),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

    def _call(
        self, kind: Kind, spreadsheet: str, method: str, url: str, urgent: bool, **options: Any
    ) -> Json:
        pause, attempt, waited = FIRST_PAUSE, 0, 0.0
        while True:
            attempt += 1
            self._take_place(kind, urgent)
            try:
                answer: Json = self._http.request(method, url, **options).json()
                return answer
            except SheetError:
                raise
            except (APIError, GoogleAuthError, requests.RequestException, ValueError) as error:
                fault = self._fault(error, spreadsheet)
            unclear_write = kind == "write" and isinstance(fault, UnclearError)
            patient = isinstance(fault, OverQuotaError) and waited < self.patience
            if fault.permanent or unclear_write or (attempt >= ATTEMPTS and not patient):
                raise fault
            seconds = pause * (0.5 + self._rng.random())
            self._sleep(seconds)
            waited += seconds
            pause = min(pause * 2, LONGEST_PAUSE)

    def _take_place(self, kind: Kind, urgent: bool) -> None:
        while (seconds := self.quota.wait(kind, urgent)) > 0:
            self._sleep(seconds)
        if kind == "write":
            self.fence()
        self.quota.take(kind, urgent)

    def _fault(self, error: Exception, spreadsheet: str) -> SheetError:
        """Say what an exception of the libraries means."""
        if isinstance(error, APIError):
            return self._refusal(error, spreadsheet)
        if isinstance(error, RefreshError):
            return self._no_token(error)
        if isinstance(error, TransportError):
            # The token could not be had: the request itself was never sent.
            return UnreachableError(_short(error))
        if isinstance(error, GoogleAuthError):
            return CredentialsError(self._account, _short(error))
        if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
            return UnreachableError(_short(error))
        return UnclearError(_short(error))

    def _no_token(self, error: RefreshError) -> SheetError:
        """Say why the token service gave no token: only its own refusal speaks of the key."""
        answer = error.args[1] if len(error.args) > 1 else None
        told = answer.get("error") if isinstance(answer, Mapping) else None
        if isinstance(told, Mapping):
            # Google's own shape, as its front ends answer; OAuth's error is a word.
            status = told.get("code")
            refused = isinstance(status, int) and status < 500
            reason = f"{status} {told.get('message', '')}".strip()
        else:
            refused = isinstance(told, str)
            reason = str(error.args[0] if error.args else error)
        if refused and not error.retryable:
            return CredentialsError(self._account, reason[:200])
        if reason.lstrip().startswith("<"):
            reason = "its token service answered with a web page"
        return UnreachableError(reason[:200] or "its token service gave no reason")

    def _refusal(self, error: APIError, spreadsheet: str) -> SheetError:
        status = int(error.response.status_code)
        message, reasons = _explained(error.response)
        if status == 429:
            return OverQuotaError()
        if status >= 500 or status == 408:
            return UnclearError(f"{status} {message}"[:200])
        if status == 401:
            return CredentialsError(self._account, message)
        if status == 403:
            if {"SERVICE_DISABLED", "accessNotConfigured"} & reasons:
                return ApiDisabledError(message)
            if {"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"} & reasons:
                return OverQuotaError()
            return SheetNotSharedError(spreadsheet, self._account, message)
        if status == 404:
            return SheetNotFoundError(spreadsheet)
        return RefusedError(message)


def first_row(title: str) -> str:
    """Return the first row of a tab in A1 notation."""
    return "'{}'!1:1".format(title.replace("'", "''"))


def connect(
    account: Account, quota: Quota, sleep: Callable[[float], None], rng: random.Random
) -> SheetClient:
    """Return a client for a service account; nothing is sent before its first request."""
    kind = Credentials if account.sheets_url == SHEETS_HOST else LocalCredentials
    try:
        credentials = kind.from_service_account_info(  # type: ignore[no-untyped-call, unused-ignore]
            dict(account.info), scopes=list(SCOPES)
        )
    except (ValueError, KeyError, GoogleAuthError) as error:
        raise CredentialsError(account.email, str(error)) from None
    session = AuthorizedSession(credentials, refresh_timeout=TIMEOUT[1])  # type: ignore[no-untyped-call, unused-ignore]
    http = RoutedClient(session, account.sheets_url, account.drive_url)
    return SheetClient(http, account.email, quota, sleep, rng)


def _body(changes: Iterable[Json], options: Json) -> bytes:
    """Return the JSON of a batch."""
    texts = ",".join(_COMPACT.encode(change) for change in changes)
    rest = _COMPACT.encode(options)[1:]
    return ('{"requests":[' + texts + "]" + ("," if options else "") + rest).encode()


def _explained(response: requests.Response) -> tuple[str, set[str]]:
    """Return the message of an error body, and the reasons it names."""
    try:
        error = response.json()["error"]
        details = [*error.get("details", ()), *error.get("errors", ())]
        return str(error.get("message", "")), {str(d.get("reason")) for d in details}
    except (ValueError, KeyError, TypeError, AttributeError):
        return response.text[:200], set()


def _never_connected(error: Exception) -> bool:
    """Tell whether a connection error came before anything was sent."""
    text = repr(error)
    return isinstance(error, requests.ConnectionError) and (
        "NewConnectionError" in text or "NameResolutionError" in text or "SSLError" in text
    )


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _area_key(area: Mapping[str, Any]) -> tuple[int | None, ...]:
    """Compare grid ranges as Google gives them back: noughts may be left out."""
    return (
        area.get("sheetId", 0),
        area.get("startRowIndex", 0),
        area.get("endRowIndex"),
        area.get("startColumnIndex", 0),
        area.get("endColumnIndex"),
    )
