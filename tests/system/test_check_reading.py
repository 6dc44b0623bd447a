"""`capsize check` on files of other systems: their names, their notation, compressed, through a pipe."""

import gzip
import json
import subprocess

CSV = "client,op,k,value,start,end\n1,put,x,7,10,20\n2,get,x,7,30,40\n3,get,y,0,1,2\n"
NAMES = ["--map", "process=client", "--map", "f=op", "--map", "key=k",
         "--map", "f.put=write", "--map", "f.get=read"]


def test_other_names_are_mapped_and_json_says_all(capsize, tmp_path):
    history = tmp_path / "requests.csv"
    history.write_text(CSV)
    run = capsize("check", *NAMES, "--model", "register", "--key", "x", "--json", history)
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(run.stdout)
    assert report["verdict"] == "valid" and report["violation"] is None
    assert (report["model"], report["algorithm"]) == ("register", "distinct-register")
    assert (report["operations"], report["keys"], report["processes"]) == (2, 1, 2)
    assert report["indeterminate"] == 0
    assert 0 < report["seconds"]["load"] < 60 and 0 < report["seconds"]["check"] < 60
    assert report["peak-memory-bytes"] > 1 << 20


def test_initial_value_is_given_as_json(capsize, tmp_path):
    history = tmp_path / "requests.csv"
    history.write_text(CSV)
    common = ["check", *NAMES, "--model", "register", "--key", "y"]
    assert capsize(*common, history).returncode == 1
    assert capsize(*common, "--initial", "0", history).returncode == 0


def test_compressed_standard_input(capsize):
    run = subprocess.run(capsize.command("check", *NAMES, "--model", "register", "--key", "x", "-"),
                         input=gzip.compress(CSV.encode()), capture_output=True, check=False)
    assert run.returncode == 0, run.stderr


def test_lenient_skips_counts_and_says_so(capsize, tmp_path):
    history = tmp_path / "requests.csv"
    history.write_text(CSV + "4,put\n")
    strict = capsize("check", *NAMES, "--model", "register", "--key", "x", history)
    assert strict.returncode == 254
    assert f"{history}:5:1: found 2 cells, expected 6" in strict.stderr
    lenient = capsize("check", *NAMES, "--model", "register", "--key", "x", "--lenient", history)
    assert lenient.returncode == 0
    assert "1 malformed lines or events were skipped" in lenient.stdout
