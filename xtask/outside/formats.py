"""Generators for formats of the document that schemathesis does not support."""

import base64

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format(
    "data-url",
    strategies.binary().map(lambda file: f"data:image/png;base64,{base64.b64encode(file).decode()}"),
)
