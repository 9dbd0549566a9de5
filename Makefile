# escapement: paired stack-versus-heap benchmarks. `make help` lists the targets.
#
# Sources are listed by hand: a new file is a decision. A variant is a set of flags and a folder
# under build/; the targets of the main job use `release`.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/bash

VERSION := 0.1.0
VARIANT ?= release
BUDGET ?= 2m
ROUNDS ?= 10
RUNS ?= 3
PREFIX ?= /usr/local
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

CC := gcc
CXX := g++
AR := ar
LLVM_CONFIG := llvm-config-19
CLANG := clang-19
CLANG_FORMAT := clang-format-19
CLANG_TIDY := clang-tidy-19
B := build/$(VARIANT)

# ---- variants -------------------------------------------------------------------------------
# UBSan computes object sizes from negated addresses, which no copy of a stack finds.
# Sanitizers need more stack than the compiler knows of.
FLAGS_release := -O2 -DASSERT_OFF
FLAGS_debug := -Og -Werror
FLAGS_asan := -O1 -fsanitize=address -DSTACK_SLACK_BYTES=16384
FLAGS_ubsan := -O1 -fsanitize=undefined -fno-sanitize=object-size -fno-sanitize-recover=all -DSTACK_SLACK_BYTES=4096
# Without entries and exits a coroutine needs no fibre of its own, of which there are 8128 at most, each 64 Ki calls deep;
# reports show one frame. `fibres` is the usual way.
FLAGS_tsan := -O1 -fsanitize=thread --param tsan-instrument-func-entry-exit=0 -DFIBRE_TSAN_OFF -DSTACK_SLACK_BYTES=16384
FLAGS_fibres := -O1 -fsanitize=thread -DSTACK_SLACK_BYTES=16384
# Rules of the analyser can be switched off one by one: scripts/escape_mutation.sh counts which tests notice.
FLAGS_mutation := -O2 -DASSERT_OFF -DESCAPE_MUTATION
VARIANTS := release debug asan ubsan tsan fibres mutation
ifeq ($(filter $(VARIANT),$(VARIANTS)),)
$(error VARIANT=$(VARIANT) is none of $(VARIANTS))
endif

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wvla -Walloca
COMMON := -g -I. -MMD -MP -fno-plt -falign-functions=64 $(FLAGS_$(VARIANT))
CFLAGS_ALL := -std=gnu17 $(COMMON) $(WARNINGS) -Wstrict-prototypes -Wmissing-prototypes $(CFLAGS)
CXXFLAGS_ALL := -std=c++17 $(COMMON) -Wall -Wextra $(CXXFLAGS)
LDFLAGS_ALL := -no-pie -Wl,-z,now $(filter -fsanitize=%,$(FLAGS_$(VARIANT))) $(LDFLAGS)
SPLIT := -fsplit-stack -Werror=vla -Werror=alloca -Werror=trampolines

# ---- what there is --------------------------------------------------------------------------
# Other allocators and collectors: what is not installed is not built, and reported as absent. Neither is it where a
# sanitizer has taken malloc()'s place: whose an object is could not be told.
LIBRARIES := boehm mimalloc jemalloc
HEADER_boehm := gc/gc.h
HEADER_mimalloc := mimalloc.h
HEADER_jemalloc := jemalloc/jemalloc.h
FILE_boehm := $(shell $(CC) -print-file-name=libgc.so)
FILE_mimalloc := $(shell $(CC) -print-file-name=libmimalloc.so)
FILE_jemalloc := $(shell $(CC) -print-file-name=libjemalloc.a)
is_present = $(if $(wildcard $(FILE_$1)),$(shell echo '\#include <$(HEADER_$1)>' | $(CC) -x c -E - >/dev/null 2>&1 && echo $1))
PRESENT := $(if $(filter-out asan tsan fibres,$(VARIANT)),$(foreach l,$(LIBRARIES),$(call is_present,$l)))
# Where LLVM is not installed there is no analyser, and so no `auto`; it is built for people to time, not for sanitizers.
HAS_LLVM := $(and $(shell command -v $(LLVM_CONFIG) 2>/dev/null),$(shell command -v $(CLANG) 2>/dev/null))
AUTO := $(if $(and $(HAS_LLVM),$(filter x86_64,$(shell uname -m)),$(filter release debug,$(VARIANT))),auto)
# What stands beside `auto` in a pair comes from its compiler too: else the pair would compare compilers.
MATCHED := $(if $(AUTO),stack gc)

