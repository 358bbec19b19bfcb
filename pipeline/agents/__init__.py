"""scorecards → agent report."""
