"""Data of a person's own train as in a script; what is too large for memory streams, to the same biases."""

import keras
import numpy as np
import pytest
from PIL import Image

from biasstudio.data_files import npy
from biasstudio.data_files.proposal import propose_data, with_found
from biasstudio.data_files.reading import open_source
from biasstudio.engine import data as engine_data
from biasstudio.engine import streamed_data
from biasstudio.engine.build import build_network
from biasstudio.engine.data import are_at_hand, load_samples
from biasstudio.engine.samples import Samples
from biasstudio.engine.streamed_data import StreamedSamples
from biasstudio.engine.train import planned_steps, recorder_of, train
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack

GENERATOR = np.random.default_rng(0)


@pytest.fixture
def streaming(monkeypatch):
    """Nothing fits into memory."""
    monkeypatch.setattr(npy, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(engine_data, "_KEPT", engine_data.LastOne())


def experiment_on(data, **training):
    units = data.type.classes if data.type.classes > 2 or training.get("loss") == "categorical_crossentropy" else 1
    stack = Stack(data.type.sample_shape).add("Flatten").add("Dense", units=5, activation="relu")
    stack = stack.add(
        "Dense",
        units=units,
        activation={0: "linear", 1: "sigmoid"}.get(min(units, 2) - (not data.type.classes), "softmax"),
    )
    return Experiment(stack, data, Training(**({"loss": data.type.loss, "epochs": 2} | training)))


def trained(experiment, stop=lambda: False):
    network = build_network(experiment)
    with recorder_of(network) as recorder:
        train(network, experiment.training, stop, recorder)
    return network


def frames(network):
    return np.stack([network.history.frame(step) for step in range(network.history.last_step + 1)])


@pytest.fixture
def arrays(tmp_path):
    path = tmp_path / "a.npz"
    x = GENERATOR.integers(0, 256, (203, 6, 6), dtype=np.uint8)
    np.savez(path, x=x, y=np.arange(203) % 3, numbers=GENERATOR.normal(150, 70, 203))
    return path


@pytest.fixture
def images(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(20):
            image = GENERATOR.integers(0, 256, (9, 7, 3), dtype=np.uint8)
            Image.fromarray(image).save(tmp_path / "images" / name / f"{number}.png")
    return tmp_path / "images"


def test_the_biases_are_those_of_a_script(arrays):
    experiment = experiment_on(propose_data(arrays), loss="categorical_crossentropy", epochs=2)
    network = trained(experiment)
    keras.utils.set_random_seed(0)
    with np.load(arrays) as file:
        order = np.random.default_rng(0).permutation(203)
        x, y = (file["x"].astype("float32") / 255)[order], keras.utils.to_categorical(file["y"])[order]
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 6)), layers.Flatten(), layers.Dense(5, "relu"), layers.Dense(3, "softmax")]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    log = model.fit(x, y, epochs=2, validation_split=0.1, verbose=0).history
    biases = np.concatenate([weights for weights in model.get_weights() if weights.ndim == 1])
    assert np.array_equal(network.history.frame(network.history.last_step), biases)
    assert {name: values[-1] for name, values in log.items()} == network.history.epochs()[-1].metrics


@pytest.mark.parametrize(
    ("loss", "metrics"),
    [
        ("mean_squared_error", ["mean_absolute_error"]),
        ("huber", ["mean_absolute_error"]),
        ("mean_absolute_error", []),
    ],
)
def test_numbers_have_the_error_as_metric(loss, metrics):
    experiment = experiment_on(DataSet.of("diabetes"), loss=loss, epochs=1)
    assert list(experiment.metrics) == metrics
    network = trained(experiment)
    x, y = load_samples(experiment).x, load_samples(experiment).y
    assert (x.dtype, y.dtype, y.shape) == (np.float32, np.float32, (442,))
    metrics = network.history.epochs()[0].metrics
    assert set(metrics) >= {"loss", "val_loss", *metrics}
    validated = network.model.predict(x[397:], verbose=0)[:, 0] - y[397:]
    error = {"mean_squared_error": (validated**2).mean(), "mean_absolute_error": np.abs(validated).mean()}
    if loss in error:
        assert metrics["val_loss"] == pytest.approx(error[loss], rel=1e-4)
    if experiment.metrics:
        assert metrics["val_mean_absolute_error"] == pytest.approx(error["mean_absolute_error"], rel=1e-4)


@pytest.mark.parametrize("name", ["iris", "breast_cancer"])
def test_shipped_tables_learn(name):
    experiment = experiment_on(DataSet.of(name), epochs=20, learning_rate=0.02, validation_share=0.2)
    assert trained(experiment).history.epochs()[-1].metrics["val_accuracy"] > 0.85


def test_one_hot_rows_are_made_where_the_loss_takes_them(arrays):
    data = propose_data(arrays)
    labels = load_samples(experiment_on(data)).y
    rows = load_samples(experiment_on(data, loss="categorical_crossentropy")).y
    assert rows.dtype == np.float32
    assert np.array_equal(rows, keras.utils.to_categorical(labels))
    assert np.array_equal(rows, load_samples(experiment_on(data, loss="kl_divergence")).y)
    with pytest.raises(SpecError, match="1,000,000 classes are too many"):
        Samples(np.zeros((1000, 1), np.float32), np.zeros(1000, np.int32)).one_hot(1_000_000)


