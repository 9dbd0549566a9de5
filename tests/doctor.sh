#!/usr/bin/env bash
# `escapement doctor`: conditions change with what they are about, on a machine made of files and on this one; its
# notes and its conditions reach a run; the sentinel sees another process on its core.
# What is in single quotes is for the shell that check starts.
# shellcheck disable=SC2016
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

root=$PWD
escapement=$root/build/${VARIANT:-release}/escapement
scratch=$(mktemp -d) || exit 2
hogs=()
cleanup() {
    [ ${#hogs[@]} -eq 0 ] || kill "${hogs[@]}" 2>/dev/null
    rm -rf "$scratch"
}
trap cleanup EXIT
cd "$scratch" || exit 2

json() { # FILE PYTHON-EXPRESSION ON d AND c, THE CONDITIONS BY NAME : true
    /usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
c = {x["name"]: x for x in d["conditions"]}
sys.exit(0 if eval("(" + sys.argv[2] + ")") else "false: %s: %s" % (sys.argv[2], c))' "$@"
}
doctor() { "$escapement" doctor --json; }

# ---- form
expect "doctor takes no argument" 2 "unexpected argument 'now'" "$escapement" doctor now
expect "doctor on a core that is not there" 2 "option '--cpu'" "$escapement" doctor --cpu 1023
doctor >here.json
check "exactly the stated fields" json here.json 'set(d) == {"grade", "conditions"} and
    all(set(x) == {"name", "value", "status", "advice"} for x in d["conditions"])'
check "at least 14 conditions, named once" json here.json 'len(c) == len(d["conditions"]) >= 14'
check "statuses and grade are of the stated sets" json here.json 'd["grade"] in "ABCDEF" and
    {x["status"] for x in d["conditions"]} <= {"ok", "warn", "bad", "unknown"}'
check "advice exactly where it is not ok" json here.json \
    'all((x["advice"] == "") == (x["status"] == "ok") for x in d["conditions"])'
check "the grade follows from the documented points" json here.json '(lambda points:
    d["grade"] == "ABCDEF"[sum(points > most for most in (4, 10, 16, 24, 34))])(
    sum({"ok": 0, "warn": 2, "bad": 6, "unknown": 1}[x["status"]] for x in d["conditions"]))'
"$escapement" doctor >here.txt
check "the text fits 80 columns and is plain ASCII" bash -c "! LC_ALL=C grep -E '.{81}|[^ -~]' here.txt"
check "the text ends with the grade" bash -c 'tail -n 1 here.txt | grep -Eq "^grade [A-F]  \|  [0-9]+ ok, "'

# ---- a machine made of files
export ESCAPEMENT_SYSROOT=$scratch/machine
put() { # PATH TEXT
    mkdir -p "machine/$(dirname "$1")"
    printf '%s\n' "$2" >"machine/$1"
}
cpu=sys/devices/system/cpu
last=$(($(nproc --all) - 1))
everywhere() { # FILE TEXT : for every core that may be looked at
    local core
    for core in $(seq 0 "$last"); do put "$cpu/cpu$core/$1" "$2"; done
}
meminfo() { # AVAILABLE-KB SWAP-FREE-KB
    put proc/meminfo "MemTotal:       16000000 kB
MemAvailable:   $1 kB
SwapTotal:      2000000 kB
SwapFree:       $2 kB"
}
stat() { # USER IDLE STEAL RUNNING
    put proc/stat "$(for core in $(seq 0 "$last"); do echo "cpu$core $1 0 0 $2 0 0 0 $3 0 0"; done)
procs_running $4"
}
make_good() {
    everywhere cpufreq/scaling_governor performance
    everywhere topology/thread_siblings_list 1
    everywhere thermal_throttle/core_throttle_count 0
    put $cpu/intel_pstate/no_turbo 1
    put $cpu/isolated 1
    put $cpu/nohz_full 1
    put sys/class/thermal/thermal_zone0/temp 45000
    put sys/class/power_supply/BAT0/status Charging
    put sys/kernel/mm/transparent_hugepage/enabled 'always [madvise] never'
    put sys/devices/system/clocksource/clocksource0/current_clocksource tsc
    put sys/devices/system/clocksource/clocksource0/available_clocksource 'tsc hpet'
    put proc/sys/kernel/randomize_va_space 2
    put proc/sys/kernel/perf_event_paranoid 1
    put proc/self/cgroup 0::/box/inner
    put sys/fs/cgroup/cpu.max 'max 100000'
    put sys/fs/cgroup/box/inner/cpu.max 'max 100000'
    put proc/loadavg '0.10 0.20 0.30 1/200 4000'
    put proc/cmdline 'root=/dev/sda1 quiet'
    meminfo 12000000 2000000
    stat 10 990 0 1
}
make_good
cp -r machine good
good() {
    rm -rf machine
    cp -r good machine
}
doctor >good.json
check "a good machine of files" json good.json 'all(c[n]["status"] == "ok" for n in ("governor", "turbo",
    "isolated cores", "throttling", "power", "transparent huge pages", "clock source", "swap", "memory", "load", "steal",
    "quiet cores", "CPU quota")) and c["SMT siblings"]["status"] in ("ok", "unknown")'
