"""`capsize convert`: a history in another notation, and what that cannot hold."""

import pytest

HISTORY = ('{"capsize-history":1,"model":"register"}\n'
           '{"index":0,"time":5,"process":1,"type":"invoke","f":"write","key":"x","value":7}\n'
           '{"index":1,"time":9,"process":1,"type":"ok","f":"write","key":"x","value":7}\n')


@pytest.fixture(name="history")
def _history(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text(HISTORY)
    return path


def test_there_and_back_again(capsize, history, tmp_path):
    csv, back = tmp_path / "history.csv", tmp_path / "back.jsonl"
    there = capsize("convert", history, csv)
    assert there.returncode == 0 and "--model register" in there.stderr
    assert csv.read_text() == ("process,f,key,value,result,start,end,type,error\n"
                               "1,write,x,7,,5,9,ok,\n")
    assert capsize("convert", csv, back).returncode == 0
    assert back.read_text() == HISTORY.split("\n", 1)[1]


def test_to_standard_output(capsize, history):
    run = capsize("convert", history, "-", "--to", "edn", "--key", "x")
    assert run.stdout.startswith("{:process 1, :type :invoke, :f :write, :key \"x\", :value 7")


def test_unknown_target_and_refusal_are_usage_errors(capsize, history, tmp_path):
    run = capsize("convert", history, tmp_path / "history.xml")
    assert run.returncode == 254 and "expected one of: csv, edn, intervals" in run.stderr
    target = tmp_path / "one.log"
    history.write_text(HISTORY + HISTORY.split("\n", 1)[1].replace('"x"', '"y"')
                       .replace('"index":0', '"index":2').replace('"index":1', '"index":3'))
    run = capsize("convert", history, target)
    assert run.returncode == 254 and "found 2 keys" in run.stderr
    assert not target.exists()