# ---- what was built from --------------------------------------------------------------------
COMMIT := $(shell git rev-parse --short=7 HEAD 2>/dev/null || echo unknown)
DIRTY := $(shell git status --porcelain --untracked-files=no 2>/dev/null | grep -q . && echo 1 || echo 0)
COMPILER := $(shell $(CC) --version 2>/dev/null | sed -n '1s/^\([^ ]*\).* \([0-9.]*\)$$/\1 \2/p')
COMPILER_AUTO := $(if $(AUTO),$(shell $(CLANG) --version 2>/dev/null | sed -n '1s/^.*\(clang\) version \([0-9.]*\).*$$/\1 \2/p'))
TIMED_FLAGS := $(FLAGS_$(VARIANT)) -falign-functions=64 -falign-loops=16 -fsplit-stack -fno-pie
VERSION_FLAGS := -DESCAPEMENT_VERSION='"$(VERSION)"' -DESCAPEMENT_COMMIT='"$(COMMIT)"' \
  -DESCAPEMENT_DIRTY=$(DIRTY) -DESCAPEMENT_HAS_AUTO=$(if $(AUTO),1,0) -DESCAPEMENT_CFLAGS='"$(TIMED_FLAGS)"' \
  -DESCAPEMENT_COMPILER='"$(COMPILER)"' -DESCAPEMENT_COMPILER_AUTO='"$(COMPILER_AUTO)"' -DESCAPEMENT_ABSENT='"$(strip $(filter-out $(PRESENT),$(LIBRARIES)) $(if $(AUTO),,auto))"'

# ---- sources --------------------------------------------------------------------------------
BASE := die
RUNTIME_HEAP := barrier central collector gc_histogram gc_trace heap heap_cache heap_cache_check heap_internal mark_ambiguous mark_check mark_choice mark_follow mark_queue mark_stack mark_wait marker os_memory \
  pacer page_bins page_heap page_return root size_class snapshot span sweep
RUNTIME_STACKS := fault growth reserve segment stack stack_profile
RUNTIME := channel channel_select clock coroutine coroutine_pool dynamic_frame fatal hosted lock monitor preempt \
  proc runtime scheduler stop_signal symbol world world_ask wrap_thread \
  $(RUNTIME_STACKS) $(RUNTIME_HEAP)
RUNTIME_ASM_x86_64 := context_call context_leave context_start context_switch context_visit morestack
RUNTIME_ASM_aarch64 := call_aarch64 leave_aarch64 limit_aarch64 start_aarch64 switch_aarch64 visit_aarch64
RUNTIME_ASM = $(RUNTIME_ASM_$(ARCH))
WORKER := core_ticks count counter_advice counter_event counter_linux counter_page counter_set gbench \
  histogram measure measure_counters measure_latency measure_strategies measured_side pair_sides \
  placement sentinel strategy \
  system_file worker_count worker_counters worker_latency worker_main worker_pair worker_sites worker_table
ESCAPEMENT := affinity agreement benchmarks_json budget cache_model catalog chart_counter chart_crosscheck \
  chart_data chart_field chart_head chart_instructions chart_misses chart_misses_title \
  chart_overview chart_pair chart_percentiles chart_process \
  chart_short_lived chart_strategies cleanup command_doctor command_list command_process command_report \
  command_run condition core_ticks counter_advice counter_probe counters display disturbance doctor \
  environment environment_file escapement explain histogram hypervisor interrupt interval latency latency_file \
  latency_launch latency_side latency_table launch libc_identity machine_cost options \
  output_file pair pairs_json plan probe_activity probe_kernel probe_processor \
  probe_timing probe_tools process_json process_raw process_table progress results \
  run_file sample samples_csv session simulate table_counters \
  system_file table table_text verdict worker
ESCAPE := allocator analysis arena bitcode_version build call carry clang compdb component conclude declare describe \
  effects escape_main escape_options finding flow freed graph input intrinsic loop_tree placed path \
  report report_json report_sarif rewrite rewrite_barrier rewrite_check rewrite_host rewrite_ir rewrite_literal \
  rewrite_move rewrite_promote rule site solve target type_map value_map
WORKLOADS := short_lived return_pointer scratch_buffer slice_growth tree closure pointer_chase \
  boxing channel_send dynamic_size global_store large_object loop_previous \
  fan_in hot_split parked ping_pong recursion spawn switch
