"""RunFacts: what a run's table `about` says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from biasstudio.recording.run_format import RunError
from biasstudio.recording.run_opening import parsed
from biasstudio.recording.run_place import is_alive
from biasstudio.spec.arguments import SpecError
from biasstudio.spec.experiment import Experiment, experiment_from_json


class RunFacts:
    """What stands over a run. A fact that is missing or of a wrong kind is empty, so that the rest can be looked at."""

    def __init__(self, path: Path, facts: Mapping[Any, Any]) -> None:
        self.path = path
        self._facts = facts

    @property
    def name(self) -> str:
        return self._text("name") or self.path.stem

    @property
    def note(self) -> str:
        return self._text("note")

    @property
    def group(self) -> str:
        """The same for all runs of a sweep; empty for a run that stands alone."""
        return self._text("group")

    @property
    def state(self) -> str:
        """recording, finished, stopped or failed. A run whose writer died stays at recording."""
        return self._text("state")

    @property
    def is_alive(self) -> bool:
        """Whether it is being written: its writer has given a sign of life in the last seconds."""
        return is_alive(self.state, self.heartbeat)

    @property
    def stride(self) -> int:
        """1 where every step's frame was kept; 2, 4, 8… where they were thinned to stay within the size limit."""
        stride = self._facts.get("stride")
        return stride if isinstance(stride, int) and stride > 0 else 1

    @property
    def heartbeat(self) -> float:
        """When the writer gave its last sign of life, in seconds since 1970."""
        beat = self._facts.get("heartbeat")
        return beat if isinstance(beat, float) else 0.0

    @property
    def created(self) -> datetime:
        """When it was begun, in UTC."""
        try:
            created = datetime.fromisoformat(self._text("created"))
            return created.astimezone(UTC) if created.tzinfo else created.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return datetime.fromtimestamp(0, UTC)

    @property
    def versions(self) -> dict[str, str]:
        """Of Bias Studio, Keras, TensorFlow and Python, as far as the file says."""
        found = parsed(self._text("versions"))
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    @property
    def experiment_json(self) -> str:
        return self._text("experiment")

    @property
    def experiment(self) -> Experiment | None:
        """What was trained, to train again; None where a script trained a model of its own. Raises RunError."""
        if not self.experiment_json:
            return None
        try:
            return experiment_from_json(self.experiment_json)
        except SpecError as error:
            raise RunError(f"{self.path.name}: its experiment can't be read. {error}") from error

    def _text(self, key: str) -> str:
        value = self._facts.get(key)
        return value if isinstance(value, str) else ""
