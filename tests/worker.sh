#!/usr/bin/env bash
# The worker as its users run it: every workload at smoke size in every pair and at every offset, Google Benchmark's
# options, the checks of placement and checksum, bad options.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

worker=build/$VARIANT/worker
broken=build/$VARIANT/worker_broken

for offset in 0 16 32 48; do
    expect "smoke run at offset $offset" 0 "closure/stack:malloc" \
        "$worker" --smoke --seed=7 --offset=$offset --pair=stack:gc --pair=stack:malloc --pair=gc:gc
done
present=$("$worker" --list | grep '^ "placements"')
for placement in boehm mimalloc jemalloc; do
    if [[ $present == *"\"$placement\""* ]]; then
        expect "smoke run of $placement" 0 "closure/stack:$placement" \
            "$worker" --smoke --seed=7 --pair=stack:$placement --pair=gc:$placement
    else
        expect "$placement is absent" 2 "placement $placement is absent: lib" "$worker" --smoke --pair=stack:$placement
    fi
done
count=$("$worker" --benchmark_list_tests | wc -l)
parameters=$("$worker" --list | /usr/bin/python3 -c \
    'import json, sys; print(sum(len(w["parameters"]) or 1 for w in json.load(sys.stdin)["workloads"] if "gc" in w["placements"]))')
check "a benchmark for each workload and parameter ($count)" [ "$count" -eq "$parameters" ]

# Strategies: each workload that has them runs under every one that this machine offers, against the first and itself.
list=$("$worker" --list)
strategies=$(/usr/bin/python3 -c 'import json, sys; print(*json.load(sys.stdin)["strategies"])' <<<"$list")
parameters=$(/usr/bin/python3 -c \
    'import json, sys; print(sum(len(w["parameters"]) or 1 for w in json.load(sys.stdin)["workloads"] if w["strategies"]))' <<<"$list")
for strategy in $strategies; do
    expect "smoke run of $strategy stacks" 0 "recursion_first/10000/contiguous:$strategy" \
        "$worker" --smoke --seed=7 --pair="contiguous:$strategy"
    count=$("$worker" --pair="contiguous:$strategy" --benchmark_list_tests | wc -l)
    check "a benchmark for each workload and parameter of $strategy ($count)" [ "$count" -eq "$parameters" ]
done
out=$(mktemp)
"$worker" --smoke --pair=contiguous:contiguous --benchmark_filter=parked --benchmark_format=json >"$out" 2>/dev/null
check "parked says what a coroutine holds: its stack and its descriptor" /usr/bin/python3 -c '
import json, sys
b, = json.load(open(sys.argv[1]))["benchmarks"]
assert b["quads"] == 1 and b["ratio"] > 0, b
assert 2048 < b["a_memory_bytes"] < 8192, b' "$out"
rm -f "$out"

expect "Google Benchmark's options work" 0 '"run_name": "short_lived/64/stack:gc' \
    "$worker" --smoke '--benchmark_filter=short_lived/64/' --benchmark_repetitions=2 --benchmark_format=json
out=$(mktemp)
"$worker" --smoke --benchmark_filter=tree/4/ --benchmark_out="$out" --benchmark_out_format=json >/dev/null
check "--benchmark_out writes JSON" /usr/bin/python3 -c '
import json, sys
b = json.load(open(sys.argv[1]))["benchmarks"][0]
assert b["a_allocs"] == 0, b
assert b["b_allocs"] == 15, b  # a tree of depth 4
assert b["b_alloc_bytes"] == 15 * 24, b
assert b["ratio"] > 0 and b["quads"] == 2, b' "$out"

# Each side's and the timer's buckets hold all operations, and the percentiles follow from them.
"$worker" --latency=tree/4/stack:gc --latency-ops=3000 --pair-seconds=0.01 --seed=3 >"$out"
check "--latency prints a distribution a side" /usr/bin/python3 -c '
import json, math, sys
d = json.load(open(sys.argv[1]))
assert d["format"] == 1 and d["pair"] == "tree/4/stack:gc" and d["seed"] == "3", d
assert d["timer"]["ops"] > 700 and d["a"]["ops"] == d["b"]["ops"] == 3000, d
assert d["a"]["collected_ops"] == 0, d
for side in d["timer"], d["a"], d["b"]:
    buckets = side["buckets"]
    assert sum(b[1] for b in buckets) == side["ops"] and sum(b[2] for b in buckets) == side["collected_ops"]
    assert buckets == sorted(buckets) and 0 < side["min_ns"] < 2 ** 40
    for name, q in ("p50", .5), ("p90", .9), ("p99", .99), ("p99_9", .999), ("p99_99", .9999):
        rank, seen = math.ceil(q * side["ops"] - 1e-9), 0
        for low, count, _ in buckets:
            seen += count
            if seen >= rank:
                break
        assert low <= side[name + "_ns"] <= low * (1 + 1 / 128) or side[name + "_ns"] == side["max_ns"], (name, low, side)' "$out"
"$worker" --benchmark_list_tests --pair=stack:gc | sort -t/ -u -k1,1 >"$out"
readarray -t pairs < <(sed 's|/stack:gc.*|/stack:gc|' "$out")
for pair in "${pairs[@]}"; do
    expect "single operations of $pair" 0 '"ops": 50' "$worker" --latency="$pair" --latency-ops=50 --smoke
done
expect "--latency notices a wrong checksum" 1 "disagreeing: stack and gc disagree" \
    "$broken" --latency=disagreeing/stack:gc --latency-ops=10 --smoke
expect "--latency without such a pair" 2 "there is no such pair" "$worker" --latency=tree/5/stack:gc
expect "--latency of strategies" 2 "there is no such pair" "$worker" --latency=recursion_first/10/contiguous:segmented
expect "--latency beside Google Benchmark's options" 2 "takes no '--benchmark_filter=x'" \
    "$worker" --latency=tree/4/stack:gc --benchmark_filter=x
expect "--latency-ops without --latency" 2 "need --latency=PAIR" "$worker" --latency-ops=5
expect "no operations" 2 "expected at least 1 operation" "$worker" --latency=tree/4/stack:gc --latency-ops=0
rm -f "$out"

expect "a misplaced object is an error" 1 \
    "misplaced: 3 of 3 objects are not where placement stack puts them" "$broken" --benchmark_filter=misplaced
expect "different checksums are an error" 1 "disagreeing: stack and gc disagree: checksums" \
    "$broken" --benchmark_filter=disagreeing
expect "unknown option" 2 "unknown option '--bogus'" "$worker" --bogus
expect "unknown Google Benchmark option" 2 "unknown option '--benchmark_bogus" "$worker" --benchmark_bogus=1
expect "bad offset" 2 "'24' is not 0, 16, 32 or 48" "$worker" --offset=24
expect "bad pair" 2 "--pair=stack:haep: there is no such placement or strategy" "$worker" --pair=stack:haep
expect "a placement against a strategy" 2 "expected two placements or two strategies" "$worker" --pair=stack:segmented
expect "half a pair" 2 "expected two placements or two strategies" "$worker" --pair=contiguous
expect "bad seconds" 2 "is not a number above 0" "$worker" --pair-seconds=-1
expect "bad core" 2 "cannot run on that core" "$worker" --cpu=1000
finish
