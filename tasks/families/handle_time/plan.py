"""handle_time: ranking by mean handle time."""

from pathlib import Path

from tasks.agent_ranking.plan import RankingPlan


class HandleTime(RankingPlan):
    """Agent with the lowest or highest mean handle time."""

    name = "handle_time"
    measure = "handle_time"
    folder = Path(__file__).parent


PLAN = HandleTime()
