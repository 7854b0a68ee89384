"""What non-finite offers helps: trained again with it the same network learns. Where nothing grew it offers nothing."""

import warnings

import numpy as np
import pytest

from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.recording.history import History
from tests.doctor.training import MSE, Trained, chain, dense, numbers

RELU = (dense(16, "relu"), dense(1))
DEEP = (dense(64, "relu"), dense(64, "relu"), dense(1))


def fitted(layers, training, x, y, steps):
    run = Trained(chain((4,), *layers), **training)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # values that pass the largest number
        return run.fit(x, y, steps)


def only(run, **known):
    (finding,) = run.found("non-finite", **known)
    return finding


@pytest.mark.parametrize(
    ("layers", "rate", "scale", "offset", "settings"),
    [
        (RELU, 1.0, 1, 20, {}),
        (RELU, 0.1, 1, 200, {}),
        (RELU, 0.03, 50, 0, {}),
        (DEEP, 1.0, 1, 0, {"momentum": 0.9}),
        ((dense(1),), 3.0, 1, 20, {}),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_with_its_remedy_the_network_learns(layers, rate, scale, offset, settings, seed):
    training = {"optimizer": "SGD", "learning_rate": rate, "optimizer_settings": settings, "seed": seed, "loss": MSE}
    x, y = numbers(seed, offset=float(offset))
    lost = fitted(layers, training, scale * x, y, 120)
    assert not np.isfinite(lost.history.metrics_at(120)["loss"])
    experiment = only(lost).remedy.applied_to(lost.experiment).training
    kept = {"learning_rate": experiment.learning_rate, "optimizer_settings": dict(experiment.optimizer_settings)}
    mended = fitted(layers, training | kept, scale * x, y, 400)
    _steps, losses = mended.history.metric("loss", 1000)
    assert np.isfinite(losses).all()
    # Ever longer steps are what it is about; how much is learned by then is the network's own.
    assert losses[-20:].mean() < losses[:3].mean() / 2


def test_no_step_is_longer_than_it_says():
    run = fitted(RELU, {"optimizer": "SGD", "learning_rate": 1.0, "loss": MSE}, *numbers(offset=20.0), 20)
    finding = only(run)
    training = finding.remedy.applied_to(run.experiment).training
    longest = training.learning_rate * training.setting("global_clipnorm")
    assert f"no step is longer than {longest:.4g}" in finding.fix
    first = run.history.frame(1).astype(np.float64) - run.history.frame(0)
    assert training.setting("global_clipnorm") == pytest.approx(np.linalg.norm(first) / 10, rel=0.34)


def test_where_gradients_are_clipped_already_the_learning_rate_alone_is_lowered():
    settings = {"optimizer": "SGD", "learning_rate": 1e30, "optimizer_settings": {"clipnorm": 1e8}, "loss": MSE}
    run = fitted(RELU, settings, *numbers(), 20)
    training = only(run).remedy.applied_to(run.experiment).training
    assert (training.learning_rate, dict(training.optimizer_settings)) == (1e29, {"clipnorm": 1e8})


@pytest.mark.parametrize("sample", [3, 400])
def test_samples_that_are_not_finite_are_not_the_learning_rates_fault(sample):
    x, y = numbers()
    x[sample] = np.nan
    run = Trained(chain((4,), dense(8, "tanh"), dense(1)))
    run.model.fit(x, y, batch_size=32, verbose=0, shuffle=False, callbacks=[run._recorder])
    run._recorder.close()
    finding = only(run)
    assert finding.remedy is None
    assert finding.step == sample // 32 + 1
    assert ("first loss comes before any change" if sample < 32 else "Nothing grew before it") in finding.fix
    assert "Take out of the inputs" in only(run, data=facts_of(x, y)).fix


def test_a_warning_offers_the_same():
    run = fitted(RELU, {"optimizer": "SGD", "learning_rate": 1.0, "loss": MSE}, *numbers(offset=20.0), 20)
    lost, before = only(run), History(run.history.vectors, run.history.metric_names)
    for step in range(lost.step):
        before.append(step, 1, run.history.frame(step), list(run.history.metrics_at(step).values()))
    (warned,) = [each for each in diagnose(run.case(history=before)) if each.id == "non-finite"]
    assert (warned.fix, warned.remedy) == (lost.fix, lost.remedy)
