#include "harness/latency_side.h"

#include "base/allocate.h"

#include <stdio.h>
#include <stdlib.h>

// One element of "buckets", [low, count, collected], into a side of its own.
static bool add_bucket(struct latency_side *side, const json_t *bucket, json_int_t *last_low)
{
    json_int_t low = 0, count = 0, collected = 0;
    if (json_unpack((json_t *)bucket, "[I, I, I!]", &low, &count, &collected) != 0 ||
        low <= *last_low || count < 1 || collected < 0 || collected > count ||
        histogram_bucket_low(histogram_bucket((uint64_t)low)) != (uint64_t)low) {
        return false;
    }
    *last_low = low;
    histogram_record_many(&side->all, (uint64_t)low, (uint64_t)count);
    histogram_record_many(&side->collected, (uint64_t)low, (uint64_t)collected);
    return true;
}

// Fills an empty side. The buckets say where the extremes are, the fields say what they are.
static bool fill(struct latency_side *side, const json_t *object,
                 char error[LATENCY_SIDE_ERROR_BYTES])
{
    json_int_t ops = 0, collected_ops = 0, min_ns = 0, max_ns = 0;
    json_t *buckets = NULL;
    json_error_t why;
    if (json_unpack_ex((json_t *)object, &why, 0, "{s:I, s:I, s:I, s:I, s:o}", "ops", &ops,
                       "collected_ops", &collected_ops, "min_ns", &min_ns, "max_ns", &max_ns,
                       "buckets", &buckets) != 0) {
        snprintf(error, LATENCY_SIDE_ERROR_BYTES, "%.150s", why.text);
        return false;
    }
    json_int_t last_low = -1;
    for (size_t i = 0; i < json_array_size(buckets); i++) {
        if (!add_bucket(side, json_array_get(buckets, i), &last_low)) {
            snprintf(error, LATENCY_SIDE_ERROR_BYTES,
                     "buckets[%zu] is not [low, count, collected] in ascending order", i);
            return false;
        }
    }
    if (ops < 1 || side->all.count != (uint64_t)ops ||
        side->collected.count != (uint64_t)collected_ops) {
        snprintf(error, LATENCY_SIDE_ERROR_BYTES, "the buckets hold %llu operations, 'ops' is %lld",
                 (unsigned long long)side->all.count, (long long)ops);
        return false;
    }
    if (min_ns < 0 || max_ns < min_ns ||
        histogram_bucket((uint64_t)min_ns) != histogram_bucket(side->all.min) ||
        histogram_bucket((uint64_t)max_ns) != histogram_bucket(side->all.max)) {
        snprintf(error, LATENCY_SIDE_ERROR_BYTES,
                 "'min_ns' or 'max_ns' is not in the first or last bucket");
        return false;
    }
    side->all.min = (uint64_t)min_ns;
    side->all.max = (uint64_t)max_ns;
    return true;
}

bool latency_side_add(struct latency_side *side, const json_t *object,
                      char error[LATENCY_SIDE_ERROR_BYTES])
{
    struct latency_side *const read = allocate_zeroed(1, sizeof *read);
    const bool good = fill(read, object, error);
    if (good) {
        histogram_merge(&side->all, &read->all);
        histogram_merge(&side->collected, &read->collected);
    }
    free(read);
    return good;
}

json_t *latency_side_json(const struct latency_side *side)
{
    static const struct {
        const char *name;
        double quantile;
    } rows[] = {
        {"p50_ns", 0.5},     {"p90_ns", 0.9},       {"p99_ns", 0.99},
        {"p99_9_ns", 0.999}, {"p99_99_ns", 0.9999},
    };
    json_t *const object =
        json_pack("{s:I, s:I, s:I}", "ops", (json_int_t)side->all.count, "collected_ops",
                  (json_int_t)side->collected.count, "min_ns", (json_int_t)side->all.min);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint64_t value_ns = histogram_quantile(&side->all, rows[i].quantile);
        json_object_set_new(object, rows[i].name, json_integer((json_int_t)value_ns));
    }
    json_object_set_new(object, "max_ns", json_integer((json_int_t)side->all.max));
    json_t *const buckets = json_array();
    for (size_t i = 0; i < HISTOGRAM_BUCKET_COUNT; i++) {
        if (side->all.counts[i] > 0) {
            json_array_append_new(buckets,
                                  json_pack("[I, I, I]", (json_int_t)histogram_bucket_low(i),
                                            (json_int_t)side->all.counts[i],
                                            (json_int_t)side->collected.counts[i]));
        }
    }
    json_object_set_new(object, "buckets", buckets);
    return object;
}
