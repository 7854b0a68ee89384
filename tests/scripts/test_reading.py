"""What a script leaves open, and what surrounds Python in notebooks and posts."""

from biasstudio.scripts.reading import read_script
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack
from biasstudio.spec.weights_file import WeightsFile
from tests.scripts.reading_short import read, said
from tests.scripts.samples_expected import PRESENT


def test_what_notebooks_sessions_and_posts_put_around_python_is_left_aside():
    plain = "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])"
    texts = [
        f"import keras\n{plain}\n",
        f"  import keras\n  {plain}\n",
        f">>> import keras\n>>> {plain}\n<Sequential>\n",
        f"%load_ext autoreload\n!pip install keras\nimport keras\nif True:\n    !ls\n{plain}\nm?\nfiles = !ls\n",
        f"```python\nimport keras\n{plain}\n```\n",
        f"import keras\nprint 'old'\n{plain}\nprint m.summary()\nprint\n",
        f"\ufeffimport keras\r\n{plain}\r\n",
        f'"""\n>>> this is a doctest\n"""\nimport keras\n{plain}\n',
    ]
    for text in texts:
        assert read_script(text, PRESENT).experiment.stack == Stack((4,)).add("Dense", units=2)


def test_what_the_script_leaves_open_stays_as_it_is_in_the_window(tmp_path):
    training = Training(optimizer="SGD", learning_rate=0.2, epochs=9, seed=4, optimizer_settings={"momentum": 0.5})
    weights = WeightsFile((tmp_path / "a.keras").resolve(), "0" * 64)
    present = Experiment(PRESENT.stack, DataSet.of("mnist_digits"), training, weights)
    reading = read("m = Sequential([Input((28, 28, 1)), Flatten(), Dense(10)])", present)
    assert reading.experiment.training == training
    assert reading.experiment.data == present.data
    # The weights of a file are those of another network.
    assert reading.experiment.weights is None
    assert reading.notes == ()


def test_a_shape_that_the_script_leaves_open_is_that_of_the_data():
    data = "(x, y), _ = keras.datasets.mnist.load_data()\n"
    reading = read(f"{data}m = Sequential([Flatten(), Dense(10)])\nm.compile('sgd', 'mse')\nm.fit(x, y)")
    assert reading.experiment.stack.input_shape == (28, 28)
    assert reading.notes == ()
    reading = read("m = Sequential([Flatten(), Dense(10)])")
    assert said(reading) == [(1, "The shape of the input is not known: it is that of the data, (28, 28, 1).")]
    reading = read("m = Sequential([Input((None, 28, 1)), Flatten(), Dense(10)])")
    assert reading.experiment.stack.input_shape == (28, 28, 1)
    assert said(reading) == [(1, "Side 1 of the input's shape is not known: it is 28 here.")]
    reading = read("m = Sequential([Input((None,)), Dense(10)])")
    assert reading.experiment.stack.input_shape == (10,)
