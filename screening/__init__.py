"""The rules of a review: bytes and values in, values out."""
