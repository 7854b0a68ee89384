"""The case of an experiment whose network is built: with its data, and what a batch of them makes of the network."""

from dataclasses import replace

from biasstudio.data_files.opening import Cancelled, ReadingCancelledError, never
from biasstudio.doctor.case import Case, case_of
from biasstudio.doctor.data_facts import DataFacts
from biasstudio.doctor.probe import Probe
from biasstudio.engine.build import Network
from biasstudio.engine.data import are_at_hand, load_samples
from biasstudio.engine.data_facts import data_facts, probe_samples
from biasstudio.engine.keras_case import network_layers
from biasstudio.engine.probe import Prober, can_be_probed
from biasstudio.engine.train import planned_steps
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.compatibility import misfit
from biasstudio.spec.experiment import Experiment


def case_of_network(
    network: Network, experiment: Experiment, probe: Probe | None = None, trained_since: int = 0
) -> Case:
    """The network as it stands, with the steps that it has made. `experiment` may differ in what `fit` alone takes.

    `trained_since`: the last step that was made with other settings.

    Data that would first have to be read from a large file or from the network stay unknown. Only the thread that owns
    the network may call.
    """
    facts, steps = None, None
    if are_at_hand(experiment.data):
        facts, steps = facts_of_experiment(experiment), _planned_steps(network, experiment)
    case = case_of(experiment, network.layers, network.history, steps, facts, probe, trained_since)
    if experiment.weights is not None and experiment.weights.whole:
        # Not a stack: its layers are Keras's own.
        case = replace(case, layers=tuple(network_layers(network.model)))
    return case


def probed_case(network: Network) -> Case:
    """`case_of_network` of its own experiment, with a look at what a batch makes of it.

    Raises SpecError where the network doesn't fit its data, or they can't be read.
    """
    experiment = network.experiment
    unfit = misfit(experiment, network.layers[-1].output_shape)
    if unfit is not None:
        raise unfit
    load_samples(experiment)
    probe = None
    if can_be_probed(network.model):
        biases = tuple(zip(network.history.vectors, network.bias_variables, strict=True))
        prober = Prober(network.model, biases, network.model.loss, traced=False)
        samples = probe_samples(experiment, prober.most_samples)
        probe = prober.probe(samples.x, samples.y, network.history.last_step)
    return case_of_network(network, experiment, probe)


def facts_of_experiment(experiment: Experiment) -> DataFacts | None:
    """Of the experiment's data; None where they can't be had or don't fit the network, which is said in training."""
    if experiment.stack.input_shape != experiment.data.type.sample_shape:
        return None
    try:
        return data_facts(experiment)
    except SpecError:
        return None


def data_of_experiment(experiment: Experiment, cancelled: Cancelled = never) -> tuple[DataFacts | None, str]:
    """What is known of the data, which are read for it, and why they can't be judged; "" where they can.

    Raises ReadingCancelledError.
    """
    try:
        load_samples(experiment, cancelled)
    except ReadingCancelledError:
        raise
    except SpecError as error:
        return None, f"{error} The data are not judged."
    return facts_of_experiment(experiment), ""


def _planned_steps(network: Network, experiment: Experiment) -> int | None:
    try:
        return planned_steps(network, experiment.training)
    except SpecError:
        return None  # said where it is asked to train
