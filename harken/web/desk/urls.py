"""The addresses of the desk."""

from django.urls import path

from harken.web.desk.views import (
    actions,
    composer,
    contacts,
    conversation,
    export,
    inbox,
    me,
    next_one,
    palette,
    pictures,
    presence,
    replies,
    search,
    triage,
)

app_name = "desk"

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("rows/", inbox.rows, name="rows"),
    path("counts/", inbox.counts, name="counts"),
    path("palette/", palette.palette, name="palette"),
    path("me/", me.me, name="me"),
    path("me/save/", me.save_me, name="save_me"),
    path("role/", me.role, name="role"),
    path("offline/", inbox.offline, name="offline"),
    path("export/", export.export, name="export"),
    path("search/export/", export.export_search, name="export_search"),
    path("search/", search.search, name="search"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("c/<int:pk>/", conversation.conversation, name="conversation"),
    path("next/", next_one.take, name="next"),
    path("c/<int:pk>/presence/", presence.presence, name="presence"),
    path("c/<int:pk>/take-over/", presence.take_over, name="take_over"),
    path("c/<int:pk>/messages/", conversation.messages, name="messages"),
    path("c/<int:pk>/draft/", composer.draft, name="draft"),
    path("c/<int:pk>/preview/", composer.preview, name="preview"),
    path("c/<int:pk>/send/", composer.send, name="send"),
    path("c/<int:pk>/take/", actions.take, name="take"),
    path("c/<int:pk>/assign/", actions.assign, name="assign"),
    path("c/<int:pk>/topic/", actions.topic, name="topic"),
    path("c/<int:pk>/team/", actions.team, name="team"),
    path("c/<int:pk>/close/", actions.close, name="close"),
    path("c/<int:pk>/sorted/", triage.sort, name="sort"),
    path("c/<int:pk>/reopen/", actions.reopen, name="reopen"),
    path("c/<int:pk>/picture/<str:kind>/<int:of>/<int:number>/", pictures.picture, name="picture"),
    path("replies/<int:pk>/undo/", replies.undo, name="undo"),
    path("replies/<int:pk>/edit-again/", replies.edit_again, name="edit_again"),
    path("replies/<int:pk>/resolve/", replies.resolve, name="resolve"),
    path("messages/<int:pk>/retract/", replies.retract, name="retract"),
    path("messages/<int:pk>/like/", replies.like, name="like"),
]
