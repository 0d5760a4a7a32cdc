"""How much is said, whether that is unusual, and what it is about. Pure: no database, no Django.

For each monitor: `echoes.Echoes.hear(post)` for every post and `end(step)` after each minute (or
five); `storm.StormWatch.read(start, count, spreads=...)` with the posts of that step, zero
included, and whether a text began to spread in it; `rising.Vocabulary.learn` an
hour late, so that a storm's words are not compared with themselves. When a reading's change is in
`storm.ALARMS`, `cause.cause(posts of the last hour, ...)` says why.
`kept` turns a watch into JSON and back. `docs/explanation/storms.md` says how and how well.
"""
