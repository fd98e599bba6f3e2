"""What is told for one letter of each template. Nobody here is real."""

from __future__ import annotations

SIDES = [
    {"label": "申请人", "name": "张某芳"},
    {"label": "被申请人", "name": "石桥村第三村民小组（代表人：刘某平）"},
]

REFERRAL: dict[str, object] = {
    "number": "临妇转〔2026〕第0012号",
    "organisation": "临江县妇女联合会",
    "body": "临江县法律援助中心",
    "service": "法律援助",
    "urgency": "一天",
    "date": "2026年11月22日",
    "person": "李某兰",
    "requests": "请依法受理其法律援助申请，指派律师代理人身安全保护令申请和离婚诉讼。",
    "facts": "李某兰多次遭受丈夫殴打，最近一次在2026年11月20日，公安机关已出具告诫书。"
    "本会当日登记其求助，作危险评估，已书面告知其有权申请人身安全保护令。"
    "两名子女随其生活，均未成年。现有证据：告诫书、门诊病历、伤情照片6张。",
    "laws": [
        "《中华人民共和国反家庭暴力法》第十九条、第二十三条",
        "《中华人民共和国法律援助法》第三十二条第四项、第四十四条",
    ],
    "fee_relief": "人民币1,250元",
    "no_means": True,
    "urgent": True,
    "reply_by": "2026年11月23日17时",
    "signatory": "周敏",
    "contact": "陈晓琳，0750-5550123",
}

RECORD: dict[str, object] = {
    "number": "临妇调〔2026〕第0007号",
    "organisation": "临江县妇女联合会",
    "matter": "承包地征收补偿款分配纠纷",
    "session": 2,
    "held_on": "2026年11月18日上午",
    "place": "柳溪镇妇女之家调解室",
    "mode": "面对面调解",
    "mediator": "王秀英",
    "sides": SIDES,
    "notes": "申请人陈述：其户口一直在本组，应当同等分配补偿款。\n双方协商了补发的数额和时间。",
    "outcome": "双方同意补发补偿款23,600元，分两期支付。",
}

AGREEMENT: dict[str, object] = {
    "number": "临妇调协〔2026〕第0007号",
    "organisation": "临江县妇女联合会",
    "matter": "承包地征收补偿款分配纠纷",
    "sides": SIDES,
    "terms": ["被申请人补发补偿款人民币23,600元。", "款项分两期支付，转入申请人的账户。"],
    "perform_by": "2027年1月31日",
    "oral": False,
    "confirmable": True,
    "mediator": "王秀英",
    "date": "2026年11月25日",
}

ABOUT = {"organisation": "临江县妇女联合会", "date": "2026年11月25日", "person": "李某兰"}
PAIR = {"respondent": "陈某强", "relation": "配偶"}
INCIDENTS = [
    "2026年9月3日 21:00，身体暴力、有未成年人在场：推搡并摔砸家具。",
    "2026年11月20日 23:10，身体暴力、威胁恐吓、有伤情：掐颈并威胁不许离家。",
]

REGISTRATION: dict[str, object] = ABOUT | PAIR | {
    "number": "临妇家登〔2026〕5号",
    "case_number": "2026-440703-0012",
    "received": "2026年11月21日 09:10",
    "channel": "来访",
    "officer": "林小舟",
    "children": "是",
    "happened": "结婚八年，近两年多次遭受殴打，最近一次被掐颈。",
    "asks": "希望人身安全得到保护，申请保护令。",
    "incidents": INCIDENTS,
    "level": "高危",
    "basis": "本人陈述",
    "assessor": "林小舟",
    "assessed": "2026年11月21日 09:40",
    "valid_until": "2027年2月19日 09:40",
    "items": [{"text": f"评估项目之{n}：有过这样的言行？", "answer": "是"} for n in range(11)],
    "grounds": "出现窒息行为，按高危处置。",
}  # fmt: skip
RIGHTS: dict[str, object] = ABOUT | {
    "number": "临妇权告〔2026〕5号",
    "contact": "临江县妇女联合会 0750-5550123",
}
POLICE: dict[str, object] = ABOUT | PAIR | {
    "number": "临妇报案〔2026〕3号",
    "to": "临江县公安局城关派出所",
    "received": "2026年11月21日 09:10",
    "happened": "近两年多次遭受殴打，最近一次被掐颈。",
    "incidents": INCIDENTS,
    "level": "高危",
    "assessed": "2026年11月21日 09:40",
    "duty": True,
    "contact": "林小舟，0750-5550123",
}  # fmt: skip
CONSENT: dict[str, object] = ABOUT | {
    "number": "临妇同意〔2026〕8号",
    "officer": "林小舟",
    "scopes": ["同意转介：县法律援助中心，本年内", "同意代为申请"],
}
APPLICATION: dict[str, object] = ABOUT | PAIR | {
    "number": "临妇护申〔2026〕2号",
    "applicant": "由本会代为申请",
    "proxy": "因受到强制、威吓等无法申请，手机和证件都在他手里。",
    "urgent": True,
    "measures": ["禁止被申请人实施家庭暴力", "责令被申请人迁出申请人住所"],
    "grounds": "近两年多次遭受殴打，最近一次被掐颈，面临现实危险。",
    "incidents": INCIDENTS,
    "court": "临江县人民法院",
    "evidence": [
        {"kind": "医疗机构的诊疗记录", "what": "急诊病历一份", "holder": "本人"},
        {"kind": "出警记录、询问笔录等", "what": "11月20日报警回执", "holder": "公安机关"},
    ],
}  # fmt: skip
ADDRESS: dict[str, object] = {
    "date": "2026年11月25日",
    "person": "李某兰",
    "number": "临妇送址〔2026〕2号",
    "court": "临江县人民法院",
    "addresses": [
        {"label": "地址", "value": "某市某路某号"},
        {"label": "电话", "value": "13900001111"},
    ],
    "contact": "临江县妇女联合会 0750-5550123",
}

CHASING: dict[str, object] = {
    "number": "临妇催〔2026〕4号",
    "organisation": "临江县妇女联合会",
    "body": "临江县公安局城关派出所",
    "matter": "报案",
    "reference": "受案回执〔9〕",
    "sent_on": "2026年11月21日",
    "owed": "告诫决定",
    "due": "2026年11月24日 10:00",
    "law": "公通字〔2024〕34 号第八条：72 小时内作出处理决定",
    "contact": "临江县妇女联合会 0750-5550123",
    "date": "2026年11月25日",
}

TOLD = {
    "referral": REFERRAL,
    "mediation_record": RECORD,
    "mediation_agreement": AGREEMENT,
    "dv_registration": REGISTRATION,
    "rights_notice": RIGHTS,
    "police_letter": POLICE,
    "consent_form": CONSENT,
    "order_application": APPLICATION,
    "service_address": ADDRESS,
    "chasing_letter": CHASING,
}
"""Each template and a full telling for it."""
