"""The first tables: records, votes, decisions, and what is still to be carried.

The DDL is written out, not derived from `store.schema`, so that it stays as it was when released.
`{text}` sorts by bytes on both databases; `{keyed}` keeps small rows inside their primary key on SQLite.
"""

from __future__ import annotations

NAME = "initial"

TABLES = """
CREATE TABLE imports (
  review_id {text} NOT NULL, import_id {text} NOT NULL,
  source_name {text} NOT NULL, source_kind {text} NOT NULL, platform {text} NOT NULL,
  searched_on {text} NOT NULL, file_name {text} NOT NULL, sha256 {text} NOT NULL,
  format {text} NOT NULL, imported_at BIGINT NOT NULL, imported_by {text} NOT NULL,
  records INTEGER NOT NULL, duplicates INTEGER NOT NULL, possible INTEGER NOT NULL,
  added INTEGER NOT NULL, problems {text} NOT NULL,
  PRIMARY KEY (review_id, import_id)
);
CREATE UNIQUE INDEX imports_by_digest ON imports (review_id, sha256) WHERE sha256 <> '';

CREATE TABLE records (
  review_id {text} NOT NULL, record_id {text} NOT NULL, import_id {text} NOT NULL,
  position INTEGER NOT NULL, line INTEGER NOT NULL, order_key {text} NOT NULL, merged_into {text},
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, import_id) REFERENCES imports (review_id, import_id) {deferred},
  FOREIGN KEY (review_id, merged_into) REFERENCES records (review_id, record_id) {deferred}
) {keyed};
CREATE INDEX records_by_import ON records (review_id, import_id, merged_into);
CREATE INDEX records_merged ON records (review_id, merged_into, record_id)
  WHERE merged_into IS NOT NULL;

CREATE TABLE record_bodies (
  review_id {text} NOT NULL, record_id {text} NOT NULL, body {text} NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
);
CREATE TABLE record_abstracts (
  review_id {text} NOT NULL, record_id {text} NOT NULL, abstract {text} NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
);
CREATE TABLE record_raws (
  review_id {text} NOT NULL, record_id {text} NOT NULL, raw {bytes} NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
);
CREATE TABLE record_shown (
  review_id {text} NOT NULL, record_id {text} NOT NULL, body {text} NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
);

CREATE TABLE screenings (
  review_id {text} NOT NULL, record_id {text} NOT NULL, stage {text} NOT NULL,
  status {text} NOT NULL, outcome {text}, how {text}, reason {text} NOT NULL,
  maybe BOOLEAN NOT NULL, needed INTEGER NOT NULL, votes_in INTEGER NOT NULL,
  leases INTEGER NOT NULL, taken_by {text} NOT NULL, order_key {text} NOT NULL,
  merged_into {text}, other_method BOOLEAN NOT NULL, entered_at BIGINT, decided_at BIGINT,
  PRIMARY KEY (review_id, record_id, stage),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
) {keyed};
CREATE INDEX screenings_to_hand_out ON screenings
  (review_id, stage, votes_in DESC, leases DESC, order_key, record_id, taken_by,
   status, merged_into, needed)
  WHERE status = 'pending' AND merged_into IS NULL AND needed > votes_in + leases;
CREATE INDEX screenings_figures ON screenings
  (review_id, stage, other_method, status, outcome, maybe, votes_in, needed, merged_into)
  WHERE merged_into IS NULL;
CREATE INDEX screenings_decided ON screenings (review_id, decided_at, merged_into)
  WHERE decided_at IS NOT NULL;

CREATE TABLE batches (
  review_id {text} NOT NULL, batch_id {text} NOT NULL, stage {text} NOT NULL,
  reviewer_id {text} NOT NULL, size INTEGER NOT NULL, handed_out_at BIGINT NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (review_id, batch_id)
) {keyed};

CREATE TABLE assignments (
  review_id {text} NOT NULL, assignment_id {text} NOT NULL, record_id {text} NOT NULL,
  stage {text} NOT NULL, reviewer_id {text} NOT NULL, batch_id {text} NOT NULL,
  place INTEGER NOT NULL, lease {text} NOT NULL, leased_until BIGINT NOT NULL,
  skipped INTEGER NOT NULL, note {text} NOT NULL,
  PRIMARY KEY (review_id, assignment_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred},
  FOREIGN KEY (review_id, batch_id) REFERENCES batches (review_id, batch_id) {deferred}
) {keyed};
CREATE UNIQUE INDEX assignments_open ON assignments (review_id, record_id, stage, reviewer_id)
  WHERE lease = 'open';
CREATE INDEX assignments_next ON assignments (review_id, reviewer_id, skipped, batch_id, place)
  WHERE lease = 'open';
CREATE INDEX assignments_expiring ON assignments (review_id, leased_until) WHERE lease = 'open';
CREATE INDEX assignments_of_batch ON assignments (review_id, batch_id, lease);

CREATE TABLE votes (
  review_id {text} NOT NULL, vote_id {text} NOT NULL, record_id {text} NOT NULL,
  stage {text} NOT NULL, reviewer_id {text} NOT NULL, choice {text} NOT NULL,
  reason {text} NOT NULL, note {text} NOT NULL, cast_at BIGINT NOT NULL,
  independent BOOLEAN NOT NULL, replaces {text}, assignment_id {text},
  PRIMARY KEY (review_id, vote_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
) {keyed};
CREATE INDEX votes_by_record ON votes (review_id, record_id, stage, vote_id);

CREATE TABLE current_votes (
  review_id {text} NOT NULL, record_id {text} NOT NULL, stage {text} NOT NULL,
  reviewer_id {text} NOT NULL, vote_id {text} NOT NULL, counts_for {text} NOT NULL,
  choice {text} NOT NULL, independent_choice {text}, cast_at BIGINT NOT NULL,
  settled BOOLEAN NOT NULL, decided BOOLEAN NOT NULL,
  PRIMARY KEY (review_id, record_id, stage, reviewer_id),
  FOREIGN KEY (review_id, vote_id) REFERENCES votes (review_id, vote_id) {deferred}
) {keyed};
CREATE UNIQUE INDEX current_votes_by_vote ON current_votes (review_id, vote_id);
CREATE INDEX current_votes_counting ON current_votes
  (review_id, counts_for, stage, reviewer_id);
CREATE INDEX current_votes_by_day ON current_votes (review_id, cast_at, reviewer_id);
CREATE INDEX current_votes_of_member ON current_votes
  (review_id, reviewer_id, cast_at, stage, decided, settled, choice);
CREATE INDEX current_votes_unsettled ON current_votes (review_id, cast_at, vote_id)
  WHERE NOT settled;

CREATE TABLE conflicts (
  review_id {text} NOT NULL, conflict_id {text} NOT NULL, record_id {text} NOT NULL,
  stage {text} NOT NULL, opened_at BIGINT NOT NULL, resolved_at BIGINT,
  resolved_by {text} NOT NULL, how {text}, outcome {text}, reason {text} NOT NULL,
  comment {text} NOT NULL,
  PRIMARY KEY (review_id, conflict_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) {deferred}
);
CREATE UNIQUE INDEX conflicts_open ON conflicts (review_id, record_id, stage)
  WHERE resolved_at IS NULL;
CREATE INDEX conflicts_opened ON conflicts (review_id, opened_at);
CREATE INDEX conflicts_resolved ON conflicts (review_id, resolved_at);

CREATE TABLE pairs (
  review_id {text} NOT NULL, pair_id {text} NOT NULL, first_id {text} NOT NULL,
  second_id {text} NOT NULL, certainty {text} NOT NULL, score {float} NOT NULL,
  why {text} NOT NULL, state {text} NOT NULL, decided_by {text} NOT NULL, decided_at BIGINT,
  PRIMARY KEY (review_id, pair_id),
  FOREIGN KEY (review_id, first_id) REFERENCES records (review_id, record_id) {deferred},
  FOREIGN KEY (review_id, second_id) REFERENCES records (review_id, record_id) {deferred}
);
CREATE INDEX pairs_by_first ON pairs (review_id, first_id);
CREATE INDEX pairs_by_second ON pairs (review_id, second_id);
CREATE INDEX pairs_by_state ON pairs (review_id, state, pair_id);

CREATE TABLE lead_cells (
  review_id {text} NOT NULL, tab {text} NOT NULL, row_key {text} NOT NULL, cells {text} NOT NULL,
  PRIMARY KEY (review_id, tab, row_key)
) {keyed};

CREATE TABLE gestures (
  review_id {text} NOT NULL, gesture_key {text} NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (review_id, gesture_key)
) {keyed};

CREATE TABLE audit_log (
  entry {serial}, review_id {text} NOT NULL, at BIGINT NOT NULL, actor {text} NOT NULL,
  action {text} NOT NULL, subject {text} NOT NULL, details {text} NOT NULL
);
CREATE INDEX audit_log_by_subject ON audit_log (review_id, subject, entry);

CREATE TABLE outbox (
  review_id {text} NOT NULL, channel {text} NOT NULL, kind {text} NOT NULL,
  item_key {text} NOT NULL, seq BIGINT NOT NULL, payload {text} NOT NULL,
  created_at BIGINT NOT NULL, attempts INTEGER NOT NULL, error {text} NOT NULL,
  PRIMARY KEY (review_id, channel, kind, item_key)
) {keyed};
CREATE UNIQUE INDEX outbox_by_seq ON outbox (review_id, seq);
CREATE INDEX outbox_waiting ON outbox (review_id, channel, seq, kind);

CREATE TABLE done_marks (
  review_id {text} NOT NULL, kind {text} NOT NULL, subject {text} NOT NULL,
  period {text} NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (review_id, kind, subject, period)
) {keyed};

CREATE TABLE posts (
  review_id {text} NOT NULL, post_key {text} NOT NULL, channel {text} NOT NULL,
  ts {text} NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (review_id, post_key)
) {keyed};

CREATE TABLE settings (
  review_id {text} NOT NULL, name {text} NOT NULL, value {text} NOT NULL,
  PRIMARY KEY (review_id, name)
) {keyed};

CREATE TABLE counters (
  review_id {text} NOT NULL, name {text} NOT NULL, value BIGINT NOT NULL,
  PRIMARY KEY (review_id, name)
) {keyed};

CREATE TABLE last_reviews (
  member_id {text} NOT NULL, review_id {text} NOT NULL, PRIMARY KEY (member_id)
) {keyed};
"""

