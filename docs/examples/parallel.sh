#!/usr/bin/env bash
# The shards of a suite by GNU parallel, on this machine or on several, and one report of what they found.
#   parallel.sh SUITE.json SHARDS SEED STORES [OPTION of capsize suite]...
# STORES gets a store for each shard, the job log of parallel, and `merged`, the store of the report. The exit code is the
# verdict of all shards together. The same command again continues what did not end, and repeats nothing that did.
#   CAPSIZE=capsize        the program, the same path on all machines
#   JOBS=1                 shards at a time on each machine; each runs as many runs at a time as there are cores
#   RETRIES=3              how often a shard is started that a signal or the machine ended
#   SSHLOGINFILE=hosts     the machines, one a line (man parallel, --sshloginfile). All of them must see this directory
#                          and STORES under the same path, so that another machine continues the shard of one that died.
if [ "${1:-}" = --help ]; then sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit; fi
set -euo pipefail
[ $# -ge 4 ] || { echo "parallel.sh: found $# arguments, expected SUITE.json SHARDS SEED STORES" >&2; exit 254; }
suite=$1 shards=$2 seed=$3 stores=$4
shift 4
capsize=${CAPSIZE:-capsize}
export PARALLEL_SHELL=/bin/bash # of the command below, whatever shell this was started from

mkdir -p "$stores"
printf -v shard '%q ' "$capsize" suite "$suite" --seed "$seed" --resume --quiet "$@"
printf -v in_stores '%q' "$stores"
# Exit codes that are a verdict on the shard end it: running it again would only hide what it found. Others, of a harness
# error, a signal or a connection, make parallel start it again, and --resume continues it.
command="$shard --shard {}/$shards --store $in_stores/shard-{} > $in_stores/shard-{}.txt
code=\$?
case \$code in 0 | 1 | 2 | 3 | 254) exit 0 ;; *) exit \$code ;; esac"

machines=()
[ -z "${SSHLOGINFILE:-}" ] || machines=(--sshloginfile "$SSHLOGINFILE" --workdir "$PWD")
parallel --jobs "${JOBS:-1}" --joblog "$stores/joblog" --resume-failed --retries "${RETRIES:-3}" "${machines[@]}" \
  "$command" ::: $(seq "$shards") ||
  echo "parallel.sh: a shard did not end (see $stores/joblog); the same command continues it" >&2

# A shard of which nothing is left is missing in the report, which is then vacuous.
exec "$capsize" suite "$suite" --merge "$stores"/shard-*/ledger.jsonl --store "$stores/merged"
