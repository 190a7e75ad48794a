"""The day's allowance in the user's words."""

from __future__ import annotations
