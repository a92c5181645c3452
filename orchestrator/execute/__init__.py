"""Run the trials of a plan, and lost ones a second time: on Ray Tune or in this process."""
