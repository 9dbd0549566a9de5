#!/usr/bin/env bash
# Whole programs: their checksums against a computation of their own in Python, `escapement process`
# on rounds made by hand, scripts/bench_process.sh at smoke size, and its errors.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
build=build/${VARIANT:-release}
escapement=$build/escapement
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export PLOTS_LATEST=$work/latest
bench=scripts/bench_process.sh

# ---- the programs -------------------------------------------------------------------------------
for program in binary_trees json_parser ray_tracer; do
    for placement in stack gc malloc boehm mimalloc jemalloc; do
        [ -x "$build/macros/$program.$placement" ] || continue
        "$build/macros/$program.$placement" --smoke >"$work/$program.$placement" 2>&1
    done
    check "$program: gc computes what stack computes" cmp "$work/$program.stack" "$work/$program.gc"
    for file in "$work/$program".*; do
        check "$program: ${file##*.}, too" cmp "$work/$program.stack" "$file"
    done
    check "$program prints 16 hexadecimal digits" grep -qxE '[0-9a-f]{16}' "$work/$program.stack"
done
calls() { # FILE FUNCTION...: the object refers to each of them
    local called name
    called=$(nm -u "$build/macros/$1.o")
    shift
    for name in "$@"; do grep -qw "$name" <<<"$called" || return 1; done
}
frees_nothing() { ! nm -u "$build/macros/$1.o" | grep -E ' (heap_.*|free|realloc)$'; }
for program in binary_trees json_parser ray_tracer; do
    check "$program.stack calls neither our heap nor free()" frees_nothing "$program.stack"
    check "$program.gc calls our heap" calls "$program.gc" heap_new
    check "$program.malloc calls malloc() and free()" calls "$program.malloc" malloc free
done
expect "a size out of range" 2 "from 4 to 19" "$build/macros/binary_trees.gc" 3
expect "a size that is none" 2 "'9x'" "$build/macros/binary_trees.gc" 9x
expect "a log that cannot be written" 2 "MACRO_LOG '$work/no/log'" \
    env MACRO_LOG="$work/no/log" "$build/macros/ray_tracer.stack" --smoke

trees() {
    python3 - "$(cat "$work/binary_trees.stack")" <<'PYTHON'
import sys
M = 2**64
def check(depth, value):
    return (value + 3 * check(depth - 1, value * 2) + 5 * check(depth - 1, value * 2 + 1)) if depth else 0
size, meanwhile = 9, 0
for depth in range(4, size + 1, 2):
    for i in range(1 << (size - depth + 4)):
        meanwhile = (meanwhile * 31 + check(depth, i)) % M
expected = (check(size + 1, 1) * 31 + meanwhile + check(size, 2)) % M
assert f"{expected:016x}" == sys.argv[1], f"{expected:016x}"
PYTHON
}
check "binary_trees computes what Python computes" trees
json() {
    "$build/macros/json_parser.gc" --print-input >"$work/text" &&
        python3 - "$(cat "$work/json_parser.stack")" "$work/text" <<'PYTHON'
import json, struct, sys
def fold(h, data):
    for byte in data:
        h = (h ^ byte) * 0x100000001b3 % 2**64
    return h
def visit(h, value, key=b""):
    kind, text, number, inner = 0, b"", 0.0, []
    if value is True or value is False: kind = 2 if value else 1
    elif isinstance(value, (int, float)): kind, number = 3, float(value)
    elif isinstance(value, str): kind, text = 4, value.encode()
    elif isinstance(value, list): kind, inner = 5, [(b"", v) for v in value]
    elif isinstance(value, dict): kind, inner = 6, [(k.encode(), v) for k, v in value.items()]
    h = fold(fold(fold(fold(h, bytes([kind])), key), text), struct.pack("<d", number))
    for k, v in inner:
        h = visit(h, v, k)
    return h
document, h = json.load(open(sys.argv[2])), 0xcbf29ce484222325
for _ in range(3):
    h = visit(h, document)
assert f"{h:016x}" == sys.argv[1], f"{h:016x}"
PYTHON
}
check "json_parser reads what Python's json reads" json
peaks_differ() { # the collected heap must not look smaller than 1 MiB of live objects
    MACRO_LOG=$work/peak "$build/macros/binary_trees.malloc" 9 &&
        MACRO_LOG=$work/peak "$build/macros/binary_trees.malloc" 15 &&
        awk -F'\t' 'NR == 1 { small = $2 } END { exit !(NR == 2 && $2 > small + 1000000) }' "$work/peak"
}
check "the log's peak grows with the long-lived tree" peaks_differ

