#!/usr/bin/env bash
# `escapement run --explain`: the analyser's lines beside what was measured.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

escapement=build/$VARIANT/escapement
if [[ $("$escapement" list) == *"absent: auto "* ]]; then
    echo "skip: no placement auto here"
    finish
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
workloads='return_pointer|global_store|channel_send|closure|boxing|large_object|dynamic_size/8|loop_previous|slice_growth/16|tree/4|pointer_walk/4096'
"$escapement" run --explain --filter "^(short_lived/64|$workloads)/" --results "$work" --launches 6 \
    --budget 4s --no-latency --counters off --quiet >"$work/said" 2>"$work/errors" || cat "$work/errors"
says() { check "$1" grep -qE "$2" <(tr -s ' \n' ' ' <"$work/said"); }
says "what stays says so" "short_lived/64 B: benches/short_lived.c:[0-9:]+ heap_new\(\.\.\.\) does not escape - 1 an operation, in the frame"
says "what escapes, how often, what each adds, and why" \
    "return_pointer: benches/return_pointer.c:[0-9:]+ heap_new\(\.\.\.\) escapes to heap - [0-9.]+ [kM]? ?allocations, ([0-9.]+ [nu]s each \([0-9.]+ [nu]s to [0-9.]+ [nu]s\)|[a-z ]+ than there), [0-9]+ % of collector work; because "
says "what does not escape and is on the heap all the same" "dynamic_size/8 words: .* does not escape - [0-9.]+ [kM]? ?allocations.* because its size is not constant"
says "a row where they agree" "short_lived/64 B 1 of 1 yes [0-9.]+x - [a-z]"
says "a row where they do not" "return_pointer 0 of 1 no [0-9.]+x - returned"
says "agreement with the hand-placed side" "auto agrees with the hand-placed side in 1 of 11, where auto/stack is ([0-9.]+)x to \\1x \(both sides by clang"
check "report prints the same" diff <(sed -n '/^placement auto /,/^auto agrees/p' "$work/said") \
    <("$escapement" report "$work/latest" | sed -n '/^placement auto /,/^auto agrees/p')
# The runtime counted the allocations of the timed operations; the lines were counted in noted ones.
counts_agree() {
    /usr/bin/python3 - "$work/latest" <<'PY'
import collections, json, sys
run = json.load(open(sys.argv[1] + '/pairs.json'))
lines = collections.Counter()
for line in json.load(open(sys.argv[1] + '/explain.json')):
    lines[line['workload']] += line['allocations']
for pair in run['pairs']:
    metrics = pair['metrics']
    counted = metrics['b_allocs']['value'] * metrics['b_ops']['value'] * run['launches']
    if abs(lines[pair['workload']] - counted) > 1e-6 * counted + 1e-6:
        sys.exit(f"{pair['workload']}: lines {lines[pair['workload']]}, the runtime {counted}")
PY
}
check "allocations by line are those that the runtime counted" counts_agree
# Why each workload's objects are where they are is known from its source: what the issue's workloads are there to show.
reasons_are_right() {
    /usr/bin/python3 - "$work/latest/explain.json" <<'PY'
import json, sys
truth = {'short_lived': {'none'}, 'return_pointer': {'returned'}, 'global_store': {'global'}, 'channel_send': {'passed'},
         'closure': {'returned'}, 'boxing': {'passed'}, 'large_object': {'too_large'}, 'dynamic_size': {'size_not_constant'},
         'loop_previous': {'loop'}, 'slice_growth': {'none', 'stored'}, 'tree': {'stored'}}
said = {}
lines = json.load(open(sys.argv[1]))
for line in lines:
    said.setdefault(line['workload'], set()).add(line['reason'])
if said != truth:
    sys.exit(str({name: (said.get(name), truth.get(name)) for name in said | truth if said.get(name) != truth.get(name)}))
PY
}
check "the reason of each line is the right one" reasons_are_right
# The collector's time by line is that of the pairs.
collector_is_shared() {
    /usr/bin/python3 - "$work/latest" <<'PY'
import json, sys
run = json.load(open(sys.argv[1] + '/pairs.json'))
lines = json.load(open(sys.argv[1] + '/explain.json'))
whole = sum(p['metrics']['b_gc_ns']['value'] * p['metrics']['b_ops']['value'] * run['launches'] for p in run['pairs'])
shared = sum(line['collector_ns'] for line in lines)
share = sum(line['collector_share'] for line in lines)
if abs(shared - whole) > 1e-6 * whole or abs(share - (whole > 0)) > 1e-6:
    sys.exit(f'{shared} of {whole}, shares {share}')
PY
}
check "the collector's time is that of the pairs, once" collector_is_shared
finish
