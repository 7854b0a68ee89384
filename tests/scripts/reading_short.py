"""Short scripts read after the imports that all of them need."""

from biasstudio.scripts.reading import ScriptReading, read_script
from biasstudio.spec.experiment import Experiment
from tests.scripts.samples_expected import PRESENT

IMPORTS = "import keras\nfrom keras import Sequential, Model, Input, layers, optimizers\nfrom keras.layers import *\n"
COMPILED = "m = Sequential([Input((28, 28, 1)), Flatten(), Dense(1)])\nm.compile('sgd', 'mse')\n"


def read(text: str, present: Experiment = PRESENT) -> ScriptReading:
    """In what is said, the lines of `text` count from 4 on."""
    return read_script(IMPORTS + text, present)


def said(reading: ScriptReading) -> list[tuple[int, str]]:
    """What is said with the lines of `text`, without the advice to choose data that fit."""
    notes = [note for note in reading.notes if "choose data" not in note.sentence]
    return [(note.line - 3 if note.line else 0, note.sentence) for note in notes]
