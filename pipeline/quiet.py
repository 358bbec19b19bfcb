"""Libraries that would call home are told not to, before they are imported: no word on a call, nor that one was scored, leaves this machine."""

import os

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime keeps a device id and sends events to its maker
    "HF_HUB_DISABLE_TELEMETRY": "1",  # the hub client names its user's software
    "DO_NOT_TRACK": "1",  # what others have agreed on
}


def silence_libraries() -> None:
    """Set the switches; they are read when the libraries are first imported, also by processes that are started."""
    os.environ.update(SWITCHES)
