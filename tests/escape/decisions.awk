# Turns diagnostics of Go's compiler or of `escape -m` into lines that can be compared:
#
#     PAIR KEY moved VARIABLE | alloc heap | alloc stack
#     PAIR KEY param NAME leaks | content | level=N | stays
#
#   awk -v folder=tests/escape/pairs -f decisions.awk < DIAGNOSTICS
#
# KEY is the label of the diagnosed line (`// @label` at its end), or else the function the line is in. `// =VARIABLE`
# on a line of Go says that its literal is a variable of that name in C, where literals have no place of their own. `// @-`
# stands at a function of C that is the body of a closure or method in Go, and so has no parameters of its own there.
# A message that is neither known nor ignored is passed through as `PAIR ... unknown`, so that it fails the comparison.

function load(path, name,    line, number, text, current) {
    loaded[path] = 1
    current = "-"
    number = 0
    while ((getline text < path) > 0) {
        number++
        if (text ~ /^(func|[a-z].*\(.*\)( \/\/ .*)?$)/) {
            line = text
            sub(/^func \([^)]*\) /, "", line)
            sub(/^func /, "", line)
            sub(/\(.*/, "", line)
            sub(/.*[ *]/, "", line)
            current = line
            header[path, number] = 1
        }
        at[path, number] = current
        if (match(text, /\/\/ [@=][-A-Za-z0-9]+$/)) {
            line = substr(text, RSTART + 3)
            if (line ~ /^@/) {
                at[path, number] = line
            } else {
                as[path, number] = substr(line, 2)
            }
        }
    }
    close(path)
}

function say(what) {
    print pair, key, what
}

match($0, /[A-Za-z0-9_]+\.(go|c):[0-9]+:[0-9]+: /) {
    split(substr($0, RSTART, RLENGTH), place, ":")
    text = substr($0, RSTART + RLENGTH)
    path = folder "/" place[1]
    pair = place[1]
    sub(/\..*/, "", pair)
    if (!(path in loaded)) {
        load(path)
    }
    position = path SUBSEP place[2]
    key = at[position]
    if (key == "@-") {
        next
    }
    if (text ~ /^(\.\.\. argument|can inline|inlining call|mutates param|calls param)| ignoring self-assignment in /) {
        next
    }
    if (sub(/^moved to heap: /, "", text)) {
        say("moved " text)
    } else if (sub(/^leaking param content: /, "", text)) {
        say("param " text " content")
    } else if (text ~ /^leaking param: .* level=/) {
        sub(/^leaking param: /, "", text)
        level = text
        sub(/.* level=/, "", level)
        sub(/ .*/, "", text)
        say("param " text " level=" level)
    } else if (sub(/^leaking param: /, "", text)) {
        say("param " text " leaks")
    } else if (text ~ / escapes to heap$/) {
        say((position in as) ? "moved " as[position] : "alloc heap")
    } else if (sub(/ does not escape$/, "", text)) {
        if (position in header && text ~ /^[A-Za-z0-9_]+$/) {
            say("param " text " stays")
        } else if (!(position in as)) {
            say("alloc stack")
        }
    } else {
        say("unknown: " text)
    }
}
