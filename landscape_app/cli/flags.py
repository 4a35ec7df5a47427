"""Flags from a settings model. Name, type, range and help of each come from the model, so a new
field is a new flag.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Annotated, Any

from cyclopts import Parameter, Token
from pydantic.fields import FieldInfo

from landscape_app import limits
from landscape_app.cli import progress
from landscape_app.errors import SpecError, alike
from landscape_app.imports import close
from landscape_app.settings import Spec
from landscape_app.settings.names import name_of
from landscape_app.store.folder import check_runs

Command = Callable[..., Any]
Value = typing.TypeVar("Value")
# what a message of the parser is about …
GIVEN = re.compile(r'^[^:"]*(?:"([^"]+)"|: (-\S+?)(?:\.|$|\s))')
WHOLE = re.compile(r"[+-]?[0-9]{1,300}")
SUGGESTED = re.compile(r' ?Did you mean "?([^"?]+)"?\?')  # … and what it takes for meant


def whole_number(kind: Any, tokens: Sequence[Token]) -> int:
    """The whole number given to a flag. Raises SpecError for anything else: the parser itself would
    round 1.5 and accept 0x3 and 1_0.
    """
    token = tokens[0]
    given = token.value.strip()
    if not WHOLE.fullmatch(given):
        raise SpecError(f"{token.keyword or 'value'}: must be a whole number, not '{given[:40]}'.")
    return int(given)


Whole = Annotated[int, Parameter(converter=whole_number)]


def with_settings(model: type[Spec]) -> Callable[[Command], Command]:
    """Decorator: replaces `**settings` of a command by one flag per field of `model`. Only the
    given flags are passed on.
    """
    return _with_flags([_flag(name, field) for name, field in model.model_fields.items()])


def with_words(helps: Mapping[str, str], group: str) -> Callable[[Command], Command]:
    """Decorator: replaces `**settings` of a command by one flag per name of `helps`, {name: help},
    which takes a word. Only the given flags are passed on.
    """
    flags = []
    for name, text in helps.items():
        details = Parameter(help=text, group=group, show_default=False)
        kind = Annotated[typing.Optional[str], details]  # noqa: UP045
        flags.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        )
    return _with_flags(flags)


def named(name: str, read: Callable[[str], Value], text: str | None) -> Value | None:
    """What `read` makes of the flag's text, None where it is not given. Raises SpecError, which
    names the flag.
    """
    try:
        return None if text is None else read(text)
    except SpecError as error:
        raise SpecError(f"--{name}: {error}") from error


def _with_flags(flags: Sequence[inspect.Parameter]) -> Callable[[Command], Command]:
    names = {flag.name for flag in flags}

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]

        def wrapped(*args: Any, **given: Any) -> Any:
            return command(
                *args, **{k: v for k, v in given.items() if v is not None or k not in names}
            )

        wrapped.__doc__, wrapped.__name__ = command.__doc__, command.__name__
        wrapped.__signature__ = inspect.Signature([*own, *flags])  # type: ignore[attr-defined]
        wrapped.__annotations__ = {p.name: p.annotation for p in [*own, *flags]}
        return wrapped

    return decorate


def on_a_runs_folder(command: Command) -> Command:
    """The command; it first checks that its `runs` can be a runs folder, and prevents imports from
    there.
    """
    signature = inspect.signature(command)
    if "runs" not in signature.parameters:
        return command

    @functools.wraps(command)
    def checked(*args: Any, **given: Any) -> Any:
        runs = given.get("runs", signature.parameters["runs"].default)
        check_runs(runs)
        close(runs)
        return command(*args, **given)

    checked.__signature__ = signature  # type: ignore[attr-defined]
    return checked


def with_limit(command: Command) -> Command:
    """The command with a flag for the largest size of the data and weight files that it reads."""
    kind = Annotated[typing.Optional[float], Parameter(help=limits.HELP)]  # noqa: UP045
    return _with_flag(command, limits.FLAG, kind, None, limits.raised)


def with_quiet(command: Command) -> Command:
    """The command with the flag --quiet, which shows warnings and the result, but no progress."""
    kind = Annotated[bool, Parameter(help="Show no progress.", negative="")]
    return _with_flag(command, "quiet", kind, False, progress.quiet)


def _with_flag(
    command: Command,
    name: str,
    kind: Any,
    default: Any,
    around: Callable[[Any], AbstractContextManager[object]],
) -> Command:
    """The command with one more flag. The value of the flag makes the context in which the command
    runs.
    """
    signature = inspect.signature(command)
    flag = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)

    @functools.wraps(command)
    def flagged(*args: Any, **given: Any) -> Any:
        with around(given.pop(name, default)):
            return command(*args, **given)

    flagged.__signature__ = signature.replace(parameters=[*signature.parameters.values(), flag])  # type: ignore[attr-defined]
    flagged.__annotations__ = {**command.__annotations__, name: kind}
    return flagged


def plain_suggestion(words: str) -> str:
    """The parser's message, without a suggestion that is not similar to the given word."""
    suggestion, given = SUGGESTED.search(words), GIVEN.search(words)
    if suggestion is None or given is None:
        return words
    if alike((given.group(1) or given.group(2)).lstrip("-"), suggestion.group(1).lstrip("-")):
        return words
    return words.replace(suggestion.group(0), "").strip()


def _flag(name: str, field: FieldInfo) -> inspect.Parameter:
    extra = typing.cast(dict[str, Any], field.json_schema_extra or {})
    kind = _plain(field.annotation)
    unit = f" [{extra['unit']}]" if extra.get("unit") else ""
    default = "" if field.default in (None, ()) else f" [default: {_shown(field.default)}]"
    named = name_of(field)
    literal = typing.get_args(_without_none(field.annotation)) if _choice(field.annotation) else ()
    words = literal if named is None else tuple(named.table)
    choices = f" [choices: {', '.join(words)}]" if words else ""
    # on the page a field is left empty, here a flag is not given
    description = str(field.description).replace("Empty: ", "Not given: ")
    details = Parameter(
        help=f"{field.title}: {description}{unit}{choices}{default}",
        group=str(extra.get("group", "settings")).capitalize(),
        show_default=False,
    )
    if typing.get_origin(kind) is tuple:
        details = Parameter.combine(details, Parameter(consume_multiple=True, negative=""))
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[typing.Optional[kind], details],  # noqa: UP045
    )


def _plain(annotation: Any) -> Any:
    """The type without the model's validators. They run later, and their messages are better."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return next(_plain(a) for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is tuple:
        return types.GenericAlias(tuple, (_plain(typing.get_args(annotation)[0]), ...))
    if typing.get_origin(annotation) is Annotated:
        return _plain(typing.get_args(annotation)[0])
    if annotation is int:
        return Whole
    return str if _choice(annotation) else annotation


def _without_none(annotation: Any) -> Any:
    """The type of a setting without None."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return next(a for a in typing.get_args(annotation) if a is not type(None))
    return annotation


def _choice(annotation: Any) -> bool:
    """Whether the setting accepts only some words. They are checked with the settings, whose
    message also knows other names of a word.
    """
    return typing.get_origin(_without_none(annotation)) is typing.Literal


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
