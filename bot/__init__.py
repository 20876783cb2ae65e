"""What the team touches: the Slack app, the command line and the composition root."""
