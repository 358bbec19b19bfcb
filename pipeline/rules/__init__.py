"""Rules as data: what an inspection team writes down, read, explained and applied to a call."""
