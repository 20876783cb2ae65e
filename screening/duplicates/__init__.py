"""Finding records that describe the same publication."""

from __future__ import annotations

from screening.duplicates.finding import find_duplicates
from screening.duplicates.linking import Certainty, Cluster, Link, Linking, clusters
from screening.duplicates.uniting import united

__all__ = ["Certainty", "Cluster", "Link", "Linking", "clusters", "find_duplicates", "united"]
