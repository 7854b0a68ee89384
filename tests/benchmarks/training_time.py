"""Training in the window, every panel on screen, against bare `model.fit` of the same network; interleaved."""

import time

from biasstudio.app import create_application, create_window
from biasstudio.gui.file_actions import load_example
from tests.benchmarks.figures import ratio, row

EPOCHS, ROUNDS = 4, 15


def bare(experiment) -> float:
    """Seconds of `fit` without a callback."""
    from biasstudio.engine.build import build_network
    from biasstudio.engine.data import load_samples

    network = build_network(experiment)
    samples, validation = load_samples(experiment).split(experiment.training.validation_share)
    started = time.perf_counter()
    network.model.fit(
        samples.x,
        samples.y,
        batch_size=experiment.training.batch_size,
        epochs=EPOCHS,
        validation_data=(validation.x, validation.y),
        verbose=0,
    )
    return time.perf_counter() - started


def in_window(window) -> float:
    """Seconds from the click on Train to the end of the training."""
    window.actions_of_training.reset.trigger()
    window.wait_until(lambda: window.ready() and window.view.history.last_step == 0, 30_000)
    history = window.view.history
    started = time.perf_counter()
    window.actions_of_training.train.trigger()
    window.wait_until(lambda: len(history.epochs()) == EPOCHS and window.ready(), 300_000)
    return time.perf_counter() - started


def main() -> None:
    application = create_application()
    experiment = load_example("tutorial").change_training(epochs=EPOCHS)
    window = create_window(experiment)
    window.resize(1440, 900)
    window.show()
    assert window.wait_ready(120_000)
    for panel in window.panels.panels:
        panel.show()
    bare(experiment), in_window(window)
    times: dict[str, list[float]] = {"bare": [], "window": []}
    for _ in range(ROUNDS):
        times["bare"].append(bare(experiment))
        times["window"].append(in_window(window))
    print(row(f"bare fit, {EPOCHS} epochs", times["bare"], "s"))
    print(row("in the window", times["window"], "s"))
    print(ratio("window / bare", times["window"], times["bare"]))
    window.close_without_asking()
    window.wait_until(lambda: window.has_closed, 30_000)
    application.quit()


if __name__ == "__main__":
    main()
