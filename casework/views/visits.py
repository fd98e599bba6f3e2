"""The visit log and its drafts."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import may_log
from casework.forms.visit import VisitForm, fresh, texts_of, typed_so_far
from casework.models import Draft
from casework.queries.search import known_to_the_desk
from casework.services import intake
from casework.services.refusals import NotVisible, Refused
from casework.views.doors import Asked, only


@only(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Log a visit; nothing typed is lost when it is refused."""
    if request.method != "POST":
        beside = "1" if request.GET.get("beside") else ""
        return render(request, "visit.html", {"form": fresh({"beside": beside})})
    form = VisitForm(request.POST)
    if form.is_valid():
        marks = {"key": form.cleaned_data["key"], "draft": str(form.cleaned_data["draft"] or "")}
        try:
            logged = intake.log_visit(form.note(), actor=request.user, **marks)
        except NotVisible:
            raise Http404 from None
        except Refused as refused:
            form.refuse(refused.sentences)
            form.renew()
        else:
            case = logged.case
            return redirect(f"/cases/{case.uid}/?done=logged" if case else "/?done=consultation")
    return render(request, "visit.html", {"form": form}, status=422)


@only(may_log)
@require_POST
def beside(request: Asked) -> HttpResponse:
    """Somebody stands beside her: go on with what is typed, asking only what she answers with yes
    or no."""
    typed = texts_of(request.POST.dict()) | {"beside": "1"}
    draft = intake.keep_draft(typed, actor=request.user, uid=typed.pop("draft", ""))
    return redirect("visit_resume", uid=draft.uid)


@only(may_log)
@require_safe
def resume(request: Asked, uid: UUID) -> HttpResponse:
    """Go on with an unfinished visit."""
    draft = get_object_or_404(Draft, owner=request.user, uid=uid)
    return render(request, "visit.html", {"form": fresh(intake.typed_in(draft), draft.uid)})


@only(may_log)
@require_POST
def keep(request: Asked) -> JsonResponse:
    """Keep what is typed so far; the page asks for it while she types."""
    typed = typed_so_far(request.body)
    if typed is None:
        sentence = _("输入中含有无法识别的字符，请检查后重新提交。")
        return JsonResponse({"sentence": sentence}, status=400)
    draft = intake.keep_draft(typed, actor=request.user, uid=typed.pop("draft", ""))
    return JsonResponse({"saved": localtime(draft.saved_at).strftime("%H:%M:%S")})


@only(may_log)
@require_POST
def drop(request: Asked, uid: UUID) -> HttpResponse:
    """Throw an unfinished visit away."""
    intake.drop_draft(str(uid), actor=request.user)
    return redirect("desk")


@only(may_log)
@require_POST
def match(request: Asked) -> JsonResponse:
    """Is there an earlier record with this phone or ID number? Only yes or no (rule 11)."""
    told = {name: request.POST.get(name, "")[:200] for name in ("phone", "id_number")}
    known = known_to_the_desk(request.user, **told)
    return JsonResponse({"sentence": _("有较早记录，请核实身份") if known else ""})
