import pytest

from tests.model_files import models


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Each model as Keras writes it: a dictionary of (name, suffix) to path."""
    folder, paths = tmp_path_factory.mktemp("models"), {}
    for name in ("sequential", "branches", "sequences", "chain"):
        model = getattr(models, name)()
        for suffix in (".keras", ".h5", ".weights.h5"):
            # Keras's old format can't say arithmetic on tensors.
            if name == "sequences" and suffix == ".h5":
                continue
            path = paths[name, suffix] = folder / f"{name}{suffix}"
            (model.save_weights if suffix == ".weights.h5" else model.save)(path)
    return paths
