"""What a person does with the editor, and sees of it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from biasstudio.gui.stack_editor.layer_card import LayerCard


def names(document):
    return [layer.name for layer in document.stack.layers]


def cards(editor):
    """The layer cards from top to bottom as they lie on the screen."""
    found = [card for card in editor.findChildren(LayerCard) if card.isVisible()]
    return sorted(found, key=lambda card: card.mapTo(editor, QPoint(0, 0)).y())


def card(editor, name):
    return next(found for found in cards(editor) if found.name == name)


def choose(editor, name):
    head = card(editor, name).head
    QTest.mouseClick(head, Qt.MouseButton.LeftButton, pos=QPoint(10, head.height() // 2))
    return card(editor, name)


def field(parent, argument):
    return parent.findChild(QLineEdit, f"argument_{argument}")


def toggle(parent):
    return parent.findChild(QAbstractButton, "biasToggle")


def initializer(parent):
    return parent.findChild(QComboBox, "initializerChoice")


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_over(line, text, end=Qt.Key.Key_Return):
    """Replace what is in the line by typing, and press `end` (None for no key)."""
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    if end is not None:
        QTest.keyClick(line, end)


def pick(box, text):
    """Choose an item with the keyboard, from the opened list."""
    box.showPopup()
    view = box.view()
    view.setCurrentIndex(box.model().index(box.findText(text), 0))
    QTest.keyClick(view, Qt.Key.Key_Return)


def drag(editor, name, to):
    """Drag a card by its head to `to`, a point in the editor."""
    head = card(editor, name).head
    start = QPoint(10, head.height() // 2)
    QTest.mousePress(head, Qt.MouseButton.LeftButton, pos=start)
    end = head.mapFrom(editor, to)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(head, start + (end - start) * share)
    QTest.mouseRelease(head, Qt.MouseButton.LeftButton, pos=end)


def sentences(parent: QWidget):
    """The faults that are in sight."""
    labels = parent.findChildren(QLabel, "faultLabel")
    return [label.text() for label in labels if label.isVisible() and label.text()]
