#!/usr/bin/env bash
# The command escapement from end to end, on a worker with canned figures (tests/fake_worker): its options, its files,
# its judgement, and how it ends when something goes wrong.
# What is in single quotes is for the shell that check starts.
# shellcheck disable=SC2016
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

root=$PWD
escapement=$root/build/${VARIANT:-release}/escapement
export ESCAPEMENT_WORKER=$root/tests/fake_worker
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2

run() { # FOLDER OPTION... : a short run without progress
    local folder=$1
    shift
    "$escapement" run --quiet --counters off --budget 20s --seed 5 --no-latency --results "$folder" "$@"
}
with_latency() { # FOLDER OPTION... : the same with the pass that run() leaves out
    local folder=$1
    shift
    "$escapement" run --quiet --counters off --budget 20s --seed 5 --launches 6 --results "$folder" "$@"
}
nothing_left() { # FOLDER : no run and no temporary file
    [ -z "$(find "$1" -mindepth 1 2>/dev/null)" ]
}
json() { # FILE PYTHON-EXPRESSION ON d : true
    /usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(0 if eval("(" + sys.argv[2] + ")") else "false: " + sys.argv[2])' "$@"
}

# ---- help, version, list
for command in "" list run report doctor; do
    expect "'$command' --help" 0 "usage: escapement" "$escapement" $command --help
    expect "'$command' --version" 0 "commit" "$escapement" $command --version
done
check "help fits 80 columns" bash -c "! '$escapement' run --help | grep -E '.{81}'"
expect "no command" 2 "usage: escapement" "$escapement"
expect "unknown command" 2 "unknown command 'rnu'" "$escapement" rnu
expect "list shows sizes" 0 "16 B, 64 B, 64 KiB" "$escapement" list
"$escapement" list --json >list.json
check "list --json" json list.json 'len(d["workloads"]) == 3 and d["workloads"][0]["parameters"] == [16, 64, 65536]
    and d["workloads"][0]["placements"] == ["stack", "gc", "malloc"] and len(d["pairs"]) == 10'
"$escapement" list --json --filter '^short.*64/stack:malloc' >list.json
check "list --filter" json list.json 'd["pairs"] == ["short_lived/64/stack:malloc"] and
    [w["parameters"] for w in d["workloads"]] == [[64]]'

# ---- a run and its files
export FAKE_LOG=$scratch/log
run results --placements stack:gc,stack:malloc >table 2>errors
check "a run ends 0 and silent on stderr" bash -c '[ -e results/latest/pairs.json ] && [ ! -s errors ]'
check "the table fits 80 columns" bash -c "! grep -E '.{81}' table"
check "the table ends with the folder" [ "$(tail -n 1 table)" = results/latest/ ]
check "the table counts verdicts" grep -q '^6 slower, 1 faster, 2 equivalent, 1 depends on layout' table
check "redirected output is plain ASCII" bash -c "! LC_ALL=C grep -q '[^ -~]' table"
check "latest is a link to the run" [ -d "results/$(readlink results/latest)" ]
first=$(readlink results/latest)
check "nothing temporary is left" bash -c '[ "$(ls -A results | wc -l)" = 2 ]'
check "every file is there" bash -c \
    'cd results/latest && [ "$(ls | xargs)" = "benchmarks.json environment.json pairs.json samples.csv" ]'
pairs=results/latest/pairs.json
check "pairs.json: run" json $pairs 'd["format"] == 1 and d["seed"] == 5 and d["launches"] == 20 and
    d["launches_failed"] == 0 and d["budget_seconds"] == 20 and len(d["pairs"]) == 10 and len(d["controls"]) == 4'
check "pairs.json: a pair" json $pairs '(lambda p: (p["workload"], p["parameter"], p["parameter_value"], p["a"], p["b"],
    p["verdict"], p["launches"]) == ("short_lived", "16 B", 16, "stack", "gc", "slower", 20) and
    set(p["metrics"]["b_allocs"]) == {"value", "low", "high", "unit", "source"} and len(p["metrics"]) == 22)(d["pairs"][0])'
check "pairs.json: no parameter" json $pairs '[(p["parameter"], p["parameter_value"], p["unit"], p["verdict"])
    for p in d["pairs"] if p["workload"] == "return_pointer"][0] == (None, None, "", "faster")'
