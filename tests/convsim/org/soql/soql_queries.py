"""hypothesis strategies for valid queries over the small org, as syntax trees."""

from hypothesis import strategies as st

from convsim.org.soql import ast
from convsim.org.soql.periods import COUNTED_FORMULAS, FORMULAS

TEXTS = (
    "acme",
    "ACME",
    "ünïcode",
    "Straße",
    "ΣΊΓΜΑΣ",
    "100%",
    "a_b",
    "a\\b",
    "it's",
    "日本",
    "🦊",
    "a\nb",
    "zz",
    "É",
    "",
    "New",
    "closed",
)
PIECES = (
    "a",
    "A",
    "é",
    "É",
    "ü",
    "ß",
    "ς",
    "日",
    "🦊",
    "0",
    "1",
    "e",
    "%",
    "%",
    "_",
    "\\%",
    "\\_",
    "\\\\",
    "'",
    "\n",
    "K",
    "New",
    "me",
)
MOMENTS = (
    *("2023-01-01T00:00:00Z", "2023-06-01T12:30:00+02:00", "2023-03-26T01:30:00.500-07:00", "2024-01-01T00:00:00+0545"),
    *("2022-12-25T00:00:00Z", "2023-12-31T23:59:59Z"),
)
DATES = ("2023-01-01", "2023-06-01", "2023-12-31", "2024-02-29", "2022-12-26")
ORDERED = ("=", "!=", "<", "<=", ">", ">=")

TEXT_FIELDS = {
    "Case": (
        "Subject",
        "Status",
        "CaseNumber",
        "Account.Name",
        "Account.Industry",
        "Owner.Name",
        "Contact.Account.Name",
        "Account.Code__c",
    ),
    "Task": ("Subject", "What.Name", "What.Type", "Owner.Manager.Name", "Status"),
    "Contact": ("Name", "Email", "Account.Industry", "Account.Parent.Name", "Account.Code__c"),
    "Account": ("Name", "Industry", "Code__c", "Parent.Name", "Owner.Alias", "Phone"),
}
NUMBER_FIELDS = {
    "Case": (("Account.NumberOfEmployees", "int"), ("Account.AnnualRevenue", "double")),
    "Task": (),
    "Contact": (("Account.NumberOfEmployees", "int"),),
    "Account": (("NumberOfEmployees", "int"), ("AnnualRevenue", "double"), ("Parent.AnnualRevenue", "double")),
}
DAY_FIELDS = {
    "Case": (("CreatedDate", "datetime"), ("ClosedDate", "datetime"), ("Contact.Birthdate", "date")),
    "Task": (("ActivityDate", "date"), ("CreatedDate", "datetime")),
    "Contact": (("Birthdate", "date"), ("Account.CreatedDate", "datetime")),
    "Account": (("CreatedDate", "datetime"),),
}
BOOLEAN_FIELDS = {
    "Case": ("Account.Active__c", "Owner.IsActive"),
    "Task": ("Owner.IsActive", "What.IsActive"),
    "Contact": ("Account.Active__c", "Owner.IsActive"),
    "Account": ("Active__c", "Parent.Active__c"),
}
MULTI_FIELDS = {
    "Case": ("Account.Regions__c",),
    "Task": (),
    "Contact": ("Account.Regions__c",),
    "Account": ("Regions__c",),
}
ID_FIELDS = {
    "Case": ("AccountId", "OwnerId", "Account.OwnerId", "Id"),
    "Task": ("WhatId", "OwnerId"),
    "Contact": ("AccountId",),
    "Account": ("Id", "ParentId", "OwnerId"),
}
IDS = ("001000000000001AAA", "001000000000002", "005000000000001AAA", "500000000000003AAA", "003000000000001AAA")
SEMI_JOINS = {
    "Case": (
        ("AccountId", "Contact", "AccountId"),
        ("ContactId", "Contact", "Id"),
        ("Id", "CaseHistory__c", "CaseId__c"),
    ),
    "Task": (("WhatId", "Case", "Id"), ("OwnerId", "Account", "OwnerId")),
    "Contact": (("AccountId", "Account", "Id"), ("Id", "Case", "ContactId")),
    "Account": (("Id", "Contact", "AccountId"), ("Id", "Task", "WhatId")),
}
DATE_FUNCTIONS = (
    *("CALENDAR_YEAR", "CALENDAR_QUARTER", "CALENDAR_MONTH", "FISCAL_YEAR", "FISCAL_QUARTER", "FISCAL_MONTH"),
    *("DAY_IN_MONTH", "DAY_IN_WEEK", "DAY_IN_YEAR", "WEEK_IN_MONTH", "WEEK_IN_YEAR"),
)
OBJECTS = tuple(TEXT_FIELDS)


def path(text: str) -> ast.Path:
    return ast.Path(tuple(text.split(".")))


