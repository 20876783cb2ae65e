"""The demo's folder: its configuration, its secrets, and what it remembers between starts."""

from __future__ import annotations

import base64
import fcntl
import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import getproxies_environment

from bot.demo.errors import DemoRunsError, NotADemoFolderError

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")

MARKER = "demo.json"
LOCK = "demo.lock"
REVIEW_ID = "nudges"
TITLE = "Nudging healthcare professionals towards evidence-based medicine"
SOURCES = {
    "medline.ris": ("MEDLINE", "Ovid"),
    "eric.nbib": ("ERIC", ""),
    "scopus.csv": ("Scopus", ""),
}
LEAD = "ana"
ZONE = "Europe/London"
WORKSPACE = {
    "team": "Nudges review",
    "domain": "nudges",
    "members": [
        {"name": "ana", "real_name": "Ana Ferreira", "is_admin": True, "tz": ZONE},
        {"name": "ben", "real_name": "Ben Okafor", "tz": ZONE},
        {"name": "chloe", "real_name": "Chloe Martin", "tz": ZONE},
        {"name": "dev", "real_name": "Dev Patel", "tz": ZONE},
    ],
    "channels": [
        {"name": "screening", "topic": "Screening: imports, conflicts, the morning's digest"},
        {"name": "general", "topic": "Everything else"},
    ],
}
COLLEAGUES = ("chloe", "dev")
"""They vote along; Ana (who leads) and Ben are left to whoever tries the demo."""

