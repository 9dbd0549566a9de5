# Compares diagnostics of `escape -m` with what the sources say about their own lines:
#
#     int x = 1; //! moved to heap: x
#     int f(int *p, int *q) //! p does not escape; leaking param: q
#     int y = 2; //! none
#
#   awk -v mode=exact|safe -f expected.awk SOURCES... DIAGNOSTICS
#
# exact: the marked lines have these messages and no others. safe: what is on the heap or leaks in the marks is so in the
# diagnostics (they may be more pessimistic). Prints a line for each difference, and at the end "N lines agree".

function among(message, list, length_of_list,    i) {
    for (i = 1; i <= length_of_list; i++) {
        if (list[i] == message) {
            return 1
        }
    }
    return 0
}

function heap(message) {
    return message ~ /^moved to heap|escapes to heap$|^leaking param/
}

# A parameter that leaks more than was asked for is safe: its name counts, not the way.
function leaks(message, all,    name) {
    name = message
    sub(/^leaking param( content)?: /, "", name)
    sub(/ to (result|content of ).*/, "", name)
    return message ~ /^leaking/ && all ~ ("leaking param( content)?: " name "(;| |$)")
}

FILENAME ~ /\.c$/ {
    if (match($0, /\/\/! .*/)) {
        expected[FILENAME, FNR] = substr($0, RSTART + 4)
        where[++count] = FILENAME SUBSEP FNR
    }
    next
}

match($0, /\.c:[0-9]+:[0-9]+: /) {
    split(substr($0, RSTART + 3), place, ":")
    key = substr($0, 1, RSTART + 1) SUBSEP place[1]
    joint = key in said ? "; " : ""
    said[key] = said[key] joint substr($0, RSTART + RLENGTH)
}

END {
    for (i = 1; i <= count; i++) {
        at = where[i]
        split(at, place, SUBSEP)
        wanted = split(expected[at] == "none" ? "" : expected[at], want, "; ")
        got = split(said[at], have, "; ")
        bad = ""
        for (j = 1; j <= wanted; j++) {
            if (!among(want[j], have, got) && (mode == "exact" || (heap(want[j]) && !leaks(want[j], said[at])))) {
                bad = bad " lacks '" want[j] "'"
            }
        }
        for (j = 1; j <= got && mode == "exact"; j++) {
            if (!among(have[j], want, wanted)) {
                bad = bad " has '" have[j] "'"
            }
        }
        if (bad != "") {
            print place[1] ":" place[2] ":" bad
        } else {
            agree++
        }
    }
    print agree + 0 " lines agree"
    exit agree != count
}