def texts() -> st.SearchStrategy[ast.Literals]:
    return st.one_of(st.sampled_from(TEXTS).map(ast.Text), st.just(ast.Word(None)))


def patterns() -> st.SearchStrategy[ast.Pattern]:
    return st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join).map(ast.Pattern)


def formulas() -> st.SearchStrategy[ast.DateFormula]:
    return st.one_of(
        st.sampled_from(sorted(FORMULAS)).map(ast.DateFormula),
        st.builds(ast.DateFormula, st.sampled_from(sorted(COUNTED_FORMULAS)), st.integers(0, 400) | st.integers(0, 5)),
    )


def numbers(kind: str) -> st.SearchStrategy[ast.Literals]:
    whole = st.integers(-3, 6).map(lambda n: ast.Number(str(n)))
    return whole if kind == "int" else whole | st.sampled_from(["0.25", "-1.5", ".75"]).map(ast.Number)


def moments(kind: str) -> st.SearchStrategy[ast.Literals]:
    if kind == "date":
        return st.sampled_from(DATES).map(lambda text: ast.Moment("date", text))
    return st.sampled_from(MOMENTS).map(lambda text: ast.Moment("datetime", text))


def _compared(field: ast.Expression, values: st.SearchStrategy[ast.Literals]) -> st.SearchStrategy[ast.Condition]:
    """Any comparison and list; null goes with = and != alone."""

    def build(operator: str, value: ast.Literals) -> ast.Condition:
        empty = isinstance(value, ast.Word) or (isinstance(value, ast.Text) and not value.value)
        return ast.Comparison(field, "=" if empty and operator not in {"=", "!="} else operator, value)  # type: ignore[arg-type]

    lists = st.lists(values, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(build, st.sampled_from(ORDERED), values),
        st.builds(lambda word, listed: ast.Membership(field, word, listed), st.sampled_from(["IN", "NOT IN"]), lists),
    )


@st.composite
def leaves(draw: st.DrawFn, sobject: str) -> ast.Condition:
    kinds = ["text", "like", "day", "boolean", "id", "function"]
    kinds += ["number"] * bool(NUMBER_FIELDS[sobject]) + ["multi"] * bool(MULTI_FIELDS[sobject])
    match draw(st.sampled_from(kinds)):
        case "text":
            return draw(_compared(path(draw(st.sampled_from(TEXT_FIELDS[sobject]))), texts()))
        case "like":
            field = path(draw(st.sampled_from(TEXT_FIELDS[sobject])))
            return ast.Comparison(field, "LIKE", draw(patterns()))
        case "day":
            name, kind = draw(st.sampled_from(DAY_FIELDS[sobject]))
            return draw(_compared(path(name), formulas() | moments(kind) | st.just(ast.Word(None))))
        case "boolean":
            field = path(draw(st.sampled_from(BOOLEAN_FIELDS[sobject])))
            return ast.Comparison(
                field, draw(st.sampled_from(["=", "!="])), ast.Word(draw(st.sampled_from([True, False, None])))
            )
        case "id":
            field = path(draw(st.sampled_from(ID_FIELDS[sobject])))
            values = st.sampled_from(IDS).map(ast.Text) | st.just(ast.Word(None))
            listed = draw(st.lists(values, min_size=1, max_size=3))
            return ast.Membership(field, draw(st.sampled_from(["IN", "NOT IN"])), tuple(listed))
        case "number":
            name, kind = draw(st.sampled_from(NUMBER_FIELDS[sobject]))
            return draw(_compared(path(name), numbers(kind) | st.just(ast.Word(None))))
        case "multi":
            field = path(draw(st.sampled_from(MULTI_FIELDS[sobject])))
            values = st.sampled_from(["North", "north;East", "South;West", "East", "West;North;South"]).map(ast.Text)
            listed = draw(st.lists(values, min_size=1, max_size=3))
            return ast.Membership(field, draw(st.sampled_from(["INCLUDES", "EXCLUDES"])), tuple(listed))
        case _:
            call = draw(date_calls(sobject))
            return draw(_compared(call, st.integers(1, 53).map(lambda n: ast.Number(str(n)))))


@st.composite
def date_calls(draw: st.DrawFn, sobject: str) -> ast.Call:
    name, kind = draw(st.sampled_from(DAY_FIELDS[sobject]))
    argument: ast.Path | ast.Call = path(name)
    functions = DATE_FUNCTIONS
    if kind == "datetime":
        functions = (*functions, "HOUR_IN_DAY")
        if draw(st.booleans()):
            argument = ast.Call("CONVERTTIMEZONE", path(name))
    return ast.Call(draw(st.sampled_from(functions)), argument)


def conditions(sobject: str) -> st.SearchStrategy[ast.Condition]:
    """Conditions of any shape that the grammar has."""
    return st.recursive(leaves(sobject), _combined, max_leaves=6)


