"""A program that starts runs may create the directory of a run itself, to know its name before the run begins."""


def test_the_run_writes_into_the_given_directory_and_creates_none(capsize, tmp_path):
    given = tmp_path / "given"
    given.mkdir(mode=0o700)
    run = capsize("run", "--nemesis", "none", "--nodes", 1, "--time-limit", "1s", "--run-directory", given)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (given / "results.json").exists() and (given / "history.jsonl").exists()
    assert f"run           {given}\n" in run.stdout
    assert not capsize.store.exists()


def test_a_directory_that_is_no_empty_directory_of_its_owner_is_refused(capsize, tmp_path):
    full, open_to_all, link, file = (tmp_path / name for name in ("full", "open", "link", "file"))
    full.mkdir(mode=0o700)
    (full / "something").touch()
    open_to_all.mkdir(mode=0o755)
    link.symlink_to(open_to_all)
    file.touch()
    for path, found in ((full, "something"), (open_to_all, "mode 0755"), (link, "no directory"),
                        (file, "no directory"), (tmp_path / "missing", "No such file or directory")):
        run = capsize("run", "--nemesis", "none", "--time-limit", "1s", "--run-directory", path)
        assert run.returncode == 254, run.stdout + run.stderr
        expected = f"--run-directory: {path}: found {found}, expected a directory of mode 0700 that is empty"
        assert expected in run.stderr
    assert not capsize.store.exists()
