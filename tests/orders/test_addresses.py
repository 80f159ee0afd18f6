"""Postal addresses by the rules of their country."""

import pytest

from orders.addresses import (
    Address,
    AddressRefused,
    check_address,
    country_name,
    region_choices,
    required_address_fields,
)

GOOD = Address("12 Elm Street", "Springfield", "IL", "62701", "US")


def changed(**fields):
    return Address(**{**GOOD.__dict__, **fields})


def errors_of(address):
    with pytest.raises(AddressRefused) as refusal:
        check_address(address)
    return refusal.value.errors


@pytest.mark.parametrize(
    "address",
    [
        GOOD,
        changed(postal_code="62701-1234"),
        changed(region="CA", city="San Francisco", postal_code="94103"),
        changed(region="PR", city="San Juan", postal_code="00901"),
        changed(region="AE", city="APO", postal_code="09012"),  # the military's post
        changed(city="Saint-Jérôme"),
    ],
)
def test_good_addresses_stay_as_they_are(address):
    assert check_address(address) == address


def test_a_state_in_words_becomes_its_code_and_the_city_stays_as_typed():
    address = check_address(changed(region="illinois", city="springfield"))

    assert (address.region, address.city) == ("IL", "springfield")


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"line1": ""}, {"line1": "Please enter a street address."}),
        ({"city": ""}, {"city": "Please enter a city."}),
        ({"region": ""}, {"region": "Please enter a state."}),
        ({"postal_code": ""}, {"postal_code": "Please enter a ZIP code."}),
        (
            {"postal_code": "94103"},
            {
                "postal_code": "This ZIP code does not belong to the state. Please check both.",
            },
        ),
        (
            {"postal_code": "6270"},
            {"postal_code": "This ZIP code does not belong to the state. Please check both."},
        ),
        (
            {"region": "Ontario"},
            {"region": "We do not know this in United States. Please check it."},
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(fields, errors):
    assert errors_of(changed(**fields)) == errors


def test_every_missing_field_is_named():
    assert errors_of(Address("", "", "", "", "US")) == {
        "line1": "Please enter a street address.",
        "city": "Please enter a city.",
        "region": "Please enter a state.",
        "postal_code": "Please enter a ZIP code.",
    }


def test_other_countries_have_other_rules():
    london = Address("1 High Street", "London", "", "SW1A 1AA", "GB")
    toronto = Address("1 Front Street", "Toronto", "ON", "M5V 2T6", "CA")

    assert check_address(london) == london
    assert check_address(toronto) == toronto
    assert errors_of(Address("1 Front Street", "Toronto", "ON", "62701", "CA")) == {
        "postal_code": "We do not know this in Canada. Please check it."
    }
    assert errors_of(Address("1 Front Street", "Toronto", "", "", "CA")) == {
        "region": "Please enter a state or province.",
        "postal_code": "Please enter a postal code.",
    }


def test_the_states_to_choose_from_are_sorted_by_name():
    states = region_choices("US")

    assert ("IL", "Illinois") in states
    assert [name for _, name in states] == sorted(name for _, name in states)
    assert len(states) == len(dict(states)) > 50
    assert region_choices("GB") == []
    assert region_choices("??") == []


def test_what_a_country_needs():
    assert {"line1", "city", "region", "postal_code"} <= set(required_address_fields("US"))
    assert "region" not in required_address_fields("GB")


def test_countries_have_names():
    assert country_name("US") == "United States"
    assert country_name("??") == "??"
