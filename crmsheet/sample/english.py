"""Made-up people, firms, numbers and addresses in English (United States, some United Kingdom).

American numbers use the exchange 555, whose 0100-0199 are kept for fiction, as long as they last (about 1,000
customers); British landlines use the blocks that Ofcom keeps for drama (020 7946 0xxx, 0161 496 0xxx ...). Mail domains
lie under `example.com` (RFC 2606).
"""

from __future__ import annotations

from random import Random

from crmsheet.sample.language import Language, Name, Place


def _listed(text: str, mark: str | None = None) -> tuple[str, ...]:
    """The words of a text, parted by white space or by a mark."""
    return tuple(each.strip() for each in text.split(mark))


_GIVEN = _listed(
    """
    James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph
    Jessica Thomas Sarah Christopher Karen Daniel Nancy Matthew Lisa Anthony Betty Mark Sandra Steven Ashley
    Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Edward
    Stephanie Ronald Rebecca Laura
    """
)
_FAMILY = _listed(
    """
    Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson
    Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson
    Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell
    Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris
    Morales Murphy Cook Rogers O'Neil
    """
)
_FIRST = _listed(
    """
    Brindle Caldera Dunmore Elmsworth Fernhollow Garnet Harrow Ironbrook Juniper Kestrel Larkfield Marlowe
    Northgate Oakhurst Pinecrest Quarry Ridgeline Sable Tarn Umber Vantage Westmere Yarrow Zephyr Alder
    Birchwood Copperleaf Driftwood
    """
)
_SECOND = _listed(
    """
    Peak Valley Hill Point Creek Field Stone Bay Ridge Grove Bridge Water Park Cross Moor Ford Gate Haven Crest
    Dale
    """
)
_BUSINESS = _listed(
    """
    Logistics; Manufacturing; Medical Supply; Software; Foods; Electronics; Engineering; Packaging; Textiles;
    Consulting; Automation; Chemicals; Furniture; Energy; Plastics; Instruments; Hospitality; Farms; Auto Parts;
    Printing
    """,
    ";",
)
_FORMS = ("Inc.", "LLC", "Corp.", "Co.", "Inc.", "LLC", "Ltd.")
_STREETS = _listed(
    """
    Main Oak Maple Cedar Elm Washington Lake Hill Park Pine River Church Market Spring Franklin Mill
    """
)
# How often a taken number is drawn anew before the next wider range is tried.
_PATIENCE = 8
_KINDS = ("St", "Ave", "Rd", "Blvd", "Dr", "Ln")
_PLACES = (
    ("NY", "New York", "212", 8),
    ("CA", "Los Angeles", "213", 8),
    ("IL", "Chicago", "312", 7),
    ("TX", "Houston", "713", 6),
    ("AZ", "Phoenix", "602", 4),
    ("PA", "Philadelphia", "215", 5),
    ("TX", "San Antonio", "210", 3),
    ("CA", "San Diego", "619", 4),
    ("TX", "Dallas", "214", 5),
    ("WA", "Seattle", "206", 5),
    ("CO", "Denver", "303", 4),
    ("MA", "Boston", "617", 5),
    ("GA", "Atlanta", "404", 5),
    ("FL", "Miami", "305", 5),
    ("MN", "Minneapolis", "612", 3),
    ("OR", "Portland", "503", 3),
    ("DC", "Washington", "202", 3),
    ("OH", "Columbus", "614", 3),
    ("MI", "Detroit", "313", 3),
    ("MO", "St. Louis", "314", 2),
    ("England", "London", "44 20 7946 0", 4),
    ("England", "Manchester", "44 161 496 0", 2),
    ("Scotland", "Edinburgh", "44 131 496 0", 1),
)


def _person(rng: Random) -> Name:
    given, family = rng.choice(_GIVEN), _FAMILY[int(rng.random() ** 1.5 * len(_FAMILY))]
    return Name(f"{given} {family}", f"{given}.{family}".lower().replace("'", ""), given)


def _company(rng: Random, place: Place) -> Name:
    del place  # the city is not part of an American firm's name
    first, second, business = rng.choice(_FIRST), rng.choice(_SECOND), rng.choice(_BUSINESS)
    brand = first if rng.random() < 0.25 else f"{first} {second}"
    return Name(f"{brand} {business}, {rng.choice(_FORMS)}", brand.lower().replace(" ", ""), f"{brand} {business}")


def _branch(name: str, place: Place) -> str:
    return f"{name} ({place.city})"


def _number(rng: Random, place: Place, attempt: int) -> str:
    """A number kept for fiction; where those run out, of the hardly assigned 555, then of any exchange."""
    if place.area.startswith("44") and attempt < _PATIENCE:
        return f"+{place.area}{rng.randrange(1000):03d}"
    area = place.area if not place.area.startswith("44") else "212"
    if attempt < _PATIENCE:
        return f"({area}) 555-{rng.randrange(100, 200):04d}"
    exchange = 555 if attempt < 2 * _PATIENCE else rng.randrange(222, 999)
    return f"({area}) {exchange}-{rng.randrange(2000, 10000):04d}"


