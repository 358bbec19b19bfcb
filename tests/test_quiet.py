"""Nothing calls home."""

import os
import subprocess
import sys

from pipeline.quiet import SWITCHES

LISTEN = """
import numpy
from pipeline.speakers.activity import find_speech
find_speech(numpy.zeros(16000, numpy.float32))
"""


def test_the_speech_detector_leaves_no_trace_of_telemetry(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    subprocess.run([sys.executable, "-c", LISTEN], env=environment, check=True, timeout=120)
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in path.name.lower()]
