"""What a network's validation data give, found beside its training: nothing of the model's own states is touched."""

from collections.abc import Callable

import keras
import tensorflow as tf

from biasstudio.engine.build import Network, metrics_for
from biasstudio.engine.data import Samples, load_samples
from biasstudio.spec.experiment import Experiment


def validation_samples(experiment: Experiment) -> Samples | None:
    """What `model.fit` of the experiment validates on; None where nothing is kept back for it.

    Raises SpecError where nothing is left to train with, and OSError where a shipped file is missing.
    """
    return load_samples(experiment.data).split(experiment.training.validation_share)[1]


class Evaluation:
    """Loss and metrics of a network, as `model.evaluate` gives them. Belongs to the thread that owns the network.

    `model.evaluate` itself, called in a callback of `fit`, would start the means of the epoch under way anew: they are
    the model's. A second model over the same layers has its own, and shares the weights.
    """

    def __init__(self, network: Network) -> None:
        self._model = keras.Model(network.model.inputs, network.model.outputs)
        self._model.compile(loss=network.experiment.training.loss, metrics=metrics_for(network.experiment))
        self._step = tf.function(self._model.test_step, reduce_retracing=True)

    def figures(self, samples: Samples, batch_size: int, gives_up: Callable[[], bool]) -> dict[str, float] | None:
        """By the names of Keras's logs. `gives_up` is called between batches; None where it gave True."""
        self._model.reset_metrics()
        for start in range(0, len(samples.x), batch_size):
            if start and gives_up():
                return None
            part = slice(start, start + batch_size)
            self._step((samples.x[part], samples.y[part]))
        return {name: float(value) for name, value in self._model.get_metrics_result().items()}
