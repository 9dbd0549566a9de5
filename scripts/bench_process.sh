#!/usr/bin/env bash
# Times whole programs (macros/) in each placement with hyperfine.
#
#   scripts/bench_process.sh [options] [RUN_DIR]
#     --rounds N      rounds; the order of placements is drawn anew in each (default 10; 6 at least
#                     for 95 % intervals)
#     --runs N        processes of a program and placement in a round (default 3)
#     --programs A,B  some programs only
#     --placements A,B  stack and some others only (default: all that are built)
#     --cpu N         the core to run on (default: the last one allowed)
#     --seed N        of the drawn order (default: drawn, and recorded)
#     --smoke         small sizes, for tests
#
# Every program must print one checksum in all placements before any time is taken, and in every timed
# process. hyperfine runs its commands one after the other and cannot interleave them: hence rounds of few
# runs, and ratios taken within a round.
#
# Writes RUN_DIR/process.json, then draws the chart. RUN_DIR is by default results/latest when that is a run of
# this very commit, else a folder of its own in results/. BUILD names the programs' folder (default
# build/release). Exit 0; 2 with a message when something is wrong; nothing is left behind then.
set -euo pipefail

die() {
    echo "bench_process.sh: $*" >&2
    exit 2
}

number() { # OPTION VALUE MIN MAX
    if ! [[ $2 =~ ^[0-9]{1,9}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
        die "option '$1': expected a number from $3 to $4, got '$2'"
    fi
}

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build/release}
rounds=10 runs=3 seed=$(((RANDOM << 15) | RANDOM)) size=() run='' cpu=''
programs=binary_trees,json_parser,ray_tracer
placements='' known='stack auto gc malloc mimalloc jemalloc boehm'
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
        exit 0
        ;;
    --smoke) size=(--smoke) ;;
    --rounds | --runs | --programs | --placements | --cpu | --seed)
        [ $# -ge 2 ] || die "option '$1': a value is missing"
        case $1 in
        --rounds) number "$1" "$2" 1 1000 && rounds=$((10#$2)) ;;
        --runs) number "$1" "$2" 2 1000 && runs=$((10#$2)) ;; # hyperfine's least
        --cpu) number "$1" "$2" 0 4095 && cpu=$((10#$2)) ;;
        --seed) number "$1" "$2" 0 999999999 && seed=$((10#$2)) ;;
        --programs) programs=$2 ;;
        --placements) placements=${2//,/ } ;;
        esac
        shift
        ;;
    -*) die "unknown option '$1'; see --help" ;;
    *)
        [ -z "$run" ] || die "expected at most one run folder, got '$run' and '$1'"
        run=$1
        ;;
    esac
    shift
done
IFS=, read -ra names <<<"$programs"
[ ${#names[@]} -gt 0 ] || die "option '--programs': no names"
for name in "${names[@]}"; do
    [[ $name =~ ^[a-z_]+$ && -x $build/macros/$name.stack ]] ||
        die "option '--programs': there is no program '$name' in $build/macros (make builds them)"
done
chosen=()
for placement in ${placements:-$known}; do
    if [ -x "$build/macros/${names[0]}.$placement" ]; then
        chosen+=("$placement")
    elif [[ " $known " != *" $placement "* ]]; then
        die "option '--placements': there is no placement '$placement'; there are: $known"
    elif [ -n "$placements" ]; then
        die "option '--placements': $placement is absent: it was not built (escapement list says why)"
    elif [ "$placement" != auto ]; then
        echo "note: placement $placement is absent: its library was not installed at build time" >&2
    fi
done
[[ " ${chosen[*]} " == *" stack "* && ${#chosen[@]} -gt 1 ]] ||
    die "option '--placements': expected stack and another, got '${chosen[*]}'"
[ -x "$build/escapement" ] || die "$build/escapement: no such program (make builds it)"
command -v hyperfine >/dev/null ||
    die "hyperfine is not installed (Debian: apt-get install hyperfine, or scripts/setup.sh)"
[ -z "$run" ] || [ -d "$run" ] || die "$run: no such run folder (make bench makes one)"
allowed=$(taskset -cp $$) || die "cannot ask for the cores that are allowed"
cpu=${cpu:-${allowed##*[ ,-]}}
taskset -c "$cpu" true 2>/dev/null || die "cannot run on cpu $cpu (allowed: ${allowed##*: })"

work=$(mktemp -d) || die "cannot make a temporary folder"
own=
trap 'rm -rf "$work"; [ -z "$own" ] || rmdir "$own" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for name in "${names[@]}"; do
    expected=$("$build/macros/$name.stack" "${size[@]}") || die "$name.stack failed"
    for placement in "${chosen[@]}"; do
        sum=$("$build/macros/$name.$placement" "${size[@]}") || die "$name.$placement failed"
        [ "$sum" = "$expected" ] ||
            die "$name: $placement computes $sum, stack $expected: no time is taken"
    done
done

draw() { # Fisher-Yates over `order`; in this shell, because a subshell draws from another seed
    local i j swap
    for ((i = ${#order[@]} - 1; i > 0; i--)); do
        j=$((RANDOM % (i + 1)))
        swap=${order[i]} order[i]=${order[j]} order[j]=$swap
    done
}

SECONDS=0
RANDOM=$seed
for ((round = 1; round <= rounds; round++)); do
    for name in "${names[@]}"; do
        [ -t 2 ] && printf '\r\033[Kround %d of %d: %s' "$round" "$rounds" "$name" >&2
        order=("${chosen[@]}")
        draw
        commands=()
        for placement in "${order[@]}"; do
            commands+=(-n "$placement" "$build/macros/$name.$placement ${size[*]}")
        done
        MACRO_LOG=$work/$round.$name.log taskset -c "$cpu" hyperfine -N --style none --runs "$runs" \
            --export-json "$work/$round.$name.json" "${commands[@]}" >"$work/said" 2>&1 || {
            cat "$work/said" >&2
            die "hyperfine could not measure $name"
        }
    done
done
[ -t 2 ] && printf '\r\033[K' >&2

version=$("$build/escapement" --version)
if [ -z "$run" ]; then
    commit=${version##*commit }
    run=$root/results/latest
    if [[ $commit == *,* ]] || ! grep -qs "\"commit\": \"${commit%)}\"" "$run/pairs.json" ||
        ! grep -qs '"dirty": false' "$run/pairs.json"; then
        commit=${commit%%[,)]*}
        run=$root/results/$(date -u +%Y%m%dT%H%M%SZ)-$(uname -n | tr -c 'A-Za-z0-9\n' -)-$commit-process
        mkdir -p "$root/results"
        mkdir "$run" || die "cannot make $run"
        own=$run
    fi
fi
hyperfine=$(hyperfine --version)
"$build/escapement" process --merge "$work" --programs "$programs" --rounds "$rounds" --cpu "$cpu" \
    --seed "$seed" --duration "${SECONDS}s" --hyperfine "${hyperfine#* }" "$run"
own=
echo "${run#"$root/"}/process.json"
ESCAPEMENT=$build/escapement "$root/scripts/plots.sh" "$run"
