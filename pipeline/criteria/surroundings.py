"""关注客户: what the customer has to hear besides the agent's words: keys, other sounds, music while he waits."""

from pipeline.criteria.context import CallContext
from pipeline.criteria.delivery import POOR_SNR_DB
from pipeline.criteria.evidence import clock, each_event, one_if
from pipeline.criteria.registry import Signal
from pipeline.measures.spans import covered_s
from pipeline.schema import EventKind

MUSIC_SHARE = 0.5
"""Of a wait: shorter music is a signal of the exchange, or ended before the wait."""
TOLD = 3
"""Places named in a note; all of them are on the time line."""


def typing(context: CallContext) -> tuple[Signal, ...]:
    """敲键盘影响客户: runs of keys well above the line's noise."""
    return each_event(context.events_of(EventKind.TYPING), "noise.typing", "敲键盘声")


def unnamed(context: CallContext) -> tuple[Signal, ...]:
    """Sounds of which the machine cannot tell whether somebody eats, sighs or moves the microphone: the inspector is asked."""
    heard = context.events_of(EventKind.NOISE)
    places = "、".join(clock(event.span.start_s) for event in heard[:TOLD])
    note = f"{places}{' 等' if len(heard) > TOLD else ''} 坐席声道有不是说话的声响（咀嚼、叹气、碰话筒等），请听"
    return (Signal("noise.other", float(len(heard)), doubtful=True, note=note),) if heard else ()


def music_on_hold(context: CallContext) -> tuple[Signal, ...]:
    """等待时放音乐: music through most of a wait."""
    waits = [event.span for event in context.events_of(EventKind.SILENCE_ANNOUNCED)]
    music = [event.span for event in context.events_of(EventKind.MUSIC)]
    played = [wait for wait in waits if covered_s(music, wait) >= MUSIC_SHARE * wait.duration_s]
    return one_if(played, "hold.music", f"{clock(played[0].start_s) if played else ''} 等待时播放音乐")


def unlistened(context: CallContext) -> str | None:
    """Why nobody listened for such sounds, in Chinese; None where it was done."""
    if context.acoustics.sounds is None:
        why = "不是双声道录音，分不清是谁的声响" if context.recording.channels else "没有录音"
        return f"没有听辨键盘声等声响（{why}）"
    snr = context.measure("agent_snr_db")
    if snr is not None and snr < POOR_SNR_DB:
        return f"没有听辨键盘声等声响（坐席声道信噪比 {snr:.0f} dB）"
    return None
