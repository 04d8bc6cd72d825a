"""A question for each unit, as a plain agent asks it."""

from personas.units import UnitName

QUESTIONS: dict[UnitName, str] = {
    "window": "Which time period should I look at?",
    "direction": "Do you want the highest or the lowest?",
    "metric": "Which metric should I rank them by?",
    "minimum_cases": "What is the minimum number of cases?",
    "product": "Which product is it about?",
    "record": "What is the Id of the record?",
    "customer": "Which customer do you mean?",
    "region": "Which state are they in?",
    "description": "Could you give me the description of the case?",
    "purchase_date": "When did you buy it?",
    "subject": "What topic is your question about?",
    "attribute": "Which attribute are you interested in?",
    "scope": "What is the scope?",
    "kind": "What kind of insight do you need?",
    "polarity": "Is it about positive or negative sentiment?",
    "aspect": "Which aspect should I check?",
    "channel": "Which channel was used?",
    "status_filter": "Which status should they have?",
    "policy": "How should I count transferred cases?",
    "answer_format": "Which format do you need?",
}