def _combined(inner: st.SearchStrategy[ast.Condition]) -> st.SearchStrategy[ast.Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(inner.map(ast.Not), st.builds(ast.Logic, st.sampled_from(["AND", "OR"]), several))


@st.composite
def semi_joins(draw: st.DrawFn, sobject: str) -> ast.Condition:
    """A semi-join, alone or with other conditions by AND."""
    field, inner, selected = draw(st.sampled_from(SEMI_JOINS[sobject]))
    where = draw(st.none() | conditions(inner)) if inner in OBJECTS else None
    query = ast.Query((ast.Selected(path(selected)),), (ast.Source(path(inner)),), where=where)
    joined = ast.SemiJoin(path(field), draw(st.booleans()), query)
    return ast.Logic("AND", (draw(conditions(sobject)), joined)) if draw(st.booleans()) else joined


@st.composite
def orders(draw: st.DrawFn, sobject: str) -> tuple[ast.Order, ...]:
    names = [
        *TEXT_FIELDS[sobject],
        *(name for name, _ in NUMBER_FIELDS[sobject]),
        *(name for name, _ in DAY_FIELDS[sobject]),
    ]
    one = st.builds(ast.Order, st.sampled_from(names).map(path), st.booleans(), st.sampled_from(["", "FIRST", "LAST"]))
    return tuple(draw(st.lists(one, max_size=3)))


@st.composite
def record_queries(draw: st.DrawFn) -> ast.Query:
    """A query for records: ids alone, which the naive evaluator predicts in order."""
    sobject = draw(st.sampled_from(OBJECTS))
    return ast.Query(
        (ast.Selected(path("Id")),),
        (ast.Source(path(sobject)),),
        where=draw(st.none() | conditions(sobject) | semi_joins(sobject)),
        order=draw(orders(sobject)),
        limit=draw(st.none() | st.integers(0, 8)),
        offset=draw(st.none() | st.integers(0, 5)),
    )


AGGREGATED = {
    "Case": ("Subject", "Account.AnnualRevenue", "CreatedDate", "AccountId", "Account.NumberOfEmployees"),
    "Account": ("Name", "AnnualRevenue", "NumberOfEmployees", "CreatedDate"),
    "Contact": ("Name", "Birthdate", "Account.AnnualRevenue"),
    "Task": ("Subject", "ActivityDate", "WhatId"),
}
GROUPED = {
    "Case": ("Status", "Account.Name", "Account.Industry", "AccountId", "Owner.Name", "Account.Active__c"),
    "Account": ("Industry", "NumberOfEmployees", "Active__c", "Owner.Name"),
    "Contact": ("Account.Industry", "Birthdate", "AccountId"),
    "Task": ("Status", "What.Type", "ActivityDate"),
}


@st.composite
def aggregates(draw: st.DrawFn, sobject: str, *, excluding: tuple[ast.Expression, ...] = ()) -> ast.Call:
    fields = [each for each in AGGREGATED[sobject] if path(each) not in excluding]
    name = draw(st.sampled_from(fields))
    functions = ["COUNT", "COUNT_DISTINCT", "MIN", "MAX"]
    if name.endswith(("Revenue", "Employees")):
        functions += ["SUM", "AVG"]
    return ast.Call(draw(st.sampled_from(functions)), path(name))


@st.composite
def group_queries(draw: st.DrawFn) -> ast.Query:
    """A query with GROUP BY, whose answer holds all grouped values and some aggregates."""
    sobject = draw(st.sampled_from(OBJECTS))
    plain = st.sampled_from(GROUPED[sobject]).map(path)
    fields = tuple(draw(st.lists(plain | date_calls(sobject), min_size=1, max_size=3, unique=True)))
    chosen = draw(st.lists(aggregates(sobject, excluding=fields), min_size=1, max_size=3))
    select = [ast.Selected(each, f"g{i}") for i, each in enumerate(fields)]
    select += [ast.Selected(each, f"a{i}") for i, each in enumerate(chosen)]
    kind = draw(st.sampled_from(["", "ROLLUP", "CUBE"]))
    if kind and not any(isinstance(each, ast.Call) and isinstance(each.argument, ast.Call) for each in fields):
        select += [ast.Selected(ast.Call("GROUPING", each), f"r{i}") for i, each in enumerate(fields)]
    counted = ast.Comparison(
        ast.Call("COUNT", path("Id")), draw(st.sampled_from(ORDERED)), ast.Number(str(draw(st.integers(0, 4))))
    )  # type: ignore[arg-type]
    return ast.Query(
        tuple(select),
        (ast.Source(path(sobject)),),
        where=draw(st.none() | conditions(sobject)),
        group=ast.Grouping(kind, fields),  # type: ignore[arg-type]
        having=draw(st.none() | st.just(counted)),
    )
