"""The demo: a folder of its own, the playground and the bot as two processes, watched."""
