"""One Settings for everything that can be set: folders, patterns, thresholds with their source.

Every value can be given as an environment variable ``QINHE_<NAME>`` or in ``qinhe.toml`` in the working folder.
"""

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

_PACKAGE = Path(__file__).parent


def _resource(name: str) -> Path:
    """Folder of data shipped with the program: beside the packages in a checkout, inside the package when installed."""
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "_resources" / name


class Settings(BaseSettings):
    """What the user may change. Sources of the thresholds stand beside them; durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="QINHE_", toml_file="qinhe.toml", extra="forbid")

    lexicons_dir: Path = Field(
        default_factory=lambda: _resource("lexicons"), description="phrase lists, labels and rubric"
    )
    models_dir: Path = Field(
        default_factory=lambda: _resource("models"), description="model list, cards and fitted numbers"
    )
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("qinhe"), description="assembled weights")
    calibration: Path | None = Field(
        None, description="file that `qinhe calibrate` made; none: the rubric's own weights, uncalibrated"
    )
    store_url: str = Field("sqlite:///qinhe.sqlite", description="where results are kept")

    engine: str = Field("faster-whisper", description="recogniser: faster-whisper, openai-whisper or sherpa-onnx")
    model: str = Field("base", description="model name, or a folder with a converted model")
    language: str = Field("zh", description="language spoken in the recordings")
    precision: Literal["int8", "float32"] = Field(
        "int8",
        description="of the sums of faster-whisper: int8, or float32, in which processors of all kinds hear the same words, in"
        " about twice the time",
    )
    write_by_sound: bool = Field(
        True,
        description="write right sounds in wrong characters anew as hotlines speak; what was recognised is kept too",
    )
    workers: int = Field(1, ge=1, le=256, description="processes that score at the same time")
    max_attempts: int = Field(
        2, ge=1, description="a recording that failed or crashed so often is set aside until `qinhe failures retry`"
    )
    watch_settle_s: float = Field(5.0, ge=0, description="a file that has not grown for so long is complete")

    file_name_pattern: str = Field(
        r"^(?P<agent_id>[A-Za-z]*\d{2,})[_-](?P<started_at>\d{8}[T_-]?\d{4,6})",
        description="regular expression with groups agent_id, started_at, call_id, queue, agent_channel",
    )
    agent_channel: int | None = Field(
        None,
        ge=0,
        le=1,
        description="0 or 1 when the agent is always on the left or right channel; else found from what is said",
    )

    min_duration_s: float = Field(1.0, description="shorter recordings are refused: no call fits")
    max_duration_s: float = Field(4 * 3600.0, description="longer recordings are refused: not one call")
    min_role_confidence: float = Field(0.8, description="below this roles are withheld")
    known_voices: bool = Field(
        False,
        description="take the voices of enrolled agents as evidence of who is the agent; voice prints are personal data:"
        " ask the agents, and the law, before `qinhe voices enrol`",
    )

    interruption_overlap_s: float = Field(
        1.0, description="overlap that counts as interrupting (norm section 4; market leaders 1 to 3 s)"
    )
    interruption_min_chars: int = Field(4, description="shorter turns are back-channels (norm section 4)")
    silence_s: float = Field(
        10.0,
        description="a pause this long is looked at; market products look from 5 to 10 s",
    )
    silence_limit_s: float = Field(30.0, description="longest wait without contact (norm: 自信自立)")
    first_response_s: float = Field(3.0, description="latest greeting after the call begins (norm: 自信自立)")
    slow_answer_s: float = Field(5.0, description="latest answer to a question the agent should know (norm: 自信自立)")
    level_jump_db: float = Field(
        8.0,
        description="sudden rise between an agent's neighbouring turns; a market leader's usual level step is 10 dB",
    )
    call_limits_s: dict[str, float] = Field(
        {"consult": 600.0, "business": 900.0, "fault": 900.0, "complaint": 1200.0, "cancel": 900.0},
        description="longest call by scenario; the norm asks to keep calls short and names no number: about twice the"
        " usual 4 to 10 minutes",
    )
    rate_slow_cpm: float = Field(
        180.0, description="slower than usual, characters a minute (public defaults 180 to 280)"
    )
    rate_fast_cpm: float = Field(300.0, description="too fast, characters a minute (norm section 4)")
    rate_min_chars: int = Field(4, description="shorter sentences say nothing about speed (norm section 4)")
    repetition_similarity: float = Field(0.6, description="similarity of a repeated turn (norm section 4)")
    repetition_window: int = Field(3, description="turns looked back for repetition (norm section 4)")
    repetition_min_chars: int = Field(5, description="shorter turns are not looked at for repetition (norm section 4)")

    appeal_days: int = Field(7, ge=1, description="days an agent has to appeal, from the verdict or the scoring")
    session_idle_s: float = Field(
        2 * 3600.0, gt=0, description="a session of the review desk ends when unused this long"
    )
    session_whole_s: float = Field(12 * 3600.0, gt=0, description="a session of the review desk ends after this long")
    login_tries_name: int = Field(5, ge=1, description="failed sign-ins of one name before it must wait")
    login_tries_address: int = Field(30, ge=1, description="failed sign-ins from one address before it must wait")
    login_window_s: float = Field(900.0, gt=0, description="how long failed sign-ins count")
    unmasked_s: float = Field(900.0, gt=0, description="how long a call stays unmasked for who gave a reason")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over ``qinhe.toml``."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
