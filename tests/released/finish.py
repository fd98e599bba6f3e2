"""Carries every procedure of a database to its end with the code of today; prints what is wrong.

python -m tests.released.finish      on the database of DATABASE_URL
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

HEARD = {"screened_alone": True, "no_violence": True, "rights_told": True, "agrees": True}


def steps() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """For each node: who makes which row, telling what."""
    from casework.engine import moment

    now, day = moment.now(), moment.today()
    told = {"answered_at": now, "in_writing": True, "answer": "同意。"}
    terms = {"notes": "…", "terms": "补发。", "perform_by": day + timedelta(days=3)}
    return {
        "invite_hers": ("meng", "invite", {"side": "hers", "safely": True, "how": "电话"}),
        "invite_other": ("meng", "invite", {"side": "other", "how": "电话"}),
        "hear_hers": ("meng", "hear", {"side": "hers", **HEARD}),
        "hear_other": ("meng", "hear", {"side": "other", **HEARD}),
        "planning": ("meng", "schedule", {"planned_at": now, "place": "调解室"}),
        "opening": ("meng", "", {"screened_alone": True, "no_violence": True}),
        "session": ("meng", "agree", terms),
        "signing": ("meng", "sign", {"signed_on": day, "signed_by_all": True}),
        "performance": ("meng", "perform", {"performed_on": day}),
        "approval": ("zhou", "approve", {}),
        "dispatch_letter": ("he", "send", {"channel": "hand"}),
        "receipt": ("he", "accept", told),
        "answer": ("he", "accept", told),
        "chasing": ("he", "accept", told),
        "result": ("he", "finish", {"result": "…", "decision": "1", "lawyer": "方"}),
    }


def main() -> None:
    """Until nothing is open any more, or nothing moves."""
    import django

    django.setup()
    from casework import audit
    from casework.models import Procedure, Todo
    from casework.queries import drift
    from casework.services import jobs

    before = drift.verify().wrong
    begun = Procedure.objects.filter(ended_at=None).count()
    for _turn in range(200):
        jobs.run_due()
        todo = Todo.objects.filter(done_at=None).exclude(task=None).select_related("task").first()
        if todo is None:
            break
        do(todo)
    left = Procedure.objects.filter(ended_at=None).count()
    wrong = [w.why for w in [*before, *drift.verify().wrong]]
    print(json.dumps({"begun": begun, "left": left, "wrong": wrong, "audit": audit.verify().ok}))  # noqa: T201 - its result


def do(todo: Any) -> None:
    """The next step of one task, by whoever has or may have it."""
    from casework.engine import registry
    from casework.models import Procedure, User
    from casework.services.verbs import advance

    record = Procedure.objects.select_related("case").get(process__task=todo.task)
    who, name, told = steps()[todo.task.flow_task.name]
    name = name or ("meet" if record.status == "consented" else "resume")
    row = registry.lifecycle(record.kind).moves[name]
    actor = todo.task.owner or User.objects.get(username=who)
    facts = row.facts(**told) if row.facts else None
    advance(record, row, facts, actor=actor, task=todo.uid)


if __name__ == "__main__":
    main()
