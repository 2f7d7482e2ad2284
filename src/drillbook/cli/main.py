"""The `drillbook` command: finds the subcommand, and turns every way to end into an exit status.

Subcommands are imported when they are called, so that `drillbook --help` stays quick. Each is a click command
in a module of its own in this package. What it returns is the exit status (nothing: 0).
"""

import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click

from drillbook import __version__
from drillbook.cli.lazy import LazyGroup, Subcommand
from drillbook.errors import DrillbookError

DONE, DID_NOT_HOLD, INVALID, INTERRUPTED = 0, 1, 2, 130
PIPE_CLOSED = 1  # what click says when it notices first


SUBCOMMANDS: Mapping[str, Subcommand] = MappingProxyType(
    {
        "play": Subcommand("drillbook.cli.play:play", "Take the pager: play a drill in the terminal."),
        "run": Subcommand("drillbook.cli.run:run", "Let a simulated responder or a script handle a drill."),
        "debrief": Subcommand(
            "drillbook.cli.debrief:debrief", "Look back: what happened, how it was judged."
        ),
        "export": Subcommand("drillbook.cli.export:export", "Write an exercise for other programs."),
        "catalog": Subcommand(
            "drillbook.cli.catalog:catalog", "List the drills, playbooks, curricula and studies there are."
        ),
        "new": Subcommand(
            "drillbook.cli.new:new", "Begin a scenario, playbook, curriculum or study of your own."
        ),
        "check": Subcommand("drillbook.cli.check:check", "Check your own files, and those of other tools."),
        "test-inject": Subcommand(
            "drillbook.cli.inject:test_inject", "Show what one inject does, by itself."
        ),
        "calibrate": Subcommand(
            "drillbook.cli.calibrate:calibrate", "Prove a scenario with simulated responders."
        ),
        "study": Subcommand("drillbook.cli.study:study", "Compare policies over thousands of incidents."),
        "policy": Subcommand("drillbook.cli.policy:policy", "Try escalation policies, without an incident."),
        "import": Subcommand("drillbook.cli.import_:import_", "Take over other tools' files."),
        "schema": Subcommand("drillbook.cli.schema:schema", "Print a JSON schema, for help in your editor."),
    }
)

START_PAGE = """\
drillbook is a flight simulator for people on call: something breaks, you are paged, and
afterwards you see how it went against the playbook.

  drillbook play db-pool-exhaustion     your first drill, about 15 minutes
  drillbook catalog                     all drills
  drillbook --help                      everything else
"""


@click.group(
    cls=LazyGroup,
    subcommands=SUBCOMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`drillbook COMMAND --help` explains a command.",
)
@click.version_option(__version__, message="drillbook %(version)s")
@click.pass_context
def drillbook(ctx: click.Context) -> None:
    """A flight simulator for people on call.

    Start here:  drillbook play db-pool-exhaustion
    """
    if ctx.invoked_subcommand is None:
        click.echo(START_PAGE, nl=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0 done; 1 what was checked did not hold; 2 wrong usage or invalid input; 130 interrupted. Input that is
    wrong is reported on standard error and never as a traceback.
    """
    try:
        status = drillbook.main(arguments, prog_name="drillbook", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return INVALID
    except DrillbookError as error:
        click.echo(str(error), err=True)
        return INVALID
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`drillbook catalog | head -1`). Python flushes again at exit: into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return DONE if status is None else int(status)
