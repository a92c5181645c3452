"""Words from outside that try to be more than words."""

BROKEN = "\"'><script>window.broken = 1</script><img src=x onerror='window.broken = 1'></style>{{ 7 }}${7}</template>"
EVIL = f"{BROKEN} {'x' * 200}"
