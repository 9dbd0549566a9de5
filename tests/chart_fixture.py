#!/usr/bin/python3
"""Makes the files of a run that nobody measured: for tests of charts.

    tests/chart_fixture.py PAIRS SEED FOLDER

Writes pairs.json, latency.json, process.json and environment.json into FOLDER, with PAIRS pairs (and
four A/A controls) in each that has pairs. Names are as long as ours get; ratios, intervals and counts
are drawn, so that another seed puts the labels elsewhere. Seed 3 makes all pairs ones of strategies. With an odd seed hardware counted as well.
"""
import json
import math
import os
import random
import sys

VERDICTS = ["slower", "faster", "equivalent", "inconclusive", "depends on layout"]


def catalog():
    """(workload, parameter, its value, unit, a, b), the first six of all kinds."""
    def size(value):
        return "%d B" % value if value < 1024 else \
            "%d KiB" % (value >> 10) if value < 1 << 20 else "%d MiB" % (value >> 20)
    rings = [4 << 10, 32 << 10, 64 << 10, 256 << 10, 2 << 20, 4 << 20]
    pairs = [("short_lived", size(65536), 65536, "B", "stack", "gc"),
             ("short_lived", size(16), 16, "B", "stack", "gc"),
             ("pointer_chase", size(rings[0]), rings[0], "B", "stack", "gc"),
             ("pointer_chase", size(rings[-1]), rings[-1], "B", "stack", "gc"),
             ("slice_growth", "1024 elements", 1024, "elements", "stack", "malloc"),
             ("scratch_buffer", size(4096), 4096, "B", "gc", "malloc")]
    pairs += [("lru_cache", "8192 entries", 8192, "entries", "stack", "jemalloc"),
              ("allocation_rate_256", size(64 << 20), 64 << 20, "B", "stack", "mimalloc"),
              ("short_lived", size(16384), 16384, "B", "gc", "boehm")]
    for heap in "gc", "malloc":
        pairs += [("short_lived", size(s), s, "B", "stack", heap) for s in
                  [16, 32, 64, 256, 1024, 4096, 16384, 65536]]
        pairs += [("pointer_walk", size(s), s, "B", "stack", heap) for s in rings]
        pairs += [("pointer_chase", size(s), s, "B", "stack", heap) for s in rings]
        pairs += [("return_pointer", None, None, "", "stack", heap)]
    return list(dict.fromkeys(pairs))


def strategies():
    """Rows as catalog()'s whose sides are strategies for stacks, the first two of either chart."""
    def rows(workload, parameters, unit):
        text = "%d B" if unit == "B" else unit + " %d"
        return [(workload, text % p, p, unit, "contiguous", b)
                for p in parameters for b in ("segmented", "reserved")]
    depths = [10, 100, 1000, 10000]
    growth = rows("recursion_first", depths, "depth") + rows("recursion_grown", depths, "depth") + \
        rows("recursion_first_1k", depths[:3], "depth") + rows("recursion_grown_1k", depths[:3], "depth")
    splits = rows("hot_split", range(256, 2305, 256), "B")
    return [growth[4], splits[6]] + growth + splits


def estimate(value, unit, source, spread=0.0):
    low, high = value / math.exp(random.random() * spread), value * math.exp(random.random() * spread)
    return {"value": value, "low": low, "high": high, "unit": unit, "source": source}


def metrics_of(workload, size, ratio, hardware):
    scale = 10 ** random.uniform(-0.5, 4)
    metrics = {}
    for side, factor in ("a", 1), ("b", ratio):
        metrics[side + "_ns"] = estimate(scale * factor, "ns/op", "measured", 0.3)
        counted = {"instructions": 8 * scale * factor}
        for level, held in ("l1d", 49152), ("ll", 1048576):
            lines = (size or 0) / 64
            counted[level + "_misses"] = lines if (size or 0) > held else random.choice([0, 1, 3.5])
        for name, value in counted.items():
            metrics["%s_%s" % (side, name)] = estimate(value, name, "simulated")
            if hardware:
                counted_value = (value + 0.3) * random.uniform(0.3, 1.2)
                metrics["%s_hw_%s" % (side, name)] = \
                    {**estimate(counted_value, name, "hardware", 0.2), "active_share": 0.97}
    return metrics


def pair_of(row, hardware):
    workload, parameter, value, unit, a, b = row
    ratio = math.exp(random.gauss(0.5, 1))
    spread = random.choice([0.01, 0.1, 0.5])
    return {"workload": workload, "parameter": parameter, "parameter_value": value, "unit": unit,
            "a": a, "b": b, "ratio": ratio, "ratio_low": ratio * math.exp(-spread * random.random()),
            "ratio_high": ratio * math.exp(spread * random.random()),
            "verdict": random.choice(VERDICTS), "launches": 20, "offsets": [],
            "metrics": metrics_of(workload, value, ratio, hardware)}


