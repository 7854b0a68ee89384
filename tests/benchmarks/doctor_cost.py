"""What the Doctor costs: processor time of all rules on a run that is being trained, and on long and wide histories.

Two networks: the tutorial's, and fifty Dense layers. They are trained and looked at in turn; both are measured as
processor time of the whole process, so that TensorFlow's threads count. A look a second must stay under a hundredth.
"""

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from biasstudio.doctor.case import case_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.engine.build import Network, build_network
from biasstudio.engine.train import recorder_of
from biasstudio.recording.history import History
from biasstudio.recording.network import BiasVector
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.initializers import Initializer
from biasstudio.spec.stack import Stack
from tests.benchmarks.figures import row

ROUNDS, LOOKS = 12, 20


def tutorial() -> Experiment:
    stack = (
        Stack((28, 28, 1))
        .add("Conv2D", filters=32, kernel_size=3, activation="relu", bias_initializer=Initializer.of("HeNormal"))
        .add("Flatten")
        .add("Dense", units=10, activation="relu")
        .add("Dense", units=1, activation="sigmoid")
    )
    return Experiment(stack, DataSet.of("mnist_odd_even"), Training())


def fifty_dense() -> Experiment:
    stack = Stack((28, 28, 1)).add("Flatten")
    for _ in range(49):
        stack = stack.add("Dense", units=32, activation="relu")
    return Experiment(stack.add("Dense", units=1, activation="sigmoid"), DataSet.of("mnist_odd_even"), Training())


def milliseconds(action: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        action()
    return 1000 * (time.process_time() - started) / times


def measure(name: str, experiment: Experiment) -> None:
    network = build_network(experiment)
    generator = np.random.default_rng(0)
    x = generator.random((1_600, 28, 28, 1), dtype=np.float32)
    y = generator.integers(0, 2, len(x))
    looks, trainings, seconds = [], [], []
    with recorder_of(network) as recorder:

        def train() -> None:
            network.model.fit(x, y, batch_size=32, verbose=0, callbacks=[recorder])

        train()
        for _ in range(ROUNDS):
            started = time.perf_counter()
            trainings.append(milliseconds(train, 1) / 50)
            seconds.append((time.perf_counter() - started) / 50)
            looks.append(milliseconds(lambda: look(experiment, network, network.history), LOOKS))
    print(f"\n{name}: {network.history.last_step} steps")
    print(row("training, processor time a step", trainings, "ms"))
    print(row("a look of all rules, processor time", looks, "ms"))
    # At one look a second, each step's part of it against the step's own.
    shares = [
        look_ms * step_s / step_ms * 100 for look_ms, step_s, step_ms in zip(looks, seconds, trainings, strict=True)
    ]
    print(row("looks, one a second, against training", shares, "%"))


def look(experiment: Experiment, network: Network, history: History) -> object:
    return diagnose(case_of(experiment, network.layers, history, 10_000))


def large(name: str, units: int, steps: int) -> None:
    """A history that is long, or wide, with no network to train."""
    history = History(
        [BiasVector(f"dense_{number}/bias", (units // 4,), f"dense_{number}", "unit") for number in range(4)], ["loss"]
    )
    generator = np.random.default_rng(0)
    frame = generator.normal(0, 1, units).astype(np.float32)
    for step in range(steps):
        frame[step % units] += 0.01
        history.append(step, 1 + step // 1000, frame + np.float32(1e-3) * (step % 7), [0.5])
    case = Experiment(Stack((4,)).add("Dense"), DataSet.of("xor"), Training())
    looks = [milliseconds(lambda: diagnose(case_of(case, (), history, 10**6)), 3) for _ in range(5)]
    print(row(f"{name}: {units:,} values, {steps:,} steps", looks, "ms"))


def main() -> None:
    measure("tutorial", tutorial())
    measure("fifty Dense layers", fifty_dense())
    print()
    large("long", 1_000, 100_000)
    large("wide", 2_000_000, 40)


if __name__ == "__main__":
    sys.exit(main())
