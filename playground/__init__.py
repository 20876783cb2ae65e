"""Stand-ins for Slack and Google Sheets that speak their wire protocols on localhost."""