turns() { # NAME STATUS TEXT-IN-VALUE : after a change the one condition has changed, and those after it have not
    local name=$1
    doctor >bad.json
    check "$name turns $2" json bad.json \
        "c['$name']['status'] == '$2' and '''$3''' in c['$name']['value'] and c['$name']['advice'] != ''"
    good
}
everywhere cpufreq/scaling_governor powersave
turns governor warn powersave
rm -r machine/$cpu/cpu*/cpufreq
turns governor unknown "not shown"
put $cpu/intel_pstate/no_turbo 0
turns turbo warn on
rm -r machine/$cpu/intel_pstate
put $cpu/cpufreq/boost 1
turns turbo warn on
everywhere topology/thread_siblings_list 0-1
turns "SMT siblings" warn 0-1
put $cpu/isolated ''
turns "isolated cores" warn "isolcpus none"
everywhere thermal_throttle/core_throttle_count 7
turns throttling warn "7 times"
put sys/class/thermal/thermal_zone0/temp 97000
turns throttling bad "97 degrees"
put sys/class/power_supply/BAT0/status Discharging
turns power bad battery
put sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
turns "transparent huge pages" warn always
put sys/devices/system/clocksource/clocksource0/current_clocksource hpet
turns "clock source" bad hpet
put proc/cmdline 'quiet tsc=unstable'
turns "clock source" warn unstable
put proc/sys/kernel/randomize_va_space 0
turns ASLR warn off
meminfo 12000000 1000000
turns swap warn "977 MiB of 1953 MiB"
meminfo 900000 2000000
turns memory warn 879
rm machine/proc/meminfo
turns swap unknown "not shown"
put proc/loadavg '900.00 0.20 0.30 1/200 4000'
turns load bad 900.00
stat 10 900 90 1
turns steal bad "9.0 % since boot"
stat 500 500 0 1
turns "quiet cores" bad "50 % idle since boot"
put sys/fs/cgroup/box/cpu.max '50000 100000' # the limit of a group above counts
turns "CPU quota" bad "0.50 cores"
rm -r machine/sys/fs
turns "CPU quota" unknown "not shown"
unset ESCAPEMENT_SYSROOT

# ---- this machine
check "without tools that is said" bash -c \
    'PATH=/nowhere "$1" doctor --json >bare.json' - "$escapement"
check "other allocators are named, or what is missing" json bare.json \
    'c["other allocators"]["value"] == "boehm, mimalloc, jemalloc" and c["other allocators"]["status"] == "ok" or
    c["other allocators"]["value"].startswith("absent: ") and c["other allocators"]["status"] == "warn"'
check "and what to do" json bare.json 'all(c[n]["status"] == "warn" and c[n]["value"] == "not found" and
    "apt-get install" in c[n]["advice"] for n in ("valgrind", "gnuplot", "hyperfine"))'
if setarch -R true 2>/dev/null; then
    setarch -R "$escapement" doctor --json >fixed.json
    check "setarch -R changes ASLR" json fixed.json \
        'c["ASLR"]["status"] == "warn" and c["ASLR"]["value"] == "off for this process"'
else
    echo "skip ASLR: setarch -R is not allowed here"
fi
core=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
taskset -c "$core" "$escapement" doctor --json >one.json
check "taskset changes the cores" json one.json \
    'c["cores"]["status"] == "bad" and "1 allowed" in c["cores"]["value"]'
for _ in $(seq $(($(nproc --all) + 1))); do
    sh -c 'while :; do :; done' &
    hogs+=($!)
done
doctor >loaded.json
check "busy loops change the load and the quiet cores" json loaded.json \
    'c["load"]["status"] == "bad" and c["quiet cores"]["status"] in ("warn", "bad")'

# ---- a run, while they loop
ESCAPEMENT_WORKER=$root/tests/fake_worker FAKE_DISTURBED=0.25 "$escapement" run --quiet --counters off --budget 20s --seed 5 \
    --results results --filter short --launches 6 >table
check "a run begins with at most three notes of the doctor" bash -c \
    '[ "$(sed -n "/^pair/q; /^note: doctor: /p" table | wc -l)" -ge 1 ] && [ "$(grep -c "^note: doctor: " table)" -le 3 ]'
check "each is one line of 80 columns" bash -c "! grep -E '.{81}' table"
check "disturbed slices are noted" grep -q '^note: 25.0 % of all slices were disturbed' table
check "the run keeps the conditions" json results/latest/environment.json \
    'len(c) >= 14 and c["load"]["status"] == "bad"'
metric() { # METRIC : in both files
    grep -q "\"$1\"" results/latest/pairs.json && grep -q ",${1#[ab]_}," results/latest/samples.csv
}
for name in a_disturbed b_disturbed sentinel_slowdown steal; do
    check "$name is in pairs.json and samples.csv" metric "$name"
done
kill "${hogs[@]}"
wait "${hogs[@]}" 2>/dev/null
hogs=()

# ---- the sentinel: another process on the worker's core takes slices away
taskset -c "$core" sh -c 'while :; do :; done' &
hogs+=($!)
"$root/build/${VARIANT:-release}/worker" --cpu="$core" --pair-seconds=0.3 --benchmark_filter='^short_lived/64/stack' \
    --benchmark_format=json >worker.json 2>worker.err
check "a busy loop on the worker's core disturbs slices" /usr/bin/python3 -c 'import json
b = json.load(open("worker.json"))["benchmarks"][0]
assert b["a_disturbed"] + b["b_disturbed"] > 0, b
assert b["a_disturbed"] <= 1 and b["b_disturbed"] <= 1 and b["sentinel_slowdown"] >= 1 and 0 <= b["steal"] <= 1, b'
finish
