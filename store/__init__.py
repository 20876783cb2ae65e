"""What must never be lost: votes, decisions and what is still to be sent, in SQLite or Postgres."""
