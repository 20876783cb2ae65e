"""Sealing pending votes, so that the shared sheet can hold them from the first row without showing them.

A seal is deterministic and authenticated (AES-SIV, RFC 5297), bound to the vote's ID: the same vote
gives the same text, so that a row can be compared with what it should say, while two votes alike give
texts that have nothing in common. Every seal has the same length.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from screening.errors import WinnowError
from screening.votes import Choice, Vote

PREFIX = "sealed:v1:"
KEY_BYTES = 32
PLAIN_BYTES = 1_600
"""Every sealed text is padded to this: a choice, a reason and a note of 300 characters of four bytes."""

_BETWEEN = "\x1f"


class SealError(WinnowError):
    """A seal that cannot be made or opened with the installation's key."""

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(f"{fault}. {remedy}")


def new_key() -> str:
    """Return a fresh key as base64, for the configuration."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def is_sealed(text: str) -> bool:
    """Tell whether a cell holds a seal rather than a vote in the clear."""
    return text.startswith(PREFIX)


class Seal:
    """Seals and opens votes with one key.

    `key` is 32 bytes as base64 (standard or URL-safe). Raises `SealError` for anything else.
    """

    def __init__(self, key: str) -> None:
        self._cipher = AESSIV(
            HKDF(algorithm=SHA256(), length=64, salt=None, info=b"winnow pending votes v1").derive(
                _decoded(key)
            )
        )

    def seal(self, vote: Vote) -> str:
        """Return the vote's choice, reason and note as one sealed text of fixed length."""
        plain = _padded(vote.choice.value, vote.reason, vote.note)
        sealed = self._cipher.encrypt(plain, [vote.vote_id.encode()])
        return PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, text: str, vote_id: str) -> tuple[Choice, str, str]:
        """Return (choice, reason, note) of a sealed text. Raises `SealError`."""
        if not is_sealed(text):
            raise SealError(
                f"The sealed vote of {vote_id} does not begin with “{PREFIX}”",
                "Take the cell's text back from the sheet's version history.",
            )
        body = text.removeprefix(PREFIX)
        try:
            sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            plain = self._cipher.decrypt(sealed, [vote_id.encode()])
        except (InvalidTag, binascii.Error, ValueError):
            raise SealError(
                f"The sealed vote of {vote_id} does not open with this key",
                "Use the key with which it was sealed (in WINNOW_SEAL_KEY, unless the configuration "
                "names another variable); if the cell was edited, take it back from the sheet's "
                "version history.",
            ) from None
        choice, reason, note = plain.rstrip(b"\0").decode().split(_BETWEEN, 2)
        return Choice(choice), reason, note

    def check(self) -> None:
        """Seal and open a vote in memory. Raises `SealError` when the two do not agree."""
        plain = _padded(Choice.EXCLUDE.value, "a reason", "a note")
        sealed = self._cipher.encrypt(plain, [b"check"])
        if self._cipher.decrypt(sealed, [b"check"]) != plain:
            raise SealError("The key does not open what it sealed", "Make a new key.")


def _decoded(key: str) -> bytes:
    try:
        raw = base64.b64decode(
            key.strip().replace("-", "+").replace("_", "/") + "==", validate=False
        )
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise SealError(
            f"The key for sealing votes holds {len(raw)} bytes instead of {KEY_BYTES}",
            "Make one with: python -c 'import base64, secrets; "
            "print(base64.b64encode(secrets.token_bytes(32)).decode())'",
        )
    return raw


def _padded(choice: str, reason: str, note: str) -> bytes:
    head = f"{choice}{_BETWEEN}{_clean(reason)}{_BETWEEN}".encode()[: PLAIN_BYTES // 2]
    # Only a reason of several hundred characters leaves too little room for the note.
    tail = _clean(note).encode()[: PLAIN_BYTES - len(head)].decode(errors="ignore").encode()
    return (head + tail).ljust(PLAIN_BYTES, b"\0")


def _clean(text: str) -> str:
    return text.replace(_BETWEEN, " ").replace("\0", " ")
