"""A process that writes a run as fast as it can, to be killed; it says on its output what it has appended, and when."""

import sys
import time
from pathlib import Path

import numpy as np

from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunAbout
from biasstudio.recording.run_writer import RunWriter

LENGTH = 64


def frame_of(step: int) -> np.ndarray:
    return np.arange(LENGTH, dtype=np.float32) + np.float32(step)


def main() -> None:
    writer = RunWriter(Path(sys.argv[1]), RunAbout("killed"))
    writer.start_layout([BiasVector("dense/bias", (LENGTH,), "dense", "unit")], ["loss"])
    step = 0
    while True:
        for _ in range(20):
            writer.append(step, 1, frame_of(step), [0.5])
            step += 1
        print(time.monotonic(), step - 1, flush=True)
        time.sleep(0.002)


if __name__ == "__main__":
    main()
