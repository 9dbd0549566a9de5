#!/usr/bin/env bash
# Proves the placement of every build from its machine code, not from what its source intends: no stack build refers to an
# allocator, every heap build calls its own, and the four offsets put each timed loop at four places of a
# 64-byte line.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

benches=build/$VARIANT/benches
declare -A own=(
    [auto]='heap_new[a-z_]*|heap_store|heap_root_add'
    [gc]='heap_new[a-z_]*|heap_store|heap_root_add'
    [malloc]='malloc|calloc|realloc|free|aligned_alloc|posix_memalign'
    [boehm]='GC_[a-z_]+'
    [mimalloc]='mi_[a-z_]+'
    [jemalloc]='je_[a-z_]+'
)
# Where escape analysis must put the objects: known from reading the sources, not from the analyser.
auto_stack='short_lived|scratch_buffer'
auto_heap='return_pointer|closure|tree|global_store|channel_send|boxing|large_object|dynamic_size|loop_previous'
allocators=$(IFS='|' && echo "${own[*]}")

# The functions that an object file's code refers to.
calls() {
    objdump -dr --no-show-raw-insn "$1" | sed -nE 's/.*R_X86_64_(PLT32|PC32|GOTPCRELX?|REX_GOTPCRELX|32S?|64)\s+([A-Za-z_0-9]+).*/\2/p' | sort -u
}

for object in "$benches"/*.timed.*.o "$benches"/*.twin.*.o; do
    name=$(basename "$object" .o)
    found=$(calls "$object" | grep -xE "$allocators")
    case $name in
    *.stack.*) check "$name calls no allocator" [ -z "$found" ] ;;
    *.gc.*) check "$name calls heap_new" grep -qE '^heap_new' <<<"$found" ;;
    *.auto.*)
        # What the analyser said while it rewrote this file, and what became of it.
        said_heap=$(awk '/"message":/ {ours = /heap_new|moved to heap/} /"placement": "heap"/ && ours {count++} END {print count + 0}' \
            "${object%.o}.json")
        makes_heap=$(grep -cE '^heap_new' <<<"$found")
        check "$name calls heap_new exactly if the analyser says heap" [ $((said_heap > 0)) -eq $((makes_heap > 0)) ]
        if [[ ${name%%.*} =~ ^($auto_stack)$ ]]; then check "$name calls no allocator" [ -z "$found" ]; fi
        if [[ ${name%%.*} =~ ^($auto_heap)$ ]]; then check "$name calls heap_new" [ "$makes_heap" -gt 0 ]; fi
        ;;
    *.malloc.*) check "$name calls malloc and free" [ "$(grep -cxE 'malloc|realloc|free' <<<"$found")" -ge 2 ] ;;
    *.boehm.*) check "$name calls GC_malloc" grep -qxE 'GC_malloc(_atomic)?' <<<"$found" ;;
    *.mimalloc.*) check "$name calls mi_malloc and mi_free" [ "$(grep -cxE 'mi_(malloc|free)' <<<"$found")" -eq 2 ] ;;
    *.jemalloc.*) check "$name calls je_malloc and je_free" [ "$(grep -cxE 'je_(malloc|free)' <<<"$found")" -eq 2 ] ;;
    esac
    placement=${name#*.}
    placement=${placement%%.*}
    if [ "$placement" != stack ]; then
        check "$name calls no other allocator" [ -z "$(grep -vxE "${own[$placement]:-none}" <<<"$found")" ]
    fi
    check "$name checks its stack" grep -qx __morestack <<<"$(calls "$object")"
done

# A library that defines malloc() as well must not have replaced libc's: the loader takes the first that has it.
first_malloc() {
    local library path defined
    nm --defined-only "build/$VARIANT/worker" | grep -E ' [TW] malloc$' && return
    while read -r library; do
        path=$(ldd "build/$VARIANT/worker" | awk -v name="$library" '$1 == name {print $3}')
        defined=$(nm -D --defined-only "$path" 2>/dev/null)
        if grep -qE ' malloc(@|$)' <<<"$defined"; then
            echo "$library"
            return
        fi
    done < <(readelf -d "build/$VARIANT/worker" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
}
check "the worker's malloc() is libc's" [ "$(first_malloc)" = libc.so.6 ]

# Where the outermost loops of each function begin, relative to 64 bytes: the targets of backward jumps that no
# other such jump encloses.
loop_heads() {
    objdump -d --no-show-raw-insn "$1" | awk '
        function hex(text,   i, n) { n = 0; for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1; return n }
        function flush_function(   i, j, inner) {
            for (i = 0; i < count; i++) {
                inner = 0
                for (j = 0; j < count; j++) if (j != i && (to[j] < to[i] || (to[j] == to[i] && j < i)) && from[j] >= from[i]) inner = 1
                if (!inner) printf "%s+%d %d\n", name, i, to[i] % 64
            }
            count = 0
        }
        /^[0-9a-f]+ <.*>:$/ { flush_function(); name = $2; start = hex($1) }
        # The jump back after "call __morestack; ret" is no loop.
        before != "ret" && before != "lea" && $2 ~ /^j/ && $3 ~ /^[0-9a-f]+$/ {
            target = hex($3); sub(":", "", $1); place = hex($1)
            if (target < place && target > start) { from[count] = place; to[count] = target; count++ }
        }
        NF > 1 { before = $2 }
        END { flush_function() }'
}

# gcc 14 and later align tight loops to up to 64 bytes whatever they are told: those stay where they are.
places_min=4
[ "$(gcc -dumpversion | cut -d. -f1)" -ge 13 ] && places_min=1
functions_at() { # OBJECT OFFSET : every function starts this far into its line
    nm "$1" | awk -v offset="$2" '
        $2 ~ /^[tT]$/ && $3 !~ /\.cold$/ && $3 !~ /^\.L/ {
            low = substr($1, length($1) - 1)
            at = (index("0123456789abcdef", substr(low, 1, 1)) - 1) * 16 + index("0123456789abcdef", substr(low, 2, 1)) - 1
            count++
            if (at % 64 != offset) bad = 1
        }
        END { exit bad || !count }'
}
for object in "$benches"/*.timed.*.o "$benches"/*.twin.*.o; do
    name=$(basename "$object" .o)
    check "$name: functions start at ${name##*.}" functions_at "$object" "${name##*.}"
done
for first in "$benches"/*.timed.0.o "$benches"/*.twin.0.o; do
    base=${first%.0.o}
    places=$(for offset in 0 16 32 48; do loop_heads "$base.$offset.o"; done | sort -u | cut -d' ' -f1 | uniq -c)
    # shellcheck disable=SC2016 # the $ are awk's
    check "$(basename "$base"): $(wc -l <<<"$places") loops at $places_min offsets or more" \
        awk -v least=$places_min '$1 < least || $1 > 4 {bad = 1} END {exit bad || NR == 0}' <<<"$places"
done
finish
