"""Locking: controls that can't be used for now, and say why in their tooltip."""

from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

_OWN_TOOL_TIP = "ownToolTip"


def lock_controls(container: QWidget, reason: str) -> None:
    """Disable every control in `container`; its tooltip says `reason`. An empty `reason` undoes this."""
    for control in container.findChildren(QWidget):
        if isinstance(control, QAbstractButton | QComboBox | QLineEdit):
            lock_control(control, reason)


def lock_control(control: QWidget, reason: str) -> None:
    """Disable one control as `lock_controls` does."""
    own = control.property(_OWN_TOOL_TIP)
    if reason and own is None:
        control.setProperty(_OWN_TOOL_TIP, control.toolTip())
    elif not reason and own is not None:
        control.setToolTip(own)
        control.setProperty(_OWN_TOOL_TIP, None)
    if reason:
        control.setToolTip(reason)
    control.setEnabled(not reason)
