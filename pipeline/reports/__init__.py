"""pages, sheets, exports."""