CONFIG = """\
# Written by `winnow demo`; change what you like, the demo only keeps the addresses up to date.

[installation]
store = "sqlite:///winnow.sqlite3"
timezone = "{zone}"

[installation.slack]
api_url = "{slack}"

[installation.google]
credentials_file = "service-account.json"
sheets_url = "{sheets}"
drive_url = "{drive}"

[[reviews]]
id = "{review}"
title = "{title}"
channel = "{channel}"
spreadsheet = "{spreadsheet}"
timezone = "{zone}"

{members}
[reviews.stages.title_abstract]
votes_needed = 2
batch_size = 25

[reviews.stages.full_text]
votes_needed = 2
batch_size = 10
exclusion_reasons = ["Not health professionals", "No nudge", "No outcome on behaviour", "Not empirical"]

[reviews.criteria]
include = [
    "Health professionals are nudged: the choice is theirs, its presentation is changed.",
    "The aim is care in line with evidence.",
    "Effects on professionals' behaviour are reported.",
]
exclude = ["Nudges of patients only.", "No empirical data."]
highlight_include = ["nudge", "reminder", "feedback", "default", "alert", "prompt", "guideline"]
highlight_exclude = ["patients' adherence", "mice", "in vitro"]

# In the demo every morning is a weekday's, and brings the counts too.
[reviews.schedule]
hand_out = "0 8 * * *"
digest = "0 9 * * *"
prisma = "0 9 * * *"
reminder = "0 16 * * *"

{sources}"""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """The folder and where everything stands in it."""

    path: Path

    @property
    def config(self) -> Path:
        """The bot's configuration."""
        return self.path / "config.toml"

    @property
    def state(self) -> Path:
        """The playground's state."""
        return self.path / "playground.json"

    @property
    def workspace(self) -> Path:
        """What a new workspace starts with."""
        return self.path / "workspace.json"

    @property
    def exports(self) -> Path:
        """The search exports derived from the sample review."""
        return self.path / "exports"

    @property
    def environment_file(self) -> Path:
        """Where the secrets are, for commands run by hand in this demo."""
        return self.path / "env"

    def prepare(self, reset: bool) -> None:
        """Make the folder, empty again when `reset`; it is this process's until the process ends.

        Raises `NotADemoFolderError` for a foreign folder, `DemoRunsError` while another demo runs.
        """
        if self.path.exists() and any(self.path.iterdir()) and not (self.path / MARKER).exists():
            raise NotADemoFolderError(self.path)
        # Tokens, keys and votes: what this process and its children write is their account's alone.
        os.umask(0o077)
        self.path.mkdir(parents=True, exist_ok=True)
        lock = self.path / LOCK
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            raise DemoRunsError(self.path) from None
        if reset:
            for entry in self.path.iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry != lock:
                    entry.unlink()
        self._close_to_others()
        if not (self.path / MARKER).exists():
            self.remember({})
        if not self.workspace.exists():
            self.workspace.write_text(json.dumps(WORKSPACE, indent=2))

    def _close_to_others(self) -> None:
        """Close what an earlier version left readable by other accounts."""
        opened = 0
        for entry in (self.path, *self.path.rglob("*")):
            if not entry.is_symlink() and entry.stat().st_mode & 0o077:
                entry.chmod(0o700 if entry.is_dir() else 0o600)
                opened += 1
        if opened:
            log.warning(
                "Other accounts could read %d files and folders in %s; now only this one can.",
                opened,
                self.path,
            )

    def remembered(self) -> dict[str, str]:
        """Return what earlier starts remembered."""
        try:
            found = json.loads((self.path / MARKER).read_text())
        except ValueError:
            return {}
        return {str(k): str(v) for k, v in found.items()}

    def remember(self, facts: Mapping[str, str]) -> None:
        """Remember facts for the next start."""
        marker = self.path / MARKER
        part = marker.with_suffix(".part")
        part.write_text(json.dumps(dict(facts), indent=2))
        part.replace(marker)

    def seal_key(self) -> str:
        """Return the demo's seal key, made at the first start."""
        path = self.path / "seal-key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        return path.read_text().strip()

    def write_config(
        self,
        addresses: Mapping[str, str],
        channel: str,
        spreadsheet: str,
        members: Mapping[str, tuple[str, str]],
    ) -> None:
        """Write the configuration; one that is there keeps all but the addresses.

        `members` maps names to (member ID, name shown).
        """
        if self.config.exists():
            text = self.config.read_text()
            for key, fact in (
                ("api_url", "slack_api_url"),
                ("sheets_url", "sheets_api_url"),
                ("drive_url", "drive_api_url"),
            ):
                text = re.sub(rf'(?m)^{key} = ".*"$', f'{key} = "{addresses[fact]}"', text)
            self.config.write_text(text)
            return
        tables = "".join(
            f'[[reviews.members]]\nid = "{ident}"\nname = "{shown}"\n'
            + ('role = "lead"\n\n' if name == LEAD else "\n")
            for name, (ident, shown) in members.items()
        )
        sources = "\n".join(
            f'[[reviews.sources]]\nname = "{name}"\nplatform = "{platform}"\n'
            for name, platform in SOURCES.values()
        )
        self.config.write_text(
            CONFIG.format(
                zone=ZONE,
                slack=addresses["slack_api_url"],
                sheets=addresses["sheets_api_url"],
                drive=addresses["drive_api_url"],
                review=REVIEW_ID,
                title=TITLE,
                channel=channel,
                spreadsheet=spreadsheet,
                members=tables,
                sources=sources,
            )
        )

    def environment(self, addresses: Mapping[str, str]) -> dict[str, str]:
        """Return the bot's secrets, and write them down for commands run by hand."""
        found = {
            "SLACK_BOT_TOKEN": addresses["bot_token"],
            "SLACK_APP_TOKEN": addresses["app_token"],
            "GOOGLE_CREDENTIALS_FILE": addresses["google_key_file"],
            "WINNOW_SEAL_KEY": self.seal_key(),
            # A proxy on another machine would look for the playground there.
            "no_proxy": ",".join(filter(None, [getproxies_environment().get("no"), *LOOPBACK])),
        }
        self.environment_file.touch(mode=0o600)
        by_hand = found | {"WINNOW_CLOCK": f"{addresses['control_url']}/clock"}
        lines = "".join(f"export {name}='{value}'\n" for name, value in by_hand.items())
        self.environment_file.write_text(f"# . {self.environment_file}\n{lines}")
        return found
