#!/usr/bin/env bash
# Fetches the sources of zlib, lua, jansson and sqlite as this Debian ships them, and compiles each to one file of bitcode
# as the analyser wants it: build/oracle/NAME.bc, and build/oracle/sqlite/sqlite3.c. Nothing of theirs is in the tree.
#
#   scripts/escape_sources.sh      prints nothing when all is there; exit 2 when it cannot be had
#
# The source packages come through apt, from where this machine gets its packages; nothing of the system is changed.
set -euo pipefail
cd "$(dirname "$0")/.."
to=$PWD/build/oracle

die() {
    echo "escape_sources.sh: $*" >&2
    exit 2
}

fetch() { # SOURCE PACKAGE...
    local apt=$to/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$to/packages"
    # The configured sources, as sources of source packages.
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -e "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" && echo
    done >"$apt/source.sources"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$list" ] && sed -n 's/^deb /deb-src /p' "$list"
    done >"$apt/source.list" || true
    mkdir -p "$apt/parts" && mv "$apt/source.sources" "$apt/source.list" "$apt/parts/"
    local options=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/parts" -o "Dir::State::lists=$apt/lists"
        -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
    apt-get "${options[@]}" update || die "apt-get update failed"
    (cd "$to/packages" && apt-get "${options[@]}" source --download-only "$@" >/dev/null) ||
        die "apt-get source $* failed"
}

unpack() { # NAME PATTERN
    local archives
    mapfile -t archives < <(compgen -G "$to/packages/$2")
    [ ${#archives[@]} -gt 0 ] || die "no source archive like $2"
    mkdir -p "$to/$1" && tar xf "${archives[0]}" -C "$to/$1" --strip-components 1
}

compile() { # NAME SOURCES... -- OPTIONS
    local name=$1 sources=() source
    shift
    while [ "$1" != -- ]; do
        sources+=("$1")
        shift
    done
    shift
    mkdir -p "$to/objects"
    rm -f "$to/objects/$name".*
    for source in "${sources[@]}"; do
        clang-19 -O1 -Xclang -disable-llvm-passes -g -fno-discard-value-names -emit-llvm -w "$@" \
            -c "$source" -o "$to/objects/$name.$(basename "$source" .c).bc" || die "$source does not compile"
    done
    llvm-link-19 "$to/objects/$name".*.bc -o "$to/$name.bc.part"
    mv "$to/$name.bc.part" "$to/$name.bc"
}

have_all() {
    for name in zlib lua jansson sqlite; do
        [ -e "$to/$name.bc" ] || return 1
    done
}

have_all && exit 0
for program in clang-19 llvm-link-19 tclsh tar; do
    command -v $program >/dev/null || die "$program is missing: scripts/setup.sh --check installs it"
done
fetch zlib lua5.4 jansson sqlite3
unpack zlib 'zlib_*.orig.tar.*'
compile zlib "$to"/zlib/*.c -- -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE
unpack lua 'lua5.4_*.orig.tar.*'
rm -f "$to/lua/src/luac.c"
compile lua "$to"/lua/src/*.c -- -DLUA_USE_LINUX
unpack jansson 'jansson_*.orig.tar.*'
cp "$to/jansson/android/jansson_config.h" "$to/jansson/src/"
touch "$to/jansson/src/jansson_private_config.h"
compile jansson "$to"/jansson/src/*.c -- -DHAVE_STDINT_H -DHAVE_UNISTD_H -DHAVE_SYS_TIME_H
unpack sqlite 'sqlite3_*.orig.tar.*'
(cd "$to/sqlite" && { [ -e sqlite3.c ] || { ./configure --disable-tcl && make sqlite3.c; }; }) >"$to/sqlite.log" 2>&1 ||
    die "sqlite3.c was not made: see build/oracle/sqlite.log"
compile sqlite "$to/sqlite/sqlite3.c" -- -DSQLITE_THREADSAFE=1