KINDS = {
    "sqlite": {
        "text": "TEXT",
        "bytes": "BLOB",
        "float": "REAL",
        "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "keyed": "WITHOUT ROWID",
        "deferred": "DEFERRABLE INITIALLY DEFERRED",
    },
    "postgresql": {
        "text": 'TEXT COLLATE "C"',
        "bytes": "BYTEA",
        "float": "DOUBLE PRECISION",
        "serial": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "keyed": "",
        "deferred": "DEFERRABLE INITIALLY DEFERRED",
    },
}

SQLITE_APPEND_ONLY = """
CREATE TRIGGER {table}_never_updated BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
---
CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

POSTGRES_APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION winnow_refuse_change()
---
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION winnow_refuse_change()
"""

POSTGRES_REFUSAL = """
CREATE FUNCTION winnow_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$
"""


def statements(dialect: str) -> list[str]:
    """Return the statements of this step for "sqlite" or "postgresql"."""
    kinds = KINDS[dialect]
    steps = [step.format(**kinds) for step in TABLES.split(";") if step.strip()]
    guard = SQLITE_APPEND_ONLY
    if dialect == "postgresql":
        steps.append(POSTGRES_REFUSAL)
        guard = POSTGRES_APPEND_ONLY
    for table in ("votes", "audit_log"):
        steps += [step.format(table=table) for step in guard.split("---")]
    return steps
