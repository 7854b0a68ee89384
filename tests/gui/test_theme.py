"""The style sheet on Qt's own widgets."""

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QFileDialog, QToolButton

from biasstudio.gui.theme import theme


def test_qts_own_file_dialog_has_room_for_its_icons(qtbot, tmp_path):
    theme()
    dialog = QFileDialog(None, "Open", str(tmp_path))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    buttons = [button for button in dialog.findChildren(QToolButton) if button.isVisible() and not button.text()]
    assert len(buttons) > 3
    red = QPixmap(64, 64)
    red.fill(QColor("#ff0000"))
    for button in buttons:
        button.setEnabled(True)
        button.setIcon(QIcon(red))
        image = button.grab().toImage()
        middle = image.height() // 2
        painted = sum(image.pixelColor(x, middle).name() == "#ff0000" for x in range(image.width()))
        assert painted >= button.iconSize().width() * image.devicePixelRatio(), button.objectName()
