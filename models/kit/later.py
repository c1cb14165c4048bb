"""Modules that few processes ever need, loaded when one does."""

import asyncio
import importlib
from types import ModuleType


async def later(name: str) -> ModuleType:
    """Import a module of ours by its full name; the loop goes on meanwhile."""
    return await asyncio.to_thread(importlib.import_module, name)
