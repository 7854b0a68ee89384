"""What the worker tells of a recorded experiment: when it can, and without harm to what is trained."""

import numpy as np
import pytest

from biasstudio.data_files.proposal import propose_data
from biasstudio.engine import data as engine_data
from biasstudio.engine.build import check_network
from biasstudio.engine.data_facts import data_facts
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Stack
from biasstudio.worker.messages import Build, ExamineExperiment, Stop, Train
from tests.experiments import moons, tutorial


def build(qtbot, worker, experiment):
    with qtbot.waitSignal(worker.built, timeout=60_000) as built:
        worker.send(Build(experiment))
    return built.args[0]


def examined(qtbot, worker, experiment):
    with qtbot.waitSignal(worker.examined, timeout=60_000) as told:
        worker.send(ExamineExperiment(experiment))
    assert told.args[0].experiment == experiment
    return told.args[0]


def table(path, offset=0.0):
    path.write_text("a,y\n" + "".join(f"{offset + number % 7},{number % 2}\n" for number in range(40)))
    stack = Stack((1,)).add("Dense", units=1, activation="sigmoid")
    return Experiment(stack, propose_data(path), Training(epochs=2, batch_size=8))


def test_layers_and_data_are_told(qtbot, worker):
    told = examined(qtbot, worker, tutorial())
    assert told.layers == check_network(tutorial())
    assert [layer.output_shape for layer in told.layers] == [(26, 26, 32), (21632,), (10,), (1,)]
    assert told.data is data_facts(tutorial())
    assert told.note == ""


def test_what_is_not_there_is_said(qtbot, worker, tmp_path):
    experiment = table(tmp_path / "table.csv")
    (tmp_path / "table.csv").unlink()
    told = examined(qtbot, worker, experiment)
    assert told.layers == check_network(experiment)
    assert told.data is None
    sentence = f"table.csv is not there: expected it at {tmp_path / 'table.csv'}. The data are not judged."
    assert told.note == sentence
    impossible = Experiment(tutorial().stack.change("conv2d", kernel_size=30), tutorial().data, tutorial().training)
    told = examined(qtbot, worker, impossible)
    assert (told.layers, told.data) == ((), None)
    assert "30 × 30" in told.note
    assert told.note.endswith("Only the steps are judged.")


def test_nothing_is_downloaded(qtbot, worker, monkeypatch):
    monkeypatch.setattr(engine_data, "load_keras_data", lambda *_: pytest.fail("asked the network"))
    stack = tutorial().stack.change("dense_1", units=10)
    told = examined(qtbot, worker, Experiment(stack, DataSet.of("keras_mnist"), Training()))
    assert told.data is None
    assert told.note == "Its data would have to be loaded from the network. The data are not judged."


def test_it_waits_until_nothing_is_trained(qtbot, worker):
    experiment, heard = moons(epochs=5_000), []
    built = build(qtbot, worker, experiment)
    worker.examined.connect(heard.append)
    worker.send(Train(experiment))
    qtbot.waitUntil(lambda: built.history.last_step > 0, timeout=60_000)
    worker.send(ExamineExperiment(tutorial()))
    step = built.history.last_step
    qtbot.waitUntil(lambda: built.history.last_step > step + 100, timeout=60_000)
    assert heard == []
    with qtbot.waitSignal(worker.examined, timeout=60_000):
        worker.send(Stop())


def test_training_is_the_same_bit_for_bit(qtbot, worker):
    stack = moons().stack.add("Dropout", 1, rate=0.3)
    stack = stack.change("dense", bias_initializer=Initializer.of("RandomNormal"))
    experiment, frames = Experiment(stack, moons().data, moons().training), []
    # Never checked before, so that its layers are made now: with random numbers of their own.
    other = Stack((9, 5)).add("GRU", units=11, dropout=0.123).add("Dropout", rate=0.321).add("Dense", units=1)
    for among in (False, True):
        built = build(qtbot, worker, experiment)
        if among:
            examined(qtbot, worker, Experiment(other, moons().data, Training()))
        with qtbot.waitSignal(worker.trainingEnded, timeout=60_000):
            worker.send(Train(experiment))
        frames.append(built.history.frame(58))
    np.testing.assert_array_equal(*frames)


def test_data_that_had_to_make_room_are_looked_at_again(qtbot, worker, tmp_path):
    experiment, other = table(tmp_path / "table.csv"), table(tmp_path / "other.csv", 50.0)
    build(qtbot, worker, experiment)
    qtbot.waitUntil(lambda: len(worker.diagnoses) == 1, timeout=30_000)
    assert engine_data.are_at_hand(experiment.data)
    assert examined(qtbot, worker, other).data.samples == 36
    qtbot.waitUntil(lambda: len(worker.diagnoses) == 2, timeout=30_000)
    assert worker.diagnoses[1].probe is not None
    assert engine_data.are_at_hand(experiment.data)


def test_reading_for_it_gives_way_to_other_commands(qtbot, worker, tmp_path, monkeypatch):
    experiment, asked = table(tmp_path / "table.csv"), []
    build(qtbot, worker, moons())
    open_source = engine_data.open_source

    def read_until_cancelled(data, cancelled):
        asked.append(data)
        if len(asked) > 1:
            return open_source(data, cancelled)
        while True:
            engine_data.go_on(cancelled)

    monkeypatch.setattr(engine_data, "open_source", read_until_cancelled)
    worker.send(ExamineExperiment(experiment))
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=30_000)
    with qtbot.waitSignals([worker.trainingEnded, worker.examined], timeout=60_000, order="strict"):
        worker.send(Train(moons()))
    assert len(asked) == 2
