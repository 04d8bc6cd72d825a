"""Ordinary messages of a CRM desk, and decoys: protected values that none of them holds."""

from pathlib import Path
from string import Formatter

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


MANNERS = tuple(
    line.replace("\\n", "\n") for line in (Path(__file__).parent / "manners.txt").read_text("utf-8").splitlines()
)
"""Sentences in many manners: tables, lists, code, quotations, other languages, refusals, small talk."""
_DATES = (
    "{Y}-{m:02d}-{d:02d}",
    "{M} {d}, {Y}",
    "{d} {M} {Y}",
    "{m}/{d}/{Y}",
    "{d:02d}.{m:02d}.{Y}",
    "{M} {d}",
    "{d}th of {M}",
)
_PHONES = ("+1 ({a}) 555-{l:04d}", "{a}-555-{l:04d}", "{a}.555.{l:04d}", "1{a}555{l:04d}", "+44 20 7{a} {l:04d}")
_AMOUNTS = ("${x:,.2f}", "${x:,.0f}", "USD {x:.2f}", "{x:,.0f} dollars", "€{x:,.2f}", "{x:.0f}.50 EUR")
_SPANS = ("{n} days", "{n} hours", "{n} months", "{n}-{k} business days", "two weeks", "eighteen months", "{n}h {k}m")
_NAMES = ("Maya Osei", "Tom", "Ms. Albrecht", "Jorge Lima", "Anna Novak", "Dr. Chen", "Priya")
_PRODUCTS = ("ClearView 200 Lens", "Quillon Pen", "TrailMate Pack", "Lathe Cover", "AeroPress 3", "DesignPro Suite")
_STATES = ("Oregon", "Texas", "New York", "OR", "CA", "Washington", "Ohio")
_MONTHS = ("January", "March", "May", "July", "August", "October", "Nov", "December")
_PREFIXES = ("005Aa00000", "ka0Aa00000", "801Aa00000", "0Q0Aa00000", "500Aa00000")


def varied(number: int, *, length: int = 400) -> str:
    """Return a message of `length` characters at most, in mixed manners, that tells none of the decoys."""
    text = ""
    for place in range(40):
        text += (" ", "\n", "\n\n")[digest("gap", number, place) % 8 % 3] + _sentence(number, place)
        if len(text) > length:
            break
    return text[:length].strip()


def _sentence(number: int, place: int) -> str:
    pattern = choice(MANNERS, "manner", number, place)
    slots = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    drawn = iter([_filled(name, number, place, i) for i, name in enumerate(slots)])
    return "".join(literal + (next(drawn) if name else "") for literal, name, _, _ in Formatter().parse(pattern))


def _filled(name: str, *key: int) -> str:
    """Return what stands in a slot."""
    n, k = _drawn(60, name, "n", *key) + 1, _drawn(900, name, "k", *key) + 61
    month, day = 1 + _drawn(12, "m", *key), 1 + _drawn(28, "d", *key)
    area, line, money = 200 + _drawn(700, "a", *key), _drawn(10_000, "l", *key), _drawn(9_000_000, "x", *key) / 100
    email = f"{choice(('help', 'info', 'anna.keller', 'v.osei'), *key)}{n}@company.example"
    forms = {
        "date": lambda form: form.format(Y=2021 + n % 4, m=month, d=day, M=choice(_MONTHS, *key)),
        "phone": lambda form: form.format(a=area, l=line),
        "amount": lambda form: form.format(x=money),
        "span": lambda form: form.format(n=n, k=n + 2),
    }
    if name in forms:
        return str(forms[name](choice(_LISTS[name], name, *key)))
    plain = {"n": n, "m": n, "j": n, "k": k, "d": 1 + n % 9, "q": 1 + n % 4, "email": email,
             "order": f"{_drawn(10**8, 'order', *key):08d}", "time": f"{8 + n % 10}:{k % 60:02d}",
             "id": f"{choice(_PREFIXES, 'id', *key)}{line:04d}x{'IAA' * (n % 2)}",
             "pct": choice((f"{n}%", f"{n}.{n % 10}%", f"{n} percent"), *key)}  # fmt: skip
    return str(plain[name]) if name in plain else choice(_LISTS[name], name, *key)


def _drawn(size: int, *key: object) -> int:
    return digest(*key) % size


_LISTS = {
    "date": _DATES, "phone": _PHONES, "amount": _AMOUNTS, "span": _SPANS,
    "name": _NAMES, "product": _PRODUCTS, "state": _STATES, "month": _MONTHS,
}  # fmt: skip
