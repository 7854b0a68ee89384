"""Many small networks are built here."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="session")
def quick_builds():
    """As the worker has it: Keras collects garbage at each build, which takes 0.6 s with all of TensorFlow in it."""
    import biasstudio.engine.build  # noqa: F401 - what it loads is left out from now on

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
