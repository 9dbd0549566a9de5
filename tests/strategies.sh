#!/usr/bin/env bash
# The runtime's tests again, under the strategies that they do not ask for, or under stress.
#
#   tests/strategies.sh             segmented and reserved
#   tests/strategies.sh --stress    all three, moving the stack or beginning a segment at every call
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

stress=0
strategies="segmented reserved"
name="unchanged"
tests="test_channel test_collector test_coroutine test_heap test_scheduler"
if [ "${1-}" = --stress ]; then
    stress=1
    strategies="contiguous segmented reserved"
    name="under stress"
else
    tests+=" model_heap" # it runs for too long under stress
fi
for strategy in $strategies; do
    for test in $tests; do
        check "$test, $strategy stacks, $name" \
            env TEST_STRATEGY="$strategy" TEST_STRESS="$stress" "build/${VARIANT:-release}/tests/$test"
    done
done
finish
