"""Writes what is generated from the settings' definition: the JSON Schema in the package, and docs/settings.md."""

from __future__ import annotations

from pathlib import Path

from pasodoble.config.reference import render_reference, render_schema

ROOT = Path(__file__).parent.parent
FILES = {
    ROOT / "src/pasodoble/config/pasodoble.schema.json": render_schema,
    ROOT / "docs/settings.md": render_reference,
}

if __name__ == "__main__":
    for path, render in FILES.items():
        path.write_text(render(), encoding="utf-8")
