"""never-moves and float32-stuck on networks that were trained for real."""

from dataclasses import replace

import numpy as np
import pytest

from biasstudio.doctor.case import Case
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Severity
from biasstudio.doctor.network import NetworkLayer
from biasstudio.doctor.probe import Probe
from biasstudio.spec.initializers import Initializer
from tests.doctor.training import Trained, chain, dense, layer, layer_probe, numbers, trained


def constant(value):
    return Initializer.of("Constant", value=value)


def one_still(run, **known):
    (finding,) = run.found("never-moves", **known)
    return finding


@pytest.mark.parametrize(
    ("loss", "optimizer", "seed"),
    [("mean_squared_error", "Adam", 0), ("mean_absolute_error", "SGD", 1), ("huber", "Nadam", 2)],
)
def test_softmax_over_one_unit_is_named_as_the_cause(loss, optimizer, seed):
    run = trained(chain((4,), dense(8, "relu"), dense(1, "softmax")), 20, loss=loss, optimizer=optimizer, seed=seed)
    finding = one_still(run)
    assert (finding.severity, finding.where, finding.follows) == (Severity.ERROR, "dense_1", "softmax-one-unit")
    assert "None of the 9 values has moved in 20 steps" in finding.evidence
    assert run.ids() == {"softmax-one-unit", "never-moves"}
    assert [each.id for each in diagnose(run.case())][:2] == ["softmax-one-unit", "never-moves"]
    mended = finding.remedy.applied_to(run.experiment)
    assert mended.stack.layer("dense_1").get("activation") == "sigmoid"


def test_softmax_over_one_unit_with_a_loss_that_takes_logits_moves():
    run = trained(chain((4,), dense(8, "relu"), dense(1, "softmax")), 20, loss="binary_crossentropy")
    assert run.found("never-moves") == []


def test_a_learning_rate_of_0_is_the_cause_until_it_is_raised():
    run = trained(chain((4,), dense(8, "relu"), dense(1)), 20, optimizer="SGD", learning_rate=0.0)
    finding = one_still(run)
    assert finding.severity is Severity.ERROR
    assert "The learning rate is 0" in finding.evidence
    assert finding.remedy.applied_to(run.experiment).training.learning_rate == 0.01
    # The steps that were made say nothing of another learning rate.
    raised = replace(run.experiment, training=replace(run.experiment.training, learning_rate=0.1))
    assert run.found("never-moves", trained_since=20) == []
    run.experiment = raised
    run.model.optimizer.learning_rate = 0.1
    run.fit(*numbers(), 20)
    assert run.found("never-moves", trained_since=20) == []
    assert run.found("never-moves") == []


@pytest.mark.parametrize(("optimizer", "units", "seed"), [("Adam", 16, 0), ("SGD", 4, 1), ("RMSprop", 32, 2)])
def test_a_relu_far_below_zero_gets_no_gradient(optimizer, units, seed):
    stack = chain((4,), dense(units, "relu"), dense(1, "relu", bias_initializer=constant(-20.0)))
    run = trained(stack, 60, optimizer=optimizer, seed=seed)
    finding = one_still(run)
    assert (finding.severity, finding.where, finding.follows) == (Severity.ERROR, "dense_1", "")
    assert "relu, which lets no gradient through" in finding.evidence
    assert "−20 in the mean" in finding.evidence
    mended = Trained(finding.remedy.applied_to(run.experiment).stack, optimizer=optimizer, seed=seed)
    mended.fit(*numbers(seed, offset=1.0), 60)
    assert mended.found("never-moves") == []


def test_what_nothing_but_weight_decay_moves_stands_still():
    stack = chain((4,), dense(8, "relu", bias_initializer=constant(-20.0)), dense(1))
    finding = one_still(trained(stack, 60, optimizer="AdamW"))
    assert (finding.severity, finding.where) == (Severity.WARNING, "dense")
    assert "but for the weight decay" in finding.evidence


def test_a_probe_shows_that_the_relu_is_dead():
    stack = chain((4,), dense(8, "relu", bias_initializer=constant(-20.0)), dense(1))
    run = trained(stack, 20)
    layers = {"dense": layer_probe(np.zeros((50, 8))), "dense_1": layer_probe(np.ones((50, 1)))}
    finding = one_still(run, probe=Probe(20, 50, layers))
    assert "for each of 50 samples" in finding.evidence
    # Where all that is known is that nothing came, it takes longer to say so.
    assert run.found("never-moves") == []


@pytest.mark.parametrize(
    ("shape", "layers", "optimizer"),
    [
        ((4,), [dense(8), layer("BatchNormalization"), layer("ReLU"), dense(1)], "SGD"),
        ((6, 3), [layer("LSTM", units=4), dense(1)], "Adam"),
        ((5, 4), [layer("MultiHeadAttention", num_heads=2, key_dim=3), layer("Flatten"), dense(1)], "RMSprop"),
    ],
)
def test_what_moves_is_silent(shape, layers, optimizer):
    run = trained(chain(shape, *layers), 60, optimizer=optimizer)
    assert run.found("never-moves") == []
    assert run.found("float32-stuck") == []


