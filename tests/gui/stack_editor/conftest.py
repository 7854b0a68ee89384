"""A document with the tutorial's network, and an editor of it on the screen."""

import pytest

from biasstudio.gui.document import Document
from biasstudio.gui.stack_editor import StackEditor
from tests.experiments import tutorial


@pytest.fixture
def document():
    return Document(tutorial())


@pytest.fixture
def editor(qtbot, document):
    editor = StackEditor(document)
    qtbot.addWidget(editor)
    editor.resize(320, 900)
    editor.show()
    qtbot.waitExposed(editor)
    return editor
