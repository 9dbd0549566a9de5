#!/usr/bin/env bash
# A program outside the tree, compiled and linked as the README says: position-independent, fixed, static, at several
# levels of optimisation, with another linker where there is one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

VARIANT=${VARIANT:-release}
library=build/$VARIANT/libruntime.a
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cat >"$folder/user.c" <<'C'
#include "runtime/runtime.h"

#include <pthread.h>
#include <stdio.h>

static int descend(int depth)
{
    volatile char frame[100];
    frame[0] = (char)depth;
    return depth ? 1 + descend(depth - 1) + (frame[0] - (char)depth) : 0;
}

static void body(void *arg)
{
    struct channel *channel = channel_new(sizeof(int), 1);
    int depth = descend(10000);
    channel_send(channel, &depth);
    channel_receive(channel, arg);
}

static void *on_thread(void *arg)
{
    *(int *)arg = descend(100);
    return NULL;
}

int main(void)
{
    int result = 0, thread_result = 0;
    pthread_t thread;
    pthread_create(&thread, NULL, on_thread, &thread_result);
    pthread_join(thread, NULL);
    const int error = runtime_run(NULL, body, &result);
    printf("%d %d %d\n", error, result, thread_result);
    return 0;
}
C

try() { # NAME COMPILE-FLAGS LINK-FLAGS
    local name=$1
    # The flags are lists on purpose.
    # shellcheck disable=SC2086
    gcc $2 -fsplit-stack -I. -c "$folder/user.c" -o "$folder/user.o" &&
        gcc $3 "$folder/user.o" "$library" -lpthread -lm -ldl -Wl,-z,now -o "$folder/user" &&
        expect "$name" 0 "0 10000 100" "$folder/user"
}

for level in 0 1 2 3 s; do
    try "default link, -O$level" "-O$level" ""
done
try "native instructions" "-O2 -march=native" ""
try "control-flow protection" "-O2 -fcf-protection=full" ""
try "fixed address" "-O2 -fno-pie" "-no-pie"
try "-fsplit-stack at link time" "-O2" "-fsplit-stack"
try "static" "-O2" "-static"
for linker in gold lld; do
    if command -v "ld.$linker" >/dev/null; then
        try "linked with $linker" "-O2" "-fuse-ld=$linker"
        try "linked with $linker, -fsplit-stack at link time" "-O2" "-fuse-ld=$linker -fsplit-stack"
    else
        echo "skip linked with $linker: it is not installed"
    fi
done

# ---- stops by a signal --------------------------------------------------------------------------
cat >"$folder/heap_user.c" <<'C'
#define _GNU_SOURCE
#include "runtime/runtime.h"

#include <signal.h>
#include <stdio.h>

static void *kept;

static void look(void *arg)
{
    struct sigaction present;
    sigaction(SIGURG, NULL, &present);
    *(int *)arg = present.sa_handler != SIG_DFL;
}

static void body(void *arg)
{
    heap_root_add(&kept, sizeof kept);
    heap_store(&kept, heap_new_bytes(16));
    coroutine_on_system_stack(look, arg);
}

int main(void)
{
    int interrupts = 0;
    const int error = runtime_run(NULL, body, &interrupts);
    printf("%d %d\n", error, interrupts);
    return 0;
}
C
interrupts() { # NAME EXPECTED COMPILE-FLAGS LINK-FLAGS
    local name=$1
    # The flags are lists on purpose.
    # shellcheck disable=SC2086
    gcc $3 -fsplit-stack -I. "$folder/heap_user.c" "$library" $4 -lpthread -lm -ldl -Wl,-z,now -o "$folder/user" &&
        expect "$name" 0 "0 $2" "$folder/user"
}
interrupts "a signal may stop a program's coroutines" 1 "-O2" ""
expect "not where that is off" 0 "0 0" env ESCAPEMENT_STOP_SIGNAL=off "$folder/user"
interrupts "not where it allocates without sequences, as under AddressSanitizer" 0 "-O2 -D__SANITIZE_ADDRESS__" ""
interrupts "not where libc is part of it" 0 "-O2" "-static"
interrupts "nor in one that is position-independent" 0 "-O2 -fPIE" "-static-pie"
cat >"$folder/own.c" <<'C'
#include <stddef.h>
void *memset(void *to, int byte, size_t size_bytes)
{
    for (volatile char *at = to; size_bytes > 0; size_bytes--) {
        *at++ = (char)byte;
    }
    return to;
}
C
interrupts "not where it has a function that the runtime calls" 0 "-O2 -fno-builtin $folder/own.c" ""
echo 'void *sched_yield(); void *copy_address(void) { return sched_yield; }' >"$folder/address.c"
interrupts "not where the runtime calls one through a stub that is part of it" 0 "-O2 -fno-pie $folder/address.c" "-no-pie"
interrupts "at a fixed address without such a stub" 1 "-O2 -fno-pie" "-no-pie"
for linker in bfd gold lld; do
    command -v "ld.$linker" >/dev/null || continue
    interrupts "$linker: a signal may stop a program's coroutines" 1 "-O2" "-fuse-ld=$linker"
    kept=1
    [ "$linker" != lld ] || kept=0 # it drops the table of sequences
    interrupts "$linker, unused sections dropped: only where the table of sequences stays" $kept \
        "-O2 -ffunction-sections" "-fuse-ld=$linker -Wl,--gc-sections"
