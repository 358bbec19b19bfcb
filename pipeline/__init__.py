"""qinhe 亲和: scores the service affinity of telecom hotline agents from their recordings."""

from pipeline.quiet import silence_libraries

__version__ = "0.1.0"

silence_libraries()
