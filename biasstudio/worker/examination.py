"""What the Doctor has to know of a recorded experiment beside its steps: the layers as they are built, and the data."""

from biasstudio.data_files.opening import Cancelled
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment
from biasstudio.worker.messages import Examined

_TO_BE_LOADED = "Its data would have to be loaded from the network. The data are not judged."


def examine(experiment: Experiment, cancelled: Cancelled) -> Examined:
    """As `biasstudio doctor` does, but nothing is downloaded. Only the worker's own thread may call.

    Raises ReadingCancelledError.
    """
    from biasstudio.engine.build import check_network
    from biasstudio.engine.data import may_be_downloaded
    from biasstudio.engine.experiment_case import data_of_experiment

    try:
        layers = check_network(experiment)
    except SpecError as error:
        return Examined(experiment, (), None, f"{error} Only the steps are judged.")
    if may_be_downloaded(experiment.data):
        return Examined(experiment, layers, None, _TO_BE_LOADED)
    return Examined(experiment, layers, *data_of_experiment(experiment, cancelled))
