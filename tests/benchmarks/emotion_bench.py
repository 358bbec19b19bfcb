"""Whether the voice figures tell agitated speech from calm, warm speech: recordings whose emotion people described.

usage: python tests/benchmarks/emotion_bench.py FOLDER

FOLDER holds text.json ({name: {"text", "caption"}}) and <name>.flac. A caption is agitated or calm by the words below; one with
words of both sides, or of sorrow, is left out, and most are neither. AUC 0.5 tells nothing apart, 1 everything; below 0.5 a
figure is lower in agitation. "own" takes each figure less the median of the same speaker's recordings, as the first digits
of a name tell them apart. "all together" is a logistic regression, its AUC on recordings left out in turn.
"""

import argparse
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, sosfiltfilt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import chinese, print_table

from pipeline.audio.decode import load_audio
from pipeline.audio.room import RATE_HZ as RATE
from pipeline.measures.voice import turn_voice
from pipeline.schema import Role, Span, Turn
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech


def words(text: str) -> tuple[str, ...]:
    """Words between spaces."""
    return tuple(text.split())


AGITATED = words("愤怒 怒 生气 气愤 恼 不耐烦 不满 质问 指责 责备 愤恨 怨恨 急切 急躁 急促 咬牙切齿 恶狠狠 不爽")
CALM = words("平静 平和 平稳 平缓 无情绪 亲切 真诚 诚恳 轻松 舒畅 温暖 满意 满足 幸福 宠溺 宽慰")
SORROW = words("悲 伤 哭 泣 忧 难过 痛")
NEGATED = re.compile("不心急|不急躁|不骄不躁")
TELEPHONE_HZ = (300, 3400)
FIGURES = ("level", "peak", "peak over level", "pitch", "pitch range", "rate")
SPEAKER = re.compile(r"_(\d{3})\d+$")
FOLDS, REPEATS = 5, 10

Sound = Callable[[np.ndarray], np.ndarray]


def side(caption: str) -> bool | None:
    """True for agitated, False for calm or warm, None for neither or both."""
    plain = NEGATED.sub("平静", caption)
    agitated, calm = (any(word in plain for word in told) for told in (AGITATED, CALM))
    if agitated == calm or any(word in plain for word in SORROW):
        return None
    return agitated


def telephone(samples: np.ndarray) -> np.ndarray:
    """The band of a telephone line."""
    band = butter(6, TELEPHONE_HZ, "bandpass", fs=RATE, output="sos")
    return sosfiltfilt(band, samples).astype(np.float32)


def figures(samples: np.ndarray, text: str) -> list[float]:
    """What the pipeline measures in one recording; not a number where it could not."""
    duration_s = samples.shape[0] / RATE
    voice = turn_voice(samples, Turn(0, Role.AGENT, Span(0.0, duration_s), text))
    spoken_s = sum(span.duration_s for span in find_speech(samples, TIMING)) or duration_s
    level, peak = voice.level_db or math.nan, voice.peak_db or math.nan
    pitch = math.log2(voice.pitch_hz) if voice.pitch_hz else math.nan
    return [level, peak, peak - level, pitch, voice.pitch_range_semitones or math.nan, len(chinese(text)) / spoken_s]


def own(values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Each figure less the median of the same speaker's recordings."""
    rows = defaultdict(list)
    for row, name in enumerate(names):
        found = SPEAKER.search(name)
        rows[found.group(1) if found else ""].append(row)
    less = values.copy()
    for same in rows.values():
        less[same] -= np.nanmedian(values[same], axis=0)
    return less


def together(values: np.ndarray, agitated: np.ndarray) -> float:
    """AUC of all figures in a logistic regression: the mean over repeated divisions of the recordings left out."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, class_weight="balanced"))
    plan = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=0)
    splits = list(plan.split(values, agitated))
    scores = []
    for start in range(0, len(splits), FOLDS):
        odds = cross_val_predict(model, values, agitated, cv=splits[start : start + FOLDS], method="decision_function")
        scores.append(roc_auc_score(agitated, odds))
    return float(np.mean(scores))


def aucs(values: np.ndarray, agitated: np.ndarray) -> list[float]:
    """AUC of each figure and of all together, figures that could not be measured taken as the median."""
    filled = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    return [*(float(roc_auc_score(agitated, column)) for column in filled.T), together(filled, agitated)]


def measured(folder: Path, texts: Mapping[str, Any], line: Sound) -> np.ndarray:
    """The figures of every recording through a line, a row each."""
    settings = Settings(min_duration_s=0.1)
    sounds = ((load_audio(folder / f"{name}.flac", settings=settings).samples[0], name) for name in texts)
    return np.array([figures(line(samples), texts[name]["text"]) for samples, name in sounds])


def main() -> None:
    """Print the words and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    texts = json.loads((folder / "text.json").read_text(encoding="utf-8"))
    sides = [side(each["caption"]) for each in texts.values()]
    told = np.array([each is not None for each in sides])
    agitated = np.array([bool(each) for each in sides])[told]
    print(f"agitated: {' '.join(AGITATED)}\ncalm, warm: {' '.join(CALM)}\nleft out: {' '.join(SORROW)}")
    print(f"{agitated.sum()} agitated, {(~agitated).sum()} calm or warm, of {len(texts)} recordings\n")
    lines = {"wide": lambda samples: samples, "telephone": telephone}
    columns = {}
    for name, line in lines.items():
        values = measured(folder, texts, line)
        columns[name] = aucs(values[told], agitated)
        columns[f"{name}, own"] = aucs(own(values, list(texts))[told], agitated)
    rows = zip((*FIGURES, "all together"), *columns.values(), strict=True)
    print_table(("AUC", *columns), rows)


if __name__ == "__main__":
    main()
