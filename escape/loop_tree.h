// The loops of one function: how deep each block lies in natural loops, and whether there are loops
// that are not natural.
//
// Depth 0 is outside every loop. A function with a loop that can be entered in two places (by goto)
// is irreducible: iterations mean nothing there.
#ifndef ESCAPE_LOOP_TREE_H
#define ESCAPE_LOOP_TREE_H

#include "escape/value_map.h"

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stdint.h>

// Where a loop stands in the source, as far as the debug information says.
struct loop_range {
    uint32_t header; // number of its block
    unsigned first_line, first_column, last_line, last_column;
};

struct loop_tree {
    LLVMBasicBlockRef *blocks; // in reverse postorder, unreachable ones left out
    uint32_t *dominators;      // of the block with that number: the number of the immediate one
    uint32_t *depths;
    bool *is_header;
    uint32_t block_count, capacity;
    uint32_t *predecessors, *predecessor_starts; // numbers; block_count + 1 starts
    uint32_t *work, *marks;                      // scratch, block_count each
    uint32_t predecessor_capacity;
    struct value_map numbers; // of a block, plus 1
    bool irreducible;
    struct loop_range *ranges;
    uint32_t range_count;
};

// Fills the tree with a function that has a body. A zeroed struct or one that was filled before.
void loop_tree_fill(struct loop_tree *tree, LLVMValueRef function);

void loop_tree_release(struct loop_tree *tree);

// Of a block; 0 for one that cannot be reached.
uint32_t loop_tree_depth(const struct loop_tree *tree, LLVMBasicBlockRef block);

// Whether a natural loop begins at the block.
bool loop_tree_is_header(const struct loop_tree *tree, LLVMBasicBlockRef block);

// The depth of an instruction of the block by the source: as loop_tree_depth(), but what stands in
// a loop's statement is in the loop even if it leaves it for good, as before `break`.
uint32_t loop_tree_source_depth(const struct loop_tree *tree, LLVMBasicBlockRef block,
                                unsigned line, unsigned column);

#endif
