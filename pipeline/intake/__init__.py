"""What is to be scored, and where it lies."""

from pipeline.intake.manifest import read_manifest
from pipeline.intake.sources import SourceReader, compile_pattern, find_sources, from_file_name

__all__ = ["SourceReader", "compile_pattern", "find_sources", "from_file_name", "read_manifest"]
