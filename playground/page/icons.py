"""Small drawings of the page's own, so that it needs no emoji font."""

from __future__ import annotations


def _icon(path: str) -> str:
    return (
        '<svg viewBox="0 0 24 24" width="1.15em" height="1.15em" fill="none" aria-hidden="true" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        f'style="vertical-align:-.18em"><path d="{path}"/></svg>'
    )


WHEAT = _icon(
    "M12 22V8M12 8c-2.5-1.5-2.5-4 0-6 2.5 2 2.5 4.5 0 6zM12 14c-3.5 0-5-2-5-5 3.5 0 5 2 5 5z"
    "M12 14c3.5 0 5-2 5-5-3.5 0-5 2-5 5zM12 20c-3.5 0-5-2-5-5 3.5 0 5 2 5 5zM12 20c3.5 0 5-2 5-5-3.5"
    " 0-5 2-5 5z"
)
CLIP = _icon(
    "M20 11.5l-8.2 8.2a5.2 5.2 0 0 1-7.400-7.400l8.5-8.5a3.5 3.5 0 0 1 5 5l-8.5 8.5"
    "a1.7 1.7 0 0 1-2.5-2.5l7.7-7.7"
)
