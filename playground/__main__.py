"""Starts the playground alone: `python -m playground --port N --state FILE`."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import orjson
import uvicorn
from fastapi import FastAPI

from playground.app import World, build_world, create_app
from playground.colleagues import Colleagues, read_truth
from playground.persistence import PRIVATE, Saver, StateFileError, read_state, restore
from playground.service import Severable


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), required=True, help="0: any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--allow-host", "hosts", multiple=True, help="Answer to this name; repeatable.")
@click.option("--state", type=click.Path(path_type=Path), help="Keep the state in this file.")
@click.option("--workspace", type=click.Path(exists=True, path_type=Path), help="Seed, JSON.")
@click.option("--page/--no-page", default=True, show_default=True, help="Serve the browser page.")
@click.option("--json", "as_json", is_flag=True, help="Print addresses and tokens as one line.")
@click.option("--ledger-size", default=50_000, show_default=True, help="Requests remembered.")
@click.option(
    "--event-retry-seconds",
    metavar="S,S,S",
    help="Pauses before an event that was not acked is sent again (default 0,60,300).",
)
@click.option(
    "--colleagues",
    type=click.Path(exists=True, path_type=Path),
    help="Published decisions (CSV) by which simulated colleagues vote along.",
)
@click.option("--colleague", "names", multiple=True, help="A member who votes along; repeatable.")
@click.option("--verbose", is_flag=True, help="Log every request to standard error.")
def main(
    port: int,
    host: str,
    hosts: tuple[str, ...],
    state: Path | None,
    workspace: Path | None,
    page: bool,
    as_json: bool,
    ledger_size: int,
    event_retry_seconds: str | None,
    colleagues: Path | None,
    names: tuple[str, ...],
    verbose: bool,
) -> None:
    """Serve stand-ins for Slack and Google Sheets on localhost.

    Example: python -m playground --port 8765 --state demo-data/playground.json
    """
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, stream=sys.stderr)
    listener = _bind(host, port)
    reached_at = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    base_url = f"http://{reached_at}:{listener.getsockname()[1]}"
    folder = state.parent if state else Path(tempfile.mkdtemp(prefix="playground-"))
    seed = orjson.loads(workspace.read_bytes()) if workspace else None
    if state is not None and state.exists():
        state.chmod(PRIVATE)
    world = build_world(base_url, folder, seed=seed, ledger_size=ledger_size)
    try:
        saved = read_state(state) if state else None
    except StateFileError as error:
        raise click.ClickException(str(error)) from error
    if saved is not None:
        restore(world, saved)
    if event_retry_seconds is not None:
        world.slack.workspace.event_retry_seconds = _seconds(event_retry_seconds)
    if colleagues is not None:
        world.colleagues = Colleagues(world, read_truth(colleagues), list(names))
        world.at_stop.append(world.colleagues.stop)
    app = create_app(world, page=page, hosts=hosts)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(world, app, listener, state, as_json, verbose))


def _seconds(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no list of seconds, such as 0,60,300.") from error


def _bind(host: str, port: int) -> Any:
    config = uvicorn.Config(app=Severable, host=host, port=port, log_level="warning")
    listener = config.bind_socket()
    # Inherited by each connection; asyncio sets it only where the socket names its protocol.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def _serve(
    world: World, app: FastAPI, listener: Any, state: Path | None, as_json: bool, verbose: bool
) -> None:
    config = uvicorn.Config(
        Severable(app),
        log_level="info" if verbose else "warning",
        access_log=verbose,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ws_max_size=16 * 1024 * 1024,
    )
    server = uvicorn.Server(config)
    saver = Saver(world, state) if state else None
    if saver is not None:
        world.save = saver.save
        # When the server stops, not after it: uvicorn repeats the signal that ended it.
        world.at_stop.append(saver.stop)
        saver.start()
    announce = asyncio.get_running_loop().create_task(_announce(world, server, as_json))
    try:
        await server.serve(sockets=[listener])
    finally:
        announce.cancel()


async def _announce(world: World, server: uvicorn.Server, as_json: bool) -> None:
    while not server.started:
        await asyncio.sleep(0.005)
    facts = world.addresses()
    if as_json:
        click.echo(orjson.dumps(facts).decode())
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            click.echo(f"{name.replace('_', ' '):<{width}}  {value}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