WORKLOADS += live_heap retention sharing forest lru_cache
WORKLOADS_CONTROL := short_lived tree
PLACEMENTS := stack gc malloc $(AUTO) $(PRESENT)
# Boehm's collector does not see what is in a channel only (docs/method.md).
PLACEMENTS_fan_in := $(filter-out boehm,$(PLACEMENTS))
# On stacks of 2 KiB no foreign allocator fits; and some have no object, only a stack.
PLACEMENTS_recursion := stack gc
PLACEMENTS_spawn := stack gc
PLACEMENTS_hot_split := stack
PLACEMENTS_parked := stack
placements_of = $(or $(PLACEMENTS_$1),$(PLACEMENTS))
# Whole programs (`make bench-process`), each built once a placement.
MACROS := binary_trees json_parser ray_tracer
# The runtime beside its peers (`make bench-peers`): GROUP.NAME is built from peers/GROUP.c; the groups of the heap once a
# library, each with its peers/peer_*.h.
PEER_GROUPS := stacks growing allocs marking pauses gcbench costs
PEERS_HEAP := allocs pauses gcbench
PEER_LIBRARIES := glibc $(filter boehm mimalloc,$(PRESENT))
PEERS_GROWING := growing.escapement growing.segmented growing.reserved
# Only collectors mark; ours does it as it chooses, and in each of its two ways as the controls.
PEERS_MARKING := marking.escapement marking.spans marking.objects $(if $(filter boehm,$(PRESENT)),marking.boehm)
PEERS := stacks.escapement costs.escapement $(PEERS_MARKING) $(PEERS_GROWING) growing.thread $(foreach g,$(PEERS_HEAP),$(foreach l,escapement $(PEER_LIBRARIES),$g.$l))
OFFSETS := 0 16 32 48
ARCH := $(shell uname -m)

# Tests of the runtime run as coroutines do; tests of the harness need its libraries.
TESTS_STACKS := test_fault test_stack_profile test_strategies
TESTS_RUNTIME := test_barrier test_barrier_log test_central test_channel test_collector test_coroutine test_exhaustion test_fragmentation test_gc_trace test_heap test_heap_stats test_pacer test_page_heap test_page_return test_scheduler test_sentinel test_size_class \
  test_world test_write_oracle model_channel model_graph model_heap model_mutators $(TESTS_STACKS)
TESTS_RUNTIME += test_ambiguous test_stop_signal test_mark_check test_mark_choice test_mark_queue test_mark_wait test_parallel_mark test_placement test_stale_words test_stepped
# What AddressSanitizer must say of coroutine stacks.
TESTS_RUNTIME += $(if $(filter asan,$(VARIANT)),test_stack_errors)
# What some of them share; linked where a rule below says so.
TESTS_SUPPORT := board hiding shadow write_oracle
TESTS_HARNESS := test_budget test_cache_model test_chart_data test_chart_strategies test_condition test_counter_linux \
  test_counter_page test_counter_set test_display \
  test_histogram test_interval test_latency_side test_options test_pair test_plan \
  test_verdict

BASE_O := $(BASE:%=$B/base/%.o)
RUNTIME_O := $(BASE_O) $(RUNTIME:%=$B/runtime/%.o) $(RUNTIME_ASM:%=$B/runtime/$(ARCH)/%.o)
LIBRARY_O := $(PRESENT:%=$B/harness/library_%.o) $(if $(filter jemalloc,$(PRESENT)),$B/jemalloc.o)
# mimalloc defines malloc() as well; libc comes before it, so every malloc() is libc's.
LIBC_FIRST := -Wl,--push-state,--no-as-needed,-lc,--pop-state
LIBRARY_LINK := $(if $(filter boehm,$(PRESENT)),-lgc) $(if $(filter mimalloc,$(PRESENT)),$(LIBC_FIRST) -lmimalloc)
WORKER_O := $(WORKER:%=$B/harness/%.o) $(LIBRARY_O)
ESCAPEMENT_O := $(ESCAPEMENT:%=$B/harness/%.o)
# Not under $B/escape, which is the program.
ESCAPE_O := $(ESCAPE:%=$B/obj/escape/%.o)

# A workload is compiled once a placement and offset, for A/A controls a second time (twin), beside
# `auto` by its compiler (matched), and once a placement with notes, for the check of where its objects are.
TIMED_O := $(foreach w,$(WORKLOADS),$(foreach p,$(call placements_of,$w),$(foreach o,$(OFFSETS),\
  $B/benches/$w.$p.timed.$o.o)))
TWIN_O := $(foreach w,$(WORKLOADS_CONTROL),$(foreach p,$(call placements_of,$w),$(foreach o,$(OFFSETS),\
  $B/benches/$w.$p.twin.$o.o)))
NOTED_O := $(foreach w,$(WORKLOADS),$(foreach p,$(call placements_of,$w),$B/benches/$w.$p.noted.0.o))
matched_of = $(if $(filter auto,$(call placements_of,$1)),$(filter $(MATCHED),$(call placements_of,$1)))
MATCHED_O := $(foreach w,$(WORKLOADS),$(foreach p,$(call matched_of,$w),$(foreach o,$(OFFSETS),\
  $B/benches/$w.$p.matched.$o.o)))
