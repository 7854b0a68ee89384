"""A worker of its own for each test, closed at the end; a fault of ours fails the test."""

import pytest

from biasstudio.worker.messages import Close
from biasstudio.worker.model_worker import ModelWorker


@pytest.fixture
def worker(qtbot):
    worker = ModelWorker()
    worker.faults, worker.diagnoses = [], []
    worker.failed.connect(lambda sentence, details: worker.faults.append((sentence, details)))
    worker.diagnosed.connect(worker.diagnoses.append)
    worker.start()
    yield worker
    with qtbot.waitSignal(worker.finished, timeout=30_000):
        worker.send(Close())
    assert worker.wait(1000)
    assert worker.faults == []
