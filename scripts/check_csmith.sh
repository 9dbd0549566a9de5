#!/usr/bin/env bash
# Random C programs of csmith's on coroutines, under every strategy, as they are and moved at every call, against a plain thread.
#
#   scripts/check_csmith.sh [--count N, default 12] [--seed FIRST, default 1]
#
# Prints a line for each difference and ends with "N passed, N failed"; programs that do not end on a thread within
# two seconds do not count. Needs csmith, its header (Debian: libcsmith-dev) and build/release/libruntime.a. The
# compiler's level of optimisation is the seed's.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

count=12
seed=1
while [ $# -gt 0 ]; do
    case $1 in
    --count | --seed)
        [[ ${2-} =~ ^[1-9][0-9]*$ ]] || { echo "check_csmith.sh: option '$1' needs a whole number above 0" >&2 && exit 2; }
        declare "${1#--}=$2"
        shift 2
        ;;
    *)
        echo "check_csmith.sh: unknown option '$1'" >&2
        exit 2
        ;;
    esac
done
include=
for folder in /usr/include/csmith /usr/include/csmith-*; do
    [ ! -r "$folder/csmith.h" ] || include=$folder
done
if ! command -v csmith >/dev/null || [ -z "$include" ]; then
    echo "skip random programs: csmith or libcsmith-dev is not installed"
    exit 0
fi

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
flags=(-w -I. -I"$include")
gcc -O2 "${flags[@]}" -c tests/csmith_driver.c -o "$work/driver.o" || exit 2
levels=(-O2 -O0 -O3 -O1 -Os)

# Programs with global variables also keep addresses of locals in them, which the contract of contiguous stacks forbids.
# In those without, everything is on the stack; their checksum is taken over what functions return.
note='NOTE(x)=__extension__({ __auto_type note_value = (x); transparent_crc((uint64_t)__builtin_choose_expr('
note+='__builtin_classify_type(note_value) == 1, note_value, 0), "", 0); note_value; })'
program=$work/program

compile() { # SEED LEVEL CSMITH-OPTION...
    local number=$1 level=$2
    shift 2
    csmith --seed "$number" "$@" --output "$program.c" &&
        { [ $# -eq 0 ] || sed -i -E 's/^( +)return (.*);/\1return NOTE(\2);/' "$program.c"; } &&
        gcc "$level" "${flags[@]}" -fsplit-stack -Dmain=program_main -Dprintf=program_printf -D"$note" \
            -c "$program.c" -o "$program.o" &&
        gcc "$program.o" "$work/driver.o" build/release/libruntime.a -lpthread -lm -ldl -Wl,-z,now \
            -o "$program"
}

compare() { # NAME STRATEGY... : with the thread; returns 1 when the program does not end there
    local name=$1 strategy stress truth said wrong=()
    shift
    truth=$(timeout 2 "$program" thread) && [[ $truth == checksum* ]] || return 1
    for strategy in "$@"; do
        for stress in 0 1; do
            said=$(timeout 120 "$program" "$strategy" "$stress" 2>&1)
            [ "$said" = "$truth" ] || wrong+=("$strategy, stress $stress: '$said', not '$truth'")
        done
    done
    if [ ${#wrong[@]} -eq 0 ]; then
        passed=$((passed + 1))
    else
        fail "$name" "${wrong[@]}"
    fi
}

done_count=0
while [ "$done_count" -lt "$count" ]; do
    level=${levels[seed % 5]}
    compile "$seed" "$level" || exit 2
    compare "seed $seed, $level" segmented reserved && done_count=$((done_count + 1))
    compile "$seed" "$level" --no-global-variables --no-bitfields || exit 2
    compare "seed $seed, $level, locals only" contiguous segmented reserved && done_count=$((done_count + 1))
    seed=$((seed + 1))
done
finish
