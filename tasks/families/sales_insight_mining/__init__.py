"""Points, competitors and offers that customers spoke of in calls about opportunities."""