done
nothing_of_libgcc() {
    ! nm -u "$library" | grep -E ' __[a-z]+[dst]i[0-9]'
}
check "the runtime calls nothing of libgcc, which is part of the program" nothing_of_libgcc

# ---- whose __morestack is it --------------------------------------------------------------------
calls() { # FUNCTION CALLEE: in the program
    objdump -d --no-show-raw-insn "$folder/user" | awk -v "start=<$1>:" 'index($0, start) {on = 1} /^$/ {on = 0} on' |
        grep "call.*<$2>" >/dev/null
}
morestack_is_ours() {
    calls descend __morestack && calls __morestack growth_move
}
no_libgcc_growth() {
    ! nm "$folder/user" | grep -E '__generic_morestack|__splitstack'
}
# gold and lld have main() call it, which calls libc.
non_split_is_unreferenced() {
    ! objdump -d --no-show-raw-insn "$folder/user" | grep 'call.*<__morestack_non_split>'
}
for linker in bfd gold lld; do
    command -v "ld.$linker" >/dev/null || continue
    try "linked with $linker" "-O2 -fno-inline" "-fuse-ld=$linker"
    check "$linker: prologues call __morestack, which is ours" morestack_is_ours
    check "$linker: nothing of libgcc's segmented stacks is linked" no_libgcc_growth
    [ "$linker" != bfd ] || check "bfd: __morestack_non_split is unreferenced" non_split_is_unreferenced
done

# ---- a debugger sees through growth -------------------------------------------------------------
if command -v gdb >/dev/null; then
    sed 's/runtime_run(NULL,/runtime_run(\&(struct runtime_config){.procs = 1, .stack_strategy = STRATEGY},/' \
        "$folder/user.c" >"$folder/debugged.c"
    for strategy in CONTIGUOUS SEGMENTED RESERVED; do
        gcc -g -O2 -fsplit-stack -I. -DSTRATEGY="STACK_$strategy" "$folder/debugged.c" "$library" \
            -lpthread -lm -ldl -Wl,-z,now -o "$folder/debugged"
        # In the middle of growing for the 6th time, on the system stack (segments: the 100th).
        times=$([ "$strategy" = SEGMENTED ] && echo 99 || echo 5)
        said=$(gdb -batch -nx -ex 'set debuginfod enabled off' -ex 'break growth_move' -ex run \
            -ex "continue $times" -ex 'backtrace -12' "$folder/debugged" 2>&1)
        frames=$(grep -cE '^#[0-9]+ .*\bdescend ' <<<"$said")
        if [[ $said == *body* && $said == *coroutine_main* && $frames -ge 8 ]]; then
            ok "gdb walks from growth_move to the first frame, $strategy"
        else
            fail "gdb walks from growth_move to the first frame, $strategy" "$(tail -n 15 <<<"$said")"
        fi
    done
else
    echo "skip backtraces in gdb: it is not installed"
fi

cat >"$folder/user.c" <<'C'
#include "runtime/runtime.h"
static void fill(char *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ((volatile char *)bytes)[i] = 1;
    }
}
static void body(void *arg)
{
    char bytes[*(unsigned *)arg];
    fill(bytes, sizeof bytes);
}
int main(void)
{
    unsigned count = 100000;
    return runtime_run(0, body, &count);
}
C
gcc -O2 -fsplit-stack -I. -c "$folder/user.c" -o "$folder/user.o"
expect "the linker warns of a variable-length array" 0 \
    "alloca and variable-length arrays are not supported on coroutine stacks" \
    gcc "$folder/user.o" "$library" -lpthread -lm -ldl -Wl,-z,now -o "$folder/user"
expect "one that does not fit is a fatal error" 134 "of 100000 bytes does not fit" \
    bash -c "ulimit -c 0; $folder/user"
finish
