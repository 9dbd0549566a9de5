# Prints the table of scripts/bench_peers.sh from lines OPERATION NAME ROUND VALUE UNIT.

function sort(values, n,    i, j, value) {
    for (i = 2; i <= n; i++) {
        value = values[i]
        for (j = i - 1; j >= 1 && values[j] > value; j--) {
            values[j + 1] = values[j]
        }
        values[j + 1] = value
    }
}

function median(values, n) {
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

# The largest k for which x(k)..x(n+1-k) encloses the median with 95 %: 1 - 2 P(X < k), X binomial(n, 1/2).
function interval_rank(n,    k, term, below) {
    term = 2 ^ -n
    below = term
    for (k = 1; k <= n / 2 && 1 - 2 * below >= 0.95; k++) {
        term *= (n - k + 1) / k
        below += term
    }
    return k > 1 ? k - 1 : 1
}

{
    if (!($1 in seen_operation)) {
        seen_operation[$1] = 1
        operations[++operation_count] = $1
        unit[$1] = $5
    }
    if (!($2 in seen_name)) {
        seen_name[$2] = 1
        names[++name_count] = $2
    }
    value[$1, $2, $3] = $4
}

END {
    printf "%-22s %-12s %10s %10s %-5s %8s  %s\n", "operation", "program", "min", "median", "unit", "ratio",
           "95 % interval"
    for (o = 1; o <= operation_count; o++) {
        operation = operations[o]
        for (p = 0; p <= name_count; p++) {
            name = p ? names[p] : "escapement"
            if (p && name == "escapement") {
                continue
            }
            n = 0
            ratio_count = 0
            for (round = 1; round <= rounds; round++) {
                if ((operation, name, round) in value) {
                    values[++n] = value[operation, name, round] + 0
                    if (p && values[n] > 0 && (operation, "escapement", round) in value) {
                        ratios[++ratio_count] = value[operation, "escapement", round] / values[n]
                    }
                }
            }
            if (!n) {
                continue
            }
            sort(values, n)
            printf "%-22s %-12s %10.4g %10.4g %-5s", operation, name, values[1], median(values, n), unit[operation]
            if (ratio_count) {
                sort(ratios, ratio_count)
                k = interval_rank(ratio_count)
                printf " %8.3f  %.3f - %.3f", median(ratios, ratio_count), ratios[k], ratios[ratio_count + 1 - k]
            }
            printf "\n"
        }
    }
}
