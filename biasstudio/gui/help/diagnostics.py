"""What somebody who helps wants to know of this machine and this start, as text to paste into a report."""

import locale
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy
import pyqtgraph
import PySide6
from PySide6.QtCore import QSysInfo, qVersion
from PySide6.QtGui import QGuiApplication

from biasstudio import __version__
from biasstudio.gui.help.log_file import end_of_log, log_path
from biasstudio.spec.experiment import Experiment

_LINES_OF_LOG = 40


def diagnostic_text(experiment: Experiment, engine: str) -> str:
    """Versions, system, screens, the network's layers and the end of the log; the home folder is written ~.

    `engine` names TensorFlow and Keras as the worker has reported them; "" while they are being loaded.
    """
    layers = ", ".join(layer.type.name for layer in experiment.stack.layers) or "none"
    facts = {
        "Bias Studio": f"{__version__}, {'from its installer' if hasattr(sys, '_MEIPASS') else f'in {sys.prefix}'}",
        "System": f"{QSysInfo.prettyProductName()}, {platform.platform()}",
        "Processors": f"{os.cpu_count()}, {platform.machine()}",
        "Python": platform.python_version(),
        "Qt": f"{qVersion()}, PySide6 {PySide6.__version__}, platform {QGuiApplication.platformName()}",
        "Screens": ", ".join(_screens()),
        "Engine": engine or "not loaded yet",
        "NumPy, h5py, pyqtgraph": f"{numpy.__version__}, {version('h5py')}, {pyqtgraph.__version__}",
        "Language": f"{locale.getlocale()[0]}",
        "Network": f"{layers}; data {experiment.data.type.name}",
        "Log": f"{log_path()}",
    }
    lines = [f"{name}: {fact}" for name, fact in facts.items()]
    text = "\n".join([*lines, "", end_of_log(_LINES_OF_LOG) or "The log is empty."])
    return text.replace(str(Path.home()), "~") + "\n"


def _screens() -> list[str]:
    return [
        f"{screen.size().width()} × {screen.size().height()} at {screen.devicePixelRatio():g}"
        for screen in QGuiApplication.screens()
    ]
