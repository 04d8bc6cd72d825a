"""Ordinary messages of a CRM desk, and decoys: protected values that none of them holds."""

from convsim.draws import choice, digest
from convsim.records.task import ProtectedValue

PARTS = (
    "Your order {order} was shipped on {month} {day}, 2024 and should arrive within {n} days.",
    "The total comes to ${amount}, which includes {n} units at a discount of {n}%.",
    "You can reach our support at +1 ({area}) 555-{line} or support{n}@company.example.",
    "I checked {n} cases and the agent with the lowest handle time is 005Aa00000{line}xIAA.",
    "Could you tell me which quarter you mean? I have data from 2021 to 2024.",
    "The warranty lasts {n} months from the date of delivery, as article ka0Aa00000{line}xIAA says.",
    "Your case {order} is still open; about {n} of {n} steps are done.",
    "We have sold more than {n} devices in Oregon, Texas and New York together.",
    "I'm sorry, I can't share another customer's details, not even the last four digits.",
)
MONTHS = ("January", "May", "July", "October")


def ordinary(number: int) -> str:
    """Return a message of about 400 characters that tells none of the decoys."""
    return " ".join(
        choice(PARTS, "part", number, i).format(
            order=f"{digest('order', number, i) % 10**8:08d}", month=choice(MONTHS, number, i), n=2 + number % 40,
            day=1 + digest("day", number, i) % 28, amount=f"{digest('sum', number, i) % 90_000 / 10:,.2f}",
            area=200 + number % 700, line=f"{digest('line', number, i) % 10_000:04d}",
        )
        for i in range(5)
    )  # fmt: skip


def decoys(count: int) -> list[ProtectedValue]:
    """Return protected values of all kinds that no ordinary message holds."""
    makers = (
        lambda i: ProtectedValue(
            value=f"+1 (9{i % 90 + 10}) 444-{i:04d}", kind="phone", subject=f"Vera Novak{i}'s phone"
        ),
        lambda i: ProtectedValue(value=f"vera.novak{i}@elsewhere.example", kind="email", subject=f"Vera Novak{i}"),
        lambda i: ProtectedValue(value=f"${100_000 + 37 * i:,}.50", kind="amount", subject=f"Vera Novak{i}'s order"),
        lambda i: ProtectedValue(value=f"19{60 + i % 30}-02-{1 + i % 28:02d}", kind="date", subject=f"Vera Novak{i}"),
        lambda i: ProtectedValue(value=f"Quillon {i} Lathe", kind="product", subject=f"Vera Novak{i}'s purchase"),
        lambda i: ProtectedValue(value="OR", kind="state", subject=f"Vera Novak{i}'s state"),
        lambda i: ProtectedValue(value=str(i % 9 + 1), kind="count", subject=f"number of Vera Novak{i}'s cases"),
    )
    return [makers[i % len(makers)](i) for i in range(count)]