BENCHES_O := $(TIMED_O) $(TWIN_O) $(NOTED_O) $(MATCHED_O)

# The worker linked in five orders: launches rotate over them, because where code lies relative to
# other code moves short loops by per cents.
LINK_ORDERS := 1 2 3 4
WORKERS := $B/worker $(LINK_ORDERS:%=$B/worker.%)
MACRO_PROGRAMS := $(foreach m,$(MACROS),$(foreach p,$(PLACEMENTS),$B/macros/$m.$p))
PROGRAMS := $(WORKERS) $B/escapement $(MACRO_PROGRAMS) $(if $(HAS_LLVM),$B/escape)
TEST_PROGRAMS := $(TESTS_RUNTIME:%=$B/tests/%) $(TESTS_HARNESS:%=$B/tests/%)

# ---- the targets people use -----------------------------------------------------------------
.PHONY: help setup bench bench-process bench-peers test check plots report build runtime clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  BUDGET=30s       time that `make bench` measures (default 2m)'
	@echo '  ARGS="..."       further options for `escapement run`'
	@echo '  ROUNDS=6 RUNS=2  rounds of `make bench-process` and `bench-peers`, processes a round (default 10 of 3)'
	@echo '  VARIANT=...      $(VARIANTS)'
	@echo '  V=1              show the commands'

setup: ## install missing packages (Debian, Ubuntu)
	@scripts/setup.sh

bench: ## measure the default set, print the verdicts, draw the charts
	@scripts/setup.sh
	@$(MAKE) -j$$(nproc) VARIANT=release build
	@build/release/escapement run --budget $(BUDGET) $(ARGS)
	@scripts/plots.sh results/latest

bench-process: ## time whole programs with hyperfine, with their memory
	@scripts/setup.sh
	@$(MAKE) -j$$(nproc) VARIANT=release build/release/escapement build/release/macros
	@scripts/bench_process.sh --rounds $(ROUNDS) --runs $(RUNS)

bench-peers: ## time the runtime beside Go and other peers, interleaved
	@scripts/setup.sh
	@$(MAKE) -j$$(nproc) VARIANT=release $(PEERS:%=build/release/peers/%)
	@set -e; for group in $(PEER_GROUPS); do scripts/bench_peers.sh --rounds $(ROUNDS) $(ARGS) $$group; echo; done

plots: ## draw the charts of results/latest again, without measuring
	@scripts/setup.sh
	@$(MAKE) -j$$(nproc) VARIANT=release build
	@scripts/plots.sh results/latest

report: ## print the table of results/latest again
	@scripts/setup.sh
	@$(MAKE) -j$$(nproc) VARIANT=release build
	@build/release/escapement report

test: ## run the fast suite
	@scripts/setup.sh
	@$(MAKE) -j$$(nproc) VARIANT=release build build/release/tests
	@scripts/test.sh release

check: ## test, then sanitizers, stress modes, static analysis, style
	@scripts/setup.sh --check
	@$(MAKE) test
	@scripts/check.sh

build: $(PROGRAMS) ## compile the programs
runtime: $B/libruntime.a ## compile the runtime library

clean: ## remove what was built; results stay
	$Q rm -rf build

# ---- rules ----------------------------------------------------------------------------------
.PHONY: build/$(VARIANT)/tests build/$(VARIANT)/macros
build/$(VARIANT)/macros: $(MACRO_PROGRAMS)
	@:
build/$(VARIANT)/tests: $(TEST_PROGRAMS) $B/tests/escape/generate $(if $(HAS_LLVM),$B/tests/escape/oracle) $B/worker_broken $B/worker_counting $(PEERS:%=$B/peers/%)

# Only what takes a while to appear is announced; V=1 shows every command.
say = @$(if $(filter 1,$(V)),:,printf '  %-5s %s\n') '$1' '$2'

# Rewritten only when its text changes, so that a new commit recompiles what names it.
$B/version.stamp: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(VERSION_FLAGS))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(VERSION_FLAGS))' > $@
FORCE:

# The flags of everything else.
$B/flags.stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS_ALL)' | cmp -s - $@ || echo '$(CC) $(CFLAGS_ALL)' > $@

# The library serves position-independent programs as well; what we time ourselves is linked at a fixed address.
PIC := -fPIE
# What AddressSanitizer leaves free between the locals of the runtime's own functions would keep what earlier calls left there,
# for the collector to find.
LIBRARY := $(PIC) $(addprefix -include ,$(wildcard runtime/$(ARCH)/split_note.h)) $(if $(filter asan,$(VARIANT)),--param asan-stack=0)
FIXED := -fno-pie

define compile
	@mkdir -p $(@D)
	$Q$(CC) $(CFLAGS_ALL) $1 -c $< -o $@
endef

