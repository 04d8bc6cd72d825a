"""Options that several commands share, and the rule that every option is also a CONVSIM_* variable."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from convsim.errors import ConfigError

if TYPE_CHECKING:
    from personas.source import Source

F = TypeVar("F", bound=Callable[..., Any])


class AboveZero(click.FloatRange):
    """A number above 0. NaN is refused too, which would pass every comparison."""

    def __init__(self) -> None:
        super().__init__(0, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; fails for anything else."""
        found = super().convert(value, param, ctx)
        return found if found > 0 else self.fail(f"{value} is not in the range x>0.", param, ctx)


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Return click's option with its variable: `--max-turns` is also `CONVSIM_MAX_TURNS`."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    settings.setdefault("envvar", "CONVSIM_" + long.lstrip("-").replace("-", "_").upper())
    if not settings.get("is_flag") and settings.get("default") is not None and not settings.get("multiple"):
        settings.setdefault("show_default", True)
    return click.option(*names, **settings)


def read_config(context: click.Context, _: click.Parameter, file: str | None) -> str | None:
    """Take defaults out of a YAML file of option names; flags and variables win. For `--config`."""
    if file is None:
        return None
    from personas.source import parse

    try:
        source, mistakes = parse(Path(file).read_bytes(), file=file)
    except OSError as error:
        raise ConfigError(f"--config {file} cannot be read: {error.strerror}") from error
    if mistakes or source is None:
        raise mistakes[0]
    context.default_map = {**(context.default_map or {}), **dict(_defaults(context.command, source))}
    return file


def _defaults(command: click.Command, source: "Source") -> Iterator[tuple[str, Any]]:
    """Yield parameter and value of each line; names are those of the options, values fit the option or are refused."""
    from convsim.errors import unknown

    options = {name: each for each in command.params for name in _names(each)}
    for key, value in source.data.items():
        place = source.place((key,))
        option_ = options.get(key.replace("_", "-"))
        if option_ is None or option_.name is None:
            raise unknown(f"option in {place.file}:{place.line}", key, sorted(options))
        many = bool(getattr(option_, "multiple", False))
        values = value if isinstance(value, list) and many else [value]
        flag = bool(getattr(option_, "is_flag", False))
        if any(isinstance(each, dict | list) or each is None or isinstance(each, bool) != flag for each in values):
            wanted = "true or false" if flag else "a list of values" if many else "one value"
            raise ConfigError(f"{place.file}:{place.line}: '{key}' is {value!r}; write {wanted}")
        yield option_.name, [str(each) for each in values] if many else value if flag else str(value)


def _names(parameter: click.Parameter) -> list[str]:
    return [name.lstrip("-") for name in parameter.opts if name.startswith("--")]


def chosen_orgs(context: click.Context) -> tuple[str, ...]:
    """Return what `--org` and `--bundle` name, each once; the default orgs count only where no bundle is named."""
    from click.core import ParameterSource

    given = context.params
    bundles = [str(Path(name)) for name in given["bundles"]]
    taken_for_granted = context.get_parameter_source("orgs") in (ParameterSource.DEFAULT, None)
    orgs = () if bundles and taken_for_granted else given["orgs"]
    # A folder that bears the name of a generated org is told from it by its path.
    return tuple(dict.fromkeys([*orgs, *(f"./{name}" if name in ("b2b", "b2c") else name for name in bundles)]))


def pairs(values: tuple[str, ...], flag: str) -> dict[str, Any]:
    """Return `k=v` pairs as a dict; values are read as YAML scalars (numbers, true, false, null, text)."""
    import yaml

    found: dict[str, Any] = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not equals or not key:
            raise ConfigError(f"{flag} takes key=value, not '{value}'; for instance {flag} temperature=0")
        found[key] = yaml.safe_load(text) if text else ""
    return found


config_option = option(
    "--config", type=click.Path(dir_okay=False), is_eager=True, expose_value=False, callback=read_config,
    help="YAML file of options; flags win.",
)  # fmt: skip
json_option = option("--json", "as_json", is_flag=True, help="JSON lines for machines on stdout.")
orgs_option = option(
    "--org", "orgs", multiple=True, metavar="NAME", default=("b2b", "b2c"), show_default=True,
    help="b2b, b2c, or a bundle's folder; may be repeated.",
)  # fmt: skip
bundles_option = option(
    "--bundle", "bundles", multiple=True, metavar="DIR",
    help="Folder of a bundle, in place of the default orgs or beside --org; may be repeated.",
)  # fmt: skip
egress_option = option(
    "--allow-egress", is_flag=True,
    help="Let user and judge models on other machines read the conversations of a real org.",
)  # fmt: skip
redact_option = option(
    "--redact", is_flag=True,
    help="Replace protected and sensitive values by tokens such as [Contact.Email#1], the same by the same.",
)  # fmt: skip
policy_option = option(
    "--policy",
    type=click.Choice(["given", "withheld"]),
    default="given",
    help="withheld: a clause is left out of the policy that the agent is told, and only the user knows it.",
)
seed_option = option("--seed", default=0, help="Seed of tasks, personas and every draw of the user.")


def schema_option(name: str) -> Callable[[F], F]:
    """Return `--schema`: print the JSON Schema of what the command prints with --json, and end."""

    def tell(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            click.echo(schema_text(name), nl=False)
            context.exit()

    return option(
        "--schema",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=tell,
        help="Print the JSON Schema of --json.",
    )


def schema_text(name: str) -> str:
    """Return a published schema as it lies in docs/schema."""
    import json

    from convsim.records.published import PUBLISHED

    return json.dumps(PUBLISHED[name].model_json_schema(mode="serialization"), indent=2) + "\n"
