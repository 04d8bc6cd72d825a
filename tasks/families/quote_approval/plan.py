"""quote_approval: may a quote go out with its discounts, or which article stands against it?"""

from pathlib import Path

from tasks.quote_rules.plan import QuotePlan


class QuoteApproval(QuotePlan):
    """Article that the discounts of a quote violate, or none."""

    name = "quote_approval"
    folder = Path(__file__).parent
    aspect = "discounts"


PLAN = QuoteApproval()
