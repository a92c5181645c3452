"""What a results folder holds that nothing needs any more, and its removal."""
