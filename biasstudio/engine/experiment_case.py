"""The case of an experiment whose network is built: with its data, and what a batch of them makes of the network."""

from dataclasses import replace

from biasstudio.doctor.case import Case, case_of
from biasstudio.engine.build import Network
from biasstudio.engine.keras_case import network_layers
from biasstudio.engine.train import planned_steps
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment


def case_of_experiment(network: Network, experiment: Experiment | None = None) -> Case:
    """The network as it stands, with the steps that it has made. `experiment` may differ in what `fit` alone takes.

    Raises SpecError where it doesn't fit its data. Only the thread that owns the network may call.
    """
    experiment = experiment or network.experiment
    unfit = misfit(experiment, network.layers[-1].output_shape)
    if unfit is not None:
        raise unfit
    case = case_of(experiment, network.layers, network.history, planned_steps(network, experiment.training))
    if experiment.weights is not None and experiment.weights.whole:
        # Not a stack: its layers are Keras's own.
        case = replace(case, layers=tuple(network_layers(network.model)))
    return with_data_of(case, experiment)


def with_data_of(case: Case, experiment: Experiment) -> Case:
    """The case with what the experiment's data tell."""
    return case
