"""TrainingDoctor: judges a training of a script's own while it goes on, and prints each error once."""

import functools
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from biasstudio.doctor.case import Case
from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.engine.keras_case import case_of_model
from biasstudio.recording.history import Floats, History
from biasstudio.recording.network import BiasVector

_log = logging.getLogger(__name__)
LOOK_SECONDS, SHARE_OF_TIME = 2.0, 0.01
# What a training of somebody else's may be burdened with.
_BUDGET_BYTES = 64_000_000
Step = TypeVar("Step", bound=Callable[..., None])


def _alone(step: Step) -> Step:
    """A fault in judging ends the judging: the recording and the training go on."""

    @functools.wraps(step)
    def guarded(self: "TrainingDoctor", *args: Any) -> None:
        if self.failed:
            return
        try:
            step(self, *args)
        except Exception:  # noqa: BLE001 - it is logged, and what trains is not ours
            self.failed = True
            _log.exception("fault in the Doctor")

    return guarded  # type: ignore[return-value]  # functools.wraps keeps the signature, which mypy can't see


class TrainingDoctor:
    """Keeps the frames of a training and looks at them now and then. For the thread that trains."""

    def __init__(self) -> None:
        self.failed = False
        self._model: Any = None
        self._case: Case | None = None
        self._looked = -1
        self._history: History | None = None
        self._told: set[tuple[str, str, str]] = set()
        self._look_at = 0.0
        self._fresh = True

    @_alone
    def watch(self, model: Any) -> None:
        """The model that is trained from now on. What it is made of stays as it is meanwhile."""
        if model is self._model:
            return
        optimizer = getattr(model, "optimizer", None)
        self._model, self._case = model, None
        self._fresh = optimizer is None or not int(optimizer.iterations)
        self.look()

    @_alone
    def take(
        self,
        vectors: tuple[BiasVector, ...],
        names: Sequence[str],
        step: int,
        epoch: int,
        values: Floats,
        metrics: Sequence[float],
    ) -> None:
        """One step: `values` float32 (total,), `metrics` one for each of `names`."""
        if self._history is None or (self._history.vectors, self._history.metric_names) != (vectors, tuple(names)):
            self._history = History(vectors, names, _BUDGET_BYTES)
        self._history.append(step, epoch, values, metrics)

    def look_now_and_then(self) -> None:
        """Look where the last time is long enough ago: so that it costs a hundredth of the time at most."""
        if not self.failed and time.monotonic() > self._look_at:
            self.look()

    @_alone
    def look(self) -> None:
        """Print the errors that were not there before, where there is something new to look at."""
        version = self._history.version if self._history is not None else 0
        # Some models are built by their first batch.
        if self._model is None or not self._model.built or version == self._looked:
            return
        started, self._looked = time.monotonic(), version
        if self._case is None:
            self._case = replace(case_of_model(self._model), from_file=not self._fresh)
        for finding in diagnose(replace(self._case, history=self._history)):
            self._tell(finding)
        ended = time.monotonic()
        self._look_at = ended + max(LOOK_SECONDS, (ended - started) / SHARE_OF_TIME)

    def _tell(self, finding: Finding) -> None:
        key = finding.id, finding.where, finding.vector
        if finding.severity is not Severity.ERROR or key in self._told:
            return
        self._told.add(key)
        where = f" · {finding.place}" if finding.place else ""
        # Keras's progress bar leaves its line open.
        print(f"\nBias Studio: {finding.id}{where}: {finding.message} {finding.fix}", file=sys.stderr, flush=True)
