"""The import contracts of pyproject.toml hold, and each of them breaks where it is violated.

A contract with a misspelt module would pass silently, so every contract is violated here in a copy of the package.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "biasstudio"
SETTINGS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in SETTINGS["contracts"]}
FORBIDDEN = [name for name, contract in CONTRACTS.items() if contract["type"] == "forbidden"]
LAYERS = "Imports point one way"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def lint_imports(folder: Path) -> tuple[int, str]:
    finished = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8", "COLUMNS": "500"},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    return finished.returncode, finished.stdout + finished.stderr


def broken(report: str) -> list[str]:
    return re.findall(r"^(.+) BROKEN$", report, re.MULTILINE)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "biasstudio", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def source_of(module: str, folder: Path) -> Path:
    path = folder.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def add_import(importer: str, imported: str, folder: Path) -> None:
    with source_of(importer, folder).open("a", encoding="utf-8") as file:
        file.write(f"\nimport {imported}\n")


def layers() -> list[list[str]]:
    return [[module.strip() for module in layer.split("|")] for layer in CONTRACTS[LAYERS]["layers"]]


def test_all_contracts_are_kept():
    status, report = lint_imports(REPOSITORY)
    assert status == 0, report
    assert f"{len(CONTRACTS)} kept, 0 broken" in report


def test_a_copy_keeps_them_too(copy):
    status, report = lint_imports(copy)
    assert status == 0, report


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract_and_no_other(name, copy):
    contract = CONTRACTS[name]
    pairs = [(module, found) for module in contract["source_modules"] for found in contract["forbidden_modules"]]
    for importer, imported in pairs:
        add_import(importer, imported, copy)
    status, report = lint_imports(copy)
    assert status == 1
    assert broken(report) == [name]
    for importer, imported in pairs:
        assert f"{importer} is not allowed to import {imported}" in report


def test_an_import_upwards_breaks_the_layers_and_no_other(copy):
    upwards = [(lower, upper) for above, below in pairwise(layers()) for lower in below for upper in above] + [
        (one, other) for layer in layers() for one in layer for other in layer if one != other
    ]
    for lower, upper in upwards:
        add_import(lower, upper, copy)
    status, report = lint_imports(copy)
    assert status == 1
    assert broken(report) == [LAYERS]
    for lower, upper in upwards:
        assert f"{lower} is not allowed to import {upper}" in report


def test_a_single_import_deep_in_a_package_is_found(copy):
    add_import("biasstudio.spec.stack", "biasstudio.recording.history", copy)
    status, report = lint_imports(copy)
    assert (status, broken(report)) == (1, [LAYERS])


def test_an_import_inside_a_function_counts(copy):
    with source_of("biasstudio.doctor.diagnose", copy).open("a", encoding="utf-8") as file:
        file.write("\ndef late() -> None:\n    from keras.layers import Dense\n")
    status, report = lint_imports(copy)
    assert (status, broken(report)) == (1, ["Only the engine imports Keras and TensorFlow"])


def test_every_module_that_a_contract_names_exists():
    named = {module for layer in layers() for module in layer}
    for name in FORBIDDEN:
        named.update(CONTRACTS[name]["source_modules"])
        named.update(module for module in CONTRACTS[name]["forbidden_modules"] if module.startswith("biasstudio."))
    assert not [module for module in named if not source_of(module, REPOSITORY).is_file()]


def test_every_module_has_its_place_among_the_layers():
    entries = {entry for entry in PACKAGE.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").is_file()}
    there = {f"biasstudio.{entry.stem}" for entry in entries if entry.name != "__init__.py"}
    assert there == {module for layer in layers() for module in layer}


def test_each_contract_spares_only_those_that_it_is_meant_for():
    everything = {module for layer in layers() for module in layer} - {"biasstudio.__main__"}
    spared = {name: everything - set(CONTRACTS[name]["source_modules"]) for name in FORBIDDEN}
    assert {name: {module.removeprefix("biasstudio.") for module in modules} for name, modules in spared.items()} == {
        "Only the engine imports Keras and TensorFlow": {"engine"},
        "Qt stays in gui, worker and app": {"gui", "worker", "app"},
        "The window never imports the engine": {
            "headless",
            "worker",
            "engine",
            "doctor",
            "scripts",
            "model_files",
            "data_files",
            "recording",
            "spec",
            "resource_files",
            "atomic_file",
        },
        "Only recording imports sqlite3": {"recording"},
    }


def module_level_imports(source: str, package: str) -> set[str]:
    """Full names of what a module imports while it is imported; types and functions' own imports left out."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            found.update(f"{module}.{alias.name}" for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def imports_engine(source: str, package: str = "biasstudio.gui") -> bool:
    return any(f"{name}.".startswith("biasstudio.engine.") for name in module_level_imports(source, package))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import biasstudio.engine", True),
        ("import biasstudio.engine.build as build", True),
        ("from biasstudio import engine", True),
        ("from biasstudio.engine.build import build_network", True),
        ("from .. import engine", True),
        ("from ..engine import build", True),
        ("try:\n    import biasstudio.engine\nexcept ImportError:\n    pass", True),
        ("class A:\n    import biasstudio.engine", True),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import biasstudio.engine", True),
        ("def late():\n    import biasstudio.engine", False),
        ("if TYPE_CHECKING:\n    import biasstudio.engine", False),
        ("from biasstudio import engineering", False),
        ("from . import engine", False),
    ],
)
def test_an_import_of_the_engine_is_recognized(source, found):
    assert imports_engine(source) is found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_engine_is_imported_only_where_it_is_needed(path):
    package = ".".join(path.relative_to(REPOSITORY).parent.parts)
    if not package.startswith("biasstudio.engine"):
        assert not imports_engine(path.read_text(encoding="utf-8"), package)


def loaded_by(statement: str) -> set[str]:
    """The top-level modules, and those of the engine, that a new Python has after `statement`."""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    names = finished.stdout.split()
    return {name.split(".")[0] for name in names} | {name for name in names if name.startswith("biasstudio.engine")}


HEAVY = {"keras", "tensorflow", "biasstudio.engine"}
QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt"}


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import biasstudio", HEAVY | QT),
        ("import biasstudio.cli", HEAVY | QT),
        ("import biasstudio.spec.experiment", HEAVY | QT),
        ("import biasstudio.recording.history", HEAVY | QT),
        ("import biasstudio.doctor.diagnose", HEAVY | QT),
        ("import biasstudio.engine.train", QT),
        ("import biasstudio.app", HEAVY),
        ("import biasstudio.gui.main_window", HEAVY),
        ("import biasstudio.worker.model_worker", HEAVY),
    ],
)
def test_what_an_import_brings_along(statement, absent):
    loaded = loaded_by(statement)
    assert "biasstudio" in loaded
    assert not loaded & absent
