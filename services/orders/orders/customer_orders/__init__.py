"""Customer orders and withdrawals, from placing to delivery or voiding."""
