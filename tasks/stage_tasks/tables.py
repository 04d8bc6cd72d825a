"""The SQL oracle: an opportunity's stage and tasks by typed columns, the stage of each task by its text."""

from functools import cache

from tasks.ground import Ground
from tasks.stage_tasks.reading import Job, assigned

TITLE = "Stages of an opportunity"
"""Title of the internal article that is the guide."""
_STAGE = 'SELECT "StageName" FROM "Opportunity" WHERE "Id" = :deal'
_TASKS = """
SELECT "Id", "Status", "Subject" || '. ' || "Description" FROM "Task" WHERE "WhatId" = :deal ORDER BY "Id" """
_GUIDE = """
SELECT "FAQ_Answer__c" FROM "Knowledge__kav" WHERE "Audience__c" = 'internal' AND "Title" = :title"""


def found(ground: Ground, deal: str) -> tuple[str, list[Job]]:
    """Return the recorded stage of an opportunity, and its tasks."""
    connection = ground.store.connection()
    stage = str(connection.execute(_STAGE, {"deal": deal}).fetchone()[0])
    return stage, [Job(*row) for row in connection.execute(_TASKS, {"deal": deal})]


@cache
def guide(ground: Ground) -> dict[str, str]:
    """Return the stage of each kind of work."""
    return assigned(str(ground.store.connection().execute(_GUIDE, {"title": TITLE}).fetchone()[0]))
