"""How much is said, whether that is unusual, and what it is about. Pure: no database, no Django.

For each monitor: `storm.StormWatch.read(start, count)` every minute (or five) with the posts of
that step, zero included; `echoes.Echoes.hear(post)` for every post; `rising.Vocabulary.learn` an
hour late, so that a storm's words are not compared with themselves. When a reading's change is in
`storm.ALARMS` or an echo has just spread, `cause.cause(posts of the last hour, ...)` says why.
`kept` turns a watch into JSON and back. `docs/explanation/storms.md` says how and how well.
"""
