"""Google's error bodies: one class, and one function for each refusal that has a fixed text."""

from __future__ import annotations

from typing import Any

UNAUTHENTICATED = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to "
    "remove protection if you need to edit."
)


class GoogleError(Exception):
    """A refusal, with the HTTP status and the body that Google's services give."""

    def __init__(
        self,
        code: int,
        message: str,
        status: str = "INVALID_ARGUMENT",
        details: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.details = details
        self.headers = headers

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}


class DriveError(GoogleError):
    """A refusal of the Drive API, which lists `errors` with a reason."""

    def __init__(
        self, code: int, message: str, reason: str, location: str | None = None, **more: Any
    ) -> None:
        super().__init__(code, message, reason, **more)
        self.reason = reason
        self.location = location

    def body(self) -> dict[str, Any]:
        """The JSON body, in the older shape that Drive still uses."""
        item = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            item |= {"location": self.location, "locationType": "parameter"}
        return {"error": {"code": self.code, "message": self.message, "errors": [item]}}


def invalid(message: str) -> GoogleError:
    """400 INVALID_ARGUMENT."""
    return GoogleError(400, message)


def standin(name: str, message: str) -> GoogleError:
    """400 for what the real service would let pass but a careful program should not send."""
    return GoogleError(400, f"standin_{name}: {message}")


def bad_field(field: str, description: str) -> GoogleError:
    """400 for a body or parameter that does not fit the API's messages."""
    violation = {"description": description}
    if field:
        violation["field"] = field
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [violation],
    }
    return GoogleError(400, description, details=[detail])


def bad_mask(path: str) -> GoogleError:
    """400 for a `fields` parameter that names an unknown field."""
    description = (
        f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    )
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": path, "description": description}],
    }
    return GoogleError(400, "Request contains an invalid argument.", details=[detail])


def not_found() -> GoogleError:
    """404 for a spreadsheet that does not exist."""
    return GoogleError(404, "Requested entity was not found.", "NOT_FOUND")


def no_permission() -> GoogleError:
    """403 for a spreadsheet that is not shared with the caller."""
    return GoogleError(403, "The caller does not have permission", "PERMISSION_DENIED")


def unauthenticated() -> GoogleError:
    """401 for a missing, unknown or expired token."""
    challenge = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    return GoogleError(
        401, UNAUTHENTICATED, "UNAUTHENTICATED", headers={"WWW-Authenticate": challenge}
    )


def missing_scope(service: str, method: str) -> GoogleError:
    """403 for a token whose scopes do not cover the method."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"method": method, "service": service},
    }
    return GoogleError(
        403,
        "Request had insufficient authentication scopes.",
        "PERMISSION_DENIED",
        details=[detail],
    )
