"""Reference solution: the opportunity, its tasks and the stage guide, all through the API."""

from typing import TYPE_CHECKING

from tasks.soql import rows
from tasks.stage_tasks.reading import Job, assigned
from tasks.stage_tasks.tables import TITLE

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_STAGE = "SELECT StageName FROM Opportunity WHERE Id = {deal}"
_TASKS = "SELECT Id, Status, Subject, Description FROM Task WHERE WhatId = {deal} ORDER BY Id"
_GUIDE = "SELECT FAQ_Answer__c FROM Knowledge__kav WHERE Audience__c = 'internal' AND Title = {title}"


def fetched(salesforce: "Salesforce", deal: str) -> tuple[str, list[Job], dict[str, str]]:
    """Return recorded stage, tasks and guide; an empty stage when there is no such opportunity."""
    record = rows(salesforce, _STAGE, deal=deal) if deal else []
    if not record:
        return "", [], {}
    jobs = [
        Job(row["Id"], row["Status"], f"{row['Subject']}. {row['Description']}")
        for row in rows(salesforce, _TASKS, deal=deal)
    ]
    article = rows(salesforce, _GUIDE, title=TITLE)[0]
    return str(record[0]["StageName"]), jobs, assigned(str(article["FAQ_Answer__c"]))
