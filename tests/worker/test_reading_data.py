"""The worker reads the data before it trains: what keeps it from that is a sentence, and the network stays."""

import time

import pytest

from biasstudio.data_files.opening import go_on
from biasstudio.data_files.proposal import propose_data
from biasstudio.engine import data as engine_data
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack
from biasstudio.worker.messages import Build, Close, Job, Recording, Stop, Train, TrainJobs, WorkerState
from biasstudio.worker.model_worker import ModelWorker

TABLE = "a,y\n" + "".join(f"{number},{number % 2}\n" for number in range(40))


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return Experiment(
        Stack((1,)).add("Dense", units=1, activation="sigmoid"), propose_data(path), Training(epochs=2, batch_size=8)
    )


def build(qtbot, worker, experiment):
    with qtbot.waitSignal(worker.built, timeout=60_000) as built:
        worker.send(Build(experiment))
    return built.args[0]


def test_a_file_that_is_gone_is_a_sentence_and_training_may_be_asked_for_again(qtbot, worker, experiment, tmp_path):
    built = build(qtbot, worker, experiment)
    path = tmp_path / "table.csv"
    path.unlink()
    recording = Recording(tmp_path / "run.biasrun", "run", 10**9)
    with qtbot.waitSignal(worker.dataFailed, timeout=30_000) as failed:
        worker.send(Train(experiment, recording))
    assert failed.args == [f"table.csv is not there: expected it at {path}."]
    assert not recording.path.exists()
    assert built.history.last_step == 0
    path.write_text(TABLE)
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000) as ended:
        worker.send(Train(experiment, recording))
    assert (ended.args[0].reason, ended.args[0].step) == ("finished", 2 * 5)
    assert recording.path.exists()


def test_a_job_whose_data_are_gone_is_refused(qtbot, worker, experiment, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE + "1,2\n")
    job = Job(experiment, Recording(tmp_path / "job.biasrun", "job", 10**9), "job")
    with qtbot.waitSignal(worker.jobEnded, timeout=60_000) as ended:
        worker.send(TrainJobs((job,)))
    assert ended.args[0].reason == "refused"
    assert ended.args[0].sentence.startswith("table.csv has the classes 0, 1, 2 now")
    assert not (tmp_path / "job.biasrun").exists()


def read_without_end(_data, cancelled):
    while True:
        go_on(cancelled)
        time.sleep(0.01)


@pytest.mark.parametrize("job", [False, True])
def test_reading_is_stopped(qtbot, worker, experiment, tmp_path, monkeypatch, job):
    build(qtbot, worker, experiment)
    monkeypatch.setattr(engine_data, "_KEPT", engine_data.LastOne())
    monkeypatch.setattr(engine_data, "open_source", read_without_end)
    command = TrainJobs((Job(experiment, Recording(tmp_path / "r", "r", 10**9), "r"),)) if job else Train(experiment)
    with qtbot.waitSignal(worker.stateChanged, check_params_cb=lambda state: state is WorkerState.READING):
        worker.send(command)
    with qtbot.waitSignal(worker.jobsEnded if job else worker.trainingEnded, timeout=10_000) as ended:
        worker.send(Stop())
    if not job:
        assert (ended.args[0].reason, ended.args[0].step) == ("stopped", 0)
    monkeypatch.undo()
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000) as ended:
        worker.send(Train(experiment))
    assert ended.args[0].reason == "finished"


def test_closing_ends_the_reading(qtbot, experiment, monkeypatch):
    worker = ModelWorker()
    worker.start()
    build(qtbot, worker, experiment)
    monkeypatch.setattr(engine_data, "_KEPT", engine_data.LastOne())
    monkeypatch.setattr(engine_data, "open_source", read_without_end)
    with qtbot.waitSignal(worker.stateChanged, check_params_cb=lambda state: state is WorkerState.READING):
        worker.send(Train(experiment))
    with qtbot.waitSignal(worker.finished, timeout=10_000):
        worker.send(Close())
    assert worker.wait(1000)
