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

# Options of the worker.
worker=$root/build/${VARIANT:-release}/worker
expect "the worker: an unknown kind" 2 "--counters: 'some' is not all, software or off" "$worker" --counters=some
check "the worker answers in JSON which counters there are" bash -c "'$worker' --cpu=0 --list-counters |
    /usr/bin/python3 -c 'import json, sys
answer = json.load(sys.stdin)
names = answer[\"hardware\"] + [m[\"event\"] for m in answer[\"missing\"]]
sys.exit(sorted(names) != sorted([\"hw_\" + n for n in \"cycles instructions l1d_misses ll_misses dtlb_misses branch_misses\".split()])
    or bool(answer[\"hardware\"]) == bool(answer[\"advice\"]))'"

# Without valgrind: a PATH in which everything else is.
mkdir bin
for program in bash env ls cat sh; do ln -s "$(command -v $program)" bin/; done
expect "simulated without valgrind" 2 "valgrind is not installed" env PATH="$scratch/bin" "$escapement" run --counters simulated

# The real machine, whatever it has.
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
    *"valgrind is not installed"*"closure "*) ok "auto measures without any counter" ;;
    *) fail "auto measures without any counter" "$said" ;;
    esac
fi

run first --counters simulated >table || fail "a simulated run" "$(cat table)"
# The environment and the program's path lie at the top of the process's stack, and move what is below them.
mkdir a_folder_with_a_longer_name
cp "$root/build/${VARIANT:-release}/worker" a_folder_with_a_longer_name/worker_under_another_name
ESCAPEMENT_WORKER=$scratch/a_folder_with_a_longer_name/worker_under_another_name FILL=$(printf '%5000d' 0) TZ=Asia/Tokyo \
    run second --counters simulated >/dev/null || fail "a second simulated run"
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
check "software events say so" test "$(metric first 0 b_page_faults source)" = software
check "an operation takes task time" within "$(metric first 0 b_task_clock_ns value)" 1e-3 1e9
check "every launch has its software events" test "$(grep -c ',software\|,page_faults,' first/latest/samples.csv)" -eq \
    "$((6 * 2 * $(grep -c '"workload"' first/latest/pairs.json)))"
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
    --filter '^pointer_(walk|chase)/(4096|32768|262144|4194304)/' >/dev/null || fail "a simulated run of pointer_chase"
pair=0
for workload in pointer_walk pointer_chase; do
    for expected in "4096 0 0" "32768 0 0" "262144 4096 0" "4194304 65536 65536"; do
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
check "off counts nothing" bash -c '! grep -q -e simulated -e page_faults table off/latest/pairs.json'

# ---- hardware, on a worker whose counters follow from what it allocates (tests/fake_counters.c): with stack:gc, side a
# allocates nothing, and b_allocs is in the same file.
export ESCAPEMENT_WORKER=${worker}_counting
run counted --counters hardware >table
truth() { # PAIR_INDEX METRIC RATE : the metric is the rate times the objects, on the stack 0
    local objects
    objects=$(metric counted "$1" b_allocs value)
    within "$(metric counted "$1" "b_$2" value)" "$(awk "BEGIN { print $3 * $objects * 0.999 }")" \
        "$(awk "BEGIN { print $3 * $objects * 1.001 }")" && within "$(metric counted "$1" "a_$2" value)" 0 0.001
}
for pair in 0 1 2; do
    check "pair $pair: cycles" truth $pair hw_cycles 2000
    check "pair $pair: instructions" truth $pair hw_instructions 1000
    check "pair $pair: a scaled event" truth $pair hw_ll_misses 2
    check "pair $pair: another" truth $pair hw_branch_misses 6
done
check "the source is the hardware" test "$(metric counted 0 b_hw_cycles source)" = hardware
check "a group alone is always active" within "$(metric counted 0 b_hw_cycles active_share)" 0.999 1
check "groups that take turns say so" within "$(metric counted 0 b_hw_ll_misses active_share)" 0.499 0.501
check "samples.csv has the active share of every launch" test "$(grep -c ',hw_ll_misses_active_share,share,' \
    counted/latest/samples.csv)" -eq "$((6 * 2 * $(grep -c '"workload"' counted/latest/pairs.json)))"
check "a missing event has no number" bash -c '! grep -q hw_dtlb_misses\" <(grep -v \"event\" counted/latest/pairs.json)'
check "and is named" grep -q 'note: no hw_dtlb_misses (ENOENT)' table
check "nothing is simulated" bash -c '! grep -q simulated table counted/latest/pairs.json'
check "the table names the source and the active share" grep -q \
    '^hardware per operation, stack -> gc (perf, user space, active >= 50 %)' table
check "the table is 80 columns wide" bash -c "! grep -E '^.{81}' table"
check "the table shows what was counted" grep -Eq '^closure +0 -> 1000 +0 -> 4.00 +0 -> 2.00 +0 -> 6.00' table
run both --counters auto --filter '^closure/' >table
check "auto takes both kinds" bash -c 'grep -q "^hardware per operation" table && grep -q "^simulated per operation" table'
check "each with its own name" test \
    "$(metric both 0 b_hw_instructions source) $(metric both 0 b_instructions source)" = "hardware simulated"
run sim --counters simulated --filter '^closure/' >table
check "simulated leaves the hardware alone" bash -c '! grep -q hw_ sim/latest/pairs.json'

finish
