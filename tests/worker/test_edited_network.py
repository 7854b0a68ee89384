"""Biases set by hand: what follows is bit for bit what Keras gives, and the training's own figures are not touched."""

import json
import sqlite3
from collections.abc import Callable

import keras
import numpy as np
import pytest

from biasstudio.engine.data import load_samples
from biasstudio.spec.keras_config import stack_to_keras
from biasstudio.worker.edited_network import NO_VALIDATION
from biasstudio.worker.messages import (
    Build,
    Close,
    Job,
    Pause,
    Recording,
    SetBiases,
    Stop,
    TakeStep,
    Train,
    TrainJobs,
    WorkerState,
)
from biasstudio.worker.model_worker import ModelWorker
from tests.experiments import moons

MOONS = moons(epochs=2)
LONG = moons(epochs=10_000)


@pytest.fixture
def worker(qtbot):
    worker = ModelWorker()
    worker.faults = []
    worker.failed.connect(lambda sentence, details: worker.faults.append((sentence, details)))
    worker.start()
    yield worker
    with qtbot.waitSignal(worker.finished, timeout=30_000):
        worker.send(Close())
    assert worker.wait(1000)
    assert worker.faults == []


@pytest.fixture
def recording(tmp_path):
    return Recording(tmp_path / "run.biasrun", "run", 10_000_000)


def build(qtbot, worker, experiment):
    with qtbot.waitSignal(worker.built, timeout=60_000) as built:
        worker.send(Build(experiment))
    return built.args[0].history


def hold(qtbot, worker, command):
    with qtbot.waitSignal(worker.stateChanged, timeout=60_000, check_params_cb=lambda new: new is WorkerState.PAUSED):
        worker.send(command)


def finish(qtbot, worker, command):
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000) as ended:
        worker.send(command)
    return ended.args[0]


def edit(qtbot, worker, experiment, step, path, values, number=1):
    """Set a vector, and wait for what the validation data give."""
    wanted = lambda evaluated: evaluated.number == number  # noqa: E731
    with qtbot.waitSignal(worker.biasesEvaluated, timeout=30_000, check_params_cb=wanted) as evaluated:
        worker.send(SetBiases(experiment, step, path, np.asarray(values, np.float32), number))
    return evaluated.args[0]


def model_of(experiment):
    """The experiment's model, made by Keras alone."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(experiment.training.seed)
    model = keras.models.model_from_json(json.dumps(stack_to_keras(experiment.stack)))
    optimizer = keras.optimizers.get(experiment.training.optimizer)
    optimizer.learning_rate = experiment.training.learning_rate
    model.compile(optimizer=optimizer, loss=experiment.training.loss, metrics=["accuracy"])
    return model


class Script(keras.callbacks.Callback):
    """What a person would write: at some steps biases are assigned; the biases of every step are kept."""

    def __init__(self, edits: dict[int, Callable]) -> None:
        super().__init__()
        self.edits, self.step, self.frames, self.logs = edits, 0, [], []

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        self.frames.append(np.concatenate([layer.get_weights()[1] for layer in self.model.layers]))
        if self.step in self.edits:
            self.edits[self.step](self.model)

    def on_epoch_end(self, epoch, logs=None):
        self.logs.append(dict(logs))


def train_script(experiment, edits, before=None):
    model = model_of(experiment)
    if before:
        before(model)
    samples, validation = load_samples(experiment.data).split(experiment.training.validation_share)
    script = Script(edits)
    model.fit(
        samples.x,
        samples.y,
        batch_size=experiment.training.batch_size,
        epochs=experiment.training.epochs,
        validation_data=(validation.x, validation.y),
        verbose=0,
        callbacks=[script],
    )
    return script


def assign(layer, values):
    return lambda model: model.get_layer(layer).bias.assign(np.asarray(values, np.float32))


def events(path, kind="edit"):
    database = sqlite3.connect(path)
    found = database.execute("SELECT step, text FROM events WHERE kind = ? ORDER BY number", (kind,)).fetchall()
    frames = {step: np.frombuffer(blob, "<f4") for step, blob in database.execute("SELECT step, biases FROM frames")}
    database.close()
    return found, frames


FIRST, SECOND, THIRD = np.linspace(-1, 1, 8), np.full(8, 0.1), [0.75]


def test_training_goes_on_as_a_script_that_assigns_the_same_values(qtbot, worker, recording):
    history = build(qtbot, worker, MOONS)
    hold(qtbot, worker, TakeStep(MOONS, recording))
    for _ in range(2):
        hold(qtbot, worker, TakeStep(MOONS))
    edit(qtbot, worker, MOONS, 3, "dense/bias", FIRST, 1)
    edit(qtbot, worker, MOONS, 3, "dense/bias", SECOND, 2)
    for _ in range(27):
        hold(qtbot, worker, TakeStep(MOONS))
    edit(qtbot, worker, MOONS, 30, "dense_1/bias", THIRD, 3)
    assert finish(qtbot, worker, Train(MOONS)).reason == "finished"
    script = train_script(MOONS, {3: assign("dense", SECOND), 30: assign("dense_1", THIRD)})
    assert len(script.frames) == history.last_step == 58
    for step, frame in enumerate(script.frames, 1):
        assert np.array_equal(history.frame(step), frame), step
    # The evaluations have left Keras's running means alone.
    assert [dict(record.metrics) for record in history.epochs()] == script.logs


def test_an_untrained_network_is_trained_from_what_was_set(qtbot, worker, recording):
    history = build(qtbot, worker, MOONS)
    start = history.frame(0)
    edit(qtbot, worker, MOONS, 0, "dense/bias", FIRST)
    finish(qtbot, worker, Train(MOONS, recording))
    script = train_script(MOONS, {}, assign("dense", FIRST))
    for step, frame in enumerate(script.frames, 1):
        assert np.array_equal(history.frame(step), frame), step
    found, frames = events(recording.path)
    assert [step for step, _ in found] == [0]
    assert np.array_equal(frames[0], start)
    assert np.array_equal(history.frame(0), start)
