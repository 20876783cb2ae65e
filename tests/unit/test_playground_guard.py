"""No other web page reaches the playground through a visitor's browser: forged Host and Origin."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from playground.app import build_world, create_app
from tests.flows.standins import Playground, running_playground

OWN = "127.0.0.1:8765"
ROUTES = (
    ("GET", "/control/see?as=ana"),
    ("POST", "/control/say"),
    ("POST", "/api/auth.test"),
    ("GET", "/v4/spreadsheets/x"),
    ("GET", "/drive/v3/files"),
    ("POST", "/token"),
    ("GET", "/no-such-route"),
)
FOREIGN = (
    {"host": "evil.example:8765"},
    {"host": "evil.example"},
    {"host": "127.0.0.1.evil.example:8765"},
    {"host": "localhost@evil.example"},
    {"host": "192.168.1.5:8765"},
    {"host": "[::1"},
    {"host": OWN, "origin": "https://evil.example"},
    {"host": OWN, "origin": "null"},
    {"host": OWN, "origin": "http://127.0.0.1:3000"},
    {"host": OWN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    {"host": OWN, "sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    {
        "host": OWN,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "iframe",
    },
)
WELCOME = (
    {"host": OWN},
    {"host": "localhost"},
    {"host": "LOCALHOST:8765", "origin": "http://localhost:8765"},
    {"host": "[::1]:8765", "origin": "http://[::1]:8765"},
    {"host": "127.8.9.10:80"},
    {"host": "named.example:8765", "origin": "http://named.example:8765"},
    {"host": OWN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"},
    {"host": OWN, "sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
    {
        "host": OWN,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    },
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    world = build_world("http://127.0.0.1:8765", tmp_path_factory.mktemp("world"))
    with TestClient(create_app(world, hosts=["named.example"])) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_fault_7_forged_headers_reach_no_route(
    client: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = client.request(method, path, headers=headers)
    assert answer.status_code == 403
    assert answer.text.startswith("The playground answers")


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_fault_7_foreign_pages_change_nothing(client: TestClient, headers: dict[str, str]) -> None:
    client.post(
        "/control/say",
        json={"as": "ana", "where": "#general", "text": "from elsewhere"},
        headers=headers,
    )
    said = client.get("/control/messages?as=ana&where=%23general", headers={"host": OWN}).json()
    assert [message["text"] for message in said] == []


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_fault_7_foreign_pages_open_no_socket(client: TestClient, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/link/?ticket=x", headers=headers),
    ):
        pass
    assert refused.value.code == 1008


@pytest.mark.parametrize("headers", WELCOME, ids=str)
def test_the_names_of_this_machine_are_served(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/control/members", headers=headers).status_code == 200


def test_a_form_from_elsewhere_is_refused_though_a_link_is_not(client: TestClient) -> None:
    navigation = {
        "host": OWN,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    assert client.post("/control/files/upload", headers=navigation).status_code == 403


def test_the_refusal_names_the_remedy(client: TestClient) -> None:
    answer = client.get("/control/members", headers={"host": "review.example:8765"})
    assert "--allow-host review.example" in answer.text


@pytest.fixture(scope="module")
def site() -> Iterator[Playground]:
    with running_playground(page=True, extra=["--allow-host", "named.example"]) as playground:
        yield playground


SOCKET_IO = "/_nicegui_ws/socket.io/?EIO=4&transport="


def test_fault_7_socket_io_is_guarded_as_the_page_is(site: Playground) -> None:
    own = site.url.removeprefix("http://")
    for path in ("/", f"{SOCKET_IO}polling"):
        assert httpx.get(site.url + path).status_code != 403
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            assert httpx.get(site.url + path, headers=headers).status_code == 403
        named = {"Host": "named.example", "Origin": "http://named.example"}
        assert httpx.get(site.url + path, headers=named).status_code != 403
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{own}{SOCKET_IO}websocket", origin="http://evil.example")
    assert refused.value.response.status_code == 403
    with connect(f"ws://{own}{SOCKET_IO}websocket", origin=f"http://{own}") as socket:
        assert str(socket.recv()).startswith("0{")
