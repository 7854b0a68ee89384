"""Cases that several tests of the rules use."""

from dataclasses import replace

import numpy as np

from biasstudio.doctor.case import case_of
from biasstudio.doctor.data_facts import facts_of
from biasstudio.doctor.diagnose import diagnose
from biasstudio.engine.build import build_network, check_stack
from biasstudio.engine.probe import Prober
from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training


def experiment_of(stack, **training):
    """Its data are not looked at: x and y are arrays."""
    return Experiment(stack, DataSet.of("xor"), Training(**training))


def case_on(x, y, stack, steps=1000, **training):
    """Before training, on arrays."""
    case = case_of(experiment_of(stack, **training), check_stack(stack, 32), steps_planned=steps)
    return replace(case, data=facts_of(x, y))


def built_case_on(x, y, stack, **training):
    """Built in Keras, with what the samples make of it."""
    network = build_network(experiment_of(stack, **training))
    return case_of_network(network, x, y), network


def case_of_network(network, x, y):
    """The network as it stands."""
    biases = tuple(zip(network.history.vectors, network.bias_variables, strict=True))
    probe = Prober(network.model, biases, network.model.loss, traced=False).probe(x, y, network.history.last_step)
    return case_of(network.experiment, network.layers, network.history, 1000, facts_of(x, y), probe)


def found(rule, case):
    return [finding for finding in diagnose(case) if finding.id == rule]


def normal(samples=400, width=4, seed=0):
    return np.random.default_rng(seed).normal(size=(samples, width)).astype(np.float32)
