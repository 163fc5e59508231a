"""The command line: python -m my_llm COMMAND."""

import argparse
import importlib
import sys
import warnings
from pathlib import Path


def main():
    """Run the command that was asked for; only its modules are imported."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # it isn't needed
    folder = Path(__file__).parent / "commands"
    commands = sorted(file.stem for file in folder.glob("[!_]*.py"))
    parser = argparse.ArgumentParser(prog="python -m my_llm", description="README.md says more.")
    parser.add_argument("command", choices=commands)
    name = parser.parse_args(sys.argv[1:2]).command
    command = importlib.import_module(f"my_llm.commands.{name}")
    parser = argparse.ArgumentParser(prog=f"python -m my_llm {name}", description=command.__doc__)
    command.arguments(parser)
    try:
        command.run(parser.parse_args(sys.argv[2:]))
    except OSError as error:  # a file that isn't there
        parser.error(str(error))


if __name__ == "__main__":
    main()
