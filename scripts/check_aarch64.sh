#!/usr/bin/env bash
# Builds the runtime for aarch64 and runs tests of it under qemu-user.
#
# Needs Debian's gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user; without them it says so and succeeds.
# Prints a line a test program and ends with "N passed, N failed". Left out are tests that ask for other strategies
# than reserved stacks, for preemption in prologues or names in backtraces, and those that take minutes when emulated.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

cross=aarch64-linux-gnu-gcc
for program in $cross qemu-aarch64; do
    if ! command -v "$program" >/dev/null; then
        echo "skip aarch64: $program is not installed"
        exit 0
    fi
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

flags=(-std=gnu17 -O2 -g -I. -Wall -Wextra -Werror -falign-functions=64)
build() {
    local source
    for source in base/die.c runtime/*.c runtime/aarch64/*.S; do
        "$cross" "${flags[@]}" -c "$source" -o "$work/$(basename "$source").o" || return 1
    done
    aarch64-linux-gnu-ar rcs "$work/libruntime.a" "$work"/*.o
}
check "the runtime builds for aarch64, without a warning" build

# qemu keeps books on every page that is reserved: the guest gets 16 GiB of addresses, and stacks of 1 MiB.
run() { # TEST [PART OF A TEST'S NAME...]
    local test=$1
    shift
    "$cross" "${flags[@]}" -Wno-error "tests/$test.c" tests/test_main.c tests/forced_config.c tests/shadow.c "$work/libruntime.a" -static \
        -Wl,--wrap=runtime_run -lpthread -lm -ldl -o "$work/$test" &&
        TEST_STACK_BYTES_MAX=1048576 timeout 300 qemu-aarch64 -R 0x400000000 "$work/$test" "$@"
}
check "channels" run test_channel eight prime contents closed
check "coroutines" run test_coroutine spawned argument waiting libc
check "work for several coroutines" run test_scheduler lost
check "the heap" run test_heap
check "the collector" run test_collector long roots
check "signals" run test_fault alternate
finish
