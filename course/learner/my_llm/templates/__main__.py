"""The command line: python -m my_llm COMMAND."""

import argparse
import importlib
import pkgutil
import sys
import warnings

from my_llm import commands


def main():
    """Run the command that was asked for."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # it isn't needed
    parser = argparse.ArgumentParser(prog="python -m my_llm")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for found in pkgutil.iter_modules(commands.__path__):
        command = importlib.import_module(f"my_llm.commands.{found.name}")
        subparser = subparsers.add_parser(found.name, help=command.__doc__)
        command.arguments(subparser)
        subparser.set_defaults(run=command.run)
    options = parser.parse_args()
    try:
        options.run(options)
    except OSError as error:  # a file that isn't there
        parser.error(str(error))


if __name__ == "__main__":
    main()