def _address(rng: Random, place: Place) -> str:
    street = f"{rng.randrange(1, 9900)} {rng.choice(_STREETS)} {rng.choice(_KINDS)}"
    suite = f", Suite {rng.randrange(100, 990)}" if rng.random() < 0.4 else ""
    return f"{street}{suite}, {place.city}, {place.province}"


def _e164(spelled: str) -> str:
    digits = "".join(c for c in spelled if c.isdigit())
    return f"+{digits}" if spelled.startswith("+") else f"+1{digits}"


def _no_identifier(rng: Random, place: Place) -> str:
    del rng, place  # no public company number is known for all of the United States
    return ""


ENGLISH = Language(
    code="en",
    region="US",
    places=tuple(Place(p[0], p[1], (), p[2]) for p in _PLACES),
    place_weights=tuple(p[3] for p in _PLACES),
    choices={
        "kind": ("Company", "Individual"),
        "relation": ("Direct customer", "Agent", "Dealer", "Supplier", "Other"),
        "industry": (
            "Manufacturing",
            "Wholesale and retail",
            "Information technology",
            "Construction",
            "Health care",
            "Education",
            "Hospitality",
            "Transport",
            "Agriculture",
            "Other",
        ),
        "source": ("Referral", "Trade fair", "Online", "Cold call", "Existing customer", "Website", "Other"),
        "stage": ("Prospect", "Nurturing", "Converting", "Customer", "Retained", "Lost"),
        "level": ("B", "C", "A", "D"),
        "contact_title": ("Buyer", "Purchasing Manager", "CEO", "Office Manager", "Owner", "Engineer", "CFO"),
        "tags": ("loyal", "key", "net 30", "tax exempt", "call back", "price sensitive", "sample sent"),
        "channel": ("Phone", "WhatsApp", "Visit", "Email", "Meeting", "SMS"),
        "opportunity_stage": ("First contact", "Needs confirmed", "Proposal", "Negotiation", "Won", "Lost", "On hold"),
        "transaction_kind": ("Purchase", "Service", "Return"),
        "staff_role": ("Sales", "Customer service", "Management"),
        "bool": ("Yes", "No"),
        "decision_role": ("Decision maker", "Influencer", "User", "Buyer"),
    },
    staff=(
        ("Alice Porter", "alice.porter"),
        ("Ben Okafor", "ben.okafor"),
        ("Chloe Lindqvist", "chloe.lindqvist"),
        ("Dev Raman", "dev.raman"),
        ("Erin Doyle", "erin.doyle"),
        ("Frank Moretti", "frank.moretti"),
        ("Grace Kim", "grace.kim"),
        ("Hugo Weber", "hugo.weber"),
    ),
    sheet_words={
        "title": "Customer book",
        "notes": "Read me",
        "summary": "Summary",
        "choices": "Choices",
        "total": "Total",
        "high": "high",
        "normal": "normal",
        "booth": "Booth",
        "credit_band": "Credit band",
        "count": "Customers",
        "amount": "Revenue",
        "share": "Share",
        "owner": "Owner",
        "test": "test",
        "made_by": "Kept by Alice Porter",
    },
    products=(
        ("Standard sensor", "pc", 25),
        ("Industrial switch", "pc", 180),
        ("Servo motor", "pc", 340),
        ("Control cabinet", "set", 1400),
        ("Annual maintenance", "year", 860),
        ("Installation", "visit", 220),
        ("Spare part kit", "set", 95),
        ("Software licence", "seat", 1800),
    ),
    templates={
        "summary": (
            "Presented the {product}, they are interested",
            "Sent a quote for the {product}, waiting for approval",
            "Price of the {product} is too high for them",
            "Confirmed delivery of the {product} by month end",
            "Check-in call, all good",
            "No answer, left a message",
            "Sample sent, feedback in two weeks",
            "Reconciled the account, a balance is open",
            "Budget moved to next quarter",
            "Site visit with engineering",
        ),
        "next_step": (
            "Send the formal quote",
            "Arrange a visit",
            "Chase the payment",
            "Send samples",
            "Agree the contract terms",
            "Call again next month",
            "",
        ),
        "notes": (
            "Needs the invoice three days ahead",
            "Net 30 only",
            "Best reached in the afternoon",
            "Referred by a customer",
            "Strict about delivery dates",
            "Prefers e-mail",
            "Has to go through a tender",
        ),
        "opportunity": ("{product} purchase", "{product} framework deal", "{product} upgrade"),
        "outcome": ("Interested", "Open", "Sold", "Not interested"),
        "manual": (
            "Kept by the sales desk; every salesperson updates their customers by Friday.",
            "Please never change a customer ID; new customers get the next number.",
            "Level is set by the sales lead; the credit band is a formula, please do not overwrite it.",
            "Yellow: key customers to follow up this month.",
            "Questions: Alice Porter.",
        ),
    },
    person=_person,
    company=_company,
    branch=_branch,
    mobile=_number,
    landline=_number,
    address=_address,
    e164=_e164,
    identifier=_no_identifier,
)
