"""No sentence about the configuration repeats a secret, wherever it was pasted."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from screening.config import ConfigurationError, read_config
from store import open_store
from store.errors import StoreAddressError, StoreUnreachableError
from tests.unit.test_config import ENVIRON, SMALL

SEAL_KEY = base64.b64encode(bytes(range(32))).decode()
TOKEN = "xoxb-1234-5678-abcdefSECRET"
GOOGLE_KEY = json.dumps(
    {
        "type": "service_account",
        "client_email": "bot@example.iam.gserviceaccount.com",
        "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIEvSECRET\\n-----END PRIVATE KEY-----",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
)
PASSWORD_ADDRESS = "postgresql://winnow:SECRETpassword@db/winnow"
SECRETS = {"seal key": SEAL_KEY, "token": TOKEN, "Google key": GOOGLE_KEY}


def sentence(text: str, environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_config(text, environ, folder=folder)
    return str(caught.value)


def assert_nothing_is_repeated(said: str, secret: str) -> None:
    for part in (secret, secret[:20], "SECRET", "MIIEv"):
        assert part not in said


@pytest.mark.parametrize(
    "variable",
    [
        "SLACK_BOT_TOKEN_FILE",
        "SLACK_APP_TOKEN_FILE",
        "GOOGLE_CREDENTIALS_FILE",
        "WINNOW_SEAL_KEY_FILE",
    ],
)
@pytest.mark.parametrize("secret", [*SECRETS.values(), "~hunter2", "a\0b"])
def test_fault_3_a_secret_in_place_of_its_files_path_is_not_repeated(variable, secret, tmp_path):
    environ = {k: v for k, v in ENVIRON.items() if k != variable.removesuffix("_FILE")}
    said = sentence(SMALL, environ | {variable: secret}, tmp_path)
    assert f"{variable}: names a file that cannot be read" in said
    assert "not the secret itself" in said
    assert_nothing_is_repeated(said, secret)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "line",
    [
        "[installation]\nseal_key = {}",
        "[installation]\ntimezone = {}",
        "[installation]\nlistener_threads = {}",
        "[installation.slack]\napi_url = {}",
        "[installation.google]\ncredentials_file = {}",
        "[installation.google]\nsheets_url = {}",
        "[installation.backup]\nat = {}",
    ],
)
def test_fault_3_a_secret_in_the_file_is_not_repeated(line, secret, tmp_path):
    environ = {k: v for k, v in ENVIRON.items() if k != "GOOGLE_CREDENTIALS"}
    said = sentence(f"{line.format(json.dumps(secret))}\n{SMALL}", environ, tmp_path)
    assert line.split("\n")[1].split(" ")[0] in said
    assert_nothing_is_repeated(said, secret)


@pytest.mark.parametrize("key", ["id", "channel", "spreadsheet", "timezone", "blinding"])
@pytest.mark.parametrize("secret", [TOKEN, SEAL_KEY])
def test_fault_3_a_secret_among_a_reviews_values_is_not_repeated(key, secret, tmp_path):
    lines = [line for line in SMALL.splitlines() if not line.startswith(f"{key} =")]
    at = next(n for n, line in enumerate(lines) if line.strip() == "[[reviews]]")
    text = "\n".join([*lines[: at + 1], f"{key} = {json.dumps(secret)}", *lines[at + 1 :]])
    said = sentence(text, ENVIRON, tmp_path)
    assert f"reviews[0].{key}" in said
    assert_nothing_is_repeated(said, secret)


@pytest.mark.parametrize("address", [PASSWORD_ADDRESS, "postgresql://db/w?password=SECRETpass"])
def test_fault_3_a_password_in_the_stores_address_is_refused_unseen(address, tmp_path):
    text = f'[installation]\nstore = "{address}"\n{SMALL}'
    said = sentence(text, ENVIRON, tmp_path)
    assert "set DATABASE_URL in the environment" in said
    assert_nothing_is_repeated(said, address)


@pytest.mark.parametrize("address", ["SECRETpassword", "SECRETword1://db"])
def test_fault_3_an_unusable_address_of_the_store_is_not_repeated(address):
    with pytest.raises(StoreAddressError, match="cannot be used") as caught:
        open_store(address)
    assert "SECRET" not in str(caught.value)


def test_fault_3_an_unreachable_database_does_not_repeat_its_password(tmp_path):
    address = f"postgresql://winnow:SECRETpass@/w?host={tmp_path}&password=SECRETpass"
    with pytest.raises(StoreUnreachableError, match="cannot be opened") as caught:
        open_store(address)
    assert "SECRET" not in str(caught.value)