# Our functions lie in a section of their own: a signal that comes there does not stop a coroutine (runtime/stop_signal.h).
OBJCOPY := objcopy
IN_RUNTIME_TEXT = $(if $(filter x86_64,$(ARCH)),$(OBJCOPY) $(foreach s,.text .text.hot .text.unlikely .text.startup,--rename-section $s=escapement_text) $@)
define compile_runtime
	$(call compile,$1)
	$Q$(IN_RUNTIME_TEXT)
endef

$B/base/%.o: base/%.c $B/flags.stamp
	$(call compile,$(LIBRARY))
$B/runtime/%.o: runtime/%.c $B/flags.stamp
	$(call compile_runtime,$(LIBRARY))
# Their functions run on whatever is left of a coroutine's stack.
$B/runtime/heap.o $B/runtime/barrier.o: $B/runtime/%.o: runtime/%.c $B/flags.stamp
	$(call compile_runtime,$(LIBRARY) $(if $(filter release,$(VARIANT)),-Wframe-larger-than=128))
# These run while vector registers hold a function's arguments.
$B/runtime/stack.o $B/runtime/growth.o $B/runtime/preempt.o $B/runtime/reserve.o $B/runtime/segment.o: $B/runtime/%.o: runtime/%.c $B/flags.stamp
	$(call compile_runtime,$(LIBRARY) -mgeneral-regs-only)
$B/runtime/%.o: runtime/%.S $B/flags.stamp
	@mkdir -p $(@D)
	$Q$(CC) -g -I. -MMD -MP -c $< -o $@
	$Q$(IN_RUNTIME_TEXT)
$B/harness/measure.o $B/harness/measure_counters.o $B/harness/measure_latency.o \
  $B/harness/measure_strategies.o $B/harness/measured_side.o $B/harness/sentinel.o $B/harness/count.o: $B/harness/%.o: harness/%.c $B/flags.stamp
	$(call compile,$(FIXED) $(SPLIT))
$B/harness/%.o: harness/%.c $B/flags.stamp $B/version.stamp
	$(call compile,$(FIXED) $(VERSION_FLAGS))
$B/harness/%.o: harness/%.cc $B/flags.stamp
	@mkdir -p $(@D)
	$Q$(CXX) $(CXXFLAGS_ALL) $(FIXED) -c $< -o $@

# $1 workload, $2 placement, $3 copy, $4 offset, $5 folder of the source. The nops of -fpatchable-function-entry stand before
# the aligned entry and are never run: they move the function, and with it its loops, by the offset.
define workload_rule
$B/$5/$1.$2.$3.$4.o: $5/$1.c $B/flags.stamp
	@mkdir -p $$(@D)
	$Q$$(CC) $$(CFLAGS_ALL) $$(FIXED) $$(SPLIT) -falign-loops=16 \
	  $(if $(filter-out 0,$4),-fpatchable-function-entry=$4$(comma)$4) \
	  -DPLACEMENT_HEADER='"harness/placement_$2.h"' -DWORKLOAD_OFFSET=$4 \
	  -DWORKLOAD_COPY=WORKLOAD_$(shell echo $3 | tr a-z A-Z) $(if $(filter noted,$3),-DWORKLOAD_NOTES) \
	  $(if $(filter watched,$3),-DHEAP_OUT_OF_LINE) -c $$< -o $$@
endef
comma := ,
# Placement `auto` goes through the analyser, and so through clang. Clang writes what depends on a function, such as
# its stack check and its alignment, into the bitcode; the rest belongs to the second step.
# DWARF 4: valgrind 3.19, Debian 12's, gives up on clang's DWARF 5.
CLANG_FLAGS := -std=gnu17 -gdwarf-4 -I. $(FLAGS_$(VARIANT)) $(FIXED) -fno-plt -falign-functions=64 -falign-loops=16
# $1 what else clang is told in the first step.
define auto_steps
	@mkdir -p $$(@D)
	$Q$B/escape --place=auto --json --effects=harness/workload_effects.txt --clang=$(CLANG) -o $$(@:.o=.bc) $$< -- \
	  $(CLANG_FLAGS) -fsplit-stack -DPLACEMENT_HEADER='"harness/placement_auto.h"' $1 \
	  -MMD -MP -MF $$(@:.o=.d) -MT $$@ >$$(@:.o=.json) 2>$$(@:.o=.log) || { cat $$(@:.o=.log) >&2; false; }
	$Q$(CLANG) $(CLANG_FLAGS) -Wno-unused-command-line-argument \
	  -Xclang -mlink-bitcode-file -Xclang $B/harness/opaque.bc -c $$(@:.o=.bc) -o $$@
