"""Libraries that would call home are told not to, before they are imported: no word on a call, nor that one was scored, leaves this machine."""

import os

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime keeps a device id and sends events to its maker
    "HF_HUB_DISABLE_TELEMETRY": "1",  # the hub client names its user's software
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray reports clusters and their size to its maker
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # no telemetry: spares a warning about graphics cards that we do not ask for
    "DO_NOT_TRACK": "1",  # what others have agreed on
}


def silence_libraries() -> None:
    """Set the switches; they are read when the libraries are first imported, also by processes that are started."""
    os.environ.update(SWITCHES)
