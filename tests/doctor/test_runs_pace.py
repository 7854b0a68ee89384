"""speed-limited and non-finite on networks that were trained for real."""

import itertools
import warnings

import numpy as np
import pytest

from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.recording.history import History
from tests.doctor.test_runs_units import thinned
from tests.doctor.training import Trained, chain, dense, numbers, trained


def facts(y):
    """As they are found of the data that train."""
    return facts_of(np.zeros((len(y), 4)), y)


def regression(offset, steps=320, units=16, activation="relu", outputs=1, **training):
    stack = chain((4,), dense(units, activation), dense(outputs))
    run = Trained(stack, **training)
    x, y = numbers(training.get("seed", 0), offset=offset)
    y = np.repeat(y, outputs, axis=1)
    return run.fit(x, y, steps), facts(y)


@pytest.mark.parametrize(
    ("offset", "training"),
    [
        (200.0, {}),
        (5.0, {"seed": 1}),
        (-30.0, {"optimizer": "AdamW", "loss": "mean_absolute_error"}),
        (20.0, {"optimizer": "Nadam", "learning_rate": 0.003, "units": 8, "outputs": 3}),
        (60.0, {"optimizer": "Adamax", "activation": "tanh", "loss": "huber"}),
    ],
)
def test_an_output_bias_that_can_only_go_at_full_speed(offset, training):
    run, known = regression(offset, **training)
    (finding,) = run.found("speed-limited", data=known)
    assert (finding.severity, finding.where) == (Severity.WARNING, "dense_1")
    bias = run.model.get_layer("dense_1").get_weights()[1][finding.unit]
    assert f"is at {bias:.4g} after 320 steps".replace("-", "−") in finding.evidence
    assert f"{abs(known.target.mean[0] - bias):.2f}"[:3] in finding.evidence
    # Without the data it can't be said how far there is to go.
    assert [each.severity for each in run.found("speed-limited")] == [Severity.NOTE]
    # Where it is nearly there, nothing needs to be said.
    near = np.full((1, training.get("outputs", 1)), bias + 0.05, np.float32)
    assert run.found("speed-limited", data=facts(near)) == []
    # With steps enough before it, it arrives.
    (later,) = run.found("speed-limited", data=known, steps_planned=10**6)
    assert later.severity is Severity.NOTE


def test_a_bias_that_goes_elsewhere_or_is_near_as_targets_scatter_is_silent():
    run, known = regression(20.0)
    assert len(run.found("speed-limited", data=known)) == 1
    away = facts(np.full((2, 1), -20.0, np.float32))
    assert run.found("speed-limited", data=away) == []
    scattered = facts(np.array([[20.0 - 60], [20.0 + 60]], np.float32))
    assert run.found("speed-limited", data=scattered) == []


def test_the_goal_is_the_best_constant_of_the_loss_and_not_the_mean():
    """Of a share of the target's error, what is small counts most: 1 is best here, where the mean is 40.6."""
    x, _ = numbers()
    y = np.where(np.arange(len(x)) % 5 < 3, 1.0, 100.0).astype(np.float32)[:, np.newaxis]
    run = Trained(chain((4,), dense(1)), loss="mean_absolute_percentage_error").fit(x, y, 200)
    assert 0.1 < run.history.frame(200)[-1] < 0.3
    assert run.found("speed-limited", data=facts(y)) == []
    # The same way to the same level is long where it is far as the targets scatter.
    (finding,) = run.found("speed-limited", data=facts(np.full((4, 1), 40.6, np.float32)))
    ((_, ((_, initializer),)),) = finding.remedy.layers
    assert initializer.get("value") == pytest.approx(40.6)


def test_it_is_withdrawn_when_a_higher_learning_rate_has_helped():
    run, known = regression(5.0, steps=160)
    assert len(run.found("speed-limited", data=known)) == 1
    run.experiment = run.experiment.change_training(learning_rate=0.05)
    run.model.optimizer.learning_rate = 0.05
    assert run.found("speed-limited", data=known, trained_since=160) == []
    run.fit(*numbers(0, offset=5.0), 300)
    assert run.found("speed-limited", data=known, trained_since=160) == []