check "pairs.json: another verdict at one offset" json $pairs '[p["verdict"] for p in d["pairs"]
    if p["workload"] == "tree" and p["b"] == "gc"] == ["depends on layout"]'
check "pairs.json: four offsets of five launches" json $pairs 'all([(o["offset"], o["launches"])
    for o in p["offsets"]] == [(0, 5), (16, 5), (32, 5), (48, 5)] for p in d["pairs"])'
check "pairs.json: controls are equivalent" json $pairs 'all(c["verdict"] == "equivalent" for c in d["controls"])'

# The judgement again, from the samples alone: sort, and take the 10th and 11th, the 6th and the 15th value.
judged=$(awk -F, '$5 == "short_lived" && $6 == 16 && $7 == "stack:gc" && $10 == "ratio" {print $12}' \
    results/latest/samples.csv | sort -g | awk '{x[NR] = $1} END {print NR, (x[10] + x[11]) / 2, x[6], x[15]}')
check "samples.csv gives the same median and interval" json $pairs \
    "(lambda p: [20, p['ratio'], p['ratio_low'], p['ratio_high']])(d['pairs'][0]) == [float(x) for x in '$judged'.split()]"
check "samples.csv: a row per launch, pair and metric" [ "$(wc -l <results/latest/samples.csv)" -eq $((1 + 20 * 14 * 22)) ]
check "samples.csv: twelve fields everywhere" bash -c "! awk -F, 'NF != 12' results/latest/samples.csv | grep -q ."
check "environment.json" json results/latest/environment.json 'd["seed"] == 5 and d["cost"]["page_fault_ns"] > 0
    and d["cost"]["syscall_ns"] > 0 and len(d["build"]["libc_build_id"]) >= 32 and d["cpu"]["used"] >= 0'

# ---- the plan, as the worker saw it (the untimed first pass has the shortest time)
measured=$scratch/measured
grep -v -e '--pair-seconds=0.005000 ' "$FAKE_LOG" >"$measured"
check "14 pairs, 20 launches each" bash -c "[ \"\$(grep -o 'filter=[^ ]*' '$measured' | sort | uniq -c |
    awk '{print \$1}' | sort | uniq -c | xargs)\" = '14 20' ]"
check "each offset five times a pair" bash -c "[ \"\$(sed 's/.*\(--offset=[0-9]*\).*\(filter=[^ ]*\).*/\1 \2/' '$measured' |
    sort | uniq -c | awk '{print \$1}' | sort | uniq -c | xargs)\" = '56 5' ]"
check "every launch has a seed of its own" bash -c "[ \"\$(grep -o -e '--seed=[0-9]*' '$measured' | sort -u | wc -l)\" = 280 ]"
check "the size of the environment varies" bash -c "[ \"\$(grep -o 'padding=[0-9]*' '$measured' | sort -u | wc -l)\" -gt 200 ]"
cp "$measured" measured.before
: >"$FAKE_LOG"
run results --placements stack:gc,stack:malloc >/dev/null
grep -v -e '--pair-seconds=0.005000 ' "$FAKE_LOG" >"$measured"
planned() { sed 's/--cpu=[0-9]*//; s/--pair-seconds=[^ ]*//' "$1"; }
check "the same seed gives the same plan" cmp <(planned "$measured") <(planned measured.before)
unset FAKE_LOG
check "latest is the newer of two runs" bash -c \
    '[ "$(readlink results/latest)" = "$(ls results | grep -v latest | sort -V | tail -n 1)" ]'

# ---- JSON on stdout and in a file, report
run other --launches 6 --json - >stdout.json 2>errors
check "--json - prints the file's text" cmp stdout.json other/latest/pairs.json
check "--json - and nothing else" [ ! -s errors ]
run other --launches 6 --json file.json >/dev/null
check "--json FILE" cmp file.json other/latest/pairs.json
expect "report" 0 "short_lived/16 B" "$escapement" report
check "report prints the run's table" cmp <("$escapement" report "results/$first" | head -n -1) <(head -n -1 table)
check "report --json" cmp <("$escapement" report --json) $pairs
expect "report --chart-data" 0 "short_lived/16 B	gc	" "$escapement" report --chart-data overview results/latest
expect "report on an unknown chart" 2 "cannot make the chart 'pie'" "$escapement" report --chart-data pie
check "a colour terminal gets symbols and colour" bash -c \
    "TERM=xterm LC_ALL=C.UTF-8 script -qec '$escapement report' /dev/null | LC_ALL=C grep -qa \$'\\xc3\\x97.*\\033\\[31mslower'"
