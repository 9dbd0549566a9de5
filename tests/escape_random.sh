#!/usr/bin/env bash
# Random programs, every object on the heap against placed by analysis: they must print the same, with nothing for the
# address sanitizer to report and no claim of the analysis violated in a checked run (`--check`).
#
#   tests/escape_random.sh [PROGRAMS, default 100 [FIRST SEED, default 1]]
#
# A program is one seed: its own globals, functions in three layers, a call of each from outside and a line of output. 50 of
# them are one file and one process, so that they share its cost; a line that differs names its program.
#
# What they must print is said by a build that allocates every object with malloc() and knows nothing of escape.
# JOBS batches run at once (default: a processor each); KEEP=FOLDER leaves the files of failed batches there.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
variant=${VARIANT:-release}
export escape=${ESCAPE:-build/$variant/escape} generate=build/$variant/tests/escape/generate
count=${1:-100}
seed=${2:-1}
export batch=50
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export work LC_ALL=C
# Leaks are meant: these programs live for ever, briefly.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1

if [ ! -x "$escape" ]; then
    echo "skip: $escape is not built"
    check "the generator works" test -n "$("$generate" tests/escape/templates.txt 1 1)"
    finish
fi

outside() { # NAME OPTIONS... : what the programs are linked with
    clang-19 -std=gnu17 -w -O1 -g -I. "${@:2}" -c tests/escape/generated_outside.c -o "$work/$1.o"
}

build_and_run() { # NAME OUTPUT INPUTS... OPTIONS... : "crashed" is part of the output
    local name=$1 output=$2
    shift 2
    clang-19 -std=gnu17 -w -I. "$@" -o "$work/$name.program" || return 1
    timeout 300 "$work/$name.program" >"$output" 2>"$output.err" || echo "status $?" >>"$output"
}
export -f build_and_run

one_batch() { # FIRST SEED : a line for each placement that differs, and "agree N"
    local first=$1 stem=$work/$1 place differs=0
    "$generate" tests/escape/templates.txt "$first" "$batch" >"$stem.c" || return 1
    build_and_run "$first.truth" "$stem.truth" -O0 -DTRUTH "$stem.c" tests/escape/generated_outside.c || return 1
    [ "$(grep -c '^[0-9]* [0-9a-f]*$' "$stem.truth")" -eq "$batch" ] || { echo "batch $first: no truth"; return 1; }
    # The sanitizer's marks must be on the functions before they are rewritten; its pass runs afterwards.
    clang-19 -std=gnu17 -w -O1 -Xclang -disable-llvm-passes -g -fno-discard-value-names -fsanitize=address \
        -I. -emit-llvm -c "$stem.c" -o "$stem.bc" || return 1
    # Every tenth batch is also placed on the heap by escape, placed in Go mode, and optimised: that takes three times as
    # long, and what goes wrong there goes wrong in many programs.
    local places="auto check"
    ((first / batch % 10)) || places="heap auto go check optimised"
    for place in $places; do
        local options=(--place=auto) link=("$work/asan.o" -fsanitize=address) level=-O0
        case $place in
        heap) options=(--place=heap) ;;
        optimised) level=-O1 ;;
        go) options+=(--mode=go) ;;
        check) options+=(--check) link=("$work/plain.o" "$work/check_runtime.o") ;;
        esac
        "$escape" "${options[@]}" -o "$stem.$place.bc" "$stem.bc" 2>"$stem.notes" ||
            { echo "batch $first, $place: escape: $(grep -v ' note: ' "$stem.notes" | head -n 3)"; return 1; }
        build_and_run "$first.$place" "$stem.$place" "$level" "$stem.$place.bc" "${link[@]}" || return 1
        if ! diff "$stem.truth" "$stem.$place" >"$stem.diff"; then
            echo "batch $first, $place differs from the truth (<): $(head -n 4 "$stem.diff" | tail -n 3 | tr '\n' ' ')"
            grep -m 3 -E 'ERROR|claimed' "$stem.$place.err"
            differs=1
        fi
    done
    if [ "$differs" -eq 1 ] && [ -n "${KEEP:-}" ]; then
        cp "$stem".* "$KEEP"
    fi
    rm -f "$stem".* "$work/$first".*
    [ "$differs" -eq 1 ] || echo "agree $batch"
}
export -f one_batch

outside asan -DHEAP_STUBS -fsanitize=address && outside plain -DHEAP_STUBS &&
    clang-19 -std=gnu17 -O1 -I. -c escape/check_runtime.c -o "$work/check_runtime.o" || exit 2
seq "$seed" "$batch" $((seed + count - 1)) | xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'one_batch {}' >"$work/said" 2>&1
agree=$(awk '$1 == "agree" { sum += $2 } END { print sum + 0 }' "$work/said")
wanted=$(((count + batch - 1) / batch * batch))
if [ "$agree" -eq "$wanted" ]; then
    ok "$agree programs: on the heap and placed by analysis they print the same, 0 sanitizer reports, 0 violations of claims"
else
    fail "only $agree of $wanted programs are in batches without a difference" "$(grep -v ^agree "$work/said" | head -n 40)"
fi
finish
