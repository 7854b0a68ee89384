"""What is written is read again: a script of an experiment, and of the experiment's file."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.scripts.reading import read_script
from biasstudio.scripts.writing import write_script
from biasstudio.spec.data_sets import GIVEN_TYPES, DataSet
from biasstudio.spec.experiment import experiment_from_json, experiment_to_json
from biasstudio.spec.learning import ALL
from tests.experiments import moons, tutorial
from tests.scripts.stacks import sequence_stacks
from tests.spec.strategies import argument_values, experiments, trainings


@st.composite
def given_data(draw):
    name = draw(st.sampled_from(tuple(GIVEN_TYPES)))
    parameters = {each.name: draw(argument_values(each)) for each in GIVEN_TYPES[name].parameters}
    return DataSet.of(name, **parameters)


@settings(max_examples=60)
@given(sequence_stacks(), trainings(), given_data())
def test_a_network_with_its_data_and_training(stack, training, data):
    experiment = replace(moons(), stack=stack, training=training, data=data)
    reading = read_script(write_script(experiment).text, tutorial())
    assert reading.experiment == as_scripts_say(experiment)
    assert reading.notes == ()


@settings(max_examples=60)
@given(experiments().filter(lambda experiment: bool(experiment.stack.layers)))
def test_any_layers_with_any_arguments(experiment):
    experiment = replace(experiment, weights=None, data=DataSet.of("xor", seed=3))
    reading = read_script(write_script(experiment).text, tutorial())
    assert reading.experiment == as_scripts_say(experiment)


def as_scripts_say(experiment):
    """Without what no script can say: a share that validates beside a test part, or is too small for a sample; and what
    layers learn where only biases do."""
    training, stack = experiment.training, experiment.stack
    given = dict(experiment.data.parameters)
    samples = sum(experiment.data.type.counts) or given.get("points") or {"diabetes": 442}.get(experiment.data.name, 0)
    share = training.validation_share
    if given.get("validation") == "test part" or int(samples * (1.0 - share)) == samples:
        training = replace(training, validation_share=0.0)
    for layer in stack.layers if training.biases_only else ():
        stack = stack.let_learn(layer.name, ALL)
    return replace(experiment, training=training, stack=stack)


@settings(max_examples=15)
@given(sequence_stacks(most=3))
def test_through_the_experiments_file(stack):
    experiment = replace(moons(), stack=stack)
    there = experiment_from_json(experiment_to_json(experiment))
    assert write_script(there).text == write_script(experiment).text
    assert read_script(write_script(there).text, tutorial()).experiment == experiment
