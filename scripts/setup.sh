#!/usr/bin/env bash
# Installs what is missing to build, measure and test; the only place that does.
#
#   scripts/setup.sh           what `make bench` and `make test` need
#   scripts/setup.sh --check   and what `make check` needs
#   scripts/setup.sh --list    print the names of the missing packages, install nothing
#
# Nothing is installed, and nobody is asked for a password, when nothing is missing: a machine prepared by
# its administrator, or by other means than Debian's packages, needs no rights. Exit 0; 2 when packages are missing
# and cannot be installed. What is optional may stay missing: a note says so.
set -euo pipefail

# A package, and how to see that what we want of it is there: a header, a command or a file.
required="
g++                  command g++
libbenchmark-dev     header benchmark/benchmark.h
libjansson-dev       header jansson.h
libgsl-dev           header gsl/gsl_cdf.h
gnuplot-nox          command gnuplot
fonts-dejavu-core    file /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
hyperfine            command hyperfine
binutils             command objdump
libbenchmark-tools   file /usr/share/benchmark/compare.py
python3-scipy        python scipy.stats
valgrind             header valgrind/callgrind.h
llvm-19-dev          command llvm-config-19
clang-19             command clang-19
libclang-rt-19-dev   file /usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.asan-$(uname -m).a
"
# Placements and peers of their own. Without one of these everything else works, and it is reported as absent.
optional="
libgc-dev            header gc/gc.h
libmimalloc-dev      header mimalloc.h
libjemalloc-dev      header jemalloc/jemalloc.h
"
for_check="
clang-format-19      command clang-format-19
clang-tidy-19        command clang-tidy-19
shellcheck           command shellcheck
csmith               command csmith
libcsmith-dev        header csmith/csmith.h
lld                  command ld.lld
gdb                  command gdb
gcc-aarch64-linux-gnu command aarch64-linux-gnu-gcc
libc6-dev-arm64-cross file /usr/aarch64-linux-gnu/include/stdio.h
qemu-user            command qemu-aarch64
tcl                  command tclsh
"

die() {
    echo "setup.sh: $*" >&2
    exit 2
}

is_present() { # KIND WHAT
    case $1 in
    command) command -v "$2" >/dev/null ;;
    file) test -e "$2" ;;
    header) echo "#include <$2>" | "${CXX:-g++}" -x c++ -E - >/dev/null 2>&1 ;;
    python) /usr/bin/python3 -c "import $2" >/dev/null 2>&1 ;;
    esac
}

missing() {
    while read -r package kind what; do
        if [ -n "$package" ] && ! is_present "$kind" "$what"; then
            echo "$package"
        fi
    done
}

install_as_root() { # PREFIX... : nothing, or sudo
    echo "setup.sh: installing ${packages[*]}" >&2
    "$@" apt-get update -qq || die "apt-get update failed"
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${packages[@]}" >/dev/null || die "apt-get could not install: ${packages[*]}"
}

can_be_root() { # without asking for a password
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# Tried once a list: a machine without network must not wait for it at every make.
install_optional() {
    local refused=build/setup_refused
    mapfile -t packages < <(missing <<<"$optional")
    [ ${#packages[@]} -gt 0 ] || return 0
    if [ "$(cat "$refused" 2>/dev/null)" != "${packages[*]}" ] && command -v apt-get >/dev/null && can_be_root; then
        # In a shell of its own: what dies there is only reported here.
        if [ "$(id -u)" -eq 0 ]; then (install_as_root) || true; else (install_as_root sudo) || true; fi
        mapfile -t packages < <(missing <<<"$optional")
        [ ${#packages[@]} -gt 0 ] || return 0
    fi
    mkdir -p build && echo "${packages[*]}" >"$refused"
    echo "setup.sh: note: not installed, and so absent from builds: ${packages[*]}" >&2
}

cd "$(dirname "$0")/.."
wanted=$required
list_only=false
for option in "$@"; do
    case $option in
    --check) wanted+=$for_check ;;
    --list) list_only=true ;;
    *) die "unknown option '$option'; --check and --list are known" ;;
    esac
done

if $list_only; then
    missing <<<"$wanted$optional"
    exit 0
fi
mapfile -t packages < <(missing <<<"$wanted")
if [ ${#packages[@]} -eq 0 ]; then
    install_optional
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    die "missing (by Debian's names): ${packages[*]}; install them with this system's package manager"
elif [ "$(id -u)" -eq 0 ]; then
    install_as_root
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    install_as_root sudo
else
    die "missing packages, and no rights to install them. Ask an administrator for:
  apt-get install --no-install-recommends ${packages[*]}"
fi
mapfile -t packages < <(missing <<<"$wanted")
[ ${#packages[@]} -eq 0 ] || die "still missing after the installation: ${packages[*]}"
install_optional
