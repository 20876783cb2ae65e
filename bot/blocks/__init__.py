"""What is shown in Slack: pure builders that take views and give blocks within Slack's limits."""
