"""Every address of the product."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from casework.api import api
from casework.views import (
    absences,
    boards,
    bodies,
    bpmn,
    calendars,
    cases,
    clocks,
    desk,
    exports,
    login,
    procedures,
    register,
    staff,
    tasks,
    visits,
)

handler404 = "casework.api.house.no_such_page"

urlpatterns = [
    path("api/v1/", api.urls),
    path("", desk.desk, name="desk"),
    path("login/", login.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("enter/", login.enter, name="enter"),
    path("leave/", login.leave, name="leave"),
    path("language/", login.language, name="language"),
    path("password/", login.password, name="password"),
    path("visits/new/", visits.new, name="visit_new"),
    path("visits/draft/", visits.keep, name="visit_draft"),
    path("visits/draft/<uuid:uid>/", visits.resume, name="visit_resume"),
    path("visits/draft/<uuid:uid>/drop/", visits.drop, name="visit_drop"),
    path("visits/match/", visits.match, name="visit_match"),
    path("cases/<uuid:uid>/", cases.case, name="case"),
    path("cases/<uuid:uid>/moves/<slug:name>/", cases.move, name="move"),
    path("cases/<uuid:uid>/documents/<uuid:which>/", procedures.letter, name="letter"),
    path("cases/<uuid:uid>/procedures/<uuid:which>/", procedures.procedure, name="procedure"),
    path(
        "cases/<uuid:uid>/procedures/<uuid:which>/moves/<slug:name>/",
        procedures.move,
        name="procedure_move",
    ),
    path("cases/<uuid:uid>/tasks/<uuid:which>/", tasks.task, name="task"),
    path("cases/<uuid:uid>/tasks/<uuid:which>/<slug:deed>/", tasks.hand, name="task_hand"),
    path("referrals/", boards.referrals, name="referrals"),
    path("sessions/", boards.sessions, name="sessions"),
    path("procedures/<slug:kind>.bpmn", bpmn.bpmn, name="bpmn"),
    path("register/", register.register, name="register"),
    path("register/export/", exports.ask, name="export_new"),
    path("register/exports/<uuid:uid>/", exports.export, name="export"),
    path("register/exports/<uuid:uid>/file/", exports.fetch, name="export_file"),
    path("register/exports/<uuid:uid>/again/", exports.again, name="export_again"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<uuid:uid>/end/", absences.come_back, name="come_back"),
    path("bodies/", bodies.bodies, name="bodies"),
    path("bodies/new/", bodies.add, name="body_add"),
    path("bodies/<uuid:uid>/", bodies.change, name="body"),
    path("cases/<uuid:uid>/clocks/<uuid:which>/", clocks.because, name="clock"),
    path("reminders/", clocks.reminders, name="reminders"),
    path("reminders/again/", clocks.again, name="reminders_again"),
    path("reminders/<uuid:uid>/", clocks.note, name="reminder_note"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/<uuid:uid>/", calendars.decide, name="calendar_decide"),
    path("staff/", staff.staff, name="staff"),
    path("staff/new/", staff.add_account, name="staff_add"),
    path("staff/organisations/new/", staff.add_organisation, name="organisation_add"),
    path("staff/<uuid:uid>/", staff.account, name="account"),
    path("staff/<uuid:uid>/roles/", staff.roles, name="account_roles"),
    path("staff/<uuid:uid>/password/", staff.secret, name="account_password"),
    path("staff/<uuid:uid>/active/", staff.active, name="account_active"),
]
