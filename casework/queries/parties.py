"""Who stands against whom in a case."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from casework.engine import moment
from casework.engine.language import _
from casework.engine.names import form
from casework.models import (
    Case,
    CaseParty,
    Contact,
    FollowUp,
    Incident,
    Person,
    PoliceReport,
    ProtectionOrder,
)

HER_SIDE = ("petitioner", "victim")
OUTSIDE_THE_FAMILY = ("employer", "neighbour", "other")


def counterparts(case: Case) -> dict[str, CaseParty]:
    """The parties against whom she stands, by uid: with them she could be mediated."""
    found = case.parties.filter(role="respondent").select_related("person__subject")
    return {str(party.uid): party for party in found}


def party_names(case: Case) -> dict[str, str]:
    """Their names, by uid, for a list to choose from."""
    return {
        uid: party.person.name or str(_("（姓名不详）"))
        for uid, party in counterparts(case).items()
    }


def kin(case: Case) -> frozenset[str]:
    """The uids of counterparts whose recorded relation is one of family or love."""
    found = case.parties.filter(role="respondent").exclude(relation__in=["", *OUTSIDE_THE_FAMILY])
    return frozenset(str(uid) for uid in found.values_list("uid", flat=True))


SHORTEST_ADDRESS = 4
"""Characters below which a recorded address is too short to be recognised in a text."""
SHORTEST_NUMBER = 7


def her_addresses(case: Case) -> list[str]:
    """Her recorded addresses, without blanks; also those told at a later visit."""
    plain = ("".join(c.value.split()) for c in _her_contacts(case, "address"))
    return [text for text in plain if len(text) >= SHORTEST_ADDRESS]


def her_whereabouts(case: Case) -> list[str]:
    """Likewise, and the digits of her numbers: what no letter says that he may read."""
    digits = (re.sub(r"\D", "", c.value) for c in _her_contacts(case, "phone"))
    return her_addresses(case) + [text for text in digits if len(text) >= SHORTEST_NUMBER]


def _her_contacts(case: Case, kind: str) -> QuerySet[Contact]:
    return ever_hers(case).filter(kind=kind).select_related("person__subject")


def ever_hers(case: Case) -> QuerySet[Contact]:
    """Every way to reach her that was ever told, also at a later visit, whatever became of it."""
    hers = Q(person__parts__case=case, person__parts__role__in=HER_SIDE)
    return Contact.objects.filter(hers | Q(person__visits__case=case)).distinct()


def told_later(case: Case) -> QuerySet[Contact]:
    """Those told at a visit whose record of her has no part in the case, the latest first."""
    found = Contact.objects.filter(person__visits__case=case).exclude(person__parts__case=case)
    return found.select_related("person__subject").distinct().order_by("-id")


def her_contacts(case: Case) -> QuerySet[Contact]:
    """Those that are still used, the latest told first: of her alone, not of whoever came for her
    (`ever_hers`)."""
    found = ever_hers(case).filter(ended_at=None, person__in=_she_herself(case))
    return found.select_related("person__subject").order_by("-made_at", "-id")


BY_OTHERS = frozenset({"mandatory_report", "intake_point", "referred", "forwarded", "assigned"})
"""Channels by which somebody else speaks of her."""


def _she_herself(case: Case) -> set[int]:
    """Her records, by key: her side of the case, and whoever came about it and is not known to be
    somebody else, by another name or because a body reports."""
    hers = {p.person_id: p.person.name for p in _parties_of_hers(case)}
    names = {form(name) for name in hers.values() if name}
    came = case.visits.exclude(channel__in=BY_OTHERS).select_related("person__subject")
    told = {visit.person_id: form(visit.person.name) for visit in came}
    return {*hers, *(pk for pk, name in told.items() if not (name and names) or name in names)}


def _parties_of_hers(case: Case) -> QuerySet[CaseParty]:
    return case.parties.filter(role__in=HER_SIDE).select_related("person__subject")


def contact_names(case: Case) -> dict[str, str]:
    """Likewise, by uid, for a list to choose from."""
    return {str(contact.uid): contact.value for contact in her_contacts(case)}


def has_safe_channel(case: Case) -> bool:
    """May she be called or written to by any recorded contact that is not his, too? Of one number
    the latest word counts, whoever told it: it may have become unsafe meanwhile."""
    latest = {c.value_index: c.pk for c in ever_hers(case).order_by("made_at", "id")}
    shared = his_numbers(case)
    allowed = her_contacts(case).filter(Q(may_call=True) | Q(may_message=True))
    return allowed.filter(pk__in=latest.values()).exclude(value_index__in=shared).exists()


def his_numbers(case: Case) -> set[str]:
    """The indexes of what is recorded as a way to reach the other side."""
    his = Contact.objects.filter(person__parts__case=case, person__parts__role="respondent")
    return _known(his, "value_index")


def barred(case: Case) -> frozenset[str]:
    """The uids of this case's counterparts with whom violence is on record, in this case or any
    other: rule 5 binds the pair, not the case, and whoever stands on which side.

    She is the same woman by her record, ID number or phone; he also by his name in a violent case
    of hers. When in doubt two people are taken for the pair: it only keeps them from one table. A
    relation outside the family (a village committee, an employer) clears a party, unless an
    incident names it, a court ordered it to keep away from her, or one of the two reported the
    other to the police.
    """
    her = her_records(case)
    reported = _reported(her)
    violent = list(_violent(her))
    if not violent and not reported:
        return frozenset()
    named = set(
        Incident.objects.filter(case__in=violent).exclude(by=None).values_list("by_id", flat=True)
    )
    clear = Q(relation__in=OUTSIDE_THE_FAMILY) & ~Q(uid__in=named)
    involved = CaseParty.objects.filter(case__in=violent, role__in=(*HER_SIDE, "respondent"))
    him = set(involved.exclude(clear | Q(person__in=her)).values_list("person_id", flat=True))
    orders = ProtectionOrder.objects.filter(procedure__case__in=violent).exclude(
        measures_granted=""
    )
    ordered = set(orders.values_list("respondent__person_id", flat=True))
    mine = case.parties.filter(role="respondent")
    found = mine.filter(_same_as(him)).exclude(clear) | mine.filter(_same_as(ordered | reported))
    return frozenset(str(uid) for uid in found.values_list("uid", flat=True))


def _violent(her: set[int]) -> set[int]:
    """The cases, by key, in which there is violence and one of these has a part: also where it was
    told in a follow-up or found by a visit and is still to be written down."""
    known = Case.objects.filter(parties__person__in=her)
    told = FollowUp.objects.filter(procedure__case__parties__person__in=her)
    seen = told.exclude(incident_at=None).select_related("procedure__case")
    unwritten = {record.procedure.case_id for record in seen if record.incident_seen}
    found = Q(violence=True) | Q(procedures__police_report__violence_seen=True)
    return unwritten | set(known.filter(found).values_list("pk", flat=True))


def _reported(her: set[int]) -> set[int]:
    """Whom she reported to the police, and who reported her, by key."""
    reports = PoliceReport.objects.exclude(against=None)
    hers = reports.filter(procedure__case__parties__in=_her_side(her))
    by_others = CaseParty.objects.filter(
        role__in=HER_SIDE, case__procedures__police_report__against__person__in=her
    )
    return set(hers.values_list("against__person_id", flat=True)) | set(
        by_others.values_list("person_id", flat=True)
    )


def _same_as(people: set[int]) -> Q:
    """A party who may be one of these, also by the name alone."""
    names = set(Person.objects.filter(pk__in=people).values_list("name_index", flat=True)) - {""}
    return Q(person__in=same_people(people)) | Q(person__name_index__in=names)


def order_between(case: Case) -> bool:
    """Does an order in force, made in whatever case, keep the two sides of this one apart,
    whichever of them it protects? As with `barred`, when in doubt two people are the pair."""
    lasting = ProtectionOrder.objects.filter(
        procedure__status="in_force", valid_until__gte=moment.today()
    )
    if not lasting.exists():
        return False
    her, mine = her_records(case), case.parties.filter(role="respondent")
    hers = lasting.filter(procedure__case__parties__in=_her_side(her))
    him = set(hers.values_list("respondent__person_id", flat=True))
    if him and mine.filter(_same_as(him)).exists():
        return True
    against_her = lasting.filter(respondent__person__in=her)
    protected = CaseParty.objects.filter(case__procedures__protection_order__in=against_her)
    them = set(protected.filter(role__in=HER_SIDE).values_list("person_id", flat=True))
    return bool(them) and mine.filter(_same_as(them)).exists()


def warning_between(case: Case) -> bool:
    """Did the police warn one of the two sides of this case in writing because of the other, in
    whatever case it was reported? A warning does not lapse when the visits after it end, nor when
    we follow it no longer. One of which nobody wrote down whom it warned may be this one."""
    warnings = PoliceReport.objects.filter(
        Q(procedure__isnull=False, warned_at__isnull=False) | Q(outcome="warning")
    )
    if not warnings.exists():
        return False
    her, mine = her_records(case), case.parties.filter(role="respondent")
    hers = warnings.filter(
        Q(procedure__case__parties__in=_her_side(her)) | Q(case__parties__in=_her_side(her))
    )
    him = set(hers.values_list("against__person_id", flat=True))
    if None in him or (him and mine.filter(_same_as({pk for pk in him if pk})).exists()):
        return True
    against_her = warnings.filter(against__person__in=her)
    them = CaseParty.objects.filter(
        Q(case__procedures__police_report__in=against_her)
        | Q(case__in=against_her.exclude(case=None).values("case")),
        role__in=HER_SIDE,
    )
    people = set(them.values_list("person_id", flat=True))
    return bool(people) and mine.filter(_same_as(people)).exists()


def _her_side(people: set[int]) -> QuerySet[CaseParty]:
    return CaseParty.objects.filter(person__in=people, role__in=HER_SIDE)


def her_records(case: Case) -> set[int]:
    """Every record of the woman of this case, by key: each visit may have made one."""
    hers = case.parties.filter(role__in=HER_SIDE).values_list("person_id", flat=True)
    return same_people(set(hers))


def same_people(people: set[int]) -> set[int]:
    """These people, by key, and whoever has an ID number or phone of theirs."""
    numbers = _known(Person.objects.filter(pk__in=people), "id_number_index")
    theirs = Contact.objects.filter(person__in=people, kind="phone")
    phones = _known(theirs, "value_index")
    by_number = Person.objects.filter(id_number_index__in=numbers).values_list("pk", flat=True)
    by_phone = Contact.objects.filter(kind="phone", value_index__in=phones)
    return people | set(by_number) | set(by_phone.values_list("person_id", flat=True))


def _known(rows: QuerySet[Person] | QuerySet[Contact], column: str) -> set[str]:
    return {str(index) for index in rows.values_list(column, flat=True)} - {""}
