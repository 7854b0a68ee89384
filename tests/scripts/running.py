"""Written scripts, run as Python runs them."""

import re

import keras
import numpy as np

from biasstudio.engine.build import build_network
from biasstudio.scripts.writing import write_script


def network_of(text):
    """The model that the script builds, in a namespace of its own; its data and its training are left out."""
    keras.utils.clear_session()
    namespace = {}
    exec(compile(text.split("model.fit(")[0], "script.py", "exec"), namespace)  # noqa: S102 - we wrote it
    return namespace["model"]


def without_data(text):
    return re.sub(r"(?s)(set_random_seed\(\d+\)\n\n).*?\n\n", r"\1", text, count=1)


def everything(model):
    """All values of a model by their paths, the states of its chance among them."""
    return [(variable.path, np.asarray(variable)) for variable in model.variables]


def assert_same(experiment):
    """The written script builds the network of the experiment: paths, values, and who learns."""
    wanted = build_network(experiment).model
    found = network_of(without_data(write_script(experiment).text))
    assert [path for path, _ in everything(found)] == [path for path, _ in everything(wanted)]
    for (path, one), (_, other) in zip(everything(wanted), everything(found), strict=True):
        np.testing.assert_array_equal(one, other, err_msg=path)
    assert [v.path for v in found.trainable_variables] == [v.path for v in wanted.trainable_variables]
