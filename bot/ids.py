"""Fresh identifiers that sort by time: a prefix, the millisecond, and chance."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

from screening.ports import Clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to misread
_CHANCE_BITS = 50
_LENGTH = 20  # 50 bits of time and 50 of chance, five a character


def time_ordered_ids(
    clock: Clock, chance: Callable[[int], int] = secrets.randbits
) -> Callable[[str], str]:
    """Return `new_id(prefix)`; its texts sort in the order in which one process made them.

    `chance(bits)` gives random bits. When the clock stands still or is set back, the last text is
    counted up, so that the order of votes never turns around.
    """
    lock = threading.Lock()
    last = 0

    def new_id(prefix: str) -> str:
        nonlocal last
        millisecond = int(clock.now().timestamp() * 1000)
        # The top bit of chance stays free, so that counting up never runs into the time.
        fresh = (millisecond << _CHANCE_BITS) | chance(_CHANCE_BITS - 1)
        with lock:
            last = fresh if fresh >> _CHANCE_BITS > last >> _CHANCE_BITS else last + 1
            number = last
        return prefix + "".join(
            _ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5)
        )

    return new_id
