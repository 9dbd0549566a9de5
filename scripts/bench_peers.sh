#!/usr/bin/env bash
# Times the runtime beside its peers: the same operations in programs of their own, interleaved.
#
#   scripts/bench_peers.sh [--rounds N] [--seconds N] [--cpu N] [--go PATH]... [--with NAME=PROGRAM]...
#                          [--only NAME]... GROUP
#
# GROUP is a group of peers/: stacks, growing, allocs, marking, pauses, gcbench or costs (ours alone). `make bench-peers` builds the C programs first,
# build/release/peers/GROUP.NAME. Where peers/GROUP.go exists it is built with every Go found (PATH,
# /usr/lib/go-*/bin, --go). --with adds a program that is not in this tree. Every program prints
# lines `OPERATION<TAB>NUMBER[<TAB>UNIT]` (ns without a unit); operations of one name are compared.
#
# In each of N rounds (default 10) every program runs once, in an order drawn anew. Printed are the
# minimum and the median of each, and the median of the rounds' ratios ours/peer with its exact
# 95 % interval (the whole range below six rounds). --cpu pins every program to a core. --seconds, for pauses and
# gcbench, is how long a program measures (2): a p99.9 needs more. --only leaves out all programs but the named ones.
# Exit 0; 2 with a message when a program is missing or fails.
set -euo pipefail

die() {
    echo "bench_peers.sh: $*" >&2
    exit 2
}

rounds=10
pin=()
gos=()
extra=()
only=()
arguments=()
group=
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
        exit 0
        ;;
    --rounds | --seconds | --cpu | --go | --with | --only)
        [ $# -ge 2 ] || die "option '$1' needs a value"
        case $1 in
        --rounds) rounds=$2 ;;
        --cpu) pin=(taskset -c "$2") ;;
        --go) gos+=("$2") ;;
        --with) extra+=("$2") ;;
        --only) only+=("$2") ;;
        --seconds)
            [[ $2 =~ ^[1-9][0-9]*$ ]] || die "option '--seconds': expected a whole number above 0, got '$2'"
            arguments=(--seconds "$2")
            ;;
        esac
        shift 2
        ;;
    -*) die "unknown option '$1' (--help lists them)" ;;
    *)
        [ -z "$group" ] || die "expected one group, got '$group' and '$1'"
        group=$1
        shift
        ;;
    esac
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || die "option '--rounds': expected a whole number above 0, got '$rounds'"
cd "$(dirname "$0")/.."
[ ${#arguments[@]} -eq 0 ] || [[ $group =~ ^(pauses|gcbench)$ ]] || die "option '--seconds' is for pauses and gcbench"
[ -r "peers/${group:-none}.c" ] || die "expected a group with a peers/GROUP.c, got '$group'"

folder=build/release/peers
ours=$folder/$group.escapement
[ -x "$ours" ] || die "$ours: no such program (make bench-peers builds it)"
names=()
programs=()
for program in "$folder/$group".*; do
    case $program in
    *.d | *.o | *.go*) continue ;;
    esac
    names+=("${program#"$folder/$group."}")
    programs+=("$program")
done

sources=("peers/$group.go")
[[ ! $group =~ ^(pauses|gcbench)$ ]] || sources+=(peers/latency.go)
# One binary a Go version, rebuilt each time: its cache makes that cheap.
for go in $(command -v go || true) /usr/lib/go-*/bin/go "${gos[@]}"; do
    if [ -r "peers/$group.go" ] && version=$("$go" version 2>/dev/null); then
        name=$(awk '{print $3}' <<<"$version")
        case " ${names[*]} " in *" $name "*) continue ;; esac
        GO111MODULE=off GOFLAGS='' GOCACHE=$PWD/build/gocache "$go" build -o "$folder/$group.$name" \
            "${sources[@]}" || die "$go: cannot build peers/$group.go"
        names+=("$name")
        programs+=("$folder/$group.$name")
    fi
done
case "$group ${names[*]} " in
costs* | *" go"*) ;;
*) echo "note: no Go found (Debian: apt-get install golang-go): its rows are absent" ;;
esac
for library in boehm mimalloc; do
    case $group.$library in stacks.* | growing.* | costs.* | marking.mimalloc) continue ;; esac
    if [ ! -x "$folder/$group.$library" ] && [ -r "peers/peer_$library.h" ]; then
        echo "note: $library was not there when $group was built (scripts/setup.sh installs it): its rows are absent"
    fi
done
for pair in "${extra[@]}"; do
    [ -x "${pair#*=}" ] || die "option '--with': expected NAME=PROGRAM, got '$pair'"
    names+=("${pair%%=*}")
    programs+=("${pair#*=}")
done

for name in "${only[@]}"; do
    [[ " ${names[*]} " == *" $name "* ]] || die "option '--only': no program '$name', there are: ${names[*]}"
done
if [ ${#only[@]} -gt 0 ]; then
    for i in "${!names[@]}"; do
        [[ " ${only[*]} " == *" ${names[i]} "* ]] || unset "names[i]" "programs[i]"
    done
    names=("${names[@]}")
    programs=("${programs[@]}")
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for ((round = 1; round <= rounds; round++)); do
    for i in $(shuf -i "0-$((${#programs[@]} - 1))"); do
        [ ! -t 2 ] || printf '\rround %d of %d: %-20s' "$round" "$rounds" "${names[i]}" >&2
        "${pin[@]}" "${programs[i]}" "${arguments[@]}" >"$work/out" || die "${programs[i]}: failed with status $?"
        awk -F'\t' -v round="$round" -v name="${names[i]}" -v OFS='\t' \
            'NF >= 2 {print $1, name, round, $2, (NF > 2 ? $3 : "ns")}' "$work/out" >>"$work/all"
    done
done
[ ! -t 2 ] || printf '\r%40s\r' '' >&2
printf '%s: %d rounds, interleaved in random order; ratio: ours/peer, median and 95 %% interval over rounds\n\n' \
    "$group" "$rounds"
awk -F'\t' -v rounds="$rounds" -f scripts/bench_peers.awk "$work/all"
