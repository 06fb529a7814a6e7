"""What may follow `python3 app.py`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

TEXT = """\
Sets pbudget up in this folder and serves it. The first start fetches packages and takes about a minute; what is
already done is skipped after that. Stop it with Ctrl-C; run the same command to go on.

  python3 app.py                    set up, load the demo borough, serve on http://127.0.0.1:8000
  python3 app.py --port 8123        the same on another port
  python3 app.py test               set up for tests and run all of them
  python3 app.py test --full        with the long runs too
  python3 app.py test tests/tally   anything after `test` goes to pytest
"""
END = "Settings come from the environment (PBUDGET_INSTANCE, DATABASE_URL and more): see docs/operations.md."


@dataclass(frozen=True)
class Options:
    """What the person asked for."""

    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = True
    reset_demo: bool = False
    serve: bool = True
    test: bool = False
    pytest_arguments: tuple[str, ...] = ()


def read_options(arguments: Sequence[str]) -> Options:
    """Read the command line; ends the program with status 2 and a line on what it did not understand."""
    if arguments[:1] == ["test"] and not {"-h", "--help"} & set(arguments):
        return Options(test=True, pytest_arguments=tuple(arguments[1:]))
    given = parser().parse_args(arguments)
    return Options(
        host=given.host,
        port=given.port,
        demo=not given.no_demo,
        reset_demo=given.reset_demo,
        serve=not given.set_up_only,
        test=given.command == "test",
    )


def parser() -> argparse.ArgumentParser:
    """The options of `python3 app.py`; `test` is read before it."""
    shape = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser("python3 app.py", description=TEXT, epilog=END, formatter_class=shape)
    options.add_argument("--host", default=Options.host, help="address to serve on (default: %(default)s)")
    options.add_argument("--port", type=port_number, default=Options.port, help="port (default: %(default)s)")
    demo = options.add_mutually_exclusive_group()
    demo.add_argument("--no-demo", action="store_true", help="do not load the demo borough")
    demo.add_argument("--reset-demo", action="store_true", help="empty the demo borough and load it afresh")
    options.add_argument("--set-up-only", action="store_true", help="everything but serving")
    options.add_argument("command", nargs="?", choices=["test"], help="run the tests instead of serving")
    return options


def port_number(text: str) -> int:
    """1 to 65535."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535")
    return int(text)
