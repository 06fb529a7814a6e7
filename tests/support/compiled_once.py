"""Each test has an application of its own; what is the same in all of them is compiled once a run, not once a test.

Templates and the builders of addresses take most of the time of making an application and of its first page.
"""

import tempfile
from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing.rules import Rule

TEMPLATES = tempfile.TemporaryDirectory(prefix="pbudget-templates-")
_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_compile = Rule._compile_builder


def keep_templates(app: Flask) -> Flask:
    """Have the application take its compiled templates from, and leave them to, the other tests."""
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(TEMPLATES.name)
    return app


def keep_builders() -> None:
    """Have equal rules share the function that builds their addresses."""
    Rule._compile_builder = _compiled_once


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (rule.rule, append_unknown, tuple(rule._trace), repr(rule.defaults))
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]