# ---- merging ------------------------------------------------------------------------------------
rounds() { # FOLDER: six rounds; stack takes 1, gc 2 to 7 seconds
    mkdir -p "$1" "$1.run"
    for round in 1 2 3 4 5 6; do
        printf '{"results": [{"command": "gc", "times": [%d, %d], "exit_codes": [0, 0]},
            {"command": "stack", "times": [0.5, 1.5], "exit_codes": [0, 0]}]}' \
            $((round + 1)) $((round + 1)) >"$1/$round.job.json"
        printf 'gc\t3000\t7\t0123456789abcdef\ngc\t5000\t7\t0123456789abcdef\n' >"$1/$round.job.log"
        printf 'stack\t1000\t7\t0123456789abcdef\n%.0s' 1 2 >>"$1/$round.job.log"
    done
}
merge() { # FOLDER
    "$escapement" process --merge "$1" --programs job --rounds 6 "$1.run"
}
rounds "$work/good"
check "rounds made by hand are merged" merge "$work/good"
merged() {
    python3 - "$work/good.run/process.json" <<'PYTHON'
import json, sys
stack, gc = json.load(open(sys.argv[1]))["programs"][0]["placements"]
assert stack["metrics"]["seconds"]["value"] == 1 and "ratio" not in stack
assert (gc["ratio"], gc["ratio_low"], gc["ratio_high"]) == (4.5, 2, 7), gc
assert gc["metrics"]["peak_bytes"]["value"] == 4000 and gc["metrics"]["peak_bytes"]["max"] == 5000
assert gc["memory_ratio"] == 4
PYTHON
}
check "median, interval x(1)..x(6), peak and ratios are right" merged
nothing_written() { [ -z "$(ls -A "$1.run")" ]; }
refused() { # NAME TEXT SED FILE: a changed file is refused, with that text, and nothing is written
    rounds "$work/bad"
    rm -f "$work/bad.run/"*
    sed -i "$3" "$work/bad/$4"
    expect "$1" 2 "$2" merge "$work/bad"
    check "$1: nothing is written" nothing_written "$work/bad"
}
refused "another checksum" "no time is reported" '1s/0123/9999/' 4.job.log
refused "a failed process" "status 1" 's/\[0, 0\]/[0, 1]/' 2.job.json
refused "a process too few" "1 processes of placement stack, but 2 times" 4d 3.job.log
refused "a truncated export" "line" 's/times.*//' 5.job.json
refused "a log that is none" "is damaged" '1s/gc.*/?/' 6.job.log
expect "a folder without process.json" 2 "make bench-process" "$escapement" process "$work"
expect "--merge without --programs" 2 "need each other" "$escapement" process --merge "$work"

# ---- the script ---------------------------------------------------------------------------------
mkdir "$work/run"
check "bench_process.sh at smoke size" env BUILD="$PWD/$build" \
    "$bench" --smoke --rounds 2 --runs 2 --seed 5 "$work/run"
check "the chart is drawn" test -s "$work/run/charts/process.png"
cp -r "$work/run/charts" "$work/charts"
check "drawing it again" env ESCAPEMENT="$escapement" scripts/plots.sh "$work/run"
check "gives the same bytes" diff -r "$work/charts" "$work/run/charts"
expect "the table names every program" 0 ray_tracer "$escapement" process "$work/run"
mkdir -p "$work/bare/macros"
ln -s "$PWD/$build/macros/"*.{stack,gc} "$work/bare/macros"
expect "unknown option" 2 "unknown option '--fast'" "$bench" --fast
expect "rounds that are none" 2 "from 1 to 1000, got 'ten'" "$bench" --rounds ten
expect "unknown program" 2 "no program 'chess'" "$bench" --programs chess
expect "unknown placement" 2 "no placement 'heep'" "$bench" --placements stack,heep
expect "without stack" 2 "expected stack and another" "$bench" --placements gc
expect "absent placement" 2 "mimalloc is absent" env BUILD="$work/bare" "$bench" --placements stack,mimalloc
expect "no run folder" 2 "no such run folder" "$bench" "$work/nowhere"
mkdir "$work/bin"
for tool in bash dirname sed; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
expect "no hyperfine" 2 "hyperfine is not installed" env PATH="$work/bin" "$bench"
interrupted() { # stopped while it measures: status 143, nothing in the run, no temporary folder
    mkdir -p "$work/stopped" "$work/tmp"
    TMPDIR=$work/tmp "$bench" --rounds 1000 --smoke "$work/stopped" >/dev/null 2>&1 &
    local child=$!
    until ls "$work"/tmp/*/1.*.json >/dev/null 2>&1; do sleep 0.05; done
    kill -TERM "$child"
    wait "$child"
    [ $? -eq 143 ] && [ -z "$(ls -A "$work/stopped")" ] && [ -z "$(ls -A "$work/tmp")" ]
}
check "stopped: status 143 and nothing left behind" interrupted
finish
