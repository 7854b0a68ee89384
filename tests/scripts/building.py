"""Written scripts, run as Python runs them, and the networks that they must build."""

import re

import keras
import numpy as np
from keras.src.utils import naming

from biasstudio.engine.build import build_stack
from biasstudio.engine.learning import set_who_learns
from biasstudio.scripts.writing import write_script


def network_of(text):
    """The model that a script builds, up to `compile`; its data are left out."""
    building = re.sub(r"(?s)(set_random_seed\(\d+\)\n\n).*?\n\n", r"\1", text.split("model.compile(")[0], count=1)
    naming.reset_uids()
    namespace = {}
    exec(compile(building, "script.py", "exec"), namespace)  # noqa: S102 - we wrote it
    return namespace["model"]


def network_of_experiment(experiment):
    """The same as the engine builds it from the seed, without a look at sizes before."""
    naming.reset_uids()
    keras.utils.set_random_seed(experiment.training.seed)
    model = build_stack(experiment.stack)
    set_who_learns(model, experiment)
    return model


def assert_builds_the_same(experiment):
    """Paths, all values, the states of chance among them, and who learns."""
    wanted, found = network_of_experiment(experiment), network_of(write_script(experiment).text)
    assert [variable.path for variable in found.variables] == [variable.path for variable in wanted.variables]
    for one, other in zip(wanted.variables, found.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other), err_msg=one.path)
    assert [v.path for v in found.trainable_variables] == [v.path for v in wanted.trainable_variables]
    # A BatchNormalization in a wrapper holds its statistics by this flag.
    assert [each.trainable for each in found._flatten_layers()] == [each.trainable for each in wanted._flatten_layers()]
