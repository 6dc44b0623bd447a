#!/usr/bin/python3
"""The smallest engine for `capsize campaign --engine`: runs jobs on other hosts by ssh.

Each of the hosts takes one job at a time. They need Capsize in their PATH, of the same revision, and a key that lets
this user in:

    capsize campaign nightly.json --engine ./engine.py=ada@host1,ada@host2

Without an address it starts the jobs here, WORKERS at a time. docs/FORMATS.md (Engines, Jobs) has the lines.
"""

import argparse
import json
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--address", default="")
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--capsize", default="capsize")
parser.add_argument("--runner")
parser.add_argument("--work-directory")
options = parser.parse_args()

places = [["ssh", host] for host in options.address.split(",")] if options.address else [[]] * options.workers
speaking = threading.Lock()
running = {}


def say(**message):
    with speaking:
        print(json.dumps(message), flush=True)


def execute(call, place):
    key = {"id": call["id"], "attempt": call["attempt"]}
    command = [*place, options.capsize, "job", "--name", call["name"]]
    if options.runner and not place:
        command += ["--runner", options.runner]
    try:
        answer = subprocess.run(command, input=call["job"], capture_output=True, text=True, check=True).stdout
        end = {"event": "completed", "answer": answer}
    except (OSError, UnicodeError, subprocess.CalledProcessError) as error:
        end = {"event": "lost", "reason": str(error)}
    running.pop(call["name"])
    places.append(place)  # before the campaign hears of it, and submits the next
    say(**end, **key)


def stop(call_of):
    """Asks until the job has ended: its process may not have begun when it is asked first."""
    for name, (call, place) in list(running.items()):
        while call_of(call) and name in running:
            subprocess.run([*place, options.capsize, "job", "--stop", name], check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.2)


say(event="hello", **{"capsize-engine": 1})
say(event="capacity", slots=len(places))
for line in sys.stdin:
    call = json.loads(line)
    if call["call"] == "submit":
        place = places.pop()
        running[call["name"]] = call, place
        threading.Thread(target=execute, args=(call, place)).start()
    elif call["call"] == "cancel":
        same = (call["id"], call["attempt"])
        threading.Thread(target=stop, args=(lambda job, same=same: (job["id"], job["attempt"]) == same,)).start()
stop(lambda job: True)  # the campaign has ended
