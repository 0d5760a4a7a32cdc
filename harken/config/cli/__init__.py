"""The `harken` command. Bodies are imported when they run, so that `--help` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="harken",
    help="The self-hosted webcare centre.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[
    Path | None, typer.Option(help="Folder of the embedded database and the secret key.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="The one port people see.")]


def main() -> None:
    """Run the command line; a known failure is one sentence and exit code 1, or 78 for settings."""
    from harken.config.cli.ground import Failed

    try:
        app()
    except Failed as failure:
        typer.secho(f"harken: {failure}", fg="red", err=True)
        raise SystemExit(failure.code) from None


def _show_version(wanted: bool) -> None:
    if wanted:
        from harken import __version__

        typer.echo(f"harken {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    pass


Pace = Annotated[
    float | None,
    typer.Option(
        min=0,
        help="Posts a minute (6). With --replay: times real speed (1), 0 is as fast as it goes.",
    ),
]
Replay = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="CSV or JSONL of real posts to play instead."),
]


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="If taken, the next free one is used.")] = 8000,
    data: Annotated[Path, typer.Option(help="Folder that holds the demo.")] = Path(".harken/demo"),
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    pace: Pace = None,
    reset: Annotated[bool, typer.Option("--reset", help="Throw the old demo away first.")] = False,
    replay: Replay = None,
) -> None:
    """Show Harken with an invented company and a living network; Ctrl-C ends it."""
    from harken.config.cli.demo import Options, run

    raise typer.Exit(run(Options(port, data, browser, pace, reset, replay)))


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, data: Data = None) -> None:
    """Run all of Harken: web, live, worker and listen under one supervisor."""
    from harken.config.cli.group import serve as run

    raise typer.Exit(run(host=host, port=port, data=data))


@app.command()
def web(
    bind: Annotated[
        str, typer.Option(help="host:port, or unix: and a path; default HARKEN_PAGES.")
    ] = "",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    data: Data = None,
) -> None:
    """Run the pages alone."""
    from harken.config.cli.alone import run_web

    run_web(bind=bind, workers=workers, data=data)


@app.command()
def live(host: Host = "127.0.0.1", port: Port = 8000, data: Data = None) -> None:
    """Run the live stream alone; it also passes pages on from HARKEN_PAGES."""
    from harken.config.cli.alone import run_live

    run_live(host=host, port=port, data=data)


@app.command()
def worker(data: Data = None) -> None:
    """Run the worker alone: it delivers replies."""
    from harken.config.cli.alone import run_loop

    raise typer.Exit(run_loop("run_worker", data))


@app.command()
def listen(
    query: Annotated[
        str | None,
        typer.Argument(help="Show live who writes this, as a monitor would hear it; no database."),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(help="Jetstream instance to hear it at, instead of Bluesky's own."),
    ] = None,
    data: Data = None,
) -> None:
    """Run the listener alone: it reads the networks. With a query: show live mentions instead."""
    if query is not None:
        from harken.config.cli.mentions import show

        raise typer.Exit(show(query, at or ()))
    from harken.config.cli.stream import listen as run

    raise typer.Exit(run(data))


@app.command()
def matcher(data: Data = None) -> None:
    """Run one matcher of the stream alone: start as many as you like, on any machine."""
    from harken.config.cli.stream import match

    raise typer.Exit(match(data))


@app.command()
def gather(
    at: Annotated[
        list[str] | None,
        typer.Option(help="Jetstream instance to read, instead of Bluesky's own."),
    ] = None,
) -> None:
    """Put every public post of Bluesky into the stream, for the matchers; no database."""
    from harken.config.cli.stream import gather as run

    raise typer.Exit(run(at or ()))


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database up to this version."""
    from harken.config.cli.tasks import migrate as run

    run(data)


@app.command("create-admin")
def create_admin(
    username: Annotated[str, typer.Option(prompt=True, help="Name to sign in with.")],
    email: Annotated[str, typer.Option(prompt=True, help="Address to sign in with.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="HARKEN_ADMIN_PASSWORD",
            help="Asked for when it is not given.",
        ),
    ],
    data: Data = None,
) -> None:
    """Make the first login: a manager who can do everything."""
    from harken.config.cli.tasks import create_admin as run

    run(username=username, email=email, password=password, data=data)


@app.command()
def doctor(port: Port = 8000, data: Data = None) -> None:
    """Look whether everything Harken needs is there, and say what to do if not."""
    from harken.config.cli.doctor import run

    raise typer.Exit(run(port=port, data=data))


@app.command("demo-network", hidden=True)
def demo_network(
    port: Annotated[int, typer.Option(help="Where the network answers.")],
    data: Annotated[Path, typer.Option(help="File it keeps everything in.")],
    pace: Pace = None,
    replay: Replay = None,
) -> None:
    """Run the demo's network and its customers; `harken demo` starts this."""
    from harken.config.cli.alone import run_demo_network

    raise typer.Exit(run_demo_network(port=port, data=data, pace=pace, replay=replay))


simulate = typer.Typer(help="Try the whole house with virtual people.", no_args_is_help=True)
app.add_typer(simulate, name="simulate")


@simulate.command("day")
def simulate_day(
    agents: Annotated[int, typer.Option(min=1, help="Virtual agents at the desk.")] = 20,
    conversations: Annotated[int, typer.Option(min=1, help="Customers who begin to write.")] = 5000,
    speed: Annotated[
        int, typer.Option(min=1, max=60, help="Times real speed; must divide a minute.")
    ] = 20,
    storm: Annotated[bool, typer.Option(help="Let one topic break out in the middle.")] = True,
    seed: Annotated[int, typer.Option(help="The same seed brings the same customers.")] = 7,
    data: Annotated[
        Path, typer.Option(help="Folder of the day and its report; a day there is thrown away.")
    ] = Path(".harken/simulation"),
) -> None:
    """Live through a day: virtual agents answer invented customers, then the books are compared."""
    from harken.config.simulate.day import run
    from harken.config.simulate.plan import Options

    options = Options(agents, conversations, speed, storm, seed, data)
    raise typer.Exit(run(options))
