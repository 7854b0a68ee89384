"""Another target brings the task that suits it."""

import numpy as np
import pytest

from biasstudio.data_files.proposal import propose_data
from biasstudio.data_files.retargeting import with_guessed_task


@pytest.mark.parametrize(
    ("target", "task"), [("kind", "classes"), ("length", "numbers"), ("legs", "classes"), ("none", "classes")]
)
def test_the_task_of_a_column(tmp_path, target, task):
    path = tmp_path / "animals.csv"
    rows = [f"{'cat' if row % 3 else 'bird'},{row * 1.5},{4 if row % 3 else 2}" for row in range(60)]
    path.write_text("\n".join(["kind,length,legs", *rows]))
    given = dict(propose_data(path).parameters) | {"target": target}
    del given["task"], given["shuffled"]
    assert with_guessed_task("csv", given) == given | {"task": task, "shuffled": task == "classes"}


def test_the_task_of_an_array_and_one_that_was_chosen(tmp_path):
    path = tmp_path / "arrays.npz"
    np.savez(path, x=np.zeros((40, 3)), y=np.arange(40) % 3, z=np.linspace(0, 1, 40))
    given = dict(propose_data(path).parameters)
    assert given["task"] == "classes"
    assert with_guessed_task("npz", given | {"targets": "z"})["task"] == "classes"
    del given["task"]
    assert with_guessed_task("npz", given | {"targets": "z"})["task"] == "numbers"
    assert with_guessed_task("npz", given)["task"] == "classes"