check "NO_COLOR is honoured" bash -c \
    "! NO_COLOR=1 TERM=xterm LC_ALL=C.UTF-8 script -qec '$escapement report' /dev/null | grep -q \$'\\033'"

# ---- compare.py
if [ -e /usr/share/benchmark/compare.py ] && /usr/bin/python3 -c 'import scipy' 2>/dev/null; then
    compare() {
        /usr/bin/python3 /usr/share/benchmark/compare.py --no-color filters results/latest/benchmarks.json "$@"
    }
    expect "compare.py reads benchmarks.json" 0 "Repetitions: 20 vs 20" compare 'short_lived/64/stack' 'short_lived/64/gc'
    compare 'short_lived/64/stack' 'short_lived/64/gc' >compared
    check "compare.py: gc against stack, (9.87 - 1.5) / 1.5" grep -Eq '_median +\+5\.5' compared
    expect "compare.py: malloc against its own stack" 0 "Repetitions: 20 vs 20" \
        compare 'short_lived/64/vs_malloc/stack' 'short_lived/64/malloc'
else
    echo "skip compare.py: not installed (libbenchmark-tools, python3-scipy)"
fi

# ---- a worker without counters
expect "--counters hardware says the worker's reason" 2 "option '--counters hardware': no hardware counters in a fake" \
    "$escapement" run --results none --counters hardware
FAKE_MODE=uncountable expect "a worker that cannot be asked" 2 "--list-counters': exit status 3" \
    "$escapement" run --results none --counters auto
check "and nothing is left" nothing_left none

# ---- strategies as the sides of a pair
export FAKE_STRATEGIES=1
"$escapement" list --json >list.json
check "list --json: strategies, of the workloads that have them" json list.json '(d["strategies"], d["workloads"][2]["strategies"],
    d["workloads"][0]["strategies"], d["workloads"][2]["placements"], [p for p in d["pairs"] if "descent" in p]) ==
    (["contiguous", "segmented"], ["contiguous", "segmented"], [], ["stack"],
    ["descent/10/contiguous:segmented", "descent/1000/contiguous:segmented"])'
expect "list names them" 0 "strategies for stacks: contiguous segmented" "$escapement" list
export FAKE_LOG=$scratch/strategies.log
run strategic --launches 8 --strategies contiguous:segmented >table
check "the worker measures each under its strategy" grep -q -e '--pair=contiguous:segmented .*filter=^descent/10/contiguous:segmented' "$FAKE_LOG"
check "and their control" grep -q -e '--pair=contiguous:contiguous' "$FAKE_LOG"
check "--strategies alone measures no placements" bash -c '! grep -q -e "--pair=stack" "$FAKE_LOG"'
unset FAKE_LOG
check "pairs.json says what is compared" json strategic/latest/pairs.json \
    '[(p["workload"], p["parameter"], p["compares"], p["a"], p["b"], p["verdict"]) for p in d["pairs"]] ==
    [("descent", q, "strategies", "contiguous", "segmented", "slower") for q in ("depth 10", "depth 1000")] and
    [c["a"] for c in d["controls"]] == ["contiguous"]'
check "the table has their columns" grep -Eq '^pair +contiguous +segmented +(segmented/contiguous|ratio) ' table
check "and their control" grep -q '^control (A/A) descent/depth 10 contiguous' table
check "it fits 80 columns" bash -c "! grep -E '.{81}' table"
check "report prints it again" cmp <("$escapement" report strategic/latest) table
check "samples.csv names the strategies" grep -q 'contiguous:segmented' strategic/latest/samples.csv
run strategic --launches 6 --placements stack:gc --strategies contiguous:segmented --filter 'lived/64|descent/10/' >table
check "--placements and --strategies: both" json strategic/latest/pairs.json \
    '[(p["compares"], p["b"]) for p in d["pairs"]] == [("placements", "gc"), ("strategies", "segmented")]'
run strategic --launches 6 --placements stack:gc >table
check "--placements alone measures no strategies" json strategic/latest/pairs.json 'all(p["compares"] == "placements" for p in d["pairs"])'
run strategic --launches 6 >table
check "the default set: placements, and the strategies that workloads name for it" json strategic/latest/pairs.json \
    '[(p["workload"], p["parameter_value"]) for p in d["pairs"] if p["compares"] == "strategies"] == [("descent", 1000)] and
    len(d["pairs"]) == 6'
