# shellcheck shell=bash
# Sourced by the shell tests: counts, and three ways to check.
passed=0
failed=0

ok() {
    echo "ok   $1"
    passed=$((passed + 1))
}

fail() { # NAME DETAIL...
    echo "FAIL $1"
    shift
    printf '     %s\n' "$@"
    failed=$((failed + 1))
}

check() { # NAME COMMAND... : the command succeeds
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then ok "$name"; else fail "$name" "$*" "$said"; fi
}

expect() { # NAME STATUS TEXT COMMAND... : this status, and this text somewhere in what it prints
    local name=$1 status=$2 text=$3 said got
    shift 3
    said=$("$@" 2>&1)
    got=$?
    if [ "$got" -eq "$status" ] && [[ $said == *"$text"* ]]; then
        ok "$name"
    else
        fail "$name" "$*" "status $got, expected $status and '$text' in:" "$(tail -n 5 <<<"$said")"
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
