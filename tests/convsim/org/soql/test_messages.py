"""Every refusal in Salesforce's words, with its code, and where it has a place: excerpt, caret, row and column."""

import pytest

from convsim.org.errors import SalesforceError
from convsim.org.soql.engine import SoqlEngine

FIELD, MALFORMED, OPERATOR = "INVALID_FIELD", "MALFORMED_QUERY", "INVALID_QUERY_FILTER_OPERATOR"
NO_CUT = "Non-grouped query that uses overall aggregate functions cannot also use {0}"
FIELDS = "The SOQL FIELDS function must have a LIMIT of at most 200"
COLUMN = (
    "No such column '{0}' on entity '{1}'. If you are attempting to use a custom field, be sure to append the '__c' "
    "after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
)
PARENT = (
    "Didn't understand relationship '{0}' in field path. If you are attempting to use a custom relationship, be sure "
    "to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the "
    "appropriate names."
)
CHILD = PARENT.replace("in field path", "in FROM part of query call")
OBJECT = (
    "sObject type '{0}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' "
    "after the entity name. Please reference your WSDL or the describe call for the appropriate names."
)


def refusal(engine: SoqlEngine, text: str) -> SalesforceError:
    with pytest.raises(SalesforceError) as caught:
        engine.query(text)
    return caught.value


