"""Finding records that describe the same publication."""
