"""Colours, in light and dark, and the style sheet made of them. The one place that names a colour."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from biasstudio.resource_files import resource_path


@dataclass(frozen=True)
class Colours:
    """The tokens of one scheme, as #rrggbb."""

    window: str
    surface: str
    field: str
    border: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_text: str
    accent_soft: str
    below: str
    above: str
    ghost: str
    error: str
    warning: str
    grid: str
    series: tuple[str, ...]
    """One for each compared run. Apart from each other, and from accent, below and above, for colour-blind eyes too."""


LIGHT = Colours(
    window="#f4f6f8",
    surface="#ffffff",
    field="#edf1f4",
    border="#dbe1e7",
    text="#1b2430",
    muted="#56616e",
    faint="#8c96a1",
    accent="#2563eb",
    accent_text="#ffffff",
    accent_soft="#dfe8fb",
    below="#2166ac",
    above="#d95f0e",
    ghost="#c3cad1",
    error="#b91c1c",
    warning="#a15c07",
    grid="#e8ecf0",
    series=("#0b5540", "#b7376a", "#a8843c", "#642a6b", "#3f93a3", "#7b2300"),
)
DARK = Colours(
    window="#14181d",
    surface="#1b2128",
    field="#262d36",
    border="#313a45",
    text="#e8ecf1",
    muted="#a9b3be",
    faint="#77828e",
    accent="#5b9bff",
    accent_text="#0d1420",
    accent_soft="#22334f",
    below="#4ba3f5",
    above="#ff9542",
    ghost="#4a545f",
    error="#ff7b72",
    warning="#f2b04c",
    grid="#272f38",
    series=("#45c79a", "#f294c4", "#f3f0a8", "#a56fb8", "#9ee7f7", "#8f7a3a"),
)


class Theme(QObject):
    """The scheme in force. `changed` is emitted when it becomes another; widgets that paint themselves repaint."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        application.setStyle("Fusion")
        self.colours = self._system_colours()
        self._apply()
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def dark(self) -> bool:
        return self.colours is DARK

    def _system_colours(self) -> Colours:
        return DARK if self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _follow_system(self) -> None:
        self.colours = self._system_colours()
        self._apply()
        self.changed.emit()

    def prefer(self, scheme: Qt.ColorScheme) -> None:
        """Light, Dark, or Unknown for the system's."""
        self._application.styleHints().setColorScheme(scheme)
        if scheme != Qt.ColorScheme.Unknown:
            self.colours = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(_style_sheet(self.colours))

    def diverging(self, count: int = 256) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        """Lookup table, uint8 (count, 3): below zero, the surface at zero, above zero; even in CIE L*a*b* lightness."""
        below, middle, above = (QColor(name) for name in (self.colours.below, self.colours.surface, self.colours.above))
        colour_map = pg.ColorMap([0.0, 0.5, 1.0], [below, middle, above])
        table: np.ndarray[tuple[int, int], np.dtype[np.uint8]] = colour_map.getLookupTable(nPts=count, alpha=False)
        return table


