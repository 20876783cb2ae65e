-- A small review as schema version 1 kept it. Never edited: later versions must open it.
BEGIN TRANSACTION;
CREATE TABLE assignments (
  review_id TEXT NOT NULL, assignment_id TEXT NOT NULL, record_id TEXT NOT NULL,
  stage TEXT NOT NULL, reviewer_id TEXT NOT NULL, batch_id TEXT NOT NULL,
  place INTEGER NOT NULL, lease TEXT NOT NULL, leased_until BIGINT NOT NULL,
  skipped INTEGER NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (review_id, assignment_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (review_id, batch_id) REFERENCES batches (review_id, batch_id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
INSERT INTO "assignments" VALUES('peer','A-B1-1','R000001','title_abstract','U1','B1',1,'voted',1773046800000000,0,'');
INSERT INTO "assignments" VALUES('peer','A-B1-2','R000002','title_abstract','U1','B1',2,'open',1773046800000000,0,'');
CREATE TABLE audit_log (
  entry INTEGER PRIMARY KEY AUTOINCREMENT, review_id TEXT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, details TEXT NOT NULL
);
INSERT INTO "audit_log" VALUES(1,'peer',1772442000000000,'U1','vote','R000001','{"vote_id":"V1"}');
CREATE TABLE batches (
  review_id TEXT NOT NULL, batch_id TEXT NOT NULL, stage TEXT NOT NULL,
  reviewer_id TEXT NOT NULL, size INTEGER NOT NULL, handed_out_at BIGINT NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (review_id, batch_id)
) WITHOUT ROWID;
INSERT INTO "batches" VALUES('peer','B1','title_abstract','U1',2,1772442000000000,1773046800000000);
CREATE TABLE conflicts (
  review_id TEXT NOT NULL, conflict_id TEXT NOT NULL, record_id TEXT NOT NULL,
  stage TEXT NOT NULL, opened_at BIGINT NOT NULL, resolved_at BIGINT,
  resolved_by TEXT NOT NULL, how TEXT, outcome TEXT, reason TEXT NOT NULL,
  comment TEXT NOT NULL,
  PRIMARY KEY (review_id, conflict_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "conflicts" VALUES('peer','C1','R000002','title_abstract',1772442180000000,NULL,'',NULL,NULL,'','');
CREATE TABLE counters (
  review_id TEXT NOT NULL, name TEXT NOT NULL, value BIGINT NOT NULL,
  PRIMARY KEY (review_id, name)
) WITHOUT ROWID;
INSERT INTO "counters" VALUES('peer','outbox',1);
INSERT INTO "counters" VALUES('peer','records',3);
CREATE TABLE current_votes (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, stage TEXT NOT NULL,
  reviewer_id TEXT NOT NULL, vote_id TEXT NOT NULL, counts_for TEXT NOT NULL,
  choice TEXT NOT NULL, independent_choice TEXT, cast_at BIGINT NOT NULL,
  settled BOOLEAN NOT NULL, decided BOOLEAN NOT NULL,
  PRIMARY KEY (review_id, record_id, stage, reviewer_id),
  FOREIGN KEY (review_id, vote_id) REFERENCES votes (review_id, vote_id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
INSERT INTO "current_votes" VALUES('peer','R000001','title_abstract','U1','V1','R000001','include','include',1772442000000000,1,1);
INSERT INTO "current_votes" VALUES('peer','R000001','title_abstract','U2','V2','R000001','maybe','maybe',1772442060000000,1,1);
INSERT INTO "current_votes" VALUES('peer','R000002','title_abstract','U1','V3','R000002','include','include',1772442120000000,1,0);
INSERT INTO "current_votes" VALUES('peer','R000002','title_abstract','U2','V4','R000002','exclude','exclude',1772442180000000,1,0);
CREATE TABLE done_marks (
  review_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  period TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (review_id, kind, subject, period)
) WITHOUT ROWID;
INSERT INTO "done_marks" VALUES('peer','digest','','2026-03-02',1772442000000000);
CREATE TABLE gestures (
  review_id TEXT NOT NULL, gesture_key TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (review_id, gesture_key)
) WITHOUT ROWID;
INSERT INTO "gestures" VALUES('peer','click',1772442000000000);
CREATE TABLE imports (
  review_id TEXT NOT NULL, import_id TEXT NOT NULL,
  source_name TEXT NOT NULL, source_kind TEXT NOT NULL, platform TEXT NOT NULL,
  searched_on TEXT NOT NULL, file_name TEXT NOT NULL, sha256 TEXT NOT NULL,
  format TEXT NOT NULL, imported_at BIGINT NOT NULL, imported_by TEXT NOT NULL,
  records INTEGER NOT NULL, duplicates INTEGER NOT NULL, possible INTEGER NOT NULL,
  added INTEGER NOT NULL, problems TEXT NOT NULL,
  PRIMARY KEY (review_id, import_id)
);
INSERT INTO "imports" VALUES('peer','I1','MEDLINE','database','','','I1.ris','digest-I1','ris',1772442000000000,'U0ANA',2,0,0,2,'[]');
INSERT INTO "imports" VALUES('peer','I2','ERIC','database','','','I2.ris','digest-I2','ris',1772442000000000,'U0ANA',1,0,0,1,'[]');
CREATE TABLE last_reviews (
  member_id TEXT NOT NULL, review_id TEXT NOT NULL, PRIMARY KEY (member_id)
) WITHOUT ROWID;
INSERT INTO "last_reviews" VALUES('U1','peer');
CREATE TABLE lead_cells (
  review_id TEXT NOT NULL, tab TEXT NOT NULL, row_key TEXT NOT NULL, cells TEXT NOT NULL,
  PRIMARY KEY (review_id, tab, row_key)
) WITHOUT ROWID;
INSERT INTO "lead_cells" VALUES('peer','Records','R000001','{"Note":"read twice"}');
CREATE TABLE outbox (
  review_id TEXT NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL,
  item_key TEXT NOT NULL, seq BIGINT NOT NULL, payload TEXT NOT NULL,
  created_at BIGINT NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL,
  PRIMARY KEY (review_id, channel, kind, item_key)
) WITHOUT ROWID;
INSERT INTO "outbox" VALUES('peer','sheet','Records','R000002',1,'{}',1772442000000000,0,'');
CREATE TABLE pairs (
  review_id TEXT NOT NULL, pair_id TEXT NOT NULL, first_id TEXT NOT NULL,
  second_id TEXT NOT NULL, certainty TEXT NOT NULL, score REAL NOT NULL,
  why TEXT NOT NULL, state TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at BIGINT,
  PRIMARY KEY (review_id, pair_id),
  FOREIGN KEY (review_id, first_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (review_id, second_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "pairs" VALUES('peer','D1','R000001','R000003','certain',0.99,'same title','merged','winnow',1772442000000000);
CREATE TABLE posts (
  review_id TEXT NOT NULL, post_key TEXT NOT NULL, channel TEXT NOT NULL,
  ts TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (review_id, post_key)
) WITHOUT ROWID;
INSERT INTO "posts" VALUES('peer','peer/digest/2026-03-02','C1','1.1',1772442000000000);
CREATE TABLE record_abstracts (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, abstract TEXT NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "record_abstracts" VALUES('peer','R000001','About 1.');
INSERT INTO "record_abstracts" VALUES('peer','R000002','About 2.');
INSERT INTO "record_abstracts" VALUES('peer','R000003','About 3.');
CREATE TABLE record_bodies (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "record_bodies" VALUES('peer','R000001','{"title":"Study 1","authors":["Doe, J."]}');
INSERT INTO "record_bodies" VALUES('peer','R000002','{"title":"Study 2","authors":["Doe, J."]}');
INSERT INTO "record_bodies" VALUES('peer','R000003','{"title":"Study 3","authors":["Doe, J."]}');
CREATE TABLE record_raws (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, raw BLOB NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "record_raws" VALUES('peer','R000001',X'78018B8E560AF154D2510A2E294DA95430548AD589568A88000AE4A7A4C4949424A62BC5C60200BCA20AB7');
INSERT INTO "record_raws" VALUES('peer','R000002',X'78018B8E560AF154D2510A2E294DA95430528AD589568A88000AE4A7A4C4949424A62BC5C60200BCB80AB8');
INSERT INTO "record_raws" VALUES('peer','R000003',X'78018B8E560AF154D2510A2E294DA95430568AD589568A88000AE4A7A4C4949424A62BC5C60200BCCE0AB9');
CREATE TABLE record_shown (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "record_shown" VALUES('peer','R000001','{"title":"Study 1","authors":["Doe, J."],"doi":"10.1/x","abstract":"About 1."}');
CREATE TABLE records (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, import_id TEXT NOT NULL,
  position INTEGER NOT NULL, line INTEGER NOT NULL, order_key TEXT NOT NULL, merged_into TEXT,
  PRIMARY KEY (review_id, record_id),
  FOREIGN KEY (review_id, import_id) REFERENCES imports (review_id, import_id) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (review_id, merged_into) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
INSERT INTO "records" VALUES('peer','R000001','I1',1,10,'R000001',NULL);
INSERT INTO "records" VALUES('peer','R000002','I1',2,20,'R000002',NULL);
INSERT INTO "records" VALUES('peer','R000003','I2',3,30,'R000003','R000001');
CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO "schema_version" VALUES(1,'initial');
CREATE TABLE screenings (
  review_id TEXT NOT NULL, record_id TEXT NOT NULL, stage TEXT NOT NULL,
  status TEXT NOT NULL, outcome TEXT, how TEXT, reason TEXT NOT NULL,
  maybe BOOLEAN NOT NULL, needed INTEGER NOT NULL, votes_in INTEGER NOT NULL,
  leases INTEGER NOT NULL, taken_by TEXT NOT NULL, order_key TEXT NOT NULL,
  merged_into TEXT, other_method BOOLEAN NOT NULL, entered_at BIGINT, decided_at BIGINT,
  PRIMARY KEY (review_id, record_id, stage),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
INSERT INTO "screenings" VALUES('peer','R000001','full_text','pending',NULL,NULL,'',0,2,0,0,'','R000001',NULL,0,1772442060000000,NULL);
INSERT INTO "screenings" VALUES('peer','R000001','title_abstract','decided','include',NULL,'',1,2,2,0,'|U1|U2|','R000001',NULL,0,1772442000000000,1772442000000000);
INSERT INTO "screenings" VALUES('peer','R000002','title_abstract','conflict',NULL,NULL,'',0,2,2,1,'|U1|U2|','R000002',NULL,0,1772442000000000,NULL);
CREATE TABLE settings (
  review_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (review_id, name)
) WITHOUT ROWID;
INSERT INTO "settings" VALUES('peer','paused:U2','yes');
CREATE TABLE votes (
  review_id TEXT NOT NULL, vote_id TEXT NOT NULL, record_id TEXT NOT NULL,
  stage TEXT NOT NULL, reviewer_id TEXT NOT NULL, choice TEXT NOT NULL,
  reason TEXT NOT NULL, note TEXT NOT NULL, cast_at BIGINT NOT NULL,
  independent BOOLEAN NOT NULL, replaces TEXT, assignment_id TEXT,
  PRIMARY KEY (review_id, vote_id),
  FOREIGN KEY (review_id, record_id) REFERENCES records (review_id, record_id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
INSERT INTO "votes" VALUES('peer','V1','R000001','title_abstract','U1','include','','',1772442000000000,1,NULL,NULL);
INSERT INTO "votes" VALUES('peer','V2','R000001','title_abstract','U2','maybe','','table 3?',1772442060000000,1,NULL,NULL);
INSERT INTO "votes" VALUES('peer','V3','R000002','title_abstract','U1','include','','',1772442120000000,1,NULL,NULL);
INSERT INTO "votes" VALUES('peer','V4','R000002','title_abstract','U2','exclude','','',1772442180000000,1,NULL,NULL);
CREATE UNIQUE INDEX imports_by_digest ON imports (review_id, sha256) WHERE sha256 <> '';
CREATE INDEX records_by_import ON records (review_id, import_id, merged_into);
CREATE INDEX records_merged ON records (review_id, merged_into, record_id)
  WHERE merged_into IS NOT NULL;
CREATE INDEX screenings_to_hand_out ON screenings
  (review_id, stage, votes_in DESC, leases DESC, order_key, record_id, taken_by,
   status, merged_into, needed)
  WHERE status = 'pending' AND merged_into IS NULL AND needed > votes_in + leases;
CREATE INDEX screenings_figures ON screenings
  (review_id, stage, other_method, status, outcome, maybe, votes_in, needed, merged_into)
  WHERE merged_into IS NULL;
CREATE INDEX screenings_decided ON screenings (review_id, decided_at, merged_into)
  WHERE decided_at IS NOT NULL;
CREATE UNIQUE INDEX assignments_open ON assignments (review_id, record_id, stage, reviewer_id)
  WHERE lease = 'open';
CREATE INDEX assignments_next ON assignments (review_id, reviewer_id, skipped, batch_id, place)
  WHERE lease = 'open';
CREATE INDEX assignments_expiring ON assignments (review_id, leased_until) WHERE lease = 'open';
CREATE INDEX assignments_of_batch ON assignments (review_id, batch_id, lease);
CREATE INDEX votes_by_record ON votes (review_id, record_id, stage, vote_id);
CREATE UNIQUE INDEX current_votes_by_vote ON current_votes (review_id, vote_id);
CREATE INDEX current_votes_counting ON current_votes
  (review_id, counts_for, stage, reviewer_id);
CREATE INDEX current_votes_by_day ON current_votes (review_id, cast_at, reviewer_id);
CREATE INDEX current_votes_of_member ON current_votes
  (review_id, reviewer_id, cast_at, stage, decided, settled, choice);
CREATE INDEX current_votes_unsettled ON current_votes (review_id, cast_at, vote_id)
  WHERE NOT settled;
CREATE UNIQUE INDEX conflicts_open ON conflicts (review_id, record_id, stage)
  WHERE resolved_at IS NULL;
CREATE INDEX conflicts_opened ON conflicts (review_id, opened_at);
CREATE INDEX conflicts_resolved ON conflicts (review_id, resolved_at);
CREATE INDEX pairs_by_first ON pairs (review_id, first_id);
CREATE INDEX pairs_by_second ON pairs (review_id, second_id);
CREATE INDEX pairs_by_state ON pairs (review_id, state, pair_id);
CREATE INDEX audit_log_by_subject ON audit_log (review_id, subject, entry);
CREATE UNIQUE INDEX outbox_by_seq ON outbox (review_id, seq);
CREATE INDEX outbox_waiting ON outbox (review_id, channel, seq, kind);
CREATE TRIGGER votes_never_updated BEFORE UPDATE ON votes
BEGIN SELECT RAISE(ABORT, 'votes is append-only'); END;
CREATE TRIGGER votes_never_deleted BEFORE DELETE ON votes
BEGIN SELECT RAISE(ABORT, 'votes is append-only'); END;
CREATE TRIGGER audit_log_never_updated BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_never_deleted BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit_log',1);
COMMIT;
