"""What a shell gets where a user presses Tab. The variables are those that Typer's scripts for shells set."""

import pytest

KEYS = ["1f3a00000000", "1f3b00000000"]


@pytest.fixture
def complete(sparsity, tmp_path, monkeypatch):
    """The completions of the last word of a command line, in a folder with two sweeps."""
    for name in ("quickstart", "quickstart.v2", "tiny", "not a sweep"):
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / "plan.json").write_text("damaged")
    (tmp_path / "results" / "artifacts").mkdir()
    for name in (*KEYS, "log.txt", "1f3c"):
        (tmp_path / "results" / "quickstart.v2" / name).mkdir()
    (tmp_path / "results" / "tiny" / KEYS[1]).mkdir()
    monkeypatch.delenv("SPARSITY_RESULTS", raising=False)

    def completions(line: str, shell: str = "bash") -> list[str]:
        monkeypatch.setenv("_SPARSITY_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        code, out, err = sparsity()
        assert (code, err) == (0, "")
        return out.split()

    return completions


@pytest.mark.parametrize(
    "command", ["status", "logs", "ui", "cancel", "report", "report tiny", "table", "sync", "clean"]
)
def test_names_of_sweeps(complete, command):
    assert complete(f"sparsity {command} qu") == ["quickstart", "quickstart.v2"]
    assert complete(f"sparsity {command} ") == ["quickstart", "quickstart.v2", "tiny"]


def test_files_are_left_to_the_shell(complete):
    assert complete("sparsity plan ti") == complete("sparsity status sweeps/") == []
    assert complete("sparsity status sweeps/", "zsh") == ["_files"]


def test_keys_of_the_trials_that_have_begun(complete):
    assert complete("sparsity logs quickstart.v2 ") == complete("sparsity logs quickstart.v2 1f3") == KEYS
    assert complete("sparsity logs tiny.yaml 1f") == complete("sparsity logs --follow tiny 1f") == KEYS[1:]
    assert complete("sparsity logs quickstart 1f") == complete("sparsity logs ../results 1f") == []


def test_the_results_folder_is_that_of_the_command(complete, tmp_path, monkeypatch):
    other = tmp_path / "other" / "elsewhere"
    other.mkdir(parents=True)
    (other / "plan.json").touch()
    assert complete("sparsity status --results other ") == ["elsewhere"]
    monkeypatch.setenv("SPARSITY_RESULTS", str(tmp_path / "other"))
    assert complete("sparsity status ") == ["elsewhere"]
    for nothing in ("missing", "tiny.yaml", "~nobody-of-this-name/results"):
        monkeypatch.setenv("SPARSITY_RESULTS", nothing)
        assert complete("sparsity status ") == complete("sparsity logs tiny ") == []


def test_commands_and_options(complete):
    assert complete("sparsity st") == ["status"]
    assert complete("sparsity status --re") == ["--results"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_for_completions(sparsity, monkeypatch, shell):
    monkeypatch.setenv("_SPARSITY_COMPLETE", f"source_{shell}")
    code, out, _ = sparsity()
    assert code == 0 and f"_SPARSITY_COMPLETE=complete_{shell}" in out


def test_help_names_the_options_that_install_completion(sparsity):
    _, out, _ = sparsity("--help")
    assert "--install-completion" in out and "--show-completion" in out
