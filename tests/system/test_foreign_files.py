"""Files in the forms in which people have them: each is read, or named for what it is."""

import gzip
import json
import lzma
import textwrap

import pytest

VALID, INVALID, UNKNOWN, VACUOUS, REFUSED = 0, 1, 2, 3, 254

JEPSEN_LOG = (
    "2026-02-03 09:15:00,120{{GMT}}\tINFO\t[main] jepsen.core: Test begins\n"
    "2026-02-03 09:15:01,000{{GMT}}\tINFO\t[jepsen worker 2] jepsen.util: 2\t:invoke\t:write\t4\n"
    "2026-02-03 09:15:01,004{{GMT}}\tINFO\t[jepsen worker 2] jepsen.util: 2\t:ok\t:write\t4\n"
    "2026-02-03 09:15:01,006{{GMT}}\tINFO\t[jepsen nemesis] jepsen.util: :nemesis\t:info\t:kill\t{{\"n1\" :killed}}\n"
    "java.net.ConnectException: refused\n"
    "2026-02-03 09:15:01,007{{GMT}}\tINFO\t[jepsen worker 3] jepsen.util: 3\t:invoke\t:read\tnil\n"
    "2026-02-03 09:15:01,009{{GMT}}\tINFO\t[jepsen worker 3] jepsen.util: 3\t:ok\t:read\t{}\n")

EDN = textwrap.dedent("""\
    ; recorded by hand
    [{{:process 0, :type :invoke,
       :f :write, :value {0} :via ["a" b/c]}}
     #_{{:process 9}}
     {{:process 0, :type :ok, :f :write, :value {0}}} ; acknowledged
     #jepsen.history.Op{{:process :nemesis, :type :info, :f :kill, :value #{{"n1"}}, :time 3}}
     {{:process 1, :type :invoke, :f :read, :value nil, :error nil}}
     {{:process 1, :type :ok, :f :read, :value {1}}}]
    """)


def events(*calls, **more):
    """JSON events of calls (process, function, asked, answered), one after the other."""
    out = []
    for process, f, asked, answered in calls:
        out.append({"process": process, "type": "invoke", "f": f, "value": asked, **more})
        out.append({"process": process, "type": "ok", "f": f, "value": answered, **more})
    return out


def lines(all_events):
    return "".join(json.dumps(event) + "\n" for event in all_events)


WRITE_THEN_READ = events((0, "write", 4, 4), (1, "read", None, 4))
WRITE_THEN_OTHER = events((0, "write", 4, 4), (1, "read", None, 5))