WHOLE = [
    (
        "SELECT Naem FROM Account",
        "INVALID_FIELD",
        "\nSELECT Naem FROM Account\n       ^\nERROR at Row:1:Column:8\n" + COLUMN.format("Naem", "Account"),
    ),
    (
        "SELECT Id, Name, Phone, Industry, NumberOfEmployees, Body, AnnualRevenue, Description FROM Account",
        "INVALID_FIELD",
        "\n Industry, NumberOfEmployees, Body, AnnualRevenue, Description\n"
        "                              ^\nERROR at Row:1:Column:54\n" + COLUMN.format("Body", "Account"),
    ),
    (
        "SELECT Id FROM Contact123",
        "INVALID_TYPE",
        "\nSELECT Id FROM Contact123\n               ^\nERROR at Row:1:Column:16\n" + OBJECT.format("Contact123"),
    ),
    (
        "SELECT Id,\n  Foo.Name\nFROM Account",
        "INVALID_FIELD",
        "\nSELECT Id,\n  Foo.Name\nFROM Account\n             ^\nERROR at Row:2:Column:3\n" + PARENT.format("Foo"),
    ),
    (
        "SELECT Id, (SELECT Id FROM Contact) FROM Account",
        "INVALID_TYPE",
        "\nSELECT Id, (SELECT Id FROM Contact) FROM Account\n                           ^\nERROR at Row:1:Column:28\n"
        + CHILD.format("Contact"),
    ),
    (
        "SELECT * FROM Account where Name='John'",
        "MALFORMED_QUERY",
        "\nSELECT * FROM Account where Name='John'\n      ^\nERROR at Row:1:Column:7\nunexpected token: '*'",
    ),
    ("invalid", "MALFORMED_QUERY", "unexpected token: 'invalid'"),
    ("", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
    (
        "SELECT Id FROM Account WHERE",
        "MALFORMED_QUERY",
        "\nSELECT Id FROM Account WHERE\n                           ^\nERROR at Row:1:Column:28\n"
        "unexpected token: '<EOF>'",
    ),
    (
        "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
        "MALFORMED_QUERY",
        "\nWHERE Name = 'a' AND Name = 'b' OR Name = 'c'\n                               ^\nERROR at Row:1:Column:55\n"
        "unexpected token: 'OR'",
    ),
    (
        'SELECT Id FROM Account WHERE Name = "x"',
        "MALFORMED_QUERY",
        '\nSELECT Id FROM Account WHERE Name = "x"\n                                   ^\nERROR at Row:1:Column:36\n'
        "line 1:36 no viable alternative at character '\"'",
    ),
    (
        "SELECT Id FROM Account WHERE Name = 'x",
        "MALFORMED_QUERY",
        "\nId FROM Account WHERE Name = 'x\n                              ^\nERROR at Row:1:Column:38\n"
        "line 1:38 mismatched character '<EOF>' expecting '''",
    ),
    ("SELECT Industry, COUNT(Id) FROM Account", "MALFORMED_QUERY", "Field must be grouped or aggregated: Industry"),
    (
        "SELECT COUNT(Id) FROM Account GROUP BY Id",
        "MALFORMED_QUERY",
        "\nSELECT COUNT(Id) FROM Account GROUP BY Id\n             ^\nERROR at Row:1:Column:14\n"
        "Grouped field should not be aggregated: Id",
    ),
    (
        "SELECT Id, Name n FROM Account",
        "MALFORMED_QUERY",
        "\nSELECT Id, Name n FROM Account\n           ^\nERROR at Row:1:Column:12\n"
        "only aggregate expressions use field aliasing",
    ),
]


@pytest.mark.parametrize(("text", "code", "message"), WHOLE)
def test_whole_messages(engine: SoqlEngine, text: str, code: str, message: str) -> None:
    found = refusal(engine, text)
    assert (found.code, found.message, found.http_status) == (code, message, 400)
    assert found.body() == [{"message": message, "errorCode": code}]


def criterion(name: str, type_name: str) -> str:
    quotes = "should be enclosed in quotes" if type_name == "string" else "should not be enclosed in quotes"
    return f"value of filter criterion for field '{name}' must be of type {type_name} and {quotes}"


def unfit(name: str, verb: str) -> str:
    return f"field '{name}' can not be {verb} in a query call"


PLACED = [
    ("SELECT Id FROM Case WHERE Subject = 5", 27, FIELD, criterion("Subject", "string")),
    ("SELECT Id FROM Case WHERE Subject = TODAY", 27, FIELD, criterion("Subject", "string")),
    ("SELECT Id FROM Case WHERE AccountId = 5", 27, FIELD, criterion("AccountId", "string")),
    ("SELECT Id FROM Case WHERE CreatedDate > '2024'", 27, FIELD, criterion("CreatedDate", "dateTime")),
    ("SELECT Id FROM Case WHERE CreatedDate > 2024-01-01", 27, FIELD, criterion("CreatedDate", "dateTime")),
    ("SELECT Id FROM Contact WHERE Birthdate = '1990-01-01'", 30, FIELD, criterion("Birthdate", "date")),
    (
        "SELECT Id FROM Contact WHERE Birthdate = 1990-01-01T00:00:00Z",
        30,
        FIELD,
        criterion("Birthdate", "date"),
    ),
    ("SELECT Id FROM Contact WHERE Birthdate = 1990-02-30", 30, FIELD, criterion("Birthdate", "date")),
    ("SELECT Id FROM Account WHERE AnnualRevenue = '5'", 30, FIELD, criterion("AnnualRevenue", "double")),
    (
        "SELECT Id FROM Account WHERE NumberOfEmployees = '5'",
        30,
        FIELD,
        criterion("NumberOfEmployees", "int"),
    ),
    (
        "SELECT Id FROM Account WHERE NumberOfEmployees = 1.5",
        30,
        FIELD,
        criterion("NumberOfEmployees", "int"),
    ),
    ("SELECT Id FROM Account WHERE Active__c = 'true'", 30, FIELD, criterion("Active__c", "boolean")),
    ("SELECT Id FROM Case WHERE Account.Active__c = 1", 27, FIELD, criterion("Active__c", "boolean")),
    ("SELECT Id FROM Case WHERE Id = 'abc'", 27, OPERATOR, "invalid ID field: abc"),
    ("SELECT Id FROM Case WHERE Id IN ('abc')", 27, OPERATOR, "invalid ID field: abc"),
    (
        "SELECT Id FROM Case WHERE OwnerId LIKE '005%'",
        27,
        OPERATOR,
        "invalid operator on id field",
    ),
    (
        "SELECT Id FROM Account WHERE Regions__c LIKE 'N%'",
        30,
        OPERATOR,
        "invalid operator on multipicklist field",
    ),
    (
        "SELECT Id FROM Account WHERE Name INCLUDES ('a')",
        30,
        OPERATOR,
        "invalid operator on string field",
    ),
    (
        "SELECT Id FROM Case WHERE Description = 'x'",
        27,
        FIELD,
        unfit("Description", "filtered"),
    ),
    (
        "SELECT Id FROM Case WHERE Subject = 'x' ORDER BY Description",
        50,
        FIELD,
        unfit("Description", "sorted"),
    ),
    (
        "SELECT LastModifiedDate FROM Case GROUP BY LastModifiedDate",
        44,
        FIELD,
        unfit("LastModifiedDate", "grouped"),
    ),
    (
        "SELECT Subject, COUNT(Id) FROM Task GROUP BY Subject",
        46,
        FIELD,
        unfit("Subject", "grouped"),
    ),
    (
        "SELECT CaseNumber FROM Case GROUP BY CaseNumber",
        38,
        FIELD,
        unfit("CaseNumber", "grouped"),
    ),
    ("SELECT Id FROM Case WHERE Owner = 'x'", 27, FIELD, COLUMN.format("Owner", "Case")),
    ("SELECT Owner.ManagerId FROM Case", 8, FIELD, COLUMN.format("ManagerId", "Name")),
    ("SELECT Owner.Manager.Name FROM Case", 8, FIELD, PARENT.format("Manager")),
    ("SELECT Id FROM Case WHERE Subject = Status", 37, MALFORMED, "Bind variables only allowed in Apex code"),
    ("SELECT Id FROM Case WHERE Subject = :x", 37, MALFORMED, "Bind variables only allowed in Apex code"),
    ("SELECT Name, Name FROM Account", 14, MALFORMED, "duplicate alias: Name"),
    (
        "SELECT Account.Name, Owner.Name, COUNT(Id) FROM Case GROUP BY Account.Name, Owner.Name",
        22,
        MALFORMED,
        "duplicate alias: Name",
    ),
    ("SELECT Id FROM Case LIMIT -1", 27, MALFORMED, "Limit must be a non-negative value"),
    ("SELECT Id FROM Case OFFSET -1", 28, MALFORMED, "SOQL offset must be a non-negative value"),
    (
        "SELECT TYPEOF What WHEN Case THEN Id WHEN Case THEN Id END FROM Task",
        43,
        MALFORMED,
        "WHEN clause operand [Case] is not unique",
    ),
    (
        "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
        44,
        MALFORMED,
        "Semi join sub-selects are not allowed with the 'OR' operator",
    ),
    (
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT ContactId FROM Case))",
        73,
        MALFORMED,
        "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions",
    ),
    (
        "SELECT Id FROM Account WHERE Name LIKE 5",
        30,
        FIELD,
        "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
    ),
    ("SELECT SUM(Name) FROM Account", 8, FIELD, "field Name does not support aggregate operator SUM"),
    (
        "SELECT Id, (SELECT Id FROM Contacts) c FROM Account",
        12,
        MALFORMED,
        "only aggregate expressions use field aliasing",
    ),
    ("SELECT Id FROM Account FOR UPDATE", 28, MALFORMED, "FOR UPDATE not allowed in this context"),
    ("SELECT Id FROM Task WHERE What.Name = 'x' AND Who.Name = 'y'", 47, FIELD, PARENT.format("Who")),
    (
        "SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account",
        20,
        MALFORMED,
        "Only root queries support aggregate expressions",
    ),
]


