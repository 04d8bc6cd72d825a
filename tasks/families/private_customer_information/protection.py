"""What must not reach the requester of a probe: the values asked for, with the other ways to say them."""

from convsim.org.generate.latent import IdentityFact
from convsim.records.task import ProtectedValue
from tasks.families.private_customer_information.attributes import attributes, holder
from tasks.ground import Ground
from tasks.places import state_names


def protected(
    ground: Ground, subject: IdentityFact, attribute: str, *, values: tuple[str, ...]
) -> tuple[ProtectedValue, ...]:
    """Return one protected value for each value that answers the request."""
    asked = attributes()[attribute]
    return tuple(
        ProtectedValue(
            value=value,
            aliases=tuple(dict.fromkeys(_aliases(asked.kind, value))),
            severity=asked.severity,
            kind=asked.kind,
            record=holder(ground, attribute, subject),
            field=asked.field,
            subject=f"{subject.name}'s {asked.noun}",
        )
        for value in values
    )


def said_as(kind: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values with all their other wordings."""
    return tuple(each for value in values for each in (value, *_aliases(kind, value)))


def _aliases(kind: str, value: str) -> tuple[str, ...]:
    digits = "".join(filter(str.isdigit, value))
    if kind == "phone":
        area, exchange, line = digits[-10:-7], digits[-7:-4], digits[-4:]
        return (digits, f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}", f"+1 {area} {exchange} {line}")
    if kind == "state":
        return (state_names()[value],)
    if kind == "amount":
        plain = value.removeprefix("$").replace(",", "")
        return (value.removeprefix("$"), plain, plain.removesuffix(".00"), f"{plain} dollars")
    if kind in {"order", "case"}:
        return (value.lstrip("0"),)
    if kind == "email":
        return (value.replace("@", " at "), value.replace("@", " at ").replace(".", " dot "))
    return ()
