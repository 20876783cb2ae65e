"""The sample review: a published one, and the search exports derived from it."""
