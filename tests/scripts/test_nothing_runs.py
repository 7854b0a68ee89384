"""Reading a script runs nothing of it: side effects planted in every corner of Python leave nothing behind."""

import builtins
import os
import subprocess
import sys

import pytest

from biasstudio.scripts.reading import load_script
from tests.scripts.samples_expected import PRESENT

_MODEL = """
import keras
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense({units})])
model.compile("adam", "sparse_categorical_crossentropy")
"""
PLANTED = {
    "call": "import os\nos.system('touch {marker}')",
    "dunder import": "__import__('os').system('touch {marker}')",
    "open": "open('{marker}', 'w').write('x')",
    "with open": "with open('{marker}', 'w') as file:\n    file.write('x')",
    "exec": "exec(\"open('{marker}', 'w')\")",
    "eval": "eval(\"open('{marker}', 'w')\")",
    "decorator": "def plant(f):\n    open('{marker}', 'w')\n    return f\n@plant\ndef g(): pass\ng()",
    "decorator expression": "@open('{marker}', 'w').write\ndef g(): pass",
    "class body": "class A:\n    open('{marker}', 'w')",
    "metaclass": "class M(type):\n    def __new__(*a):\n        open('{marker}', 'w')\nclass A(metaclass=M): pass",
    "default": "def f(x=open('{marker}', 'w')): pass\nf()",
    "lambda": "(lambda: open('{marker}', 'w'))()",
    "f-string": "name = f\"{{open('{marker}', 'w')}}\"",
    "format": "name = '{{0.__class__}}'.format(open('{marker}', 'w'))",
    "comprehension": "[open(p, 'w') for p in ['{marker}']]",
    "getattr": "import os\ngetattr(os, 'sys' + 'tem')('touch {marker}')",
    "subprocess": "import subprocess\nsubprocess.run(['touch', '{marker}'])",
    "pathlib": "from pathlib import Path\nPath('{marker}').touch()",
    "walrus": "if (f := open('{marker}', 'w')): pass",
    "numpy": "import numpy as np\nnp.save('{marker}', np.zeros(3))",
    "dunder method": "class A:\n    def __add__(self, o):\n        open('{marker}', 'w')\nA() + A()",
    "property": "class A:\n    @property\n    def x(self):\n        return open('{marker}', 'w')\nA().x",
    "magic": "!touch {marker}\n%system touch {marker}",
    "annotation": "x: open('{marker}', 'w') = 1",
    "match": "match open('{marker}', 'w'):\n    case _: pass",
    "save": "model.save('{marker}')\nkeras.utils.plot_model(model, '{marker}')",
}


@pytest.fixture
def watched(monkeypatch):
    """Everything that a script could reach the machine by, noted and refused."""
    seen: list[str] = []

    def watch(module, name):
        def refused(*_given, **_named):
            seen.append(name)
            raise AssertionError(name)

        monkeypatch.setattr(module, name, refused)

    for module, names in ((builtins, ("exec", "eval", "input")), (os, ("system", "popen")), (subprocess, ("Popen",))):
        for name in names:
            watch(module, name)
    return seen


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_side_effect_leaves_nothing_behind(name, tmp_path, watched):
    marker, script = tmp_path / "planted", tmp_path / "script.py"
    planted = PLANTED[name].format(marker=marker.as_posix())
    script.write_text(f"{_MODEL.format(units=10)}{planted}\n", encoding="utf-8")
    modules = set(sys.modules)
    reading = load_script(script, PRESENT)
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]
    assert watched == []
    assert [layer.class_name for layer in reading.experiment.stack.layers] == ["Flatten", "Dense"]
    assert not {module for module in set(sys.modules) - modules if not module.startswith("biasstudio")}


@pytest.mark.parametrize(
    "units",
    [
        "__import__('os').system('touch {marker}') or 10",
        "(lambda: open('{marker}', 'w') and 10)()",
        "eval(\"open('{marker}', 'w')\")",
    ],
)
def test_an_argument_that_would_do_something_is_said_and_not_done(units, tmp_path, watched):
    marker, script = tmp_path / "planted", tmp_path / "script.py"
    script.write_text(_MODEL.format(units=units.format(marker=marker.as_posix())), encoding="utf-8")
    reading = load_script(script, PRESENT)
    assert not marker.exists()
    assert watched == []
    assert any("only known when the script runs" in note.sentence for note in reading.notes)


def test_a_module_beside_the_script_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "plant.py").write_text("open('planted', 'w')\nunits = 3\n", encoding="utf-8")
    script = tmp_path / "script.py"
    script.write_text("from plant import units\nimport plant\n" + _MODEL.format(units="units"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    reading = load_script(script, PRESENT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plant.py", "script.py"]
    assert "plant" not in sys.modules
    assert any("units" in note.sentence for note in reading.notes)