CASES = {
    # name: (text, arguments, exit code, what is said)
    "jepsen.log": (JEPSEN_LOG.format(4), [], VALID, "1 events of \"nemesis\" skipped"),
    "jepsen-bad.log": (JEPSEN_LOG.format(5), [], INVALID, "returned 5"),
    "history.txt": ("4\t:invoke\t:write\t9\n4\t:ok\t:write\t9\n:nemesis\t:info\t:heal\tnil\n"
                    "5\t:invoke\t:read\tnil\n5\t:ok\t:read\t9\n", [], VALID, "register"),
    "maps.edn": (EDN.format(4, 4), [], VALID, "1 events of \"nemesis\" skipped"),
    "maps-bad.edn": (EDN.format(4, 5), [], INVALID, "returned 5"),
    "list.edn": ("({:process 0 :type :invoke :f :read}\n {:process 0 :type :ok :f :read})", [], VALID,
                 "register"),
    "array.json": (json.dumps(WRITE_THEN_READ), [], VALID, "2 operations"),
    "array-indented.json": (json.dumps(WRITE_THEN_OTHER, indent=4), [], INVALID, "returned 5"),
    "array-broken.json": (json.dumps(WRITE_THEN_READ)[:-3] + "}]", [], REFUSED, "record 4"),
    "array-cut.json": (json.dumps(WRITE_THEN_READ)[:-1], [], VALID, "cut off"),
    "objects.json": ("\n".join(json.dumps(e, indent=1) for e in WRITE_THEN_OTHER), [], INVALID,
                     "returned 5"),
    "mark.jsonl": ("\ufeff" + lines(WRITE_THEN_READ), [], VALID, "2 operations"),
    "keywords.jsonl": (lines(events((0, ":write", 1, 1))).replace('"type": "', '"type": ":'), [],
                       VALID, "1 operations"),
    "names.jsonl": (lines(events(("app-1", "write", 4, 4), ("app-2", "read", None, 7))), [], INVALID,
                    "process app-2"),
    "tuples.jsonl": (lines(events((0, "write", ["a", 1], ["a", 1]), (0, "write", ["b", 2], ["b", 2]),
                                  (1, "read", ["a", None], ["a", 1]))), [], VALID, "2 keys"),
    "completions.edn": ("{:process 0 :type :ok :f :write :value 1}\n"
                        "{:process 1 :type :ok :f :read :value 2}\n", [], REFUSED, "--sequence"),
    "sequence.edn": ("{:process 0 :type :ok :f :write :value 1}\n"
                     "{:process 1 :type :ok :f :read :value 2}\n", ["--sequence"], INVALID,
                     "returned 2"),
    "semicolons.csv": ("Process ; F ; Key ; Value ; Start ; End\n1;write;x;5;10;20\n2;read;x;5;30;40\n",
                       [], VALID, "2 operations"),
    "tabs.tsv": ("process\tf\tkey\tvalue\tstart\tend\n1\twrite\tx\t5\t10\t20\n2\tread\tx\t6\t30\t40\n",
                 [], INVALID, "returned 6"),
    "dates.csv": ("process,f,value,start,end\nweb,write,5,2026-02-03T10:00:00.250Z,"
                  "2026-02-03T10:00:00.5Z\napp,read,null,2026-02-03T11:00:01+01:00,"
                  "2026-02-03T10:00:02Z\n", [], INVALID, "process app"),
    "seconds.csv": ("process,f,value,start,end\n1,write,5,1770112800.25,1770112800.5\n", [], REFUSED,
                    "--time-unit"),
    "seconds-said.csv": ("process,f,value,start,end\n1,write,5,1770112800.25,1770112800.5\n"
                         "2,read,null,1770112800.75,1770112801\n", ["--time-unit", "s"], INVALID,
                         "returned null"),
    "milliseconds.csv": ("process,f,value,start,end\n1,write,5,1770112800250,1770112800500\n"
                         "2,read,5,1770112800750,1770112801000\n", [], VALID, "--time-unit ms"),
    "nested.jsonl": ("".join(json.dumps({"who": w, "req": {"op": f, "k": "x", "v": v}, "start": s,
                                         "end": s + 5}) + "\n"
                             for w, f, v, s in [("a", "write", 1, 10), ("b", "read", 2, 20)]),
                     ["--map", "process=who", "--map", "f=req.op", "--map", "key=req.k", "--map",
                      "value=req.v"], INVALID, "read of x by process b returned 2"),
    "porcupine.json": (json.dumps([
        {"ClientId": 0, "Input": {"Op": 1, "Key": "k", "Value": "v"}, "Call": 1,
         "Output": {"Value": ""}, "Return": 5},
        {"ClientId": 1, "Input": {"Op": 0, "Key": "k"}, "Call": 7, "Output": {"Value": "w"},
         "Return": 9}]), [], INVALID, "\"w\""),
    "operations.json": (json.dumps(
        {"ClientId": 0, "Call": 1, "Return": 2,
         "Input": {"Type": "txn", "Txn": {"Conditions": [], "OperationsOnFailure": [],
                                          "OperationsOnSuccess": [
                                              {"Type": "put-operation",
                                               "Put": {"Key": "k", "Value": {"Value": "1"}}}]}},
         "Output": {"Txn": {"Failure": False, "Results": [{"KVs": None}]}, "Revision": 2}}) + "\n" + json.dumps(
        {"ClientId": 1, "Call": 3, "Return": 4,
         "Input": {"Type": "range", "Range": {"Start": "k", "End": "", "Revision": 0}},
         "Output": {"Range": {"KVs": []}, "Revision": 2}}), [], INVALID, "k by process 1"),
    "clock.csv": ("f,value,start,end\nwrite,1,1770112800000,1770112800001\n"
                  "read,null,1770112900000,1770112900001\n", ["--clock-error", "1ms"], VACUOUS,
                  "--time-unit ms"),
    "access.csv": ("method|uri|body|finished|took\nPUT|/a|1|2026-02-03T10:00:01Z|250000000\n"
                   "GET|/a|2|2026-02-03T10:00:02Z|250000000\n",
                   ["--map", "f=method", "--map", "key=uri", "--map", "value=body", "--map",
                    "end=finished", "--map", "duration=took"], INVALID, "returned 2"),
    "lock.edn": ("{:process 0 :type :invoke :f :lock}\n{:process 0 :type :ok :f :lock}\n"
                 "{:process 1 :type :invoke :f :lock}\n{:process 1 :type :ok :f :lock}\n", [], INVALID,
                 "mutex"),
    "incdec.jsonl": (lines(events((0, "inc", None, None), (0, "dec", 3, 3), (1, "read", None, -2))),
                     [], VALID, "counter"),
    "bank.edn": ("{:type :invoke :f :transfer :process 0 :value {:from 0 :to 1 :amount 3}}\n"
                 "{:type :ok :f :transfer :process 0 :value {:from 0 :to 1 :amount 3}}\n"
                 "{:type :invoke :f :read :process 1}\n"
                 "{:type :ok :f :read :process 1 :value {0 7, 1 13}}\n"
                 "{:type :invoke :f :read :process 2}\n"
                 "{:type :ok :f :read :process 2 :value {0 7, 1 12}}\n", ["--model", "bank"], INVALID,
                 "19"),
    "drain.edn": ("{:process 0 :type :invoke :f :enqueue :value 1}\n"
                  "{:process 0 :type :ok :f :enqueue :value 1}\n"
                  "{:process 0 :type :invoke :f :drain}\n"
                  "{:process 0 :type :ok :f :drain :value [1]}\n", ["--model", "bag"], VALID, "bag"),
    "words.edn": ("{:process 0 :type :invoke :f :txn :value [[:write :x 1] [:read :y nil]]}\n"
                  "{:process 0 :type :ok :f :txn :value [[:write :x 1] [:read :y nil]]}\n", [], VALID,
                  "multi-register"),
    "append.edn": ("{:process 0 :type :invoke :f :txn :value [[:append 1 2]]}\n"
                   "{:process 0 :type :ok :f :txn :value [[:append 1 2]]}\n", [], REFUSED,
                   "list-append"),
    "nothing.jsonl": (lines([{"process": 0, "type": "invoke", "f": "write", "value": 1}]), [], VACUOUS,
                      "vacuous"),
    "failed-cas.jsonl": (lines(events((0, "write", 1, 1)) + [
        {"process": 1, "type": "invoke", "f": "cas", "value": [1, 2]},
        {"process": 1, "type": "fail", "f": "cas", "value": [1, 2], "error": "rejected"}]),
        ["--failed-cas", "observes"], INVALID, "cas [1,2]"),
    "float.jsonl": (lines(events((0, "add", 2.5, 2.5), (1, "read", None, 2.5))), [], REFUSED,
                    "whole number"),
    "same-index.jsonl": (lines([{**event, "index": i // 2}
                                for i, event in enumerate(WRITE_THEN_OTHER)]), ["--lenient"], UNKNOWN,
                         "a garbage read"),
    "utf16.jsonl": (lines(WRITE_THEN_READ).encode("utf-16"), [], REFUSED, "UTF-16"),
    "test.jepsen": (b"JEPSEN\0\0\0\x01\0\0\0\0\0\0\0\0", [], REFUSED, "history.edn"),
    "packed.tar.gz": (gzip.compress(b"a".ljust(257, b"\0") + b"ustar".ljust(255, b"\0")), [], REFUSED,
                      "tar"),
    "archive.zip": (b"PK\x03\x04\x14\x00\x00\x00", [], REFUSED, "zip"),
    "page.html": ("<!DOCTYPE html>\n<html></html>\n", [], REFUSED, "HTML"),
    "packed.jsonl.xz": (lzma.compress(lines(WRITE_THEN_OTHER).encode()), [], INVALID, "returned 5"),
    "cut.jsonl.gz": (gzip.compress(lines(WRITE_THEN_READ * 400).replace('"process": ', '"process": 9')
                                   .encode(), 1)[:-9], [], None, "cut off"),
}


@pytest.mark.parametrize("name", CASES)
def test_file_is_read_or_named_for_what_it_is(capsize, tmp_path, name):
    text, arguments, exit_code, said = CASES[name]
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = capsize("check", *arguments, path)
    output = done.stdout + done.stderr
    assert exit_code is None or done.returncode == exit_code, output
    assert said in output, output
