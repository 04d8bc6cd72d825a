"""Where the store keeps each value: tables, columns, shadow columns and indexes, as SQL names.

Every object has one table of its own name with a rowid. Columns are the fields' API names, plus two kinds of shadow:

    "Name~"     the folded text (`convsim.org.fold`) of a field that is compared without regard to case
    "Status#"   the position of a picklist value in the order of the setup (values outside it come last)

Table "Name" holds the pseudo object's rows: one per record that a polymorphic reference may point to.
Wire format of the values: 18-character ids; dateTime `2024-11-07T07:00:00.000+0000`, always UTC, so that the order of
the texts is the order in time; date `2024-11-07`; time `18:30:00.000Z`; booleans 0 or 1; empty text is NULL.

Full text: FTS5 table `search` (columns name, email, phone, body; contentless) whose rowid is
`search_base(schema, object) + rowid of the record in its table`, so one object's hits are one rowid range:

    SELECT t."Id" FROM search JOIN "Case" t ON t.rowid = search.rowid - :base
    WHERE search MATCH :expression AND search.rowid > :base AND search.rowid < :base + (1 << 40)

`search_vocabulary` (fts5vocab of kind row) lists the terms, for wildcards inside a word.
"""

from convsim.org.schema.model import NUMBER_TYPES, Field, Schema, SObject

SEARCH_BITS = 40
SEARCH_GROUPS = ("name", "email", "phone", "body")
"""Columns of the full-text table: SOSL's field groups, `body` is what only ALL FIELDS searches."""


def quoted(name: str) -> str:
    """Return an SQL identifier for a name of the schema."""
    return '"' + name.replace('"', '""') + '"'


def folded_column(field: Field) -> str:
    """Return the SQL column that holds the folded text of a field whose `folded` is true."""
    return quoted(field.name + "~")


def rank_column(field: Field) -> str:
    """Return the SQL column that holds a picklist value's position in the order of the setup."""
    return quoted(field.name + "#")


def has_rank(field: Field) -> bool:
    """Return whether the field sorts by the order of its picklist values."""
    return field.type == "picklist" and bool(field.values)


def search_base(schema: Schema, sobject: SObject) -> int:
    """Return what is added to a record's rowid to give its rowid in the full-text table."""
    return (schema.objects.index(sobject) + 1) << SEARCH_BITS


def search_group(field: Field) -> str:
    """Return the column of the full-text table that holds the field's text."""
    if field.name_field or field.name in {"FirstName", "LastName"}:
        return "name"
    return field.type if field.type in {"email", "phone"} else "body"


def column_order(sobject: SObject) -> list[Field]:
    """Return the fields in the order of the table's columns: long texts last, so that scans skip their pages."""
    return sorted(sobject.fields, key=lambda field: field.is_long)


def create_table(sobject: SObject) -> str:
    """Return the CREATE TABLE statement of the object."""
    shadows = [f"{folded_column(each)} TEXT" for each in sobject.fields if each.folded]
    ranks = [f"{rank_column(each)} INTEGER" for each in sobject.fields if has_rank(each)]
    ordered = column_order(sobject)
    short = [_column(each) for each in ordered if not each.is_long]
    long = [_column(each) for each in ordered if each.is_long]
    return f"CREATE TABLE {quoted(sobject.name)} ({', '.join((*short, *shadows, *ranks, *long))})"


def create_indexes(sobject: SObject) -> list[str]:
    """Return the CREATE INDEX statements: ids, references, dates of creation, and texts that people look up."""
    table = quoted(sobject.name)
    statements = [f"CREATE UNIQUE INDEX {quoted(sobject.name + '.Id')} ON {table} ({quoted('Id')})"]
    for each in sobject.fields:
        if each.name != "Id" and indexed(each):
            column = folded_column(each) if each.folded else quoted(each.name)
            statements.append(f"CREATE INDEX {quoted(f'{sobject.name}.{each.name}')} ON {table} ({column})")
    return statements


def indexed(field: Field) -> bool:
    """Return whether the store has an index that finds records by the field's value."""
    looked_up = field.name_field or field.unique or field.external_id or field.auto_number
    return field.type in {"id", "reference", "email", "phone"} or looked_up or field.name == "CreatedDate"


def _column(field: Field) -> str:
    if field.type == "boolean":
        return f"{quoted(field.name)} INTEGER NOT NULL"
    if field.type in NUMBER_TYPES:
        return f"{quoted(field.name)} {'INTEGER' if field.type == 'int' else 'REAL'}"
    return f"{quoted(field.name)} TEXT"
