"""Reading search exports: bytes in, records and problems out."""
