"""What a network's validation data give, found beside its training: nothing of the model's own states is touched."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf

from biasstudio.engine.build import Network
from biasstudio.engine.data import load_samples
from biasstudio.engine.streamed_data import reading
from biasstudio.spec.experiment import Experiment

Batches = Iterable[tuple[Any, Any]]


def validation_batches(experiment: Experiment) -> Batches | None:
    """x and y of each batch on which `model.fit` of the experiment validates; None where nothing is kept back for it.

    They can be gone through again and again. Raises SpecError where nothing is left to train with, or where the
    data can't be read.
    """
    training = experiment.training
    samples = load_samples(experiment).split(training.validation_share)[1]
    return None if samples is None else samples.batches(training.batch_size)


class Evaluation:
    """Loss and metrics of a network, as `model.evaluate` gives them. Belongs to the thread that owns the network.

    `model.evaluate` itself, called in a callback of `fit`, would start the means of the epoch under way anew: they are
    the model's. A second model over the same layers has its own, and shares the weights.
    """

    def __init__(self, network: Network) -> None:
        self._model = keras.Model(network.model.inputs, network.model.outputs)
        self._model.compile(loss=network.model.loss, metrics=list(network.experiment.metrics))
        # A partial, as in Prober: so that TensorFlow doesn't take many networks for one that is traced again and again.
        self._step = tf.function(functools.partial(self._model.test_step), reduce_retracing=True)

    def figures(self, batches: Batches, gives_up: Callable[[], bool]) -> dict[str, float] | None:
        """By the names of Keras's logs. `gives_up` is called between batches; None where it gave True.

        Raises SpecError where a batch can't be read.
        """
        self._model.reset_metrics()
        with reading():
            for number, batch in enumerate(batches):
                if number and gives_up():
                    return None
                self._step(batch)
        return {name: float(value) for name, value in self._model.get_metrics_result().items()}
