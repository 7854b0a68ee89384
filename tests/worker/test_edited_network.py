"""Biases set by hand: what follows is bit for bit what Keras gives, and the training's own figures are not touched."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from biasstudio.engine.data import load_samples
from biasstudio.spec.keras_config import stack_to_keras
from biasstudio.spec.learning import NOTHING
from biasstudio.spec.regularizers import Regularizer
from biasstudio.worker.edited_network import NO_VALIDATION
from biasstudio.worker.messages import (
    Build,
    Job,
    Recording,
    SetBiases,
    Stop,
    TakeStep,
    Train,
    TrainJobs,
    WorkerState,
)
from tests.experiments import moons

MOONS = moons(epochs=2)
LONG = moons(epochs=10_000)


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

    def on_train_batch_end(self, _batch, logs=None):  # noqa: ARG002 (Keras gives them)
        self.step += 1
        self.frames.append(np.concatenate([layer.get_weights()[1] for layer in self.model.layers]))
        if self.step in self.edits:
            self.edits[self.step](self.model)

    def on_epoch_end(self, _epoch, logs=None):
        self.logs.append(dict(logs))


def train_script(experiment, edits, before=None):
    model = model_of(experiment)
    if before:
        before(model)
    samples, validation = load_samples(experiment).split(experiment.training.validation_share)
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
    found, frames = events(recording.path)
    assert found == [(3, f"dense/bias = {[0.1] * 8}"), (30, "dense_1/bias = [0.75]")]
    assert all(np.array_equal(frames[step], history.frame(step)) for step in range(59))


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
    path, text = found[0][1].split(" = ")
    assert path == "dense/bias"
    assert np.array_equal(np.array(json.loads(text), np.float32), FIRST.astype(np.float32))
    assert np.array_equal(frames[0], start)
    assert np.array_equal(history.frame(0), start)


def regularized():
    penalty = Regularizer.of("L2", l2=0.5)
    return replace(MOONS, stack=MOONS.stack.change("dense", bias_regularizer=penalty, kernel_regularizer=penalty))


def test_the_figures_are_those_of_keras_without_and_with_the_edit(qtbot, worker):
    experiment = regularized()
    build(qtbot, worker, experiment)
    evaluated = edit(qtbot, worker, experiment, 0, "dense/bias", FIRST)
    model = model_of(experiment)
    validation = load_samples(experiment).split(0.1)[1]
    for figures in (evaluated.before, evaluated.after):
        expected = model.evaluate(validation.x, validation.y, verbose=0, return_dict=True)
        assert list(figures) == ["loss", "accuracy"]
        assert figures == pytest.approx(expected, rel=1e-6)
        assign("dense", FIRST)(model)
    assert evaluated.after["loss"] - evaluated.before["loss"] > 0.5 * np.square(FIRST).sum() - 0.5


def test_many_edits_in_a_row_are_made_and_the_last_is_evaluated(qtbot, worker):
    build(qtbot, worker, MOONS)
    seen = []
    worker.biasesEvaluated.connect(seen.append)
    for number in range(1, 201):
        worker.send(SetBiases(MOONS, 0, "dense/bias", np.full(8, number / 100, np.float32), number))
    qtbot.waitUntil(lambda: bool(seen) and seen[-1].number == 200, timeout=30_000)
    assert len(seen) < 20
    assert seen[-1].after == edit(qtbot, worker, MOONS, 0, "dense/bias", np.full(8, 2.0), 201).after


def test_what_was_undone_is_no_event_and_a_unit_is_named(qtbot, worker, recording):
    history = build(qtbot, worker, LONG)
    hold(qtbot, worker, TakeStep(LONG, recording))
    before = history.values("dense/bias", 1)
    one = before.copy()
    one[[2, 5]] = -0.1, 1e-7
    edit(qtbot, worker, LONG, 1, "dense/bias", FIRST, 1)
    edit(qtbot, worker, LONG, 1, "dense_1/bias", THIRD, 2)
    edit(qtbot, worker, LONG, 1, "dense/bias", one, 3)
    undone = edit(qtbot, worker, LONG, 1, "dense_1/bias", history.values("dense_1/bias", 1), 4)
    assert undone.before != undone.after
    # Stopped while held: what was set is still there, and is noted when training goes on.
    finish(qtbot, worker, Stop())
    assert events(recording.path)[0] == []
    hold(qtbot, worker, TakeStep(LONG))
    finish(qtbot, worker, Stop())
    assert events(recording.path)[0] == [(1, "dense/bias [2, 5] = [-0.1, 1e-07]")]
    assert np.abs(history.values("dense/bias", 2) - one).max() < 0.02


def test_back_at_the_recorded_values_the_figures_are_the_same(qtbot, worker):
    history = build(qtbot, worker, MOONS)
    edit(qtbot, worker, MOONS, 0, "dense/bias", FIRST, 1)
    evaluated = edit(qtbot, worker, MOONS, 0, "dense/bias", history.values("dense/bias", 0), 2)
    assert evaluated.after == evaluated.before


def test_an_edit_that_a_step_has_overtaken_is_not_made(qtbot, worker, recording):
    history = build(qtbot, worker, LONG)
    hold(qtbot, worker, TakeStep(LONG, recording))
    hold(qtbot, worker, TakeStep(LONG))
    late = SetBiases(LONG, 1, "dense/bias", np.full(8, 9, np.float32), 1)
    with qtbot.waitSignal(worker.editOvertaken, timeout=10_000):
        worker.send(late)
    with qtbot.waitSignal(worker.stateChanged, timeout=10_000):
        worker.send(Train(LONG))
    with qtbot.waitSignal(worker.editOvertaken, timeout=10_000):
        worker.send(replace(late, step=history.last_step))
    finish(qtbot, worker, Stop())
    assert events(recording.path)[0] == []
    assert np.abs(history.values("dense/bias", history.last_step)).max() < 8


def test_a_frozen_bias_can_be_set_and_stays(qtbot, worker):
    experiment = replace(MOONS, stack=MOONS.stack.let_learn("dense", NOTHING))
    history = build(qtbot, worker, experiment)
    edit(qtbot, worker, experiment, 0, "dense/bias", FIRST)
    finish(qtbot, worker, Train(experiment))
    assert np.array_equal(history.values("dense/bias", 58), FIRST.astype(np.float32))


def test_without_validation_data_that_is_said(qtbot, worker):
    experiment = moons(validation_share=0.0)
    build(qtbot, worker, experiment)
    evaluated = edit(qtbot, worker, experiment, 0, "dense/bias", FIRST)
    assert (evaluated.note, evaluated.before, evaluated.after) == (NO_VALIDATION, {}, {})


def test_a_network_that_does_not_fit_its_data_can_be_edited_too(qtbot, worker):
    experiment = replace(MOONS, stack=MOONS.stack.change("dense_1", units=10))
    build(qtbot, worker, experiment)
    evaluated = edit(qtbot, worker, experiment, 0, "dense/bias", FIRST)
    assert "10" in evaluated.note


def test_while_a_job_is_trained_the_windows_network_takes_edits(qtbot, worker, recording, tmp_path):
    build(qtbot, worker, MOONS)
    job = Job(moons(epochs=10_000, seed=4), Recording(tmp_path / "job.biasrun", "job", 10_000_000), "seed 4")
    with qtbot.waitSignal(worker.jobStarted, timeout=30_000) as started:
        worker.send(TrainJobs((job,)))
    worker.send(SetBiases(MOONS, 0, "dense/bias", FIRST.astype(np.float32), 1))
    qtbot.waitUntil(lambda: started.args[0].history.last_step > 50, timeout=30_000)
    with qtbot.waitSignal(worker.biasesEvaluated, timeout=30_000):
        worker.send(Stop())
    finish(qtbot, worker, Train(MOONS, recording))
    assert [step for step, _ in events(recording.path)[0]] == [0]
    assert events(tmp_path / "job.biasrun")[0] == []