expect "unknown strategy" 2 "there is no strategy 'split'; there are contiguous segmented" run none --strategies contiguous:split
expect "half a strategy" 2 "option '--strategies': expected A:B such as contiguous:segmented, got 'reserved'" run none --strategies reserved
expect "the same strategy twice" 2 "has the same strategy twice" run none --strategies segmented:segmented
expect "placements where strategies are expected" 2 "there is no strategy 'stack'" run none --strategies stack:gc
unset FAKE_STRATEGIES
expect "a worker without strategies" 2 "there is no strategy 'contiguous'; there are" run none --strategies contiguous:segmented

# ---- judgement of the controls
FAKE_COUNT=$scratch/count FAKE_SPREAD=40 run noisy >table
check "the band is no narrower than the controls' spread" json noisy/latest/pairs.json \
    '0.035 < d["band"]["value"] < 0.045 and d["band"]["value"] == d["band"]["measured"]'
expect "a wide floor" 0 '"value": 0.05,' run noisy --band 5 --json -
cat >biased <<'SH'
#!/bin/sh
"$FAKE" "$@" | sed '/tree.*gc:gc\/iter/,$ s/"ratio": [0-9.]*/"ratio": 1.2/'
SH
chmod +x biased
export FAKE=$ESCAPEMENT_WORKER
ESCAPEMENT_WORKER=$scratch/biased run biased.d --filter tree >table
check "a control that fails is a warning" grep -q 'warning: control tree/6/gc:gc compares equal code' table

# ---- the budget
"$escapement" run --quiet --counters off --budget 1s --filter 'lived/(16|64)/' --results tight >table
check "a tight budget is kept" json tight/latest/pairs.json 'd["duration_seconds"] < 2 and d["pair_seconds"] >= 0.005'
FAKE_SLEEP=0.05 run slow --budget 5s --filter 'lived/(16|64)/' >table
check "launches are taken away, and said so" grep -q 'note: [0-9]* launches instead of 20' table
check "launches stay a multiple of four" json slow/latest/pairs.json \
    'd["launches"] % 4 == 0 and d["launches"] >= 8 and d["duration_seconds"] < 6.5'

# ---- the latency pass
export FAKE_LOG=$scratch/latency.log
with_latency late >table
check "the default set, five launches a pair" [ "$(grep -c -e --latency= "$FAKE_LOG")" = 5 ]
check "at rotated offsets" [ "$(grep -e --latency= "$FAKE_LOG" | grep -o -e '--offset=[0-9]*' | sort -u | wc -l)" = 4 ]
unset FAKE_LOG
check "latency.json: merged, with the greatest value of all launches" json late/latest/latency.json \
    '(lambda p: (p["workload"], p["parameter"], p["a"], p["b"], p["b_latency"]["ops"], p["b_latency"]["collected_ops"],
    p["b_latency"]["p50_ns"], p["b_latency"]["p99_ns"], p["b_latency"]["p99_9_ns"], p["timer"]["ops"], sum(b[1] for b in
    p["b_latency"]["buckets"])) == ("short_lived", "64 B", "stack", "gc", 5000, 5, 50, 100, 100, 500, 5000) and
    300 <= p["b_latency"]["max_ns"] <= 303)(d["pairs"][0]) and len(d["pairs"]) == 1 and d["launches"] == 5'
check "the section stands below the table" grep -Eq '^short_lived/64 B gc +50.0 ns +100 ns +100 ns +30[0-3] ns +5 \*$' table
check "the timer's own figures are printed" grep -q '^the timer alone *30.0 ns' table
check "it fits 80 columns" bash -c "! sed -n '/^latency of/,\$p' table | grep -E '.{81}'"
check "it is no part of pairs.json" bash -c '! grep -q latency late/latest/pairs.json'
check "report prints it again" cmp <("$escapement" report late/latest) table
check "its time is taken from the budget" json late/latest/pairs.json 'd["budget_seconds"] == 20'
expect "report --chart-data percentiles" 0 "short_lived/64 B	gc	50	90	1	0" \
    "$escapement" report --chart-data percentiles late/latest
expect "a chart without a pass" 2 "cannot make the chart 'percentiles'" \
    "$escapement" report --chart-data percentiles results/latest
