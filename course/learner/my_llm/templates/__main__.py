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
    files = sorted((Path(__file__).parent / "commands").glob("[!_]*.py"))
    does = {file.stem: file.read_text(encoding="utf-8").split('"""')[1] for file in files}
    parser = argparse.ArgumentParser(
        prog="python -m my_llm",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="\n".join(f"{name:10} {what}" for name, what in does.items()),
    )
    parser.add_argument("command", choices=does)
    if len(sys.argv) == 1:
        parser.exit(message=parser.format_help())
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
