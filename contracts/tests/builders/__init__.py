"""Events and facts for tests: one builder for each, in a module named for its owner.

Builders of one story share the names in `story`, so that what several services emit about one thing
fits together. An event in a shape that its owner never emits cannot be built (`shapes`).
"""
