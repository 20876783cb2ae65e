"""Says through which proxy an address is reached, as the environment names it."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass


def proxy_for(url: str) -> str | None:
    """Return the proxy's URL, None where the address is reached directly.

    HTTPS_PROXY serves https:// and wss://, HTTP_PROXY serves http://; NO_PROXY is honoured. A ws://
    address is always reached directly: slack_sdk speaks TLS behind a proxy, and only stand-ins
    give such addresses.
    """
    parts = urlsplit(url)
    scheme = {"wss": "https"}.get(parts.scheme, parts.scheme)
    proxies = getproxies_environment()
    found = proxies.get(scheme, "").strip()
    if not found or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return found if "://" in found else f"http://{found}"
