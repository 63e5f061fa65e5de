"""`docqa models test`: loads a model and tries what docqa needs of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import one_line
from docqa.cli.common import JsonOption, line, note, print_json, settings
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.llm.llama.trials.self_test import TestFinding


def test(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
    tokens: Annotated[
        int, typer.Option("--tokens", min=256, metavar="N", help=say("help_models.tokens"))
    ] = 2048,
    window: Annotated[
        int | None, typer.Option("--ctx", min=1, metavar="N", help=say("help_models.ctx"))
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Load a model and report on template, stop tokens, a needle, speed and reuse."""
    from docqa.engine.models.trial import open_trial

    flags: dict[str, object] = {
        "model.engine": "llama",
        "model.name": name or None,
        "model.context": window,
        # Chance would make two runs differ.
        "model.temperature": 0.0,
    }
    findings = []
    with open_trial(settings(ctx, flags)) as trial:
        engine = trial.engine
        notes = [say(warning.message, **warning.facts) for warning in trial.notes]
        if not as_json:
            line(_load(engine.model, engine.context, engine.gpu_layers, engine.layers))
            for text in notes:
                note(text)
        for finding in trial.run(tokens):
            findings.append(finding)
            if not as_json:
                line(_phrase(finding))
    passed = all(finding.passed is not False for finding in findings)
    if as_json:
        print_json({"engine": engine, "passed": passed, "findings": findings, "notes": notes})
    else:
        line(say("models.test_passed" if passed else "models.test_failed"))
    return 0 if passed else 1


def _load(name: str | None, window: int | None, gpu_layers: int | None, layers: int | None) -> str:
    gpu = f"GPU {gpu_layers}/{layers}" if gpu_layers else say("models.cpu_only")
    return say("models.test_loaded", name=name or "", window=window or 0, gpu=gpu)


def _phrase(finding: "TestFinding") -> str:
    marks = {True: "✓", False: "✗", None: " "}
    check, _, depth = finding.check.partition("_")
    key = _CHECKS.get(finding.check) or _CHECKS[check]
    value = one_line(str(finding.value))
    return f"{marks[finding.passed]} {say(key, value=value, depth=depth)}"


_CHECKS = {
    "template": "models.test_template",
    "markup": "models.test_markup",
    "stop": "models.test_stop",
    "needle": "models.test_needle",
    "reuse": "models.test_reuse",
    "prompt_tokens": "models.test_prompt_tokens",
    "prompt_speed": "models.test_prompt_speed",
    "answer_speed": "models.test_answer_speed",
    "lookup": "models.test_lookup",
}
