"""The configuration: one TOML file and a few secrets from the environment, checked as a whole."""

from screening.config.installation import (
    Backup,
    GoogleAccess,
    Installation,
    SlackAccess,
)
from screening.config.loading import load_config, read_config
from screening.config.problems import ConfigProblem, ConfigurationError

__all__ = [
    "Backup",
    "ConfigProblem",
    "ConfigurationError",
    "GoogleAccess",
    "Installation",
    "SlackAccess",
    "load_config",
    "read_config",
]
