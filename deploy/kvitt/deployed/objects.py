"""Small pieces of Kubernetes' objects that several modules have. Knows no part by name."""

from collections.abc import Mapping
from typing import Any, Final

Object = dict[str, Any]
NAMESPACE: Final = "kvitt"
NAME: Final = "app.kubernetes.io/name"


def an_object(
    api: str, kind: str, name: str, spec: Object, labels: Mapping[str, str] | None = None
) -> Object:
    """An object with a spec; overlays name the namespace."""
    metadata: Object = {"name": name}
    if labels:
        metadata["labels"] = dict(labels)
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def selecting(name: str) -> Object:
    """Selects the pods of a part."""
    return {"matchLabels": {NAME: name}}
