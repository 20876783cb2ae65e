"""Measurements, each case printing one JSON line a result: `python -m benchmarks [CASE…]`."""
