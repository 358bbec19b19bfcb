"""``qinhe voices``: agents' voices, enrolled from their earlier calls where that was agreed."""

import getpass
from typing import Annotated

import typer

from cli.console import StoreOption, load_settings, out, stop
from pipeline.enrolment import learn
from pipeline.store.repository import Store

app = typer.Typer(
    no_args_is_help=True, help="Agents' voices as evidence of who is the agent: enrol, list, forget. Off by default."
)
_Agent = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's id.")]


@app.command("enrol")
def enrol(agent: _Agent, store: StoreOption = None) -> None:
    """Learn an agent's voice from stored calls in which it is certain who the agent is; a voice print is personal data."""
    settings = load_settings(store_url=store)
    if not settings.known_voices:
        raise stop(
            "voices are not enrolled unless you decide so: with the agents' consent, set known_voices = true in "
            "qinhe.toml or QINHE_KNOWN_VOICES=1",
            status=2,
        )
    with Store(settings.store_url) as kept:
        learned = learn(kept, agent, settings)
        kept.voices.enrol(agent, learned.calls)
        kept.log_access(getpass.getuser(), f"enrol the voice of agent {agent}", "known_voices")
    seconds = sum(call.seconds for call in learned.calls)
    out.print(f"agent {agent}: voice learned from {seconds:.0f} s in {len(learned.calls)} calls", markup=False)
    for recording_id in learned.unlike:
        out.print(f"left out, another voice: {recording_id}; is it this agent's call?", markup=False)


@app.command("list")
def list_voices(store: StoreOption = None) -> None:
    """Say whose voices are kept, from how much speech and since when."""
    with Store(load_settings(store_url=store).store_url) as kept:
        enrolled = kept.voices.listed()
    for each in enrolled:
        out.print(f"{each.agent_id}: {each.calls} calls, {each.seconds:.0f} s, {each.at:%Y-%m-%d}", markup=False)
    if not enrolled:
        out.print("no voices are kept")


@app.command("forget")
def forget(agent: _Agent, store: StoreOption = None) -> None:
    """Delete an agent's voice for good; backups made earlier still hold it."""
    with Store(load_settings(store_url=store).store_url) as kept:
        kept.voices.forget(agent)
        kept.log_access(getpass.getuser(), f"forget the voice of agent {agent}", "known_voices")
    out.print(f"agent {agent}: voice forgotten", markup=False)
