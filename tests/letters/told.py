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

TOLD = {"referral": REFERRAL, "mediation_record": RECORD, "mediation_agreement": AGREEMENT}
"""Each template and a full telling for it."""
