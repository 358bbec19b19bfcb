"""Whole scorecards for tests: a call with a good opening, a private number, a fault, every kind of detail."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from builders import dialogue

from pipeline.schema import (
    Acoustics,
    Affinity,
    ChannelQuality,
    Completeness,
    CriterionScore,
    DimensionScore,
    Engine,
    Event,
    EventKind,
    Evidence,
    Finding,
    FlowStep,
    Polarity,
    Recording,
    Role,
    Roles,
    Scenario,
    Scorecard,
    Span,
    Status,
    Transcript,
    Turn,
    TurnVoice,
    Versions,
)

CRITERIA = (
    "patience.proactive",
    "patience.thorough",
    "patience.ownership",
    "patience.confident",
    "patience.attentive",
    "politeness.process",
    "politeness.wording",
    "politeness.warm_voice",
    "politeness.sincere_tone",
    "politeness.pace",
    "communication.mandarin",
    "communication.listening",
    "communication.soliciting",
    "communication.expression",
    "communication.composure",
)

LINES = (
    ("agent", "您好，欢迎致电，工号一零八六为您服务，请问有什么可以帮您？"),
    ("customer", "我手机上不了网了，都两天了，你们怎么搞的。"),
    ("agent", "非常抱歉给您带来不便，请问您贵姓？"),
    ("customer", "我姓欧阳，手机号是幺三八零零一二三四五六。"),
    ("agent", "欧阳先生，请您稍等，我帮您查一下。"),
    ("agent", "感谢您的耐心等待，是您自己把数据开关关掉了吧，怎么又忘了。", 12.0),
    ("customer", "哦，是这样啊，那我打开试试。"),
    ("agent", "好的，请问还有其他可以帮您的吗？感谢您的来电，祝您生活愉快，再见。"),
)

_FINDINGS = (
    (0, "您好", "greeting", Polarity.STANDARD, "politeness.process", Status.CERTAIN),
    (0, "工号一零八六为您服务", "self_intro", Polarity.STANDARD, "politeness.process", Status.CERTAIN),
    (0, "请问有什么可以帮您", "offer_help", Polarity.STANDARD, "politeness.process", Status.CERTAIN),
    (2, "非常抱歉给您带来不便", "apology", Polarity.STANDARD, "patience.ownership", Status.CERTAIN),
    (4, "欧阳先生", "address", Polarity.STANDARD, "politeness.wording", Status.CERTAIN),
    (4, "请您稍等", "wait_notice", Polarity.STANDARD, "patience.confident", Status.CERTAIN),
    (5, "是您自己把数据开关关掉了吧", "blame", Polarity.FORBIDDEN, "politeness.wording", Status.CERTAIN),
    (5, "怎么又忘了", "rhetorical", Polarity.FORBIDDEN, "politeness.sincere_tone", Status.DOUBTFUL),
    (7, "再见", "goodbye", Polarity.STANDARD, "politeness.process", Status.CERTAIN),
)


def finding_in(
    turn: Turn, quote: str, label: str, polarity: Polarity, criterion: str, status: Status = Status.CERTAIN
) -> Finding:
    """A finding whose evidence is the first place of ``quote`` in the turn."""
    start = turn.text.index(quote)
    end = start + len(quote)
    span = Span(turn.words[start].span.start_s, turn.words[end - 1].span.end_s) if turn.words else turn.span
    certainty = 0.95 if status is Status.CERTAIN else 0.55
    evidence = Evidence(turn.index, start, end, span, quote, certainty)
    return Finding(label, polarity, criterion, "phrase.exact", evidence, status, f"{label}.1", f"说了「{quote}」")


def recording(name: str = "call-1", *, agent_id: str = "8001", day: int = 1, duration_s: float = 80.0) -> Recording:
    """A recording whose id is the hash of its name."""
    started_at = datetime(2025, 3, 1, 9, 30, tzinfo=UTC) + timedelta(days=day - 1)
    key = sha256(name.encode()).hexdigest()
    return Recording(key, f"calls/{name}.wav", duration_s, 2, agent_id, started_at, name, "宽带", "c-17")


def engine() -> Engine:
    """A recogniser with options of every kind."""
    return Engine(
        "faster-whisper",
        "base",
        {"beam_size": 5, "temperature": 0.0, "vad": True, "prompt": None, "compute_type": "int8"},
    )


def acoustics() -> Acoustics:
    """Speech, voice and channel figures, some of them unknown."""
    return Acoustics(
        speech=((Span(0.5, 8.0), Span(14.0, 18.0)), (Span(8.5, 13.0),)),
        voices=(TurnVoice(0, -21.5, -12.0, 182.0, 7.5), TurnVoice(1)),
        quality=(ChannelQuality(0, 11.5, 28.0, 0.001, 3400.0), ChannelQuality(1, 4.5)),
    )


def criterion_score(criterion: str, score: float | None, findings: Sequence[int] = ()) -> CriterionScore:
    """A score with an interval of ten to each side, or an abstention."""
    if score is None:
        return CriterionScore(criterion, None, None, None, True, "本通没有相应场合，不评分")
    return CriterionScore(
        criterion, score, max(0.0, score - 10), min(100.0, score + 10), False, "依据所列证据", tuple(findings)
    )


def _completeness(*names: str, missing: tuple[str, ...] = (), doubtful: tuple[str, ...] = ()) -> Completeness:
    return Completeness(not missing, {name: name not in missing for name in names}, doubtful)


def _events(turns: Sequence[Turn]) -> tuple[Event, ...]:
    if len(turns) < len(LINES):
        return ()
    interruption = Span(turns[1].span.end_s - 1.2, turns[1].span.end_s)
    silence = Span(turns[4].span.end_s, turns[5].span.start_s)
    return (
        Event(EventKind.INTERRUPTION, Role.AGENT, interruption, {"overlap_s": 1.2, "chars": 6}),
        Event(EventKind.SILENCE_ANNOUNCED, Role.AGENT, silence, {"announced": True, "quote": None}),
    )


def _criteria(findings: Sequence[Finding], score: float) -> tuple[CriterionScore, ...]:
    own = {name: [i for i, finding in enumerate(findings) if finding.criterion == name] for name in CRITERIA}
    silent = {"patience.proactive", "communication.mandarin"}
    return tuple(
        criterion_score(name, None if name in silent else score + 2 * len(own[name]), own[name]) for name in CRITERIA
    )


def scorecard(
    name: str = "call-1", *, agent_id: str = "8001", day: int = 1, score: float = 70.0, lines: Sequence[tuple] = LINES
) -> Scorecard:
    """A scorecard of these lines; findings are those of the standing lines."""
    turns = dialogue(*lines)
    findings = tuple(finding_in(turns[t], *rest) for t, *rest in _FINDINGS) if lines is LINES else ()
    dimensions = tuple(
        DimensionScore(name, score, score - 6, score + 6) for name in ("patience", "politeness", "communication")
    )
    return Scorecard(
        recording=recording(name, agent_id=agent_id, day=day, duration_s=turns[-1].span.end_s + 1.0),
        transcript=Transcript(turns, Roles("channel", 0.99, False), engine(), ("静音处识别出的文字",)),
        findings=findings,
        opening=_completeness("greeting", "self_intro", "offer_help"),
        closing=_completeness(
            "further_help", "closing_thanks", "wish", "survey", "goodbye", missing=("survey",), doubtful=("survey",)
        ),
        scenario=Scenario("fault", 0.93),
        flow=(FlowStep("耐心倾听", True, 1), FlowStep("记录现象", False)),
        events=_events(turns),
        measures={"agent_rate_cpm": 251.0, "customer_rate_cpm": None},
        criteria=_criteria(findings, score),
        dimensions=dimensions,
        affinity=Affinity(score, score - 5, score + 5, "良好"),
        versions=Versions("0.1", "lex-1", "rub-1", None, engine()),
    )


def withheld(card: Scorecard) -> Scorecard:
    """The same call with unsure roles: nothing scored, nothing found."""
    turns = tuple(replace(turn, role=Role.UNKNOWN) for turn in card.transcript.turns)
    roles = Roles("voice", 0.5, True, "无法确定谁是坐席")
    blank = Completeness(False, {}, (), True, "无法确定谁是坐席")
    return replace(
        card,
        transcript=replace(card.transcript, turns=turns, roles=roles),
        findings=(),
        events=(),
        opening=blank,
        closing=blank,
        scenario=Scenario(None, 0.4),
        flow=(),
        criteria=tuple(criterion_score(name, None) for name in CRITERIA),
        dimensions=tuple(DimensionScore(score.dimension, None, None, None) for score in card.dimensions),
        affinity=Affinity(None, None, None, "不评分"),
    )
