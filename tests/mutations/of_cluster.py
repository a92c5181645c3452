"""Slips in what carries the files of trials from other nodes."""

from tests.mutations.mutation import mutations

TESTS = "tests/orchestrator/execute/cluster"

CLUSTER = (
    *mutations(
        "orchestrator/execute/cluster/keeper.py",
        ("an-older-attempt-writes", "if self._attempts.get(path) != attempt:", "if self._attempts.get(path) < attempt:",
         f"{TESTS}/test_keeper.py"),
        ("an-older-attempt-releases", "if attempt in (None, self._attempts.get(path)) and",
         "if attempt in (attempt, self._attempts.get(path)) and", f"{TESTS}/test_keeper.py"),
        ("a-continued-file-keeps-its-end", "file.truncate(offset)", "file.truncate()", f"{TESTS}/test_keeper.py"),
        ("a-short-file-is-continued", "if file.tell() < offset:", "if file.tell() > offset:",
         f"{TESTS}/test_keeper.py"),
        ("what-is-completed-is-forgotten", 'if ending is None or ending.status != "completed":',
         'if ending is None or ending.status == "completed":', f"{TESTS}/test_keeper.py"),
        ("anew-goes-on", "if anew:", "if not anew:", f"{TESTS}/test_keeper.py"),
    ),
    *mutations(
        "orchestrator/execute/cluster/mirror.py",
        ("a-new-beginning-is-not-seen", "if content.startswith(self._sent[name]) else 0",
         "if content.startswith(self._sent[name]) else 1", f"{TESTS}/test_mirror.py"),
        ("the-result-comes-first", "key=lambda name: (name == last, name)", "key=lambda name: (name != last, name)",
         f"{TESTS}/test_mirror.py"),
        ("removed-before-the-result", "self._versions.keys() - versions.keys() if last]",
         "self._versions.keys() - versions.keys() if not last]", f"{TESTS}/test_mirror.py"),
        ("the-rest-is-not-sent", "self.send(last=True)", "self.send(last=False)", f"{TESTS}/test_mirror.py",
         f"{TESTS}/test_away.py"),
    ),
    *mutations(
        "orchestrator/execute/cluster/away.py",
        ("stages-stay-on-the-node", "return replace(messages, wanted=wanted, stored=stored)",
         "return replace(messages, wanted=wanted, stored=wanted)", f"{TESTS}/test_away.py"),
        ("begun-anew-twice", '"anew": False', '"anew": True', f"{TESTS}/test_away.py"),
        ("data-are-brought-again", "if not path.exists() and (content", "if not path.exists() or (content",
         f"{TESTS}/test_away.py"),
    ),
    *mutations(
        "orchestrator/execute/worker.py",
        ("heard-of-before-it-is-stored", "messages.stored(stage)", "messages.wanted(stage)", f"{TESTS}/test_away.py"),
    ),
)  # fmt: skip
