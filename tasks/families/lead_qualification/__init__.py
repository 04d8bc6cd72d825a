"""Which of Budget, Authority, Need and Timeline a lead fails in, by its calls."""
