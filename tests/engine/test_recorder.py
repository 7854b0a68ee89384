"""BiasRecorder: every step, exactly as an independent callback sees it, for any model, and never in the way."""

import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from biasstudio import BiasRecorder, open_run
from biasstudio.recording.run_format import RunError

layers = keras.layers


class Witness(keras.callbacks.Callback):
    """An independent record: `get_weights()` of the whole model after each execution, and each execution's loss."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 (Keras's call)
        self.weights.append(self.model.get_weights())


def biases_of(model, weights):
    """The biases among the arrays of `get_weights()`, one after the other."""
    names = [variable.path.split("/")[-1] for variable in model.weights]
    found = [array.ravel() for name, array in zip(names, weights, strict=True) if name in ("bias", "beta")]
    return np.concatenate(found)


def frames_of(run):
    return {int(step): run.frame(int(step)) for step in run.steps}


def samples(shape, count=48, outputs=1, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(count, *shape)).astype(np.float32)
    return x, generator.normal(size=(count, outputs)).astype(np.float32)


def dense():
    return keras.Sequential([keras.Input((6,)), layers.Dense(5, "relu"), layers.Dense(1)])


def convolution():
    stack = [layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.Flatten(), layers.Dense(1)]
    return keras.Sequential([keras.Input((6, 6, 2)), *stack])


def recurrent():
    stack = [layers.LSTM(3, return_sequences=True), layers.GRU(4), layers.Dense(1)]
    return keras.Sequential([keras.Input((5, 3)), *stack])


def attention():
    inputs = keras.Input((5, 4))
    attended = layers.MultiHeadAttention(2, 3)(inputs, inputs)
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(attended)))


NETWORKS = {"dense": (dense, (6,)), "convolution": (convolution, (6, 6, 2)), "recurrent": (recurrent, (5, 3))}
NETWORKS["attention"] = (attention, (5, 4))


def trained(make, shape, callbacks, steps_per_execution=1, **compiling):
    keras.utils.set_random_seed(1)
    model = make()
    model.compile("adam", "mse", steps_per_execution=steps_per_execution, **compiling)
    x, y = samples(shape)
    model.fit(x, y, batch_size=8, epochs=2, verbose=0, callbacks=callbacks)
    return model


@pytest.mark.parametrize("jit", [False, "auto"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_step_equals_what_get_weights_gives(name, jit, tmp_path):
    make, shape = NETWORKS[name]
    witness, recorder = Witness(), BiasRecorder(tmp_path / "run.biasrun")
    keras.utils.set_random_seed(1)
    initial = biases_of(model := make(), model.get_weights())
    model = trained(make, shape, [witness, recorder], jit_compile=jit)
    recorder.close()
    with open_run(tmp_path / "run.biasrun") as run:
        frames = frames_of(run)
        assert list(frames) == list(range(13))
        assert np.array_equal(frames[0], initial)
        for step, weights in enumerate(witness.weights, start=1):
            assert np.array_equal(frames[step], biases_of(model, weights))
        vector = run.vectors[0]
        assert run[vector.path].shape == (13, *vector.shape)
        assert run.state == "finished"


@pytest.mark.parametrize("name", NETWORKS)
def test_every_step_is_seen_where_keras_runs_five_at_once(name, tmp_path):
    make, shape = NETWORKS[name]
    by_one, by_five = Witness(), Witness()
    trained(make, shape, [by_one])
    recorder = BiasRecorder(tmp_path / "run.biasrun")
    model = trained(make, shape, [by_five, recorder], steps_per_execution=5)
    recorder.close()
    assert len(by_five.weights) == 4  # 5 and 1, in each of two epochs
    with open_run(tmp_path / "run.biasrun") as run:
        frames = frames_of(run)
    assert list(frames) == list(range(13))
    for step, weights in zip((5, 6, 11, 12), by_five.weights, strict=True):
        assert np.array_equal(frames[step], biases_of(model, weights))
    for step, weights in enumerate(by_one.weights, start=1):
        np.testing.assert_allclose(frames[step], biases_of(model, weights), rtol=1e-5, atol=1e-7)


def test_recording_changes_nothing_of_the_training(tmp_path):
    bare = trained(dense, (6,), [])
    with BiasRecorder(tmp_path / "run.biasrun", gradients=True) as recorder:
        recorded = trained(dense, (6,), [recorder])
    for one, other in zip(bare.get_weights(), recorded.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_gradients_are_those_that_move_the_biases(tmp_path):
    model = dense()
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(0.5), "mse")
    with BiasRecorder(tmp_path / "run.biasrun", gradients=True) as recorder:
        model.fit(*samples((6,)), batch_size=8, epochs=1, verbose=0, callbacks=[recorder])
    with open_run(tmp_path / "run.biasrun") as run:
        frozen, moving = (vector.path for vector in run.vectors)
        np.testing.assert_allclose(run.gradients(moving)[1:], -np.diff(run[moving], axis=0) / 0.5, rtol=1e-4, atol=1e-6)
        assert np.isnan(run.gradients(frozen)).all()
        assert (run[frozen] == run[frozen][0]).all()
        assert np.isnan(run.gradients(moving)[0]).all()  # no step made step 0


def test_each_batch_has_its_own_loss_also_the_smaller_last_one(tmp_path):
    x, y = samples((6,), count=20)
    model = dense()
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae"], steps_per_execution=2)
    with BiasRecorder(tmp_path / "run.biasrun") as recorder:
        model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0, callbacks=[recorder])
    error = model.predict(x, verbose=0) - y
    with open_run(tmp_path / "run.biasrun") as run:
        parts = [error[0:8], error[8:16], error[16:20]]
        np.testing.assert_allclose(run.metric("loss")[1], [np.mean(part**2) for part in parts], rtol=1e-5)
        np.testing.assert_allclose(run.metric("mae")[1], [np.mean(np.abs(part)) for part in parts], rtol=1e-5)
        assert run.epochs[0].metrics["mae"] == pytest.approx(np.mean(np.abs(error)), rel=1e-5)


def test_several_fits_are_one_run_and_the_model_is_traced_once(tmp_path):
    traces = []

    class Counting(layers.Layer):
        def call(self, inputs):
            traces.append(1)
            return inputs

    model = keras.Sequential([keras.Input((6,)), Counting(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = samples((6,))
    with BiasRecorder(tmp_path / "run.biasrun") as recorder:
        model.fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=[recorder])
        before = len(traces)
        for _ in range(3):
            model.fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=[recorder])
        assert len(traces) == before
        assert recorder.last_step == 24
    with open_run(tmp_path / "run.biasrun") as run:
        assert run.steps.tolist() == list(range(25))
        assert [(record.epoch, record.last_step) for record in run.epochs] == [(1, 6), (2, 12), (3, 18), (4, 24)]
        assert [event.kind for event in run.events] == ["fit"] * 4
        assert np.array_equal(run.frame(24), biases_of(model, model.get_weights()))


def test_a_layer_added_between_two_fits_has_no_values_before(tmp_path):
    model = dense()
    x, y = samples((6,))
    model.compile("sgd", "mse")
    with BiasRecorder(tmp_path / "run.biasrun") as recorder:
        model.fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=[recorder])
        model.add(layers.Dense(1, name="added"))
        model.layers[0].trainable = False
        model.compile("sgd", "mse")
        model.fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=[recorder])
    with open_run(tmp_path / "run.biasrun") as run:
        added, first = run["added/bias"], run[run.vectors[0].path]
        assert np.isnan(added[:7]).all()
        assert np.isfinite(added[7:]).all()
        assert (np.diff(first[:7], axis=0) != 0).any()
        assert (first[6:] == first[6]).all()  # frozen
        assert np.array_equal(run.frame(12), biases_of(model, model.get_weights()))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.shared = layers.Dense(6)
        self.inner = keras.Sequential([layers.Dense(4, name="within")], name="nested")
        self.both = layers.Bidirectional(layers.LSTM(2), name="both")

    def call(self, inputs):
        twice = self.shared(self.shared(inputs))
        return self.both(layers.Reshape((4, 1))(self.inner(twice)))


def test_nested_shared_wrapped_and_subclassed(tmp_path):
    model, witness = Subclassed(), Witness()
    model.compile("adam", "mse")
    x, y = samples((6,), outputs=4)
    with BiasRecorder(tmp_path / "run.biasrun") as recorder:
        model.fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=[witness, recorder])
    with open_run(tmp_path / "run.biasrun") as run:
        paths = [vector.path for vector in run.vectors]
        assert len(paths) == len(set(paths)) == 4  # the shared one once
        assert any("within" in path for path in paths)
        assert sum("both" in path for path in paths) == 2
        assert run.steps.tolist() == list(range(7))
        for step, weights in enumerate(witness.weights, start=1):
            assert np.array_equal(run.frame(step), biases_of(model, weights))


def test_an_eager_model_is_read_after_each_batch(tmp_path):
    witness, recorder = Witness(), BiasRecorder(tmp_path / "run.biasrun", gradients=True)
    model = trained(dense, (6,), [witness, recorder], run_eagerly=True)
    recorder.close()
    with open_run(tmp_path / "run.biasrun") as run:
        assert run.steps.tolist() == list(range(13))
        for step, weights in enumerate(witness.weights, start=1):
            assert np.array_equal(run.frame(step), biases_of(model, weights))
        assert any("gradients are not recorded" in event.text for event in run.events)


def test_a_loop_of_ones_own(tmp_path):
    model = dense()
    with BiasRecorder(tmp_path / "run.biasrun") as recorder:
        for step in range(4):
            model.layers[-1].bias.assign([float(step)])
            recorder.record(step, model, {"loss": 1.0 / (step + 1)})
    with open_run(tmp_path / "run.biasrun") as run:
        assert run[run.vectors[-1].path].tolist() == [[0.0], [1.0], [2.0], [3.0]]
        assert run.metric("loss")[1].tolist() == [0.5, np.float32(1 / 3), 0.25]


@pytest.mark.parametrize("change", ["nothing", "gradients", "compile", "open"])
def test_another_recorder_on_the_same_model_sees_each_step_too(tmp_path, change):
    with BiasRecorder(tmp_path / "first.biasrun") as recorder:
        model = trained(dense, (6,), [recorder])
    traces = []
    step = model.train_step
    model.train_step = lambda data: traces.append(1) or step(data)
    if change == "compile":
        model.compile("sgd", "mse")
    other = BiasRecorder() if change == "open" else None
    witness, x, y = Witness(), *samples((6,))
    with BiasRecorder(tmp_path / "second.biasrun", gradients=change == "gradients") as second:
        callbacks = [witness, second] if other is None else [witness, other, second]
        model.fit(x, y, batch_size=8, epochs=1, verbose=0, callbacks=callbacks)
    # The step is traced anew only where it has to be.
    assert bool(traces) is (change != "nothing")
    with open_run(tmp_path / "second.biasrun") as run:
        frames = frames_of(run)
    assert sorted(frames) == list(range(7))
    for number, weights in enumerate(witness.weights):
        np.testing.assert_array_equal(frames[number + 1], biases_of(model, weights))


# Keras's own saving says this with NumPy 2.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_model_is_saved_without_a_trace_of_the_recorder(tmp_path):
    saving = keras.callbacks.ModelCheckpoint(tmp_path / "during.keras", save_freq=2)
    with BiasRecorder(tmp_path / "run.biasrun") as recorder:
        model = trained(dense, (6,), [saving, recorder])
        assert "train_step" not in vars(model)
        assert "apply" not in vars(model.optimizer)
        model.save(tmp_path / "after.keras")
    for name in ("during.keras", "after.keras"):
        loaded = keras.models.load_model(tmp_path / name)
        assert type(loaded.optimizer) is keras.optimizers.Adam
        assert int(loaded.optimizer.iterations.numpy()) == 12
    x, y = samples((6,))
    assert loaded.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0))


def test_a_disk_that_fails_is_one_warning_and_training_goes_on(tmp_path):
    class Deleting(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 (Keras's call)
            if batch == 2:
                (tmp_path / "run.biasrun").unlink(missing_ok=True)
                recorder._writer.flush()

    recorder, witness = BiasRecorder(tmp_path / "run.biasrun"), Witness()
    with pytest.warns(RuntimeWarning, match="deleted or moved.* The training goes on") as told:
        trained(dense, (6,), [Deleting(), recorder, witness])
    assert len(told) == 1
    assert len(witness.weights) == 12
    recorder.close()


def test_a_fault_of_the_recorder_is_one_warning_and_training_goes_on(tmp_path, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("by a mistake of ours")

    recorder, witness = BiasRecorder(tmp_path / "run.biasrun"), Witness()
    monkeypatch.setattr(BiasRecorder, "_drain", fail)
    with pytest.warns(RuntimeWarning, match="ZeroDivisionError: by a mistake of ours") as told:
        trained(dense, (6,), [recorder, witness])
    assert len(told) == 1
    assert len(witness.weights) == 12
    with open_run(tmp_path / "run.biasrun") as run:
        assert run.state == "failed"


def test_a_fit_that_is_interrupted_leaves_a_whole_file(tmp_path):
    class Interrupting(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 (Keras's call)
            if batch == 3:
                raise KeyboardInterrupt

    recorder = BiasRecorder(tmp_path / "run.biasrun")
    with pytest.raises(KeyboardInterrupt):
        trained(dense, (6,), [recorder, Interrupting()])
    recorder.close()
    with open_run(tmp_path / "run.biasrun") as run:
        assert run.steps.tolist() == [0, 1, 2, 3, 4]
        assert run.state == "stopped"
        assert run.epochs == ()


def test_an_epoch_that_was_cut_short_is_none_and_early_stopping_keeps_its_last(tmp_path):
    class Stopping(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 (Keras's call)
            self.model.stop_training = batch == 2

    class StoppingAfter(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):  # noqa: ARG002 (Keras's call)
            self.model.stop_training = True

    for callback, epochs in ((Stopping(), 0), (StoppingAfter(), 1)):
        with BiasRecorder(tmp_path / "run.biasrun") as recorder:
            trained(dense, (6,), [callback, recorder])
        with open_run(tmp_path / "run.biasrun") as run:
            assert len(run.epochs) == epochs


def test_wrong_places_are_refused_before_any_training(tmp_path):
    (tmp_path / "notes.biasrun").write_text("not a run")
    for path, words in (
        (tmp_path / "missing" / "run.biasrun", "there is no folder"),
        (tmp_path / "notes.biasrun", "is not a run"),
        (tmp_path / "run.npz", "ends in .biasrun"),
    ):
        with pytest.raises(RunError, match=words):
            BiasRecorder(path)
    with pytest.raises(ValueError, match="size_limit must be"):
        BiasRecorder(tmp_path / "run.biasrun", size_limit=0)
    assert (tmp_path / "notes.biasrun").read_text() == "not a run"


MIRRORED = """
    import sys
    import numpy as np, tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras
    from biasstudio import BiasRecorder
    frames = []

    class Witness(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            frames.append(np.concatenate([layer.get_weights()[1] for layer in self.model.layers]))

    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    with BiasRecorder(sys.argv[1]) as recorder:
        model.fit(x, x[:, :1], batch_size=16, epochs=2, verbose=0, callbacks=[Witness(), recorder])
    np.save(sys.argv[2], np.stack(frames))
    assert not any(name.startswith(("PySide6", "pyqtgraph")) for name in sys.modules)
"""


def test_under_a_mirrored_strategy_each_step_is_written_once(tmp_path):
    run_path, seen = tmp_path / "run.biasrun", tmp_path / "seen.npy"
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", textwrap.dedent(MIRRORED), str(run_path), str(seen)]
    subprocess.run(command, check=True, env=environment, timeout=100, capture_output=True)
    frames = np.load(seen)
    with open_run(run_path) as run:
        assert run.steps.tolist() == list(range(9))
        for step, frame in enumerate(frames, start=1):
            assert np.array_equal(run.frame(step), frame)
        assert np.isfinite(run.metric("loss")[1]).all()
