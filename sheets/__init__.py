"""The shared Google Sheet: one writer carries the store into it, heals it, and carries edits back."""
