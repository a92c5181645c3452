"""What trials are written in: phases, rules, criteria, schedules, allocations. Plain settings, without torch."""