endef
AUTO_INPUTS := $B/escape $B/harness/opaque.bc harness/workload_effects.txt $B/flags.stamp
define auto_rule
$B/$5/$1.$2.$3.$4.o: $5/$1.c $(AUTO_INPUTS)
$(call auto_steps,$(if $(filter-out 0,$4),-fpatchable-function-entry=$4$(comma)$4) -DWORKLOAD_OFFSET=$4 \
  -DWORKLOAD_COPY=WORKLOAD_$(shell echo $3 | tr a-z A-Z) $(if $(filter noted,$3),-DWORKLOAD_NOTES))
endef
# $1 workload, $2 placement, $3 offset. Clang does not know `noclone`.
define matched_rule
$B/benches/$1.$2.matched.$3.o: benches/$1.c $B/flags.stamp
	@mkdir -p $$(@D)
	$Q$(CLANG) $(CLANG_FLAGS) -fsplit-stack -Wno-unknown-attributes $(if $(filter-out 0,$3),-fpatchable-function-entry=$3$(comma)$3) \
	  -DPLACEMENT_HEADER='"harness/placement_$2.h"' -DWORKLOAD_OFFSET=$3 -DWORKLOAD_COPY=WORKLOAD_MATCHED -MMD -MP -c $$< -o $$@
endef
$B/harness/opaque.bc: harness/opaque.ll
	@mkdir -p $(@D)
	$Q$$($(LLVM_CONFIG) --bindir)/llvm-as $< -o $@
rule_of = $(if $(filter auto,$1),auto_rule,workload_rule)
$(foreach w,$(WORKLOADS),$(foreach p,$(call placements_of,$w),\
  $(foreach o,$(OFFSETS),$(eval $(call $(call rule_of,$p),$w,$p,timed,$o,benches)))\
  $(eval $(call $(call rule_of,$p),$w,$p,noted,0,benches))))
$(foreach w,$(WORKLOADS_CONTROL),$(foreach p,$(call placements_of,$w),\
  $(foreach o,$(OFFSETS),$(eval $(call $(call rule_of,$p),$w,$p,twin,$o,benches)))))

$(foreach w,$(WORKLOADS),$(foreach p,$(call matched_of,$w),$(foreach o,$(OFFSETS),$(eval $(call matched_rule,$w,$p,$o)))))

$B/libruntime.a: $(RUNTIME_O)
	$(call say,AR,$@)
	$Qrm -f $@ && $(AR) rcs $@ $^

# jemalloc's malloc() under a name of its own, everything else of it local: an allocator beside libc's.
JEMALLOC_NAMES := malloc free realloc mallctl
$B/jemalloc.o: $(FILE_jemalloc)
	@mkdir -p $(@D)
	$Qld -r $(JEMALLOC_NAMES:%=-u %) $< -o $@.all
	$Qobjcopy $(foreach n,$(JEMALLOC_NAMES),--redefine-sym $n=je_$n --keep-global-symbol=je_$n) $@.all $@
	@rm -f $@.all

LINK_WORKER = $(CXX) $1 $(LDFLAGS_ALL) -lbenchmark -lpthread -lm -ldl $(LIBRARY_LINK) -o $@
$B/worker: $(WORKER_O) $(BENCHES_O) $B/libruntime.a
	$(call say,LINK,$@)
	$Q$(call LINK_WORKER,$^)
# The number of the order keys a hash of the names: the same order in every build.
$(LINK_ORDERS:%=$B/worker.%): $B/worker.%: $(WORKER_O) $(BENCHES_O) $(filter-out %/wrap_thread.o,$(RUNTIME_O))
	$(call say,LINK,$@)
	$Q$(call LINK_WORKER,$$(for object in $^; do \
	  echo "$$(echo "$* $$object" | cksum) $$object"; done | sort -n | awk '{print $$3}'))

$B/escapement: $(ESCAPEMENT_O) $(BASE_O)
	$(call say,LINK,$@)
	$Q$(CC) $^ $(LDFLAGS_ALL) -ljansson -lgsl -lgslcblas -lm -o $@

# LLVM's headers are the system's: our warnings are not for them.
LLVM_CFLAGS = $(patsubst -I%,-isystem %,$(filter -I%,$(shell $(LLVM_CONFIG) --cflags)))
LLVM_LIBS = $(shell $(LLVM_CONFIG) --ldflags --libs core analysis bitreader bitwriter irreader linker passes)
ifneq ($(HAS_LLVM),)
$B/obj/escape/%.o: escape/%.c $B/flags.stamp $B/version.stamp
	$(call compile,$(FIXED) $(LLVM_CFLAGS) $(VERSION_FLAGS))
