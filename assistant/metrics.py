"""What is counted of the turns, for Prometheus and for the health page. Nobody's words are in it."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

# A turn that went wrong somewhere, whatever the person saw instead: an exception, no reply within the time, no whole reply, or a
# red flag that only the channel recognised.
FAILURES = Counter("b12_turn_failures", "Turns in which something broke", ["channel", "reason"])
TURNS = Counter("b12_turns", "Turns by the kind of their reply", ["channel", "kind", "urgency"])
# Emergencies, crises and signs for the same day, by the hazard of data/safety; "unnamed" where only the classifier saw one.
ALARMS = Counter("b12_alarms", "Turns that told of something urgent", ["channel", "hazard"])
DECLINED = Counter("b12_declined", "Turns that were out of scope, by what they were about", ["channel", "about"])
SECONDS = Histogram(
    "b12_turn_seconds",
    "Seconds from a message to its reply",
    ["channel"],
    buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24),
)
# What the assistant needs and goes on without: 1 while it is away.
DEGRADED = Gauge("b12_degraded", "1 while it does not answer", ["service"], multiprocess_mode="max")
WRITES_DROPPED = Counter("b12_writes_dropped", "Writes that were never made because the database was away too long")
TAKEOVERS = Counter("b12_takeovers", "New versions that the running server took over or refused", ["result"])
NLU_WORKERS = Gauge(
    "b12_nlu_workers", "Processes that understand messages beside the server's own", multiprocess_mode="livesum"
)
RUNNING = Gauge(
    "b12_running",
    "1 for the model that understands and the texts that it answers with",
    ["model", "content"],
    multiprocess_mode="max",
)


def exposed() -> bytes:
    """Return all figures in Prometheus' text format; those of all workers where ``PROMETHEUS_MULTIPROC_DIR`` names a folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def total(counter: Counter) -> int:
    """Return a counter's sum over all its labels."""
    return int(
        sum(sample.value for metric in counter.collect() for sample in metric.samples if sample.name.endswith("_total"))
    )
