from dataclasses import replace

from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.differences import ABSENT, UNKNOWN, Setting, experiment_differences
from biasstudio.spec.initializers import Initializer
from tests.experiments import moons, tutorial


def told(*experiments, everything=False):
    return {(s.part, s.name): s.values for s in experiment_differences(experiments, everything)}


def changed_layer(experiment, layer, **arguments):
    return replace(experiment, stack=experiment.stack.change(layer, **arguments))


def test_the_same_experiments_have_no_differences():
    assert experiment_differences([tutorial(), tutorial()]) == ()


def test_a_bias_that_is_off_has_no_initializer():
    assert told(tutorial(), changed_layer(tutorial(), "conv2d", use_bias=False)) == {
        ("conv2d", "bias"): ("on", "off"),
        ("conv2d", "bias initializer"): ("HeNormal", ABSENT),
    }


def test_initializers_say_what_is_not_usual():
    other = changed_layer(tutorial(), "dense", bias_initializer=Initializer.of("RandomNormal", stddev=0.2, seed=3))
    assert told(tutorial(), other) == {("dense", "bias initializer"): ("Zeros", "RandomNormal, stddev 0.2, seed 3")}


def test_arguments_and_training_settings():
    other = changed_layer(tutorial(), "conv2d", kernel_size=5).change_training(optimizer="SGD", batch_size=64)
    assert told(tutorial(), other) == {
        ("conv2d", "kernel size"): ("3 × 3", "5 × 5"),
        ("training", "optimizer"): ("Adam", "SGD"),
        ("training", "learning rate"): ("0.001", "0.01"),
        ("training", "batch size"): ("32", "64"),
    }


def test_a_loss_is_told_in_words():
    other = tutorial().change_training(loss="mean_squared_error")
    assert told(tutorial(), other) == {("training", "loss"): ("binary cross-entropy", "mean squared error")}


def test_a_layer_that_is_missing_is_told_once():
    without = replace(tutorial(), stack=tutorial().stack.remove("flatten").remove("conv2d"))
    assert told(tutorial(), without) == {
        ("stack", "layers"): ("conv2d → flatten → dense → dense_1", "dense → dense_1"),
        ("conv2d", "layer"): ("Conv2D", ABSENT),
        ("flatten", "layer"): ("Flatten", ABSENT),
    }


def test_of_three_runs_two_may_differ_in_a_layer_that_the_third_has_not():
    without = replace(tutorial(), stack=tutorial().stack.remove("conv2d"))
    found = told(tutorial(), without, changed_layer(tutorial(), "conv2d", filters=8))
    assert found["conv2d", "filters"] == ("32", ABSENT, "8")
    assert ("conv2d", "bias") not in found


def test_layers_of_another_class_have_no_arguments_in_common():
    stack = moons().stack.remove("dense_1")
    other = replace(moons(), stack=stack.add("Dropout").rename("dropout", "dense_1"))
    found = told(moons(), other)
    assert found["dense_1", "layer"] == ("Dense", "Dropout")
    assert [name for part, name in found if part == "dense_1"] == ["layer"]


def test_data_sets_and_their_parameters():
    found = told(moons(), replace(moons(), data=DataSet.of("circles", noise=0.3)))
    assert found == {("data", "data set"): ("Two moons", "Circles"), ("data", "noise"): ("0.1", "0.3")}
    found = told(moons(), replace(moons(), data=DataSet.of("mnist_one_digit", digit=7)))
    assert found["data", "digit"] == (ABSENT, "7")
    assert found["data", "points"] == ("1000", ABSENT)


def test_everything_has_what_is_the_same_too():
    found = told(tutorial(), tutorial(), everything=True)
    assert found["training", "seed"] == ("0", "0")
    assert found["conv2d", "filters"] == ("32", "32")
    assert found["stack", "input shape"] == ("28 × 28 × 1", "28 × 28 × 1")


def test_a_run_without_an_experiment_is_not_known_and_makes_no_difference():
    assert told(tutorial(), None) == {}
    assert told(tutorial(), None, tutorial(seed=1)) == {("training", "seed"): ("0", UNKNOWN, "1")}
    assert experiment_differences([None, None], everything=True) == ()
    assert not Setting("data", "noise", (UNKNOWN, "0.1")).differs
