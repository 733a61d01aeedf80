"""The compiled numbering plan against the phonenumbers library itself, on thousands of hostile numbers."""

import random

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from crmsheet.clean import phone_plan

REGIONS = ("CN", "HK", "TW", "MO", "US", "GB", "DE", "JP", "IT", "SG", "AU", "FR", "MX", "IN", "KR")


def library(text: str, region: str) -> tuple[str, str] | None:
    """E.164 and the national format as the library alone gives them."""
    try:
        found = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(found):
        return None
    e164 = phonenumbers.format_number(found, PhoneNumberFormat.E164)
    return e164, phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL)


def hostile(region: str, count: int) -> list[str]:
    """Digits near the region's numbers: examples changed in a digit, a length, a prefix, and plain noise."""
    rng = random.Random(f"{region}7")
    metadata = PhoneMetadata.metadata_for_region(region, None)
    examples = [
        desc.example_number
        for name in (
            "mobile",
            "fixed_line",
            "toll_free",
            "shared_cost",
            "premium_rate",
            "voip",
            "uan",
            "personal_number",
        )
        if (desc := getattr(metadata, name)) is not None and desc.example_number
    ]
    prefixes = [
        "",
        "",
        "",
        "0",
        "00",
        "1",
        "08",
        "8",
        str(metadata.country_code),
        f"00{metadata.country_code}",
        "17900",
        "12300",
    ]
    texts = []
    for _ in range(count):
        digits = list(
            rng.choice(examples) if rng.random() < 0.8 else "".join(rng.choices("0123456789", k=rng.randint(5, 13)))
        )
        for _ in range(rng.choice((0, 0, 1, 2, 8))):
            digits[rng.randrange(len(digits))] = rng.choice("0123456789")
        if rng.random() < 0.15:
            digits.insert(rng.randrange(len(digits)), rng.choice("0123456789"))
        elif rng.random() < 0.15:
            digits.pop()
        text = rng.choice(prefixes) + "".join(digits)
        if rng.random() < 0.2:
            text = f"+{metadata.country_code}{text}"
        if rng.random() < 0.3:
            at = rng.randrange(1, len(text))
            text = f"{text[:at]}{rng.choice('-- .')}{text[at:]}"
        texts.append(text)
    return texts


@pytest.mark.parametrize("region", REGIONS)
def test_the_plan_says_what_the_library_says(region):
    plan = phone_plan.plan_of(region)
    assert plan is not None
    quick = 0
    for text in hostile(region, 1200):
        digits = "".join(each for each in text if each.isdigit())
        national = plan.valid(digits[len(plan.country) :]) if text[0] == "+" else plan.significant(digits)
        if not national:
            continue
        quick += 1
        expected = library(text, region)
        assert expected is not None, text
        assert (f"+{plan.country}{national}", plan._formatted(national)) == expected, text
    assert quick > 50, "the fast path is hardly used"


@pytest.mark.parametrize("region", ["CN", "HK", "GB"])
def test_finding_a_number_is_the_library_with_or_without_the_plan(region):
    for text in hostile(region, 600):
        assert phone_plan.find_number(text, region) == _without_international(
            phone_plan.ask_library(text, region), region, text
        )


def _without_international(number, region, text):
    """The quick path leaves the international form to be asked for later."""
    quick = phone_plan.find_number(text, region)
    if number is None or quick is None or quick.international:
        return number
    assert phone_plan.international(quick) == number.international
    return phone_plan.Number(number.e164, number.national, "", number.home, number.significant)


def test_regions_without_a_plan_of_their_own_ask_the_library():
    assert phone_plan.plan_of("CA") is None
    assert phone_plan.plan_of("GG") is None
    assert phone_plan.plan_of("RU") is None
    assert phone_plan.plan_of("ZZ") is None
    assert phone_plan.find_number("(604) 250-1234", "CA").e164 == "+16042501234"
