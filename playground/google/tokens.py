"""Service accounts and their tokens: the real exchange of a signed JWT for a bearer token."""

from __future__ import annotations

import base64
import binascii
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from playground.google.errors import unauthenticated

EMAIL = "sheet-bot@playground.iam.gserviceaccount.com"
PROJECT = "playground"
# google-auth signs for this audience whatever `token_uri` says.
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# developers.google.com, "Using OAuth 2.0 for Server to Server Applications": at most one hour.
LIFETIME = 3_600
_SKEW = 300
_SCOPE = "https://www.googleapis.com/auth/"
DRIVE = _SCOPE + "drive"
DRIVE_FILE = _SCOPE + "drive.file"
DRIVE_READ = _SCOPE + "drive.readonly"
SHEETS = _SCOPE + "spreadsheets"
SHEETS_READ = _SCOPE + "spreadsheets.readonly"
DRIVE_META = _SCOPE + "drive.metadata.readonly"
KNOWN_SCOPES = frozenset({DRIVE, DRIVE_FILE, DRIVE_READ, SHEETS, SHEETS_READ, DRIVE_META})


class TokenError(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token stands for, and what for."""

    email: str
    scopes: frozenset[str]
    expires: float


class Tokens:
    """One service account with a throwaway key, and the tokens it was given."""

    def __init__(self, now: Callable[[], float], dice: random.Random) -> None:
        self._now = now
        self._dice = dice
        self._key: rsa.RSAPrivateKey | None = None
        self._issued: dict[str, Bearer] = {}

    @property
    def email(self) -> str:
        """The service account's address, to share spreadsheets with."""
        return EMAIL

    def _private_key(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        return self._key

    def private_key_pem(self) -> str:
        """The private key, as it stands in a key file."""
        return (
            self._private_key()
            .private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            .decode()
        )

    def load_key(self, pem: str) -> None:
        """Take over a key from a saved state, so that old key files stay good."""
        key = serialization.load_pem_private_key(pem.encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the saved state holds a key that is not RSA")
        self._key = key

    def key_file(self, base_url: str) -> dict[str, str]:
        """The content of the service account's key file."""
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": self._key_id(),
            "private_key": self.private_key_pem(),
            "client_email": EMAIL,
            "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": f"{base_url}/token",
            "universe_domain": "googleapis.com",
        }

    def _key_id(self) -> str:
        numbers = self._private_key().public_key().public_numbers()
        return f"{numbers.n % 16**40:040x}"

    def exchange(
        self, grant_type: str, assertion: str, audiences: frozenset[str]
    ) -> dict[str, Any]:
        """A bearer token for a signed JWT. Raises TokenError."""
        if grant_type != GRANT:
            raise TokenError("unsupported_grant_type", f"Invalid grant_type: {grant_type}")
        claims = self._verified(assertion)
        if claims.get("iss") != EMAIL:
            raise TokenError("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") not in audiences | {GOOGLE_AUDIENCE}:
            raise TokenError("invalid_grant", "Invalid JWT: Failed audience check.")
        self._check_times(claims)
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes:
            raise TokenError("invalid_scope", "Empty or missing scope not allowed.")
        if not scopes <= KNOWN_SCOPES:
            raise TokenError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return self.issue(scopes)

    def issue(self, scopes: frozenset[str], lifetime: int = LIFETIME) -> dict[str, Any]:
        """A new token of the service account."""
        now = self._now()
        for token in [token for token, held in self._issued.items() if held.expires < now - 60]:
            del self._issued[token]
        token = f"ya29.{self._dice.randrange(16**60):060x}"
        self._issued[token] = Bearer(EMAIL, scopes, now + lifetime)
        # The service tells one second less than it grants.
        return {"access_token": token, "expires_in": lifetime - 1, "token_type": "Bearer"}

    def revoke_all(self) -> None:
        """Make every token expire at once."""
        self._issued.clear()

    def bearer(self, header: str | None) -> Bearer:
        """Whom an Authorization header stands for. Raises GoogleError (401)."""
        kind, _, token = (header or "").partition(" ")
        held = self._issued.get(token)
        if kind.lower() != "bearer" or held is None or held.expires <= self._now():
            raise unauthenticated()
        return held

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._now()
        issued, expires = claims.get("iat"), claims.get("exp")
        reasonable = (
            isinstance(issued, int | float)
            and isinstance(expires, int | float)
            and issued <= now + _SKEW
            and expires >= now - _SKEW
            and 0 < expires - issued <= LIFETIME + _SKEW
        )
        if not reasonable:
            raise TokenError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe. Check your iat and exp values in the JWT claim.",
            )

    def _verified(self, assertion: str) -> dict[str, Any]:
        malformed = TokenError("invalid_grant", "Bad Request")
        parts = assertion.split(".")
        if len(parts) != 3:
            raise malformed
        try:
            header, claims = (json.loads(_decoded(part)) for part in parts[:2])
            signature = _decoded(parts[2])
        except (ValueError, binascii.Error):
            raise malformed from None
        if not isinstance(header, dict) or header.get("alg") != "RS256":
            raise malformed
        if not isinstance(claims, dict):
            raise malformed
        signed = f"{parts[0]}.{parts[1]}".encode()
        try:
            self._private_key().public_key().verify(
                signature, signed, padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            raise TokenError("invalid_grant", "Invalid JWT Signature.") from None
        return claims


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