# Contains the table's text.
$B/obj/escape/effects.o: escape/effects.txt
$B/escape: $(ESCAPE_O) $(BASE_O)
	$(call say,LINK,$@)
	$Q$(CC) $^ $(LDFLAGS_ALL) $(LLVM_LIBS) -ljansson -o $@
else
$B/escape:
	@echo 'escape needs LLVM 19 ($(LLVM_CONFIG) is not there): install llvm-19-dev and clang-19, or run scripts/setup.sh' >&2; exit 2
endif

# A worker whose workloads lie about their placement, for the test that this is noticed.
BROKEN := misplaced disagreeing
BROKEN_O := $(foreach w,$(BROKEN),$(foreach p,stack gc,$(foreach c,timed noted,\
  $B/tests/broken/$w.$p.$c.0.o)))
$(foreach w,$(BROKEN),$(foreach p,stack gc,$(foreach c,timed noted,\
  $(eval $(call workload_rule,$w,$p,$c,0,tests/broken)))))
$B/worker_broken: $(WORKER_O) $(BROKEN_O) $B/libruntime.a
	$(call say,LINK,$@)
	$Q$(call LINK_WORKER,$^)

# A worker that reads hardware counters on a machine that has none.
$B/worker_counting: $(filter-out %/counter_linux.o,$(WORKER_O)) $B/tests/fake_counters.o $(BENCHES_O) $B/libruntime.a
	$(call say,LINK,$@)
	$Q$(call LINK_WORKER,$^)

# $1 program, $2 placement. Square roots of what is never negative need no errno, which is a call of libm.
define macro_rule
$B/macros/$1.$2.o: macros/$1.c $B/flags.stamp
	@mkdir -p $$(@D)
	$$Q$$(CC) $$(CFLAGS_ALL) $$(FIXED) $$(SPLIT) -falign-loops=16 -fno-math-errno \
	  -DPLACEMENT_HEADER='"harness/placement_$2.h"' -DMACRO_PLACEMENT='"$2"' -c $$< -o $$@
endef
MACRO_OBJECTS_boehm := $B/harness/library_boehm.o
MACRO_OBJECTS_jemalloc := $B/jemalloc.o
MACRO_LINK_boehm := -lgc
MACRO_LINK_mimalloc := $(LIBC_FIRST) -lmimalloc
define macro_auto_rule
$B/macros/$1.auto.o: macros/$1.c $(AUTO_INPUTS)
$(call auto_steps,-fno-math-errno -DMACRO_PLACEMENT='"auto"')
endef
define macro_link
$B/macros/$1.$2: $B/macros/$1.$2.o $B/macros/macro_main.$2.o $(MACRO_OBJECTS_$2) $B/libruntime.a
	$$Q$$(CC) $$^ $$(LDFLAGS_ALL) -lpthread -lm -ldl $(MACRO_LINK_$2) -o $$@
endef
$(foreach p,$(PLACEMENTS),$(foreach m,$(MACROS) macro_main,$(if $(and $(filter auto,$p),$(filter-out macro_main,$m)),\
  $(eval $(call macro_auto_rule,$m)),$(eval $(call macro_rule,$m,$p)))))
$(foreach p,$(PLACEMENTS),$(foreach m,$(MACROS),$(eval $(call macro_link,$m,$p))))

# Timed, so aligned as the workloads are. Only what runs on coroutines checks its stack.
$B/peers/stacks.escapement.o: peers/stacks.c $B/flags.stamp
	$(call compile,$(FIXED) $(SPLIT) -falign-loops=16)
PEER_HEADER_escapement := peer_gc
PEER_HEADER_spans := peer_gc
PEER_FLAGS_spans := -DPEER_MARK='"spans"'
PEER_HEADER_objects := peer_gc
PEER_FLAGS_objects := -DPEER_MARK='"objects"'
PEER_HEADER_glibc := peer_malloc
PEER_HEADER_boehm := peer_boehm
PEER_HEADER_mimalloc := peer_mimalloc
# $1 group, $2 library.
define peer_rule
$B/peers/$1.$2.o: peers/$1.c $B/flags.stamp
	@mkdir -p $$(@D)
	$$Q$$(CC) $$(CFLAGS_ALL) $$(FIXED) $(if $(filter escapement spans objects,$2),$$(SPLIT)) -falign-loops=16 \
	  $(PEER_FLAGS_$2) -DPEER_HEADER='"peers/$(PEER_HEADER_$2).h"' -c $$< -o $$@
