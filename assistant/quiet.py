"""Environment that must be set before Rasa or TensorFlow is imported."""

import logging
import os


def settle() -> None:
    """Turn telemetry off, and TensorFlow's and Rasa's start-up notices."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    # Rasa's pins lag behind its libraries; none of their deprecation notices is for whoever runs the assistant.
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TQDM_DISABLE", "1")
    # Some of the libraries set the warnings' filters back, so they are sent to a log that nobody reads.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
