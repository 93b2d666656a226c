"""The documentation site: pages made from the catalogue, the pages of docs/ and what was published.

`python -m kvitt.site` builds it. Swedish, as the integrators' pages are; no page asks the network
for anything.
"""
