"""Lessons: a question, a prediction, a small study, what came out, and why."""

from landscape_app.dashboard.teaching.callbacks import register
from landscape_app.dashboard.teaching.page import layout, lesson

__all__ = ["layout", "lesson", "register"]
