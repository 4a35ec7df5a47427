"""The lessons, in the order of the page: one line each.

To add a lesson, write a file here that makes a `Lesson` (lesson.py), and give it a line below. A
contract test (tests/dashboard/lessons/test_lessons.py) holds every line to the protocol. Imports
neither Dash nor plotly: the launching process reads it too.
"""

from __future__ import annotations

from landscape_app.entries import Entry

LESSONS: dict[str, Entry] = {
    "label-noise": Entry(
        "landscape_app.dashboard.lessons.label_noise:LESSON",
        "Label noise from 0 to 1",
        "What a network learns when more and more of its labels are random.",
    ),
}
