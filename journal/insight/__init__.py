"""What plots, the visit summary and the patient's page need: read by period, never the whole history."""