def distribution(ops, middle, collected):
    """Log-normal with a tail; a bucket's lowest value is as harness/histogram.h has it."""
    buckets = {}
    for _ in range(ops):
        tail = min(8, random.expovariate(1.5) ** 2 / 4)
        ns = int(middle * math.exp(random.gauss(0, 0.15) + tail))
        shift = max(0, ns.bit_length() - 8)
        low = ns >> shift << shift
        buckets[low] = buckets.get(low, 0) + 1
    rows = [[low, buckets[low], int(collected and low > 5 * middle)] for low in sorted(buckets)]
    low, high = rows[0][0], rows[-1][0]
    side = {"ops": ops, "collected_ops": sum(row[2] for row in rows), "min_ns": low, "max_ns": high,
            "buckets": rows}
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999), ("p99_99", 0.9999)):
        below = 0
        for row in rows:
            below += row[1]
            if below >= math.ceil(share * ops):
                side[name + "_ns"] = row[0]
                break
    return side


def latency_of(pair):
    middle = 10 ** random.uniform(1.5, 4)
    return {**{key: pair[key] for key in ("workload", "parameter", "parameter_value", "unit", "a", "b")},
            "timer": distribution(3000, 30, False),
            "a_latency": distribution(5000, middle, False),
            "b_latency": distribution(5000, middle * random.choice([1.02, 1.5, 4]), True)}


def program_of(name, heaps):
    placements = []
    seconds, peak = 10 ** random.uniform(-2, 1), 10 ** random.uniform(6, 9)
    for placement in ["stack"] + heaps:
        factor, more = math.exp(abs(random.gauss(0.3, 0.5))), math.exp(abs(random.gauss(0.3, 0.7)))
        one = {"placement": placement, "metrics": {
            "seconds": estimate(seconds * factor, "s", "measured", 0.1),
            "peak_bytes": {**estimate(peak * more, "B", "measured", 0.02), "max": peak * more * 1.1}}}
        if placement != "stack":
            one.update(ratio=factor, ratio_low=factor * 0.97, ratio_high=factor * 1.04, memory_ratio=more,
                       memory_ratio_low=more, memory_ratio_high=more)
        placements.append(one)
    return {"program": name, "placements": placements}


def main(pair_count, seed, folder):
    random.seed(seed)
    hardware = seed % 2 == 1
    # With seed 3 and above only strategies: most runs compare placements.
    strategy_count = pair_count if seed >= 3 else 2 if pair_count < 10 else 4
    rows = catalog()[:pair_count - strategy_count] + \
        list(dict.fromkeys(strategies()))[:strategy_count]
    pairs = [pair_of(row, hardware) for row in rows]
    controls = [pair_of((w, p, v, u, side, side), hardware) for w, p, v, u in
                [("short_lived", "64 B", 64, "B"), ("slice_growth", "1024 elements", 1024, "elements")]
                for side in ("stack", "malloc")]
    machine = {"summary": "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz, 128 cores, KVM",
               "compiler": "gcc 12.2.0 -O2", "libc": "glibc 2.36"}
    common = {"format": 1, "program": "escapement 0.1.0", "commit": "abc1234", "dirty": True,
              "started": "2026-11-22T21:30:00Z", "duration_seconds": 112.4, "seed": seed, "cpu": 1,
              "machine": machine}
    run = {**common, "id": "made-up", "launches": 20, "launches_failed": 1, "budget_seconds": 120,
           "pair_seconds": 0.05, "notes": [], "pairs": pairs, "controls": controls,
           "band": {"value": 0.02, "floor": 0.01, "measured": 0.02, "source": "A/A controls"},
           "counters": {"source": "simulated", "tool": "valgrind-3.19.0", "model": "L1 48K/12, LL 1M/16",
                        "l1d_bytes": 49152, "ll_bytes": 1048576, "line_bytes": 64, "seconds": 28.0}}
    latency = {"format": 1, "id": "made-up", "seed": seed, "launches": 5, "cpu": 1, "pair_seconds": 0.3,
               "duration_seconds": 5.0, "relative_error": 1 / 256, "source": "measured",
               "pairs": [latency_of(pair) for pair in pairs]}
    # A pair a program and heap: stack against gc, stack against malloc, and with an odd seed the others.
    heaps = ["gc", "malloc"] + (["mimalloc", "jemalloc", "boehm"] if hardware and pair_count > 6 else [])
    names = ["binary_trees", "json_parser", "ray_tracer", "spanning_tree_of_graph"]
    programs = [program_of(names[i % 4] + ("_%d" % (i // 4) if i > 3 else ""), heaps)
                for i in range(pair_count // len(heaps))]
    process = {**common, "rounds": 10, "runs": 3, "hyperfine": "1.15.0", "programs": programs}
    caches = [{"level": "1", "type": "Data", "size": "48K", "ways": "12"},
              {"level": "1", "type": "Instruction", "size": "32K", "ways": "8"},
              {"level": "2", "type": "Unified", "size": "1280K", "ways": "20"}]
    environment = {"format": 1, "cpu": {"caches": caches}, "conditions": [
        {"name": "hardware counters", "value": "", "status": "ok" if hardware else "warn", "advice": ""}]}
    os.makedirs(folder, exist_ok=True)
    for name, document in (("pairs", run), ("latency", latency), ("process", process),
                           ("environment", environment)):
        with open("%s/%s.json" % (folder, name), "w", encoding="utf-8") as file:
            json.dump(document, file)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
