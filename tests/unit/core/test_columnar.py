"""Columns and records are two views of the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.core.changes import Change, Changes
from crmsheet.core.findings import Finding, Findings, Severity

records = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["CRM201", "CRM301"]),
        severity=st.sampled_from(Severity),
        table=st.just("customers"),
        row=st.integers(0, 9),
        field=st.sampled_from(["name", "mobile"]),
        value=st.none() | st.text() | st.integers(),
    )
)


@given(records, records)
def test_records_come_back_in_order(first, second):
    joined = Findings.of(first) + Findings.of(second)
    assert list(joined) == first + second
    assert len(joined) == len(first) + len(second)
    assert joined == Findings.joined([Findings.of(first), Findings.of(second)])


@given(records)
def test_a_filter_is_a_filter(many):
    findings = Findings.of(many)
    assert list(findings.where(lambda each: each.row > 4)) == [each for each in many if each.row > 4]
    assert list(findings.at_least(Severity.warning)) == [each for each in many if each.severity >= Severity.warning]
    assert findings.counts("rule").total() == len(many)


def test_missing_columns_get_the_default_and_wrong_ones_are_refused():
    changes = Changes({"kind": ["set", "set"], "table": ["customers"] * 2})
    assert list(changes)[1] == Change("set", "customers")
    with pytest.raises(ValueError, match="unequal or unknown"):
        Changes({"kind": ["set"], "table": []})
    with pytest.raises(ValueError, match="colour"):
        Changes({"kind": ["set"], "table": ["x"], "colour": ["red"]})


def test_a_fingerprint_survives_sorting_and_tells_fields_apart():
    first = Finding("CRM201", Severity.info, "customers", key="C1", row=7, field="name")
    moved = Finding("CRM201", Severity.info, "customers", key="C1", row=70, field="name")
    other = Finding("CRM201", Severity.info, "customers", key="C1", row=7, field="mobile")
    keyless = Finding("CRM201", Severity.info, "customers", row=7, field="name")
    assert first.fingerprint == moved.fingerprint
    assert len({first.fingerprint, other.fingerprint, keyless.fingerprint}) == 3
