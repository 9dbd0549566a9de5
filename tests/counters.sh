#!/usr/bin/env bash
# Counters from end to end, on the real worker: what `--counters` accepts and answers, that simulations repeat to the
# count, and that simulated misses are what arithmetic says.
set -u
cd "$(dirname "$0")/.." || exit 2
root=$PWD
. tests/lib.sh
escapement=$root/build/${VARIANT:-release}/escapement
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2

run() { # FOLDER ARGUMENT...
    local folder=$1
    shift
    "$escapement" run --quiet --budget 1s --launches 6 --results "$folder" --filter '^(short_lived/64|closure|tree/4)/' "$@"
}

metric() { # FOLDER PAIR_INDEX NAME FIELD
    /usr/bin/python3 -c '
import json, sys
run = json.load(open(sys.argv[1] + "/latest/pairs.json"))
print(run["pairs"][int(sys.argv[2])]["metrics"][sys.argv[3]][sys.argv[4]])' "$@"
}

within() { # VALUE LOW HIGH
    awk -v value="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(value >= low && value <= high) }'
}

expect "an unknown kind" 2 "expected auto, hardware, simulated or off, got 'real'" run wrong --counters real
expect "a wrong model" 2 "option '--cache-model': size / ways / 64 must be a power of two, got 'L1=48K/10'" \
    run wrong --cache-model L1=48K/10
expect "no folder is left" 2 "No such file" bash -c 'ls wrong 2>&1; exit $?'

# Without valgrind: a PATH in which everything else is.
mkdir bin
for program in bash env ls cat sh; do ln -s "$(command -v $program)" bin/; done
expect "simulated without valgrind" 2 "valgrind is not installed" env PATH="$scratch/bin" "$escapement" run --counters simulated

if said=$(run hardware --counters hardware 2>&1); then
    echo "note: this machine has hardware counters"
else
    status=$?
    check "hardware says why not" test "$status" -eq 2
    case $said in
    *"option '--counters hardware': no "*"("E[A-Z]*) ok "hardware names the errno" ;;
    *) fail "hardware names the errno" "$said" ;;
    esac
    said=$(PATH=$scratch/bin run bare 2>&1)
    case $said in
    *"valgrind is not installed"*"slower"*) ok "auto measures without any counter" ;;
    *) fail "auto measures without any counter" "$said" ;;
    esac
fi

run first --counters simulated >table || fail "a simulated run" "$(cat table)"
# The environment lies at the top of the process's stack and moves what is below it.
FILL=$(printf '%5000d' 0) run second --counters simulated >/dev/null || fail "a second simulated run"
simulated() {
    /usr/bin/python3 -c '
import json, sys
for pair in json.load(open(sys.argv[1] + "/latest/pairs.json"))["pairs"]:
    print(pair["workload"], sorted((k, repr(m["value"])) for k, m in pair["metrics"].items() if m["source"] == "simulated"))' "$1"
}
simulated first >first.txt
simulated second >second.txt
check "eight simulated metrics a pair" test "$(grep -o "'[ab]_[a-z0-9_]*'" first.txt | wc -l)" -eq 24
check "two simulations agree exactly" cmp first.txt second.txt
check "measured metrics stay measured" test "$(metric first 0 a_ns source)" = measured
check "the table says where the numbers come from" grep -q 'simulated per operation, stack -> gc (valgrind-.*, L1 48K/12, LL 1M/16)' table
check "the table is 80 columns wide" bash -c "! grep -E '^.{81}' table"
"$escapement" report first/latest >reported
check "report prints the same" cmp <(head -n -1 table) <(head -n -1 reported)

# An object of 64 bytes on fresh memory is one line: one miss an operation, plus the collector's few.
check "64 B from a heap of 4 MiB: a miss an operation" within "$(metric first 0 b_l1d_misses value)" 1 1.1
check "which the last level does not hold" within "$(metric first 0 b_ll_misses value)" 1 1.1
check "64 B in a frame: none" within "$(metric first 0 a_l1d_misses value)" 0 0
run large --counters simulated --cache-model LL=16M/16 >/dev/null
check "16 MiB hold the heap" within "$(metric large 0 b_ll_misses value)" 0 0.05
check "and leave the first level as it was" within "$(metric large 0 b_l1d_misses value)" 1 1.1

# A ring that is larger than a cache is never in it when it comes round again: a miss a node. The model's
# L1 holds 48 KiB, its last level 1 MiB.
"$escapement" run --quiet --budget 1s --launches 6 --results ring --counters simulated \
    --filter '^pointer_(walk|chase)/(4096|262144|4194304)/' >/dev/null || fail "a simulated run of pointer_chase"
pair=0
for workload in pointer_walk pointer_chase; do
    for expected in "4096 0 0" "262144 4096 0" "4194304 65536 65536"; do
        read -r bytes l1d ll <<<"$expected"
        for side in a b; do
            for level in "l1d $l1d" "ll $ll"; do
                read -r name misses <<<"$level"
                got=$(metric ring $pair "${side}_${name}_misses" value)
                check "$workload/$bytes, side $side: $got $name misses, $misses by arithmetic" \
                    within "$got" "$(awk "BEGIN { print $misses * 0.95 - 0.5 }")" "$(awk "BEGIN { print $misses * 1.05 + 0.5 }")"
            done
        done
        pair=$((pair + 1))
    done
done

run off --counters off >table
check "off counts nothing" bash -c '! grep -q simulated table off/latest/pairs.json'

finish