@pytest.mark.parametrize(
    ("offset", "training"),
    [
        (0.0, {}),
        (0.0, {"learning_rate": 0.0003, "seed": 2}),
        (0.0, {"learning_rate": 0.0003, "seed": 3, "steps": 100}),
        (200.0, {"optimizer": "SGD", "learning_rate": 0.01}),
    ],
)
def test_other_regressions_are_silent(offset, training):
    run, known = regression(offset, **training)
    assert run.found("speed-limited", data=known) == []
    if offset != 200.0:
        assert run.found("speed-limited") == []


def test_in_a_thinned_history_it_is_seen_too():
    run, known = regression(50.0, 640)
    history = thinned(run.history, 100 * (4 * 17 + 8))
    assert history.stride == 8
    (finding,) = [each for each in diagnose(run.case(history=history, data=known)) if each.id == "speed-limited"]
    assert "one way" in finding.message


def diverging(rate, offset, steps, units=16, **training):
    """Recorded as far as it goes."""
    run = Trained(chain((4,), dense(units, "relu"), dense(1)), optimizer="SGD", learning_rate=rate, **training)
    x, y = numbers(training.get("seed", 0), offset=offset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return run.fit(x[: 32 * steps], y[: 32 * steps], steps)


@pytest.mark.parametrize(
    ("rate", "offset", "units", "seed"), [(1.0, 20.0, 16, 0), (2.0, 10.0, 32, 1), (0.5, 40.0, 8, 2)]
)
def test_runaway_biases_are_warned_of_before_they_are_lost(rate, offset, units, seed):
    run = diverging(rate, offset, 20, units, seed=seed)
    (lost,) = run.found("non-finite")
    assert lost.severity is Severity.ERROR
    first = next(step for step in range(21) if not np.isfinite(run.history.frame(step)).all())
    loss = next((step for step in range(1, 21) if not np.isfinite(run.history.metrics_at(step)["loss"])), first)
    assert lost.step == min(first, loss)
    assert f"{20 - lost.step:,} steps were made after it" in lost.evidence
    before = History(run.history.vectors, run.history.metric_names)
    for step in range(lost.step):
        before.append(step, 1, run.history.frame(step), list(run.history.metrics_at(step).values()))
    (warned,) = [each for each in diagnose(run.case(history=before)) if each.id == "non-finite"]
    assert warned.severity is Severity.WARNING
    frames = [before.frame(step).astype(np.float64) for step in range(lost.step)]
    steps = [np.linalg.norm(later - earlier) for earlier, later in itertools.pairwise(frames)]
    at = warned.step - 1
    assert steps[at] > 10 * steps[at - 1] > 100 * steps[at - 2]
    assert f"{steps[at]:.3g}".replace("e+0", "e").replace("e+", "e") in warned.evidence
    assert warned.remedy.applied_to(run.experiment).training.learning_rate == pytest.approx(rate / 10)


def test_what_stays_finite_is_silent():
    assert trained(chain((4,), dense(16, "relu"), dense(1)), 40, offset=20.0).found("non-finite") == []


def test_a_large_step_among_small_ones_is_no_runaway():
    run = Trained(chain((4,), dense(3)))
    grown, rising = [0.0, 1e-3, 2e-2, 1.0], [0.5, 0.5, 0.6, 0.9]

    def found(values, losses):
        history = History(run.history.vectors, ["loss"])
        for step, value in enumerate(values):
            history.append(step, 1, np.full(3, value, np.float32), [losses[step]])
        return [each.id for each in diagnose(run.case(history=history))]

    assert "non-finite" in found(grown, rising)
    assert "non-finite" not in found(grown, [0.5, 0.5, 0.6, 0.5])
    assert "non-finite" not in found([-5.0, *grown], [0.5, *rising])
    assert "non-finite" not in found([*grown, 0.1], [*rising, 0.5])