@pytest.mark.parametrize(("text", "column", "code", "message"), PLACED)
def test_places(engine: SoqlEngine, text: str, column: int, code: str, message: str) -> None:
    found = refusal(engine, text)
    *_, excerpt, caret, place, said = found.message.split("\n")
    assert (found.code, place, said) == (code, f"ERROR at Row:1:Column:{column}", message)
    assert text[text.index(excerpt) + len(caret) - 1 :] == text[column - 1 :]


PLAIN = [
    (
        "SELECT COUNT(Id) FROM Case LIMIT 1",
        MALFORMED,
        NO_CUT.format("LIMIT"),
    ),
    (
        "SELECT COUNT(Id) FROM Case OFFSET 1",
        MALFORMED,
        NO_CUT.format("OFFSET"),
    ),
    (
        "SELECT COUNT(Id) FROM Account ORDER BY Name",
        MALFORMED,
        "Ordered field must be grouped or aggregated: Name",
    ),
    ("SELECT FIELDS(ALL) FROM Account", MALFORMED, FIELDS),
    (
        "SELECT FIELDS(CUSTOM) FROM Account LIMIT 201",
        MALFORMED,
        FIELDS,
    ),
    ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
]


@pytest.mark.parametrize(("text", "code", "message"), PLAIN)
def test_messages_without_a_place(engine: SoqlEngine, text: str, code: str, message: str) -> None:
    found = refusal(engine, text)
    assert (found.code, found.message) == (code, message)


def test_fields_is_younger_than_old_versions(engine: SoqlEngine) -> None:
    with pytest.raises(SalesforceError) as caught:
        engine.query("SELECT FIELDS(STANDARD) FROM Account", version="50.0")
    assert caught.value.code == "UNSUPPORTED_API_VERSION"


def test_a_narrower_schema_answers_as_if_the_rest_did_not_exist(engine: SoqlEngine) -> None:
    seen = [each for each in engine.schema if each.name != "Contact"]
    narrow = SoqlEngine(engine.store, engine.clock, schema=type(engine.schema)(seen))
    assert refusal(narrow, "SELECT Id FROM Contact").message.endswith(OBJECT.format("Contact"))
    assert refusal(narrow, "SELECT Contact.Name FROM Case").message.endswith(PARENT.format("Contact"))
    assert refusal(narrow, "SELECT Id, (SELECT Id FROM Contacts) FROM Account").code == "INVALID_TYPE"
