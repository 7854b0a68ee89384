"""Keras's own data sets by name, from its cache or from the network.

Keras compares each file with a checksum before it unpickles anything of it, every time: those of IMDB and Reuters, and
the archives of CIFAR, which it unpacks anew for each load. Those of MNIST and of the house prices hold no pickles,
nor do Fashion MNIST's, which have no checksum: only their shapes tell whether they are whole.
"""

import gzip
import re
import socket
import threading
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from biasstudio.data_files.opening import Cancelled, go_on
from biasstudio.data_files.rows import MemoryRows, parts_of
from biasstudio.data_files.scaling import Scaling, scaling_of
from biasstudio.engine.samples import Samples
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.data_set_types import NONE
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.keras_data_types import TEST_PART

# A server that says nothing for so long is taken for none.
NETWORK_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_TEXTS = ("keras_imdb", "keras_reuters")
_Part = tuple[NDArray[Any], NDArray[Any]]


def load_keras_data(data: DataSet, cancelled: Cancelled) -> Samples:
    """The training part, and the test part as its validation where the data set says so.

    Raises SpecError where the files are neither in Keras's cache nor to be had, and where cancelled.
    """
    training, test = _Loading(data).wait(cancelled)
    x, y = _checked(data, training)
    # What is measured of the training part counts for the test part too.
    scaling = scaling_of(MemoryRows(x), dict(data.parameters).get("scaling", NONE), cancelled)
    validation = None
    if data.get("validation") == TEST_PART:
        test_x, test_y = _checked(data, test)
        validation = Samples(_scaled(data, test_x, scaling, cancelled), test_y)
    return Samples(_scaled(data, x, scaling, cancelled), y, validation)


class _Loading:
    """Keras's load in a thread of its own, since a download takes minutes and can't be told to end.

    One that was cancelled goes on, and the file is there the next time.
    """

    def __init__(self, data: DataSet) -> None:
        self._data = data
        self._parts: tuple[_Part, _Part] | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="keras data", daemon=True)
        self._thread.start()

    def wait(self, cancelled: Cancelled) -> tuple[_Part, _Part]:
        """Raises SpecError."""
        while self._thread.is_alive():
            self._thread.join(_LOOK_SECONDS)
            go_on(cancelled)
        if self._parts is None:
            raise SpecError(_sentence(self._data, self._error), argument="data") from self._error
        return self._parts

    def _run(self) -> None:
        # Keras's setting is one of this thread alone: no bar on the terminal.
        keras.config.disable_interactive_logging()
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(NETWORK_SECONDS)
        try:
            self._parts = _loaded(self._data)
        # Keras raises a bare Exception where it finds no network.
        except Exception as error:  # noqa: BLE001 - told to the person by the thread that waits
            self._error = error
        finally:
            socket.setdefaulttimeout(before)


def _loaded(data: DataSet) -> tuple[_Part, _Part]:
    module = getattr(keras.datasets, data.name.removeprefix("keras_"))
    if data.name in _TEXTS:
        parts = module.load_data(num_words=data.get("num_words"))
        (x, y), (test_x, test_y) = parts
        return (_padded(x, data.get("maxlen")), y), (_padded(test_x, data.get("maxlen")), test_y)
    if data.name == "keras_cifar100":
        training, test = module.load_data(label_mode=data.get("labels"))
    else:
        training, test = module.load_data()
    return training, test


def _padded(texts: NDArray[Any], length: int) -> NDArray[np.int32]:
    padded: NDArray[np.int32] = keras.utils.pad_sequences(texts, maxlen=length)
    return padded


def _sentence(data: DataSet, error: Exception | None) -> str:
    title = data.type.title
    reason = str(error).splitlines()[0][:300].rstrip(".") if str(error) else type(error).__name__
    failure = _FETCH_FAILURE.match(reason)
    if failure is None and not (isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile)):
        return f"Keras's {title} could not be read from {keras.config.keras_home()}: {reason}."
    whence = f" from {failure['host']}" if failure else ""
    why = failure["reason"] if failure else reason
    return f"Keras's {title} is not on this machine yet, and could not be downloaded{whence}: {why}."


# As get_file says it: the address, a number, and the system's words.
_FETCH_FAILURE = re.compile(r"URL fetch failure on \w+://(?P<host>[^/]+)/\S*: \S+ -- (\[Errno -?\d+\] )?(?P<reason>.+)")


def _checked(data: DataSet, part: _Part) -> _Part:
    """Inputs of rank 4 for images; targets (n,), labels as int32. Raises SpecError where they are not as documented."""
    x, y = np.asarray(part[0]), np.asarray(part[1]).reshape(-1)
    known = data.type
    if x.ndim == 3:
        x = x[..., np.newaxis]
    fits = len(x) == len(y) > 0 and np.prod(x.shape[1:]) == np.prod(known.sample_shape)
    if known.classes:
        fits = fits and y.min() >= 0 and y.max() < known.classes
    if not fits:
        raise SpecError(
            f"Keras's {known.title} in {keras.config.keras_home()} is not what it should be: delete it, and it is "
            "downloaded again.",
            argument="data",
        )
    return x, y.astype(np.int32 if known.classes else np.float32)


def _scaled(data: DataSet, x: NDArray[Any], scaling: Scaling, cancelled: Cancelled) -> NDArray[np.float32]:
    scaled = np.empty(x.shape, np.float32)
    for start, part in parts_of(MemoryRows(x), cancelled):
        scaled[start : start + len(part)] = scaling.scaled(part)
    return scaled.reshape(len(x), *data.type.sample_shape)