def test_biases_that_have_no_effect_are_a_note():
    stack = chain((4,), dense(8, bias_initializer=constant(1.0)), layer("BatchNormalization"), dense(1))
    run = trained(stack, 60, optimizer="SGD", learning_rate=0.001)
    finding = one_still(run)
    assert (finding.severity, finding.where, finding.follows) == (Severity.NOTE, "dense", "bias-before-batchnorm")
    attention = layer("MultiHeadAttention", num_heads=2, key_dim=3, bias_initializer=constant(1.0))
    run = trained(chain((5, 4), attention, layer("Flatten"), dense(1)), 60, optimizer="SGD", learning_rate=0.001)
    finding = one_still(run)
    assert (finding.severity, finding.follows) == (Severity.NOTE, "key-bias")
    assert finding.vector.endswith("key/bias")


@pytest.mark.parametrize(("learns", "stays"), [("weights", True), ("nothing", True), ("biases", False)])
def test_what_was_frozen_on_purpose_is_a_note(learns, stays):
    run = trained(chain((4,), dense(8, "tanh"), dense(1)).let_learn("dense", learns), 60, learning_rate=0.01)
    assert [finding.severity for finding in run.found("never-moves")] == ([Severity.NOTE] if stays else [])
    assert run.ids() == set()


def test_a_history_alone_says_no_more_than_that_it_stands_still():
    run = trained(chain((4,), dense(8, "relu"), dense(1, "softmax")), 60)
    (finding,) = [each for each in diagnose(Case((), history=run.history)) if each.id == "never-moves"]
    assert finding.severity is Severity.NOTE
    assert "frozen on purpose" in finding.evidence


def test_a_layer_that_nothing_uses_is_named():
    run = trained(chain((4,), dense(8, "relu", bias_initializer=constant(-20.0)), dense(1)), 60)
    first, last = run.case().layers
    aside = NetworkLayer(first.name, first.layer, first.input_shape, first.output_shape, (), first.learns)
    whole = NetworkLayer(last.name, last.layer, last.input_shape, last.output_shape, (), last.learns)
    case = replace(run.case(), layers=(aside, whole))
    (finding,) = [each for each in diagnose(case) if each.id == "never-moves"]
    assert "No layer takes the output of dense" in finding.evidence


@pytest.mark.parametrize(
    ("optimizer", "rate", "start"),
    [("Adam", 1e-3, 2e5), ("AdamW", 1e-3, 2e5), ("Nadam", 1e-4, -1e4)],
)
def test_a_bias_that_is_too_large_for_the_step_is_stuck(optimizer, rate, start):
    stack = chain((4,), dense(8, "relu"), dense(1, bias_initializer=constant(start)))
    settings = {"optimizer_settings": {"weight_decay": 0.0}} if optimizer == "AdamW" else {}
    run = trained(stack, 20, offset=start * 1.5, optimizer=optimizer, learning_rate=rate, **settings)
    (finding,) = run.found("float32-stuck")
    assert run.model.get_layer("dense_1").get_weights()[1].tolist() == [np.float32(start)]
    assert (finding.severity, finding.where, finding.unit) == (Severity.WARNING, "dense_1", 0)
    assert f"{np.spacing(np.float32(abs(start))):.3g}" in finding.evidence
    assert one_still(run).follows == "float32-stuck"


@pytest.mark.parametrize(
    ("optimizer", "rate", "start"),
    [("Adam", 1e-3, 200), ("Adam", 1e-3, 2e4), ("SGD", 1e-3, 2e5)],
)
def test_a_bias_that_a_step_changes_is_not_stuck(optimizer, rate, start):
    stack = chain((4,), dense(8, "relu"), dense(1, bias_initializer=constant(start)))
    run = trained(stack, 20, offset=start * 1.5, optimizer=optimizer, learning_rate=rate)
    assert run.model.get_layer("dense_1").get_weights()[1].tolist() != [np.float32(start)]
    assert run.found("float32-stuck") == []


def test_a_bias_that_was_set_a_moment_ago_is_not_stuck_yet():
    run = trained(chain((4,), dense(8, "relu"), dense(1)), 20)
    kernel, _ = run.model.get_layer("dense_1").get_weights()
    run.model.get_layer("dense_1").set_weights([kernel, np.array([2e5], np.float32)])
    x, y = numbers()
    run.fit(x[:160], y[:160], 5)
    assert run.found("float32-stuck") == []
    run.fit(x, y, 20)
    assert len(run.found("float32-stuck")) == 1


def test_of_sgd_the_gradient_must_be_known():
    stack = chain((4,), dense(8, "relu"), dense(1, bias_initializer=constant(2e5)))
    run = trained(stack, 20, offset=2e5, optimizer="SGD", learning_rate=1e-4)
    assert run.history.frame(20)[-1] == 2e5
    assert run.found("float32-stuck") == []
    probe = Probe(20, 50, {}, {"dense_1/bias": np.array([2.0], np.float32)})
    assert len(run.found("float32-stuck", probe=probe)) == 1
    assert run.found("float32-stuck", probe=Probe(20, 50, {}, {"dense_1/bias": np.zeros(1, np.float32)})) == []
