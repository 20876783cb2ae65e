"""Sends plain HTTP for the Slack client: to Slack's hosts only, through the proxy, never led away."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import IO
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers, parse_url

from bot.proxies import proxy_for

SLACK_DOMAINS = ("slack.com", "slack-gov.com")
"""Slack's own, with all their subdomains: files are on files.slack.com, answers on hooks.slack.com."""

REDIRECTS = 3
CHUNK = 1 << 16

_AGAIN = urllib3.Retry(total=1, connect=1, read=0, redirect=False)
_PORTS = {"http": 80, "https": 443}


class ForeignHostError(HTTPError):
    """An address that is not Slack's: nothing was sent there."""

    def __init__(self, url: str) -> None:
        self.host = _origin(url)[1] or "nowhere"
        super().__init__(f"{self.host} is not a host of Slack's")


class TooMuchError(HTTPError):
    """More bytes came than were to be taken."""


class Transport:
    """Requests to Slack's hosts and to the one that the configuration names; safe between threads."""

    def __init__(self, api_url: str, token: str) -> None:
        self._own = _origin(api_url)
        self._token = token
        self._pools: dict[str | None, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def is_slack(self, url: str) -> bool:
        """Tell whether an address is Slack's, by https, or on the configured host."""
        scheme, host, port = origin = _origin(url)
        if origin == self._own:
            return True
        named = any(host == domain or host.endswith(f".{domain}") for domain in SLACK_DOMAINS)
        return named and (scheme, port) == ("https", 443)

    def request(
        self,
        method: str,
        url: str,
        *,
        timeout: urllib3.Timeout | float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Send one request without the token; redirects are not followed.

        Raises `ForeignHostError`, and urllib3's errors.
        """
        self._check(url)
        return self._pool(url).request(
            method, url, body=body, headers=headers, timeout=timeout, retries=_AGAIN, redirect=False
        )

    def download(self, url: str, into: IO[bytes], limit: int, *, seconds: float) -> int:
        """Write a private file's bytes, asked for with the token; return the answer's status.

        Only a status of 200 writes anything. Raises `TooMuchError` past `limit` bytes,
        `ForeignHostError` for an address, or a redirect, that is not on the same host of Slack's.
        """
        self._check(url)
        origin = _origin(url)
        for _ in range(REDIRECTS):
            response = self._pool(url).request(
                "GET",
                url,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=urllib3.Timeout(connect=5, read=seconds),
                preload_content=False,
                retries=_AGAIN,
                redirect=False,
            )
            to = response.get_redirect_location()
            if not to:
                return _take(response, into, limit)
            response.close()
            url = urljoin(url, to)
            if _origin(url) != origin:
                raise ForeignHostError(url)
        raise HTTPError("too many redirects")

    def close(self) -> None:
        """Close idle connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.clear()

    def _check(self, url: str) -> None:
        if not self.is_slack(url):
            raise ForeignHostError(url)

    def _pool(self, url: str) -> urllib3.PoolManager:
        """Return the pool whose connections lead to an address, directly or by a proxy.

        Connections stay open between clicks: a TLS handshake costs more than the answer.
        """
        proxy = proxy_for(url)
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = _new_pool(proxy)
            return self._pools[proxy]


def _new_pool(proxy: str | None) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager(num_pools=8, maxsize=24)
    parts = urlsplit(proxy)
    named = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    headers = make_headers(proxy_basic_auth=named) if parts.username else None
    return urllib3.ProxyManager(proxy, num_pools=8, maxsize=24, proxy_headers=headers)


def _take(response: urllib3.BaseHTTPResponse, into: IO[bytes], limit: int) -> int:
    """Write an answer's body, cut at the limit; a connection with bytes left in it is closed."""
    whole = False
    try:
        if response.status != 200:
            return response.status
        declared = response.headers.get("Content-Length", "")
        taken = int(declared) if declared.isdigit() else 0
        if taken <= limit:
            taken = 0
            for chunk in response.stream(CHUNK):
                taken += len(chunk)
                if taken > limit:
                    break
                into.write(chunk)
        if taken > limit:
            raise TooMuchError(f"more than {limit:,} bytes")
        whole = True
        return response.status
    finally:
        if whole:
            response.release_conn()
        else:
            response.close()


def _origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port, by which two addresses are the same server's.

    Read by urllib3 itself: what another parser makes of an odd address is not where it is sent.
    """
    parts = parse_url(url)
    scheme = parts.scheme or ""
    return scheme, (parts.host or "").rstrip("."), parts.port or _PORTS.get(scheme, 0)
