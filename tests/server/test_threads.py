"""Threads that would take a core from others."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from assistant import server


@pytest.fixture(autouse=True)
def as_before():
    with threadpool_limits():
        yield


def blas() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_small_matrices_are_multiplied_in_the_thread_that_asks() -> None:
    assert np.eye(2).sum() == 2
    threadpool_limits(2, user_api="blas")
    assert blas() == {2}
    server.leave_cores_alone()
    assert blas() == {1}
