"""``qinhe models``: weights with checksums."""

from typing import Annotated

import typer
from rich.table import Table

from cli.console import load_settings, out, stop
from pipeline.asr.registry import names
from pipeline.asr.weights import State, Verification, fetch_model, list_models, verify_model
from pipeline.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Weights of the recognisers.")

NameArgument = Annotated[str, typer.Argument(help="Model, as `qinhe models list` names it.")]
EngineOption = Annotated[str | None, typer.Option(help="Recogniser that reads it; none: all that have it.")]


@app.command("list")
def list_all() -> None:
    """List every known model: where it comes from, its licence and size, and whether it is here."""
    settings = load_settings()
    table = Table("engine", "model", "here", "MB", "licence", "source")
    for info in list_models(settings):
        state = verify_model(info.engine, info.name, settings).state
        here = "comes with the installation" if info.bundled and state is State.MISSING else state.value
        table.add_row(info.engine, info.name, here, f"{info.size_mb:.0f}", info.licence, info.source)
    out.print(table)


@app.command()
def fetch(name: NameArgument = "base", engine: EngineOption = None) -> None:
    """Fetch a model's weights, if they are not here, and check them."""
    settings = load_settings()
    for each in _engines(name, engine, settings):
        _say(fetch_model(each, name, settings))


@app.command()
def verify(name: NameArgument = "base", engine: EngineOption = None) -> None:
    """Compare a model's weights with their checksums; what comes with the installation is put in place first."""
    settings = load_settings()
    broken = False
    for each in _engines(name, engine, settings):
        bundled = any(info.bundled for info in list_models(settings) if (info.engine, info.name) == (each, name))
        found = fetch_model(each, name, settings) if bundled else verify_model(each, name, settings)
        _say(found)
        broken |= found.state in {State.BROKEN, State.MISSING}
    if broken:
        raise stop(f"{name}: not whole; run qinhe models fetch {name}", status=1)


def _engines(name: str, engine: str | None, settings: Settings) -> tuple[str, ...]:
    known = tuple(info.engine for info in list_models(settings) if info.name == name)
    if not known:
        raise stop(f"model {name} is not known; see qinhe models list", status=2)
    if engine is not None and engine not in known:
        raise stop(f"engine {engine} has no model {name}; engines are {', '.join(names())}", status=2)
    return (engine,) if engine else known


def _say(found: Verification) -> None:
    out.print(f"{found.info.engine} {found.info.name}: {found.state.value} ({found.path})")
