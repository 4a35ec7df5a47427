"""Callbacks that record a training of Lightning, or of the Trainer of Hugging Face:

    recorder = record(module, (train, test), name="mine")
    lightning.Trainer(callbacks=[for_lightning(recorder)]).fit(…)
    run = recorder.explore()

Neither package is imported before its function is called.
"""

from __future__ import annotations

from typing import Any, Literal

from landscape_app.errors import SpecError
from landscape_app.recording import Recorder

Per = Literal["epoch", "step"]
PERS = ("epoch", "step")


def for_lightning(recorder: Recorder, *, per: Per = "epoch") -> Any:
    """A lightning.Callback that counts a step of `recorder` after every epoch, or after every step
    of the optimizer. Raises SpecError where Lightning is not installed.
    """
    _check(per)
    try:
        from lightning import Callback
    except ImportError as error:
        raise _missing("lightning") from error

    class Recording(Callback):  # type: ignore[misc]
        """Counts steps of the recorder."""

        def __init__(self) -> None:
            self._steps = 0

        def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
            """With accumulated gradients several batches are one step."""
            if per == "step" and trainer.global_step > self._steps:
                recorder.step(trainer.global_step - self._steps)
            self._steps = trainer.global_step

        def on_train_epoch_end(self, trainer: Any, *_: Any) -> None:
            """An epoch of the train data."""
            if per == "epoch":
                recorder.step(epoch=trainer.current_epoch + 1)

    return Recording()


def for_trainer(recorder: Recorder, *, per: Per = "epoch") -> Any:
    """A transformers.TrainerCallback that counts a step of `recorder` after every epoch, or after
    every step of the optimizer. Raises SpecError where transformers is not installed.
    """
    _check(per)
    try:
        from transformers import TrainerCallback
    except ImportError as error:
        raise _missing("transformers") from error

    class Recording(TrainerCallback):  # type: ignore[misc]
        """Counts steps of the recorder."""

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """A step of the optimizer."""
            if per == "step":
                recorder.step(epoch=state.epoch)

        def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """An epoch of the train data."""
            if per == "epoch":
                recorder.step(epoch=state.epoch)

    return Recording()


def _check(per: str) -> None:
    if per not in PERS:
        raise SpecError(f"per: give {' or '.join(PERS)}, not {per!r}.")


def _missing(package: str) -> SpecError:
    return SpecError(
        f"This needs the package {package}. Install it with: pip install"
        f" 'landscape-app[{package}]'."
    )
