"""The shared Google Sheet: one writer that carries the store into it and the lead's edits back."""
