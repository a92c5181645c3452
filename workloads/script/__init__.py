"""The words that trials are written in: phases, rules, criteria, schedules, amounts. Plain settings, without torch."""
