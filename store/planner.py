"""Telling SQLite's planner what a grown review looks like, so that its plans never change.

Without statistics SQLite takes any review for ten rows; with measured ones, plans would depend on the
moment of measuring. So the numbers of a review of 50,000 records are written down here, as SQLite's
documentation suggests ("Manual Control Of Query Plans Using SQLITE_STAT Tables"). Each reads: rows,
then rows alike in the first column, in the first two, and so on. Nothing here affects results.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

STATISTICS = {
    "imports": {
        "sqlite_autoindex_imports_1": "60 30 1",
        "imports_by_digest": "60 30 1",
    },
    "records": {
        "records": "100000 50000 1",
        "records_by_import": "100000 50000 4000 3500",
        "records_merged": "10000 5000 1 1",
    },
    "record_bodies": {"sqlite_autoindex_record_bodies_1": "100000 50000 1"},
    "record_abstracts": {"sqlite_autoindex_record_abstracts_1": "100000 50000 1"},
    "record_raws": {"sqlite_autoindex_record_raws_1": "100000 50000 1"},
    "record_shown": {"sqlite_autoindex_record_shown_1": "8000 4000 1"},
    "screenings": {
        "screenings": "110000 55000 2 1",
        "screenings_to_hand_out": "20000 10000 5000 3000 2000 1 1 1 1 1 1",
        "screenings_figures": "110000 55000 25000 20000 10000 5000 5000 2000 2000 2000",
        "screenings_decided": "80000 40000 1 1",
    },
    "batches": {"batches": "8000 4000 1"},
    "assignments": {
        "assignments": "200000 100000 1",
        "assignments_open": "2000 1000 2 2 1",
        "assignments_next": "2000 1000 25 20 20 1",
        "assignments_expiring": "2000 1000 25",
        "assignments_of_batch": "200000 100000 25 20",
        "assignments_lapsed": "2000 1000 50 25 1",
    },
    "votes": {"votes": "220000 110000 1", "votes_by_record": "220000 110000 2 2 1"},
    "current_votes": {
        "current_votes": "200000 100000 2 2 1",
        "current_votes_by_vote": "200000 100000 1",
        "current_votes_counting": "200000 100000 2 2 1",
        "current_votes_by_day": "200000 100000 1 1",
        "current_votes_of_member": "200000 100000 4000 1 1 1 1 1",
        "current_votes_unsettled": "200 100 1",
        "current_votes_moved": "400 200 2 1 1",
    },
    "conflicts": {
        "sqlite_autoindex_conflicts_1": "4000 2000 1",
        "conflicts_open": "200 100 1 1",
        "conflicts_opened": "4000 2000 1",
        "conflicts_resolved": "4000 2000 1",
    },
    "pairs": {
        "sqlite_autoindex_pairs_1": "12000 6000 1",
        "pairs_by_first": "12000 6000 2",
        "pairs_by_second": "12000 6000 2",
        "pairs_by_state": "12000 6000 2000 1",
    },
    "lead_cells": {"lead_cells": "10000 5000 2500 1"},
    "gestures": {"gestures": "300000 150000 1"},
    "audit_log": {"audit_log_by_subject": "500000 250000 5 1"},
    "outbox": {
        "outbox": "5000 2500 1250 500 1",
        "outbox_by_seq": "5000 2500 1",
        "outbox_waiting": "5000 2500 1250 1 1",
    },
    "done_marks": {"done_marks": "4000 2000 400 100 1"},
    "posts": {"posts": "4000 2000 1"},
    "settings": {"settings": "200 100 1"},
    "counters": {"counters": "4 2 1"},
    "last_reviews": {"last_reviews": "50 1"},
}

_PUT = text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :stat)")


def write_statistics(connection: Connection) -> None:
    """Write the statistics into a SQLite database; other databases keep their own."""
    if connection.dialect.name != "sqlite":
        return
    # Makes the table of statistics, and measures nothing else.
    connection.exec_driver_sql("ANALYZE sqlite_schema")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    rows = [
        {"table": table, "index": index, "stat": stat}
        for table, indexes in STATISTICS.items()
        for index, stat in indexes.items()
    ]
    connection.execute(_PUT, rows)
