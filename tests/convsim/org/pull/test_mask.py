"""Masks: the same value always becomes the same other one, of the same form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convsim.org.pull.mask import Mask

MASK = Mask("key")
FIELD = {"name": "Description", "type": "textarea", "autoNumber": False, "picklistValues": []}


@given(st.text(max_size=200))
def test_length_and_everything_but_letters_and_digits_stay(text: str) -> None:
    if "@" in text:
        return
    masked = MASK.text(text)
    assert len(masked) == len(text) or not text.isascii()
    assert MASK.text(text) == masked
    assert [each for each in masked if not each.isalnum()] == [each for each in text if not each.isalnum()]


@given(st.from_regex(r"\+?[1-9][0-9]{2}[ .()-]{0,2}[0-9]{3}[ -]?[0-9]{4}", fullmatch=True))
def test_phones_keep_their_form_and_agree_however_they_are_written(number: str) -> None:
    masked = MASK.phone(number)
    assert re.sub(r"\d", "9", masked) == re.sub(r"\d", "9", number)
    digits = re.sub(r"\D", "", number)
    assert re.sub(r"\D", "", masked) == MASK.phone(digits)


def test_names_mails_and_mentions_belong_together() -> None:
    first, last = MASK.text("Dana"), MASK.text("Whitfield")
    assert MASK.text("Dana Whitfield") == f"{first} {last}"
    assert MASK.text("WHITFIELD") == last.upper()
    address = MASK.email("Dana.Whitfield@acme.com")
    assert address.startswith(f"{first}.{last}@".lower())
    assert address.endswith(".example")
    assert address == MASK.email("dana.whitfield@ACME.com")
    told = MASK.text("Call Dana (dana.whitfield@acme.com) at (415) 555-0101, 2 times.")
    assert first in told
    assert address in told
    assert MASK.phone("(415) 555-0101") in told
    assert told.endswith(f", 2 {MASK.text('times')}.")


def test_ids_stay_in_texts() -> None:
    assert MASK.text("0050I0000dJb8RZQAZ;dana") == f"0050I0000dJb8RZQAZ;{MASK.text('dana')}"


def test_another_key_gives_others() -> None:
    assert Mask("other").text("Dana Whitfield") != MASK.text("Dana Whitfield")


@pytest.mark.parametrize(
    ("changes", "masked"),
    [
        ({}, True),
        ({"name": "BillingCity", "type": "string"}, True),
        ({"name": "BillingState", "type": "string"}, False),
        ({"name": "Home_Country__c", "type": "string"}, False),
        ({"name": "CaseNumber", "type": "string", "autoNumber": True}, False),
        ({"name": "Status", "type": "picklist"}, False),
        ({"name": "OwnerId", "type": "reference"}, False),
        ({"name": "Amount", "type": "currency"}, False),
        ({"name": "CreatedDate", "type": "datetime"}, False),
    ],
)
def test_which_fields_are_masked(changes: dict, masked: bool) -> None:
    assert (MASK.masker({**FIELD, **changes}) is not None) == masked


def test_usual_values_of_a_combobox_stay() -> None:
    masker = MASK.masker({**FIELD, "type": "combobox", "picklistValues": [{"value": "Call"}]})
    assert masker is not None
    assert masker("Call") == "Call"
    assert masker("Call Dana") == MASK.text("Call Dana")


@given(st.emails())
def test_masked_addresses_are_addresses_of_nobody(address: str) -> None:
    masked = MASK.email(address)
    assert masked.endswith(".example")
    assert masked.count("@") == 1
    assert len(masked) <= max(80, len(address))
