"""`make torture` ends, also when one of its processes has died."""

import multiprocessing
import signal
import time

import pytest

from tests.test_scripts import script


def test_processes_that_wait_for_more_are_ended_when_the_run_is_given_up():
    torture = script("torture")
    worker = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))

    with pytest.raises(torture.CouldNotRun), torture.at_work([worker]):
        raise torture.CouldNotRun

    assert worker.exitcode == -signal.SIGTERM
