"""One world for both stand-ins, and the web application that serves it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.types import ASGIApp

from playground import control, google, slack
from playground.clock import MovableClock
from playground.faults import Faults
from playground.guard import Guard
from playground.interludes import Interludes
from playground.ledger import Ledger

if TYPE_CHECKING:
    from playground.colleagues import Colleagues
    from playground.google import GoogleStandIn
    from playground.slack import SlackStandIn


class Changes:
    """Tells listeners which part of the world changed ("slack", "google" or "clock")."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []

    def connect(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call `listener(part)` after each change; gives a function that ends it."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def __call__(self, part: str) -> None:
        """Say that `part` changed."""
        for listener in tuple(self._listeners):
            listener(part)


@dataclass(slots=True)
class World:
    """Everything the playground is made of.

    `base_url` is where it is served, without a trailing slash; `data_dir` is where it may
    write generated files, such as the service account's key. `save` writes the state now, where
    a state file is kept; `colleagues` are members who vote along, if there are any; `at_stop` is
    called when the server stops; `control` is what serves /control, once there is an application.
    """

    base_url: str
    data_dir: Path
    clock: MovableClock = field(default_factory=MovableClock)
    faults: Faults = field(default_factory=Faults)
    interludes: Interludes = field(default_factory=Interludes)
    ledger: Ledger = field(default_factory=Ledger)
    changed: Changes = field(default_factory=Changes)
    save: Callable[[], Awaitable[Path]] | None = None
    colleagues: Colleagues | None = None
    at_stop: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    control: ASGIApp | None = None
    _slack: SlackStandIn | None = None
    _google: GoogleStandIn | None = None

    @property
    def slack(self) -> SlackStandIn:
        """The stand-in for Slack."""
        if self._slack is None:
            raise RuntimeError("This world has no Slack yet; build it with build_world().")
        return self._slack

    @property
    def google(self) -> GoogleStandIn:
        """The stand-in for Google."""
        if self._google is None:
            raise RuntimeError("This world has no Google yet; build it with build_world().")
        return self._google

    def addresses(self) -> dict[str, str]:
        """Base URLs, tokens and files that a program needs to connect."""
        facts = {"url": self.base_url, "control_url": f"{self.base_url}/control"}
        return facts | self.slack.addresses() | self.google.addresses()


def build_world(
    base_url: str, data_dir: Path | None = None, *, seed: Any = None, ledger_size: int = 50_000
) -> World:
    """A world with both stand-ins, empty but for the workspace's seed (see docs/playground.md)."""
    folder = data_dir or Path(tempfile.mkdtemp(prefix="playground-"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    world = World(base_url.rstrip("/"), folder, ledger=Ledger(ledger_size))
    world._slack = slack.build(world, seed)
    world._google = google.build(world)
    return world


def create_app(world: World, *, page: bool = False, hosts: Iterable[str] = ()) -> FastAPI:
    """The application: Slack's and Google's wire protocols, /control, and the page if asked.

    It answers to the loopback's names, to that of the world's base URL, and to `hosts`.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await world.slack.start()
        yield
        await world.slack.stop()
        for step in world.at_stop:
            await step()

    app = FastAPI(title="Playground", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, hosts=(urlsplit(world.base_url).hostname or "", *hosts))
    app.include_router(world.slack.router)
    app.include_router(world.google.router)
    world.control = control.create_control(world)
    app.mount("/control", world.control)
    if page:
        # Only here: NiceGUI takes a while to import, and a program that connects has no page.
        from playground.page import mount

        mount(app, world)
    return app
