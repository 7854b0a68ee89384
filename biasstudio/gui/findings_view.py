"""FindingsView: what the Doctor found, worst first, each with its evidence and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from biasstudio.doctor.finding import Finding, Severity

_COUNTED = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.NOTE: ("note", "notes"),
}


class FindingsView(QFrame):
    """A card with one entry a finding. `showAsked` gives the finding whose evidence the person wants to see."""

    showAsked = Signal(Finding)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findingsView")
        self.setProperty("card", True)
        self.setAccessibleName("Findings of the Doctor")
        self.findings: tuple[Finding, ...] = ()
        self._count = _label("", "muted")
        head = QHBoxLayout()
        head.addWidget(_label("Doctor", "title"))
        head.addStretch()
        head.addWidget(self._count)
        self._entries = QVBoxLayout()
        self._entries.setContentsMargins(0, 0, 0, 0)
        self._entries.setSpacing(8)
        content = QWidget()
        content.setLayout(self._entries)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.addLayout(head)
        layout.addWidget(scroll)
        self.show_findings((), "Findings appear once the network is built.")

    def show_findings(
        self,
        findings: tuple[Finding, ...],
        otherwise: str = "Nothing found: no known fault shows in this network's biases.",
    ) -> None:
        """Show these in place of those before; the sentence `otherwise` where there are none."""
        self.findings = findings
        while (item := self._entries.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                # Hidden at once: a widget that waits for its deletion would still be painted.
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._entries.addWidget(self._entry(finding))
        if not findings:
            self._entries.addWidget(_label(otherwise, "muted"))
        self._entries.addStretch()
        self._count.setText(_summary(findings))

    def _entry(self, finding: Finding) -> QFrame:
        entry = QFrame()
        entry.setProperty("finding", finding.severity.name.lower())
        head = QHBoxLayout()
        where = f" · {finding.where}" if finding.where else ""
        head.addWidget(_label(f"{finding.severity.name}{where}", finding.severity.name.lower()))
        head.addStretch()
        show = QPushButton("Show")
        show.setProperty("role", "quiet")
        show.setToolTip("Show the layer and the step of this finding")
        show.setAccessibleName(f"Show {finding.message}")
        show.clicked.connect(lambda: self.showAsked.emit(finding))
        head.addWidget(show)
        layout = QVBoxLayout(entry)
        layout.setContentsMargins(12, 6, 8, 10)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(_label(finding.message, "title"))
        layout.addWidget(_label(finding.evidence, "muted"))
        layout.addWidget(_label(finding.fix, "fix"))
        return entry


def _summary(findings: tuple[Finding, ...]) -> str:
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    return " · ".join(f"{count} {_COUNTED[severity][count != 1]}" for severity, count in counts.items() if count)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(role in ("title", "muted", "fix"))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setCursor(Qt.CursorShape.ArrowCursor)
    return label
