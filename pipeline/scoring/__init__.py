"""signals → scorecard."""
