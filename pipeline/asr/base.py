"""What every recogniser gives: utterances with times, for the stretches of speech it is handed."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.audio.room import Samples
from pipeline.schema import Engine, Span, Utterance


class Transcriber(Protocol):
    """A recogniser, ready to work.

    Whoever adds one: implement this, name it in ``registry.py``; the contract test then runs on it.
    """

    @property
    def engine(self) -> Engine:
        """Name, model and options, as kept with every transcript."""
        ...

    def transcribe(self, samples: Samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        """Recognise the speech in one channel; a call's channels may come from several threads at once.

        Parameters
        ----------
        samples
            Shape (n,), 16 kHz.
        speech
            Ordered stretches; nothing outside them is heard.
        channel
            Kept in the utterances.

        Returns
        -------
        Utterances ordered by start, simplified characters, times of the recording, no pause over a second inside one.

        Raises
        ------
        EngineError
            The recogniser failed on this recording.
        """
        ...
