// The rules that make the analysis sound, each with a name, so that a test can switch one off.
//
// Each rule stands in one place of the analysis: `if (rule_on(RULE_X))`. An ordinary build compiles
// that to true. A mutation build (-DESCAPE_MUTATION) reads ESCAPE_RULE_OFF, names separated by
// commas, from the environment: the mutation score is the share of rules whose absence the tests
// notice.
#ifndef ESCAPE_RULE_H
#define ESCAPE_RULE_H

#include <stdbool.h>

#define RULE_LIST(X)                                                                               \
    X(ADDRESS_ESCAPES,                                                                             \
      "an address that reaches something longer-lived puts its object on the heap")                \
    X(CONTENT_ESCAPES, "what an escaping object points to escapes with it")                        \
    X(STORE_INDIRECT, "a store through a pointer reaches the heap")                                \
    X(STORE_GLOBAL, "a store into a global variable reaches the heap")                             \
    X(RETURN, "a returned pointer outlives the function")                                          \
    X(RETURN_INDIRECT, "so does what is stored in a result that the caller provides")              \
    X(LOOP, "an object of an iteration does not outlive it")                                       \
    X(LOOP_PHI, "a value carried around a loop outlives the iteration")                            \
    X(LIFETIME, "a variable begins to live where it is used, not where its address is computed")   \
    X(IRREDUCIBLE, "a loop with two entries has no known iterations")                              \
    X(CALL_UNKNOWN, "a function without a body keeps what it is given")                            \
    X(CALL_INDIRECT, "so does a function called by pointer whose targets are not known")           \
    X(CALL_WEAK, "so does one that the linker may replace")                                        \
    X(CALL_NAKED, "so does one whose body is assembly alone")                                      \
    X(CALL_TABLE, "a table of functions that may be replaced or changed does not name the callee") \
    X(CALL_TAIL, "what is passed to a call that takes the frame's place outlives the frame")       \
    X(CALL_TAG, "what a callee's parameter leaks, the argument leaks")                             \
    X(CALL_RESULT, "what flows from a parameter to the result flows on from there")                \
    X(CALL_BEHIND, "what a callee stores behind a parameter is stored where the argument points")  \
    X(CALL_RECURSIVE, "within a component, arguments flow to parameters")                          \
    X(CALL_VARARGS, "what is passed as a variable argument is kept")                               \
    X(CALL_BYVAL, "a struct passed by value carries its pointers")                                 \
    X(COPY, "copying memory copies the pointers in it")                                            \
    X(COPY_INDIRECT, "copying memory to behind a pointer stores its pointers on the heap")         \
    X(BYTES, "a pointer can be copied byte by byte")                                               \
    X(PTRTOINT, "an integer made from a pointer still is one")                                     \
    X(INTEGER, "integer arithmetic keeps pointers")                                                \
    X(LOW_BITS, "only the low bits of a pointer itself are too little to make it again")           \
    X(REAL, "a real number made from a pointer still is one")                                      \
    X(INTEGER_STORED, "an integer made of a pointer that is stored in an object is kept")          \
    X(UNION, "storage written as one type can be read as another")                                 \
    X(FIELD_UNKNOWN, "an index that is not constant may mean every field")                         \
    X(PHI, "a phi or select may be any of its inputs")                                             \
    X(AGGREGATE, "structs as values carry pointers")                                               \
    X(ATOMIC, "atomic exchanges store and load pointers")                                          \
    X(VOLATILE, "a volatile store stores as any other does, and is seen from outside")             \
    X(ASM, "assembly keeps what it is given")                                                      \
    X(SETJMP, "a function that can return twice makes objects more than once")                     \
    X(SIZE_UNKNOWN,                                                                                \
      "a size that is not constant is not known, and such an object not in the frame")             \
    X(SIZE_LARGE, "neither is a large one")                                                        \
    X(PLACED, "what an object holds that is on the heap for another reason escapes")               \
    X(REALLOC, "resizing keeps the content")                                                       \
    X(UNKNOWN_INSTRUCTION, "an instruction that is not known keeps its operands")                  \
    X(FREED, "what may be freed together with other objects is not in the frame")                  \
    X(FREED_INSIDE, "what an argument of free() leads to may be freed too, if it is not known")

enum rule {
#define RULE_ENUM(name, words) RULE_##name,
    RULE_LIST(RULE_ENUM)
#undef RULE_ENUM
        RULE_COUNT
};

const char *rule_name(enum rule rule); // "ADDRESS_ESCAPES"
const char *rule_words(enum rule rule);

#ifdef ESCAPE_MUTATION
bool rule_on(enum rule rule);
#else
static inline bool rule_on(enum rule rule)
{
    (void)rule;
    return true;
}
#endif

#endif
