"""Training: what Keras's own fit gives, every step of it, each batch's own loss."""

import keras
import numpy as np

from biasstudio.engine.build import build_network
from biasstudio.engine.data import load_samples
from biasstudio.engine.train import planned_steps, recorder_of
from biasstudio.engine.train import train as train_recording
from tests.engine.test_build import script_model
from tests.experiments import moons, tutorial


def train(network, training, between_batches):
    """Train with the history up to date after every batch."""
    with recorder_of(network) as recorder:

        def up_to_date():
            recorder.flush()
            return between_batches()

        return train_recording(network, training, up_to_date, recorder)


class Witness(keras.callbacks.Callback):
    """An independent record: the biases at each batch, and the loss that the optimizer saw."""

    def __init__(self):
        super().__init__()
        self.frames = []

    def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 (Keras's call)
        self.frames.append(np.concatenate([a.ravel() for a in self.model.get_weights() if a.ndim == 1]))


def test_the_window_trains_to_the_same_values_as_a_script_at_every_step():
    experiment = tutorial(epochs=1)
    network = build_network(experiment)
    assert train(network, experiment.training, lambda: False)
    samples, model, witness = load_samples(experiment), script_model(), Witness()
    log = model.fit(samples.x, samples.y, epochs=1, verbose=0, validation_split=0.1, callbacks=[witness])
    history = network.history
    assert history.last_step == len(witness.frames) == planned_steps(network, experiment.training) == 141
    for step, frame in enumerate(witness.frames, start=1):
        assert np.array_equal(history.frame(step), frame)
    biases = [array.ravel() for array in network.model.get_weights() if array.ndim == 1]
    assert np.array_equal(history.frame(141), np.concatenate(biases))
    record = history.epochs()[0]
    assert record.metrics == {name: values[0] for name, values in log.history.items()}


def test_each_batch_has_its_own_loss_and_not_the_running_mean():
    experiment = moons(epochs=1, validation_share=0.0, batch_size=300)
    network = build_network(experiment)
    losses, loss_of = [], keras.losses.BinaryCrossentropy()

    original = network.model.train_step

    def train_step(data):
        x, y = data[:2]
        losses.append((x.numpy(), y.numpy(), [v.copy() for v in network.model.get_weights()]))
        return original(data)

    network.model.train_step = train_step
    network.model.run_eagerly = True
    train(network, experiment.training, lambda: False)
    expected = []
    for x, y, weights in losses:
        hidden = np.maximum(x @ weights[0] + weights[1], 0)
        output = 1 / (1 + np.exp(-(hidden @ weights[2] + weights[3])))
        expected.append(float(loss_of(y.reshape(-1, 1).astype("float32"), output)))
    steps, recorded = network.history.metric("loss")
    assert steps.tolist() == [1, 2, 3, 4]
    assert [len(x) for x, _, _ in losses] == [300, 300, 300, 100]
    np.testing.assert_allclose(recorded, expected, rtol=1e-4)


def test_stopping_ends_after_the_batch_and_training_can_go_on():
    experiment = moons(epochs=3)
    network = build_network(experiment)
    history = network.history
    train(network, experiment.training, lambda: history.last_step >= 7)
    assert history.last_step == 7
    assert history.epochs() == ()
    before = history.frame(7)
    train(network, experiment.training, lambda: history.last_step >= 9)
    assert history.last_step == 9
    assert np.array_equal(history.frame(7), before)
    assert history.epoch_of(7) == 1
    assert history.epoch_of(8) == 2


def test_training_ends_at_the_first_value_that_is_not_finite():
    experiment = moons(learning_rate=1e38, optimizer="SGD", loss="mean_squared_error")
    network = build_network(experiment)
    assert not train(network, experiment.training, lambda: False)
    history = network.history
    steps, losses = history.metric("loss")
    finite = [
        np.isfinite(history.frame(step)).all() and np.isfinite(loss) for step, loss in zip(steps, losses, strict=True)
    ]
    assert finite == [True] * (len(steps) - 1) + [False]
