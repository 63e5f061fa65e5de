"""`docqa setup`: what this installation can do, what it lacks, and getting it step by step."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import JsonOption, line, note, print_json, settings
from docqa.errors import UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine.setup import Ability, Step

app = typer.Typer()
_ABILITIES = {
    "words": "help_setup.words",
    "meaning": "help_setup.meaning",
    "answers": "help_setup.answers",
    "scans": "help_setup.scans",
}
_STEPS = {
    "install": "help_setup.step_install",
    "fetch": "help_setup.step_fetch",
    "add": "help_setup.step_add",
    "test": "help_setup.step_test",
    "wheels": "help_setup.step_wheels",
    "copy": "help_setup.step_copy",
}


@app.command(help=say("help_setup.setup"))
def setup(
    ctx: typer.Context,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FILE", help=say("help_setup.model"))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("help_setup.yes"))] = False,
    no_network: Annotated[
        bool, typer.Option("--no-network", help=say("help_setup.no_network"))
    ] = False,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", metavar="FOLDER", help=say("help_setup.bundle"))
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Show, propose, and do what is agreed to; nothing happens without a yes."""
    from docqa.engine import setup as plan

    if model is not None and not model.expanduser().is_file():
        raise UsageError("models.file_missing", path=model)
    file = model.expanduser().absolute() if model else None
    chosen = settings(ctx)
    if bundle is not None:
        abilities: list[Ability] = []
        steps = plan.bundle_steps(bundle.expanduser().absolute(), [file] if file else [])
    else:
        abilities = plan.find_abilities(chosen)
        steps = plan.propose(chosen, file, network=not no_network)
    if not as_json:
        _show(abilities, steps)
    done: list[bool | None] = []
    refused = set[str]()
    for step in steps:
        # After a step that failed, the next ones would fail too.
        makes_sense = False not in done and refused.isdisjoint(step.needs)
        agreed = makes_sense and (yes or _agree(step, as_json))
        done.append(_run(step, as_json=as_json) if agreed else None)
        if not agreed:
            refused.add(step.subject)
    if as_json:
        rows = [_as_json(step, result) for step, result in zip(steps, done, strict=True)]
        print_json({"abilities": abilities, "steps": rows})
    return 1 if False in done else 0


def _show(abilities: "list[Ability]", steps: "list[Step]") -> None:
    for ability in abilities:
        mark, by = ("✓", f" ({ability.by})") if ability.here else ("·", "")
        line(f"{mark} {say(_ABILITIES[ability.name])}{by}")
    line(say("help_setup.proposal" if steps else "help_setup.complete"))
    for step in steps:
        line(f"  {_tell(step)}")


def _tell(step: "Step") -> str:
    facts = {"subject": step.subject, "megabytes": round(step.megabytes)}
    return say(_STEPS[step.name], minutes=max(1, round(step.minutes)), **facts)


def _agree(step: "Step", as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        return False
    return typer.confirm(_tell(step), default=False, err=True)


def _run(step: "Step", *, as_json: bool) -> bool:
    note(" ".join(step.command))
    # What the command prints is for people; a script gets one document on standard output.
    output = sys.stderr if as_json else None
    return subprocess.run(step.command, stdout=output, check=False).returncode == 0


def _as_json(step: "Step", done: bool | None) -> dict[str, object]:
    return {
        "name": step.name,
        "subject": step.subject,
        "command": step.command,
        "megabytes": round(step.megabytes),
        "minutes": round(step.minutes, 1),
        "needs_network": step.needs_network,
        "done": done,
    }
