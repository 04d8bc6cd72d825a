"""Cases about one product in a window: shared by top_issue_identification and monthly_trend_analysis."""
