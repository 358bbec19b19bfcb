"""qinhe 亲和: scores the service affinity of telecom hotline agents from their recordings."""

__version__ = "0.1.0"
