"""transfer_count: ranking by the number of cases handed over."""

from pathlib import Path

from tasks.agent_ranking.plan import RankingPlan


class TransferCount(RankingPlan):
    """Agent who handed the most or the fewest cases to others."""

    name = "transfer_count"
    measure = "transfer_count"
    folder = Path(__file__).parent


PLAN = TransferCount()