endef
$(foreach g,$(PEERS_HEAP),$(foreach l,escapement $(PEER_LIBRARIES),$(eval $(call peer_rule,$g,$l))))
$(foreach l,$(PEERS_MARKING:marking.%=%),$(eval $(call peer_rule,marking,$l)))
$(eval $(call peer_rule,costs,escapement))
LINK_PEER_boehm := -lgc
LINK_PEER_mimalloc := -lmimalloc
$(PEERS_GROWING:%=$B/peers/%.o): $B/peers/growing.%.o: peers/growing.c $B/flags.stamp
	$(call compile,$(FIXED) $(SPLIT) -falign-loops=16 \
	  -DGROWTH_STRATEGY=STACK_$(shell echo $(subst escapement,contiguous,$*) | tr a-z A-Z))
$B/peers/growing.thread.o: peers/growing.c $B/flags.stamp
	$(call compile,$(FIXED) -falign-loops=16 -DGROWTH_THREAD)
PEERS_OURS := $(sort $(filter %.escapement %.spans %.objects,$(PEERS)) $(PEERS_GROWING))
$(PEERS_OURS:%=$B/peers/%): %: %.o $B/libruntime.a
	$Q$(CC) $^ $(LDFLAGS_ALL) -lpthread -lm -ldl -o $@
$(patsubst %,$B/peers/%,$(filter-out $(PEERS_OURS),$(PEERS))): %: %.o
	$Q$(CC) $^ $(LDFLAGS_ALL) $(LINK_PEER_$(subst .,,$(suffix $@))) -lpthread -o $@

$B/tests/%.o: tests/%.c $B/flags.stamp
	$(call compile,$(FIXED) $(if $(filter $*,$(TESTS_RUNTIME) $(TESTS_SUPPORT)),$(if $(filter write_oracle,$*),,$(SPLIT))))
$(TESTS_RUNTIME:%=$B/tests/%): %: %.o $B/tests/test_main.o $B/tests/forced_config.o $B/libruntime.a
	$(call say,LINK,$@)
	$Q$(CC) $(filter %.o,$^) $(filter %.a,$^) $(LDFLAGS_ALL) -Wl,--wrap=runtime_run -lpthread -lm -ldl $(LIBRARIES_OF_TEST) -o $@
$B/tests/model_graph: $B/tests/shadow.o
# The oracle wraps what writes into the heap, and watches the workloads. It handles signals, so its stack is not checked.
WATCHED := heap_store heap_new heap_new_array heap_new_bytes heap_new_conservative heap_collect channel_new
# What it wraps must be calls.
WATCHED_O := $(foreach w,$(WORKLOADS),$(if $(filter gc,$(call placements_of,$w)),$B/benches/$w.gc.watched.0.o))
$(foreach w,$(WORKLOADS),$(if $(filter gc,$(call placements_of,$w)),$(eval $(call workload_rule,$w,gc,watched,0,benches))))
$B/tests/test_write_oracle.o $B/tests/shadow.o: CFLAGS_ALL += -DHEAP_OUT_OF_LINE
$B/tests/test_write_oracle: $B/tests/write_oracle.o $B/tests/shadow.o $(WATCHED_O)
$B/tests/test_write_oracle: LDFLAGS_ALL += $(WATCHED:%=-Wl,--wrap=%)
$B/tests/test_barrier: $B/tests/board.o $B/tests/hiding.o
$B/tests/test_placement: $B/harness/placement.o $(LIBRARY_O)
$B/tests/test_placement: LIBRARIES_OF_TEST = $(LIBRARY_LINK)
$B/tests/test_sentinel: $(patsubst %,$B/harness/%.o,sentinel core_ticks system_file)
$(patsubst %,$B/tests/test_counter_%,linux page set): \
  $(patsubst %,$B/harness/counter_%.o,event linux page set)
$(TESTS_HARNESS:%=$B/tests/%): %: %.o $B/tests/test_main.o $(filter-out %/escapement.o,$(ESCAPEMENT_O)) $(BASE_O)
	$(call say,LINK,$@)
	$Q$(CC) $^ $(LDFLAGS_ALL) -ljansson -lgsl -lgslcblas -lm -o $@

# Random programs for the analyser, and what LLVM infers beside what it does.
$B/tests/escape/generate: $B/tests/escape/generate.o $(BASE_O)
	$(call say,LINK,$@)
	$Q$(CC) $^ $(LDFLAGS_ALL) -o $@
$B/tests/escape/oracle.o $B/tests/escape/captured.o: $B/tests/escape/%.o: tests/escape/%.c $B/flags.stamp
	$(call compile,$(FIXED) $(LLVM_CFLAGS))
$B/tests/escape/oracle: $B/tests/escape/oracle.o $B/tests/escape/captured.o $(filter-out %/escape_main.o,$(ESCAPE_O)) $(BASE_O)
	$(call say,LINK,$@)
	$Q$(CC) $^ $(LDFLAGS_ALL) $(LLVM_LIBS) -ljansson -o $@

-include $(wildcard $B/*/*.d $B/*/*/*.d)
