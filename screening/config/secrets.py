"""Secrets, from an environment variable or from the file that its `_FILE` twin names."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from screening.config.problems import ConfigProblem

SEAL_KEY_BYTES = 32


class SecretReader:
    """Reads secrets and keeps what is wrong with them in `problems`."""

    def __init__(self, environ: Mapping[str, str], folder: Path, required: bool) -> None:
        self._environ = environ
        self._folder = folder
        self._required = required
        self.problems: list[ConfigProblem] = []

    def seal_key(self, name: str) -> SecretStr:
        """Return the key that seals pending votes: 32 bytes as base64."""
        remedy = "Make one with `openssl rand -base64 32`, and keep it apart from the backups."
        key = self.read(name, remedy)
        if key:
            text = key.get_secret_value().replace("-", "+").replace("_", "/")
            try:
                length = len(base64.b64decode(text + "=="))
            except ValueError:
                length = 0
            if length != SEAL_KEY_BYTES:
                self._problem(name, f"holds {length} bytes, not {SEAL_KEY_BYTES}. {remedy}")
        return key

    def read(self, name: str, remedy: str, prefix: str = "") -> SecretStr:
        """Return the secret `name`, empty when it is absent."""
        value = self._value(name)
        if value is None:
            if self._required:
                self._problem(name, f"is not set (nor {name}_FILE). {remedy}")
            return SecretStr("")
        if prefix and not value.startswith(prefix):
            self._problem(name, f"does not begin with “{prefix}”. {remedy}")
        return SecretStr(value)

    def google(self, configured: str) -> SecretStr:
        """Return the service account's key: GOOGLE_CREDENTIALS, its `_FILE`, or the file named."""
        remedy = (
            "Create a service account's key in the Google Cloud console and name its file in "
            "GOOGLE_CREDENTIALS_FILE or installation.google.credentials_file."
        )
        place = "GOOGLE_CREDENTIALS"
        if configured and not self._environ.get(place) and not self._environ.get(f"{place}_FILE"):
            place = "installation.google.credentials_file"
            value = self._file(place, configured) if self._required else None
        else:
            value = self._value(place)
            if value is None and self._required:
                self._problem(place, f"is not set (nor {place}_FILE). {remedy}")
        if not value:
            return SecretStr("")
        try:
            key = json.loads(value)
            missing = [k for k in ("client_email", "private_key", "token_uri") if not key.get(k)]
        except (ValueError, AttributeError):
            self._problem(place, f"is not JSON. {remedy}")
            return SecretStr("")
        if missing:
            self._problem(place, f"lacks {', '.join(missing)}: no service account's key. {remedy}")
        return SecretStr(value)

    def _value(self, name: str) -> str | None:
        direct, file = self._environ.get(name, "").strip(), self._environ.get(f"{name}_FILE", "")
        if direct and file:
            self._problem(name, f"is set and so is {name}_FILE; unset one of the two.")
        if direct:
            return direct
        return self._file(f"{name}_FILE", file) if file else None

    def _file(self, place: str, file: str) -> str | None:
        """Read the file named at `place`. What is named there may be the secret: never repeat it."""
        try:
            value = (self._folder / Path(file).expanduser()).read_text(encoding="utf-8").strip()
        except (OSError, ValueError, RuntimeError) as error:
            reason = (error.strerror if isinstance(error, OSError) else "") or "not a text file"
            self._problem(
                place,
                f"names a file that cannot be read ({reason}); write the path of a readable file "
                "here, not the secret itself.",
            )
            return ""
        if not value:
            self._problem(place, "names an empty file; write the secret into it.")
        return value

    def _problem(self, place: str, sentence: str) -> None:
        self.problems.append(ConfigProblem(place, sentence))