def theme() -> Theme:
    """The application's theme, made on first use. A QApplication must exist."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("theme() needs a QApplication")
    found = application.findChild(Theme)
    return found if found is not None else Theme(application)


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.field,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.faint,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.accent_text,
        QPalette.ColorRole.ToolTipBase: colours.surface,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Link: colours.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return palette


def _style_sheet(colours: Colours) -> str:
    return f"""
    QToolTip {{ color: {colours.text}; background: {colours.surface}; border: 1px solid {colours.border};
        padding: 4px 6px; }}
    QFrame[card="true"] {{ background: {colours.surface}; border: 1px solid {colours.border}; border-radius: 8px; }}
    QFrame[card="true"]:focus {{ border: 1px dotted {colours.muted}; }}
    QFrame[card="true"][chosen="true"] {{ border: 1px solid {colours.accent};
        border-left: 4px solid {colours.accent}; }}
    QFrame[card="true"][chosen="true"]:focus {{ border: 1px dotted {colours.accent};
        border-left: 4px solid {colours.accent}; }}
    QFrame[card="true"][fault="true"] {{ border: 1px solid {colours.error}; }}
    QLabel[role="title"] {{ font-weight: 600; }}
    QLabel[role="muted"] {{ color: {colours.muted}; }}
    QLabel[role="error"] {{ color: {colours.error}; font-weight: 600; }}
    QLabel[role="warning"] {{ color: {colours.warning}; font-weight: 600; }}
    QLabel[role="note"] {{ color: {colours.muted}; font-weight: 600; }}
    QLabel[role="fix"] {{ color: {colours.text}; font-weight: 500; }}
    QLineEdit, QComboBox, QSpinBox {{ background: {colours.field}; border: 1px solid transparent; border-radius: 6px;
        padding: 3px 7px; min-height: 18px; selection-background-color: {colours.accent};
        selection-color: {colours.accent_text}; }}
    QSpinBox QLineEdit {{ background: transparent; border: none; }}
    QSpinBox::up-button, QSpinBox::down-button {{ width: 0; }}
    QSpinBox:disabled {{ color: {colours.faint}; }}
    QListView::indicator {{ width: 13px; height: 13px; border: 1px solid {colours.faint}; border-radius: 4px;
        background: {colours.field}; }}
    QListView::indicator:checked {{ background: {colours.accent}; border-color: {colours.accent};
        image: url("{resource_path("icons/check.svg").as_posix()}"); }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QRadioButton::indicator {{ width: 13px; height: 13px; border: 1px solid {colours.faint}; border-radius: 7px;
        background: {colours.field}; }}
    QRadioButton::indicator:checked {{ width: 7px; height: 7px; border: 4px solid {colours.accent};
        background: {colours.accent_text}; }}
    QRadioButton::indicator:focus {{ border-color: {colours.accent}; }}
    QListView::indicator:disabled {{ border-color: {colours.ghost}; }}
    QLineEdit:focus, QComboBox:focus, QSpinBox:focus {{ border-color: {colours.accent}; }}
    QPlainTextEdit {{ background: {colours.field}; border: 1px solid transparent; border-radius: 6px; padding: 2px 4px;
        selection-background-color: {colours.accent}; selection-color: {colours.accent_text}; }}
    QPlainTextEdit:focus {{ border-color: {colours.accent}; }}
    QToolButton#runsMore::menu-indicator {{ image: none; }}
    QLineEdit[fault="true"] {{ border-color: {colours.error}; }}
    QLineEdit:disabled, QComboBox:disabled {{ color: {colours.faint}; }}
    ChoiceBox {{ padding-left: 9px; padding-right: 2px; }}
    ChoiceBox::drop-down {{ border: none; width: 18px; }}
    QComboBox QAbstractItemView {{ background: {colours.surface}; border: 1px solid {colours.border};
        selection-background-color: {colours.accent_soft}; selection-color: {colours.text}; }}
    QPushButton, QToolButton {{ background: {colours.surface}; border: 1px solid {colours.border}; border-radius: 6px;
        padding: 4px 10px; }}
    QFileDialog QToolButton {{ padding: 2px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {colours.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {colours.accent_soft}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {colours.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {colours.faint}; }}
    QPushButton:checked, QToolButton:checked {{ background: {colours.accent_soft}; color: {colours.accent};
        border-color: {colours.accent_soft}; }}
    QPushButton[role="primary"], QToolButton[role="primary"] {{ background: {colours.accent};
        color: {colours.accent_text}; border-color: {colours.accent}; font-weight: 600; }}
    QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {{ background: {colours.field};
        color: {colours.faint}; border-color: {colours.field}; }}
    QPushButton[role="quiet"], QToolButton[role="quiet"] {{ background: transparent; border-color: transparent;
        color: {colours.accent}; padding: 3px 6px; }}
    QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover {{ background: {colours.accent_soft}; }}
    QPushButton[role="slim"], QToolButton[role="slim"] {{ background: transparent; border: none;
        color: {colours.accent}; padding: 0 6px; }}
    QPushButton[role="slim"]:hover, QPushButton[role="slim"]:focus, QToolButton[role="slim"]:hover,
        QToolButton[role="slim"]:focus {{ background: {colours.accent}; color: {colours.accent_text}; }}
    QPushButton[role="slim"]:disabled, QToolButton[role="slim"]:disabled {{ background: transparent;
        color: {colours.faint}; }}
    QPushButton[role="quiet"]:disabled, QToolButton[role="quiet"]:disabled {{ background: transparent;
        color: {colours.faint}; }}
    QToolButton[menu="true"] {{ color: {colours.muted}; padding: 0 2px; }}
    QToolButton[menu="true"]::menu-indicator {{ image: none; }}
    QPushButton[role="chip"] {{ background: transparent; color: {colours.muted}; border-radius: 11px;
        padding: 2px 9px; min-height: 17px; font-weight: 600; }}
    QPushButton[role="segment"] {{ background: {colours.field}; color: {colours.muted}; border-color: {colours.field};
        padding: 2px 9px; min-height: 17px; font-weight: 600; }}
    QPushButton[role="chip"]:checked, QPushButton[role="segment"]:checked {{ background: {colours.accent_soft};
        color: {colours.accent}; border-color: {colours.accent_soft}; }}
    QPushButton[role="chip"]:hover, QPushButton[role="segment"]:hover,
    QPushButton[role="chip"]:focus, QPushButton[role="segment"]:focus {{ border-color: {colours.accent}; }}
    QPushButton[role="segment"]:disabled {{ color: {colours.faint}; }}
    QLabel[role="hover"] {{ color: {colours.text}; background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: 4px; padding: 2px 6px; }}
    QSlider::groove:horizontal {{ background: {colours.field}; height: 4px; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {colours.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {colours.accent}; width: 14px; height: 14px; margin: -5px 0;
        border-radius: 7px; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {colours.accent_soft}; width: 10px; height: 10px; }}
    QFrame[popup="true"] {{ background: {colours.surface}; border: 1px solid {colours.border}; }}
    QFrame#dropIndicator {{ background: {colours.accent}; border-radius: 1px; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
    QScrollBar::handle {{ background: {colours.ghost}; border-radius: 3px; margin: 1px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {colours.faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QTreeView::item {{ padding: 3px 0; }}
    QTableView, QListView, QListWidget, QTreeWidget {{ background: {colours.surface};
        alternate-background-color: {colours.field}; border: none;
        selection-background-color: {colours.accent_soft}; selection-color: {colours.text};
        gridline-color: {colours.grid}; }}
    QTableView[lined="true"]::item {{ border-bottom: 1px solid {colours.grid}; padding: 0 8px; }}
    QHeaderView, QTableCornerButton::section {{ background: {colours.surface}; border: none; }}
    QHeaderView::section {{ background: {colours.surface}; color: {colours.muted}; border: none;
        border-bottom: 1px solid {colours.border}; padding: 4px 8px; }}
    QTableView[lined="true"] QHeaderView::section:vertical {{ border-bottom: 1px solid {colours.grid}; }}
    QProgressBar {{ background: {colours.field}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {colours.accent}; border-radius: 3px; }}
    QSplitter::handle {{ background: transparent; }}
    QStatusBar {{ background: {colours.surface}; border-top: 1px solid {colours.border}; color: {colours.muted}; }}
    QStatusBar::item {{ border: none; }}
    QToolBar {{ background: transparent; border: none; padding: 0; spacing: 6px; }}
    QTabWidget::pane {{ border: none; top: 4px; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {colours.muted}; border: 1px solid transparent;
        border-radius: 6px; padding: 4px 12px; margin-right: 4px; }}
    QTabBar::tab:hover {{ border-color: {colours.border}; }}
    QTabBar::tab:focus {{ border-color: {colours.accent}; }}
    QTabBar::tab:selected {{ background: {colours.accent_soft}; color: {colours.accent}; font-weight: 600; }}
    QFrame[notice="note"] {{ background: {colours.accent_soft}; border: none; border-radius: 6px; }}
    QFrame[notice="warning"] {{ background: {colours.surface}; border: 1px solid {colours.warning};
        border-radius: 6px; }}
    QFrame[finding] {{ background: {colours.window}; border: none; border-radius: 6px; }}
    QFrame[finding="error"] {{ border-left: 4px solid {colours.error}; }}
    QFrame[finding="warning"] {{ border-left: 4px solid {colours.warning}; }}
    QFrame[finding="note"] {{ border-left: 4px solid {colours.faint}; }}
    """
