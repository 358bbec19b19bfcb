"""evidence and figures → signals per criterion, or an abstention."""