with_latency late --latency --filter lived >table
check "--latency takes every pair" json late/latest/latency.json '[p["parameter"] for p in d["pairs"]] == ["16 B", "64 B", "64 KiB"]'
with_latency late --no-latency >table
check "--no-latency leaves no file" [ ! -e late/latest/latency.json ]
"$escapement" run --quiet --counters off --budget 1s --launches 6 --results late --filter 'lived/64/' >table
check "a budget too small for it: said so" grep -q 'note: no latency pass' table
expect "--latency and --no-latency" 2 "exclude each other" run none --latency
expect "buckets that contradict their sum" 1 "the buckets hold 1000 operations, 'ops' is 1001" \
    env FAKE_OPS=1001 "$escapement" run --quiet --counters off --budget 20s --launches 6 --results wronglate --filter 'lived/64/'
check "and leave nothing" nothing_left wronglate
with_latency late --filter 'lived/64/' >table
cp -r "late/$(readlink late/latest)" latedamaged
sed -i 's/"ops": 5000/"ops": 5001/' latedamaged/latency.json
expect "report on a damaged latency.json" 2 "latency.json' is damaged: pairs[0]: a_latency" "$escapement" report latedamaged

# ---- wrong options
expect "unknown option" 2 "unknown option '--bogus'" run none --bogus
expect "wrong launches" 2 "option '--launches': expected a whole number, got '5' (6 to 10000)" run none --launches 5
expect "wrong budget" 2 "option '--budget': expected a duration" run none --budget soon
expect "wrong cpu" 2 "option '--cpu'" run none --cpu 1000
expect "bad regular expression" 2 "option '--filter': '(' is not a POSIX extended regular expression" run none --filter '('
expect "a filter without match" 2 "option '--filter': 'xyz' matches no pair" run none --filter xyz
expect "unknown placement" 2 "there is no placement 'haep'; there are stack gc malloc" run none --placements stack:haep
expect "an absent placement" 2 "placement 'boehm' is absent: Debian's libgc-dev was not installed" run none --placements stack:boehm
expect "list says what is absent" 0 "absent: boehm (Debian's libgc-dev was not installed" "$escapement" list
expect "a run with an absent placement among others says so" 0 "placement boehm is absent: libgc-dev was not" \
    run results --placements stack:gc,stack:boehm
expect "half a placement" 2 "expected A:B such as stack:gc, got 'stack'" run none --placements stack
expect "the same placement twice" 2 "has the same placement twice" run none --placements gc:gc
check "wrong options leave nothing" [ ! -e none ]
expect "no worker" 2 "cannot run the worker '/nowhere'" env ESCAPEMENT_WORKER=/nowhere "$escapement" list
expect "report without a run" 2 "there is no run in 'nowhere'" "$escapement" report nowhere
mkdir empty damaged
expect "report on another folder" 2 "cannot read 'empty/pairs.json'" "$escapement" report empty
head -c 2000 $pairs >damaged/pairs.json
expect "report on half a file" 2 "'damaged/pairs.json' is damaged: line" "$escapement" report damaged
sed 's/"ratio_low": [0-9.]*/"ratio_low": "low"/' $pairs >damaged/pairs.json
expect "report on a wrong field" 2 "is damaged: pairs[0]" "$escapement" report damaged
sed 's/"format": 1/"format": 9/' $pairs >damaged/pairs.json
expect "report on another format" 2 "has format 9" "$escapement" report damaged
touch a_file
expect "results that is a file" 2 "cannot write to the results folder 'a_file'" run a_file
expect "results below a file" 2 "cannot make the results folder 'a_file/results'" run a_file/results
mkdir locked
chmod 555 locked
if [ "$(id -u)" -eq 0 ]; then # root may write anywhere
    unprivileged() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
    chmod 755 "$scratch"
else
    unprivileged() { "$@"; }
fi
if unprivileged env "$escapement" --version >/dev/null 2>&1; then
    expect "an unwritable results folder, before measuring" 2 "cannot write to the results folder 'locked'" \
        unprivileged env FAKE_MODE=crash "$escapement" run --quiet --results locked
else
    echo "skip unwritable folder: another user cannot run $escapement"
fi
expect "an unwritable JSON file, before measuring" 2 "cannot write 'nowhere/file.json'" \
    env FAKE_MODE=crash "$escapement" run --quiet --results full --json nowhere/file.json
