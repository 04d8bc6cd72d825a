"""The search text: terms, precedence, and the errors that real responses show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.org.errors import SalesforceError
from convsim.org.sosl.ast import All, Either, Phrase, Term, Word
from convsim.org.sosl.parser import parse
from convsim.org.sosl.printer import print_search


def term(text: str) -> Term | None:
    return parse(f"FIND {{{text}}}").term


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme", Word("Acme")),
        ("Acme Corp", All((Word("Acme"), Word("Corp")))),
        ('"Acme Corp"', Phrase("Acme Corp")),
        ("ab AND cd", All((Word("ab"), Word("cd")))),
        ("ab and not cd", All((Word("ab"),), (Word("cd"),))),
        ("ab or cd", Either((Word("ab"), Word("cd")))),
        ("ab cd OR ef", Either((All((Word("ab"), Word("cd"))), Word("ef")))),
        ("ab AND cd OR ef AND NOT gh ij", None),
        ("(ab OR cd) ef", All((Either((Word("ab"), Word("cd"))), Word("ef")))),
        ("Marie\\-Pier", Word("Marie\\-Pier")),
        ("jo*n sm?th", All((Word("jo*n"), Word("sm?th")))),
        ('"and"', Phrase("and")),
    ],
)
def test_terms(text: str, expected: Term | None) -> None:
    if expected is None:
        first, last = All((Word("ab"), Word("cd"))), All((Word("ef"),), (All((Word("gh"), Word("ij"))),))
        expected = Either((first, last))
    assert term(text) == expected


def test_escaped_brace_does_not_end_the_text() -> None:
    assert parse("FIND {a\\}b\\{} LIMIT 3").limit == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "FIND {Marie-Pier Martin}",
            "\nFIND {Marie-Pier Martin}\n          ^\nERROR at Row:1:Column:11\n"
            "line 1:11 mismatched character '-' expecting '}'",
        ),
        (
            "FIND {John|jane_gray@uoa.edu} RETURNING Contact",
            "\nFIND {John|jane_gray@uoa.edu} RETURNING Contact\n         ^\nERROR at Row:1:Column:10\n"
            "line 1:10 mismatched character '|' expecting '}'",
        ),
        (
            "FIND {name} IN ALL TYPE RETURNING Account(name)",
            "\nFIND {name} IN ALL TYPE RETURNING Account(name)\n                  ^\nERROR at Row:1:Column:19\n"
            "Malformed search token: TYPE",
        ),
        ("FIND 'Jones' IN ALL FIELDS", "No search term found. The search term must be enclosed in braces."),
        ("", "No search term found. The search term must be enclosed in braces."),
        ("SELECT Id FROM Case", "No search term found. The search term must be enclosed in braces."),
    ],
)
def test_messages_of_real_responses(text: str, message: str) -> None:
    with pytest.raises(SalesforceError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.message, caught.value.http_status) == ("MALFORMED_SEARCH", message, 400)


@pytest.mark.parametrize("reserved", list("&|!{[]^~:'+-"))
@pytest.mark.parametrize("frame", ["ab{}cd", '"ab{}cd"'])
def test_bare_reserved_characters_are_refused(reserved: str, frame: str) -> None:
    text = f"FIND {{{frame.replace('{}', reserved)}}}"
    with pytest.raises(SalesforceError, match="mismatched character") as caught:
        parse(text)
    assert f"mismatched character '{reserved}' expecting '}}'" in caught.value.message
    assert parse(text.replace(reserved, "\\" + reserved) if reserved != "{" else "FIND {ab\\{cd}").term


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("ab NOT cd", "NOT"),
        ("NOT ab", "NOT"),
        ("AND ab", "AND"),
        ("ab OR", "}"),
        ("ab AND NOT", "}"),
        ("ab OR AND cd", "AND"),
        ("()ab", ")"),
        ("ab)", ")"),
        ("(ab", "}"),
    ],
)
def test_misplaced_operators(text: str, token: str) -> None:
    with pytest.raises(SalesforceError) as caught:
        term(text)
    assert caught.value.code == "MALFORMED_SEARCH"
    assert caught.value.message.endswith(f"unexpected token: '{token}'")


@pytest.mark.parametrize("text", ["g", "*", "g*", "", "?", '"g"'])
def test_one_character_is_too_short(text: str) -> None:
    with pytest.raises(SalesforceError) as caught:
        term(text)
    assert caught.value.code == "INVALID_SEARCH"
    assert caught.value.message == f"search term must be longer than one character: {text}"


def test_long_texts_lose_their_operators_and_then_find_nothing() -> None:
    assert isinstance(term("ab AND NOT cd " * 500), Either)
    assert term("ab " * 4_000) is None


def test_deep_nesting_is_refused() -> None:
    assert term("(" * 20 + "ab" + ")" * 20) == Word("ab")
    with pytest.raises(SalesforceError) as caught:
        term("(" * 1_000 + "ab" + ")" * 1_000)
    assert caught.value.code == "QUERY_TOO_COMPLICATED"


words = st.text(st.sampled_from("abcXYZ019é日*?@._,"), min_size=2, max_size=6).filter(
    lambda text: len(text.strip("*?")) > 1 and text.upper() not in {"AND", "OR", "NOT"}
)
leaves = st.one_of(words, words.map('"{}"'.format))
texts = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" ", " AND ", " or ", " AND NOT "]), inner).map("".join),
        inner.map("({})".format),
    ),
    max_leaves=12,
)


@given(texts)
def test_what_is_printed_parses_to_the_same(text: str) -> None:
    search = parse(f"find {{{text}}}")
    assert parse(print_search(search)) == search


@given(st.one_of(st.text(), st.text(st.sampled_from("FIND{}()\"\\*? ANDORNT-:,=<>'0RETURNINGabc\n"))))
def test_any_text_is_a_term_or_an_error_of_salesforce(text: str) -> None:
    for whole in (text, f"FIND {{{text}}}", f"FIND {{ab}} {text}", f"FIND {{ab}} RETURNING Account({text})"):
        try:
            search = parse(whole)
        except SalesforceError as error:
            assert error.code in {"MALFORMED_SEARCH", "INVALID_SEARCH", "QUERY_TOO_COMPLICATED"}  # noqa: PT017
        else:
            assert parse(print_search(search)) == search