def test_a_file_that_was_written_again_is_read_again(arrays):
    experiment = experiment_on(propose_data(arrays))
    before = load_samples(experiment)
    assert load_samples(experiment) is before
    with np.load(arrays) as file:
        np.savez(arrays, x=255 - file["x"], y=file["y"])
    assert not are_at_hand(experiment.data)
    np.testing.assert_allclose(load_samples(experiment).x, 1 - before.x, atol=1e-6)
    assert are_at_hand(experiment.data)
    arrays.unlink()
    assert not are_at_hand(experiment.data)
    with pytest.raises(SpecError, match=r"a.npz is not there: expected it at"):
        load_samples(experiment)


@pytest.mark.parametrize("kind", ["images", "one-hot", "numbers"])
def test_streamed_samples_give_the_same_biases(kind, arrays, images, monkeypatch):
    data = propose_data(images if kind == "images" else arrays)
    training = {"shuffle": False, "batch_size": 16}
    if kind == "one-hot":
        training["loss"] = "categorical_crossentropy"
    if kind == "numbers":
        parameters = dict(data.parameters) | {"targets": "numbers", "task": "numbers"}
        data = with_found("npz", parameters)
        training["loss"] = "mean_squared_error"
    experiment = experiment_on(data, **training)
    whole = trained(experiment)
    assert isinstance(load_samples(experiment), Samples)
    monkeypatch.setattr(npy, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(engine_data, "_KEPT", engine_data.LastOne())
    streamed = trained(experiment)
    assert isinstance(load_samples(experiment), StreamedSamples)
    assert np.array_equal(frames(streamed), frames(whole))
    assert planned_steps(streamed, experiment.training) == streamed.history.last_step
    assert streamed.history.epochs()[-1].metrics == pytest.approx(whole.history.epochs()[-1].metrics, rel=1e-5)


@pytest.mark.usefixtures("streaming")
def test_each_epoch_goes_through_all_samples_in_another_order(arrays):
    experiment = experiment_on(propose_data(arrays), batch_size=50)
    samples, validation = load_samples(experiment).split(0.1)
    assert (len(samples), len(validation)) == (182, 21)
    dataset = samples.for_fit(experiment.training, 0)["x"]
    assert int(dataset.cardinality()) == 4
    epochs = [[np.concatenate(part) for part in zip(*dataset.as_numpy_iterator(), strict=True)] for _ in range(2)]
    x, y = samples.source.arrays()
    for epoch_x, epoch_y in epochs:
        assert sorted(map(bytes, epoch_x)) == sorted(map(bytes, x[:182]))
        assert sorted(epoch_y) == sorted(y[:182])
        labels = {bytes(sample): label for sample, label in zip(x, y, strict=True)}
        assert [labels[bytes(sample)] for sample in epoch_x] == epoch_y.tolist()
    assert not np.array_equal(epochs[0][0], epochs[1][0])
    going_on = next(samples.for_fit(experiment.training, 4)["x"].as_numpy_iterator())[0]
    assert not np.array_equal(going_on, epochs[0][0][:50])
    kept = [part for _, part in validation.for_validation(experiment.training).as_numpy_iterator()]
    assert np.array_equal(np.concatenate(kept), y[182:])


@pytest.mark.usefixtures("streaming")
def test_the_same_experiment_streams_to_the_same_biases(arrays):
    experiment = experiment_on(propose_data(arrays))
    assert np.array_equal(frames(trained(experiment)), frames(trained(experiment)))
    other = trained(experiment.change_training(seed=1))
    assert not np.array_equal(frames(trained(experiment))[-1], frames(other)[-1])


@pytest.mark.usefixtures("streaming")
def test_a_batch_that_is_too_large_is_refused(arrays, monkeypatch):
    monkeypatch.setattr(streamed_data, "_LARGEST_BATCH_BYTES", 20_000)
    experiment = experiment_on(propose_data(arrays))
    samples = StreamedSamples(open_source(experiment.data))
    with pytest.raises(
        SpecError, match=r"training: a batch of 1,000 samples takes 0.0 GB.*choose a smaller batch_size"
    ):
        samples.for_fit(Training(batch_size=1000), 0)


def test_streaming_can_be_stopped_and_gone_on_with(arrays):
    experiment = experiment_on(propose_data(arrays), batch_size=20)
    network = build_network(experiment)
    with recorder_of(network) as recorder:
        train(network, experiment.training, lambda: recorder.last_step >= 3, recorder)
        assert recorder.last_step == 3
        train(network, experiment.training, lambda: False, recorder)
    assert network.history.last_step == 3 + 2 * 10


@pytest.mark.usefixtures("streaming")
def test_an_image_that_is_gone_in_the_midst_ends_the_training_with_a_sentence(images):
    experiment = experiment_on(propose_data(images), batch_size=4, epochs=50)
    network = build_network(experiment)
    with recorder_of(network) as recorder, pytest.raises(SpecError) as refusal:
        train(network, experiment.training, lambda: _remove(images / "dog" / "7.png", recorder.last_step), recorder)
    assert str(refusal.value).startswith("The image dog/7.png is not there: expected it at ")
    assert recorder.last_step >= 5


def _remove(path, step):
    if step == 5:
        path.unlink(missing_ok=True)
    return False