check "it leaves nothing" nothing_left full
expect "a full disk on stdout" 2 "cannot write to stdout" bash -c "'$escapement' report >/dev/full"
expect "a full disk for the JSON file" 2 "cannot write '/dev/full'" run devfull --launches 6 --json /dev/full
if [ "$(id -u)" -eq 0 ] && mkdir tiny && mount -t tmpfs -o size=16k none tiny 2>/dev/null; then
    expect "a full disk for the results" 2 "cannot write 'tiny/" run tiny --launches 6
    check "a full disk leaves nothing" nothing_left tiny
    umount tiny
else
    echo "skip full disk: cannot mount a small one"
fi

# ---- workers that misbehave
export FAKE_COUNT=$scratch/count
wrong() { # MODE AT ONCE OPTION... : a run whose worker goes wrong
    rm -f "$FAKE_COUNT"
    rm -rf wrong.d
    local mode=$1 at=$2 once=$3
    shift 3
    FAKE_MODE=$mode FAKE_AT=$at FAKE_ONCE=$once run wrong.d --launches 8 --filter 'lived/(16|64)/' "$@"
}
expect "a killed worker ends the run" 1 "killed by signal 11" wrong crash 20 0
check "a killed worker leaves nothing" nothing_left wrong.d
expect "its message names pair and launch" 1 ", launch 1: killed" wrong crash 0 0 --filter 'lived/16/'
expect "its last words are shown" 1 "worker: fake worker: about to crash" wrong crash 20 0
expect "a refused pair ends the run" 1 "gc and stack disagree: checksum 1 and 2" wrong refuse 20 0
check "a refused pair leaves nothing" nothing_left wrong.d
expect "a worker that does not know our options" 1 "exit status 2; the run is given up" wrong options 20 0
expect "broken output is repeated once" 0 "its output is not JSON: line" wrong broken 20 1
check "and counted" json wrong.d/latest/pairs.json 'd["launches_failed"] == 1 and d["launches"] == 8'
expect "and said" 0 "1 launch failed and was repeated" "$escapement" report wrong.d/latest
expect "broken output twice ends the run" 1 "the run is given up" wrong broken 20 0
expect "a failing worker twice ends the run" 1 "exit status 3; the run is given up" wrong status3 20 0
expect "endless output ends" 1 "the run is given up" wrong flood 20 0 --timeout 5s
expect "a worker that hangs is timed out" 1 "no end after" wrong hang 20 0 --timeout 0.3s
check "a hanging worker leaves nothing" nothing_left wrong.d
expect "a worker that hangs once is repeated" 0 "launched once more" wrong hang 20 1 --timeout 0.3s
printf '#!/bin/sh\necho "{}"\n' >listless
chmod +x listless
expect "a worker without a list" 2 "'workloads' is missing or empty" env ESCAPEMENT_WORKER=./listless "$escapement" list

# ---- interrupts
hang_at_ten() { # starts a run in the background, and returns when its worker hangs
    rm -rf "$FAKE_COUNT" "$FAKE_COUNT.pid" stopped
    set -m # a job of its own: without job control the shell would have it ignore SIGINT
    FAKE_MODE=hang FAKE_AT=10 "$escapement" run --quiet --results stopped >interrupted.out 2>&1 &
    orchestrator=$!
    set +m
    for _ in $(seq 200); do
        [ -s "$FAKE_COUNT.pid" ] && break
        sleep 0.05
    done
    worker=$(cat "$FAKE_COUNT.pid")
}
is_running() { # PROCESS : and not just waits to be reaped
    [ -e "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status"
}
interrupt() { # SIGNAL STATUS
    hang_at_ten
    kill "-$1" "$orchestrator"
    wait "$orchestrator"
    [ $? -eq "$2" ] && grep -q '^escapement: interrupted$' interrupted.out && nothing_left stopped &&
        ! is_running "$worker"
}
check "Ctrl-C: status 130, a message, nothing left" interrupt INT 130
check "SIGTERM: status 143, a message, nothing left" interrupt TERM 143
hang_at_ten
kill -KILL "$orchestrator"
wait "$orchestrator" 2>/dev/null
sleep 0.2
if is_running "$worker"; then
    fail "a killed orchestrator takes its worker along" "process $worker runs on"
else
    ok "a killed orchestrator takes its worker along"
fi
unset FAKE_COUNT

finish
