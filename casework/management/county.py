"""An invented county for demo, stories and benchmarks. No name, place or case in it is real."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from casework.engine.people import Role
from casework.models import Body, Organisation, User
from casework.services import reference, staffing
from casework.services.saving import save

TOWNSHIPS = [
    ("33010101", "柳溪镇妇联"),
    ("33010102", "石桥镇妇联"),
    ("33010103", "枫林乡妇联"),
    ("33010104", "河西街道妇联"),
]
POINTS = [
    ("330101010", "柳溪镇东风村妇女之家", 0),
    ("330101020", "石桥镇桥头社区妇女之家", 1),
]
STAFF = [
    ("lin", "林晓", -1, (Role.DESK_OFFICER,)),
    ("zhou", "周敏", -1, (Role.SUPERVISOR,)),
    ("wu", "吴岚", -1, (Role.SUPERVISOR, Role.ARCHIVIST)),
    ("he", "何静", -1, (Role.LIAISON,)),
    ("meng", "孟秋", -1, (Role.MEDIATOR,)),
    ("tang", "唐雨", 0, (Role.DESK_OFFICER,)),
    ("qiu", "邱禾", 0, (Role.SUPERVISOR,)),
    ("shi", "石蕾", 1, (Role.DESK_OFFICER, Role.SUPERVISOR)),
    ("shen", "沈审", -1, (Role.AUDITOR,)),
    ("guan", "管安", -1, (Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)),
]
"""User name, name, township (-1: the county) and roles; 石桥镇 is a one-person township."""

PHONE = "（演示）0000-000000"
BODIES = [
    ("临江县公安局家庭暴力警情专窗", "police"),
    ("临江县人民法院人身安全保护令窗口", "court"),
    ("临江县法律援助中心", "legal_aid"),
    ("临江县救助管理站（庇护）", "shelter"),
    ("临江县人民医院", "hospital"),
    ("临江县心理服务中心", "counselling"),
    ("临江县民政局社会救助科", "civil_affairs"),
    ("临江县劳动人事争议仲裁院", "labour"),
    ("临江县人民检察院", "prosecutors"),
    ("临江县人民法院司法救助窗口", "judicial_relief"),
    ("邻县妇联", "federation"),
]


@dataclass
class County:
    """The county's organisations (county first) and staff by user name."""

    organisations: list[Organisation] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)


def found_county(password: str) -> County:
    """Set up the invented county: one county, four townships, two intake points, ten staff."""
    reference.load_codes()
    county = County()
    seat = staffing.add_organisation(
        None, code="330101", name="临江县妇联", level="county", phone=PHONE
    )
    county.organisations.append(seat)
    for code, name in TOWNSHIPS:
        made = staffing.add_organisation(
            None, code=code, name=name, level="township", parent=seat, phone=PHONE
        )
        county.organisations.append(made)
    for code, name, township in POINTS:
        parent = county.organisations[township + 1]
        staffing.add_organisation(
            None, code=code, name=name, level="village", parent=parent, intake_point=True
        )
    hashed = make_password(password)  # once: it is everybody's, and slow on purpose
    for username, name, township, roles in STAFF:
        county.staff[username] = staffing.add_staff(
            None,
            username=username,
            name=name,
            organisation=county.organisations[township + 1],
            roles=roles,
            password=password,
            hashed=hashed,
        )
    for name, service in BODIES:
        body = Body(name=name, service=service, organisation=seat, phone=PHONE)
        save(body, None, "found_county")
    return county


def known_county() -> County | None:
    """The county when it was founded before, else None."""
    staff = {u.username: u for u in User.objects.select_related("organisation")}
    if not {username for username, *_rest in STAFF} <= set(staff):
        return None
    organisations = list(Organisation.objects.filter(intake_point=False).order_by("path"))
    return County(organisations, staff)
