"""``qinhe review`` and ``qinhe users``: the review desk."""

from typing import Annotated

import typer

from cli.console import StoreOption, stop

users = typer.Typer(no_args_is_help=True, help="People who may use the review desk.")


def review(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8765,
    store: StoreOption = None,
) -> None:
    """Open the review desk, a web page (not there yet)."""
    raise stop("the review desk is not there yet; `qinhe report call ID` makes pages to look at", status=2)


@users.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Log-in name.")],
    role: Annotated[str, typer.Option(help="inspector, trainer, agent or admin")] = "inspector",
) -> None:
    """Add a person who may use the review desk (not there yet)."""
    raise stop("the review desk and its users are not there yet", status=2)
