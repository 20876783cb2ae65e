"""What `winnow check` looks at: the store, Slack, Google; each fault with its remedy."""
