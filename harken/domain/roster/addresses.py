"""Where notifications of the roster lead: paths inside Harken."""

ROSTER = "/manage/roster/"
HANDOVER = "/manage/roster/handover/"
DESK = "/desk/"
MINE = "/desk/?view=mine"
