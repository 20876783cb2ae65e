"""What the bot hears: one module a gesture, each listener parse, one use case, ack, respond."""
