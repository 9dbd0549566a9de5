// Where the pointers of a variable are, from its debug information: what a heap type needs.
//
// Clang's own type of a union shows one member only; the debug information shows them all.
#ifndef ESCAPE_TYPE_MAP_H
#define ESCAPE_TYPE_MAP_H

#include <llvm-c/Types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct type_map {
    char *name; // as in the source; "object" without debug information
    uint64_t size_bytes;
    uint64_t *words; // bit i: word i holds a pointer
    size_t word_count;
    bool has_pointers;
    // A word may hold a pointer or not (a union), or the type is unknown: scan it conservatively.
    bool is_ambiguous;
    // A pointer lies across words (a packed struct), where no collector would see it.
    bool is_misaligned;
};

// Fills the map for a variable of `size_bytes` whose debug type is `type`; NULL is an unknown type.
void type_map_init(struct type_map *map, LLVMContextRef context, LLVMMetadataRef type,
                   uint64_t size_bytes);
void type_map_release(struct type_map *map);

// The program stores a pointer at this offset, whatever the type says.
void type_map_note_pointer(struct type_map *map, uint64_t offset_bytes);

// The type of a DILocalVariable or DIGlobalVariable; NULL without one.
LLVMMetadataRef type_map_type_of_variable(LLVMContextRef context, LLVMMetadataRef variable);

#endif
