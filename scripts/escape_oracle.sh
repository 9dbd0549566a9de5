#!/usr/bin/env bash
# The analyser beside LLVM's own inference of captured parameters, on zlib, lua, jansson and sqlite, and how fast it is.
#
#   scripts/escape_oracle.sh [--list CLASS]     CLASS: a word of the table; lists the parameters in it
#
# docs/escape.md explains the classes. Exit 1 when a difference has no class, 2 when the sources cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/escape_sources.sh
make -s -j"$(nproc)" VARIANT=release build/release/escape build/release/tests/escape/oracle
build/release/tests/escape/oracle "$@" build/oracle/{zlib,lua,jansson,sqlite}.bc
