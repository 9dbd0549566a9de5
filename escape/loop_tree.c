// Reverse postorder by depth-first search; dominators by Cooper, Harvey and Kennedy's iteration ("A
// Simple, Fast Dominance Algorithm", 2001), which is linear on code that people write. An edge to a
// dominator closes a natural loop, whose blocks are those that reach its source without passing the
// header. An edge back in the order to a block that does not dominate its source makes the function
// irreducible.
#include "escape/loop_tree.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <llvm-c/DebugInfo.h>
#include <string.h>

enum { LOOP_OPERANDS_MAX = 16 };

static uint32_t number_of(const struct loop_tree *tree, LLVMBasicBlockRef block)
{
    return value_map_get(&tree->numbers, block) - 1;
}

static void reserve(struct loop_tree *tree, uint32_t block_count)
{
    if (block_count <= tree->capacity) {
        return;
    }
    tree->capacity = block_count * 2;
    tree->blocks = allocate_resized(tree->blocks, tree->capacity * sizeof tree->blocks[0]);
    tree->dominators = allocate_resized(tree->dominators, tree->capacity * sizeof(uint32_t));
    tree->depths = allocate_resized(tree->depths, tree->capacity * sizeof(uint32_t));
    tree->is_header = allocate_resized(tree->is_header, tree->capacity * sizeof(bool));
    tree->predecessor_starts =
        allocate_resized(tree->predecessor_starts, (tree->capacity + 1) * sizeof(uint32_t));
    tree->work = allocate_resized(tree->work, tree->capacity * sizeof(uint32_t));
    tree->marks = allocate_resized(tree->marks, tree->capacity * sizeof(uint32_t));
}

// Numbers reachable blocks in reverse postorder. The stack holds blocks with the next successor to
// look at.
static void order_blocks(struct loop_tree *tree, LLVMValueRef function)
{
    const uint32_t total = LLVMCountBasicBlocks(function);
    reserve(tree, total);
    value_map_clear(&tree->numbers);
    LLVMBasicBlockRef *const stack = tree->blocks; // free until the order is known
    LLVMBasicBlockRef *const finished = allocate_zeroed(total, sizeof finished[0]);
    uint32_t *const next = tree->work;
    uint32_t depth = 0, count = 0;
    stack[depth] = LLVMGetEntryBasicBlock(function);
    next[depth++] = 0;
    value_map_set(&tree->numbers, stack[0], 1);
    while (depth > 0) {
        const LLVMBasicBlockRef block = stack[depth - 1];
        const LLVMValueRef end = LLVMGetBasicBlockTerminator(block);
        if (end && next[depth - 1] < LLVMGetNumSuccessors(end)) {
            const LLVMBasicBlockRef successor = LLVMGetSuccessor(end, next[depth - 1]++);
            if (!value_map_get(&tree->numbers, successor)) {
                value_map_set(&tree->numbers, successor, 1);
                stack[depth] = successor;
                next[depth++] = 0;
            }
        } else {
            finished[count++] = block;
            depth--;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        tree->blocks[i] = finished[count - 1 - i];
        value_map_set(&tree->numbers, tree->blocks[i], i + 1);
    }
    tree->block_count = count;
    free(finished);
}

static void list_predecessors(struct loop_tree *tree)
{
    memset(tree->predecessor_starts, 0, (tree->block_count + 1) * sizeof(uint32_t));
    uint32_t edge_count = 0;
    for (uint32_t i = 0; i < tree->block_count; i++) {
        const LLVMValueRef end = LLVMGetBasicBlockTerminator(tree->blocks[i]);
        const uint32_t count = end ? LLVMGetNumSuccessors(end) : 0;
        for (uint32_t s = 0; s < count; s++, edge_count++) {
            tree->predecessor_starts[number_of(tree, LLVMGetSuccessor(end, s)) + 1]++;
        }
    }
    if (edge_count > tree->predecessor_capacity) {
        tree->predecessor_capacity = edge_count * 2;
        tree->predecessors =
            allocate_resized(tree->predecessors, tree->predecessor_capacity * sizeof(uint32_t));
    }
    for (uint32_t i = 0; i < tree->block_count; i++) {
        tree->predecessor_starts[i + 1] += tree->predecessor_starts[i];
        tree->work[i] = tree->predecessor_starts[i];
    }
    for (uint32_t i = 0; i < tree->block_count; i++) {
        const LLVMValueRef end = LLVMGetBasicBlockTerminator(tree->blocks[i]);
        const uint32_t count = end ? LLVMGetNumSuccessors(end) : 0;
        for (uint32_t s = 0; s < count; s++) {
            tree->predecessors[tree->work[number_of(tree, LLVMGetSuccessor(end, s))]++] = i;
        }
    }
}

static void find_dominators(struct loop_tree *tree)
{
    const uint32_t none = UINT32_MAX; // not reached yet
    for (uint32_t i = 0; i < tree->block_count; i++) {
        tree->dominators[i] = none;
    }
    tree->dominators[0] = 0;
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 1; i < tree->block_count; i++) {
            uint32_t common = none;
            for (uint32_t p = tree->predecessor_starts[i]; p < tree->predecessor_starts[i + 1];
                 p++) {
                uint32_t other = tree->predecessors[p];
                if (tree->dominators[other] == none) {
                    continue;
                }
                if (common == none) {
                    common = other;
                }
                while (common != other) {
                    if (common > other) {
                        common = tree->dominators[common];
                    } else {
                        other = tree->dominators[other];
                    }
                }
            }
            if (common != tree->dominators[i]) {
                tree->dominators[i] = common;
                changed = true;
            }
        }
    }
}

static bool dominates(const struct loop_tree *tree, uint32_t a, uint32_t b)
{
    while (b > a) {
        b = tree->dominators[b];
    }
    return a == b;
}

// Adds one to the depth of every block of the loops that begin at `header`.
static void add_loop(struct loop_tree *tree, uint32_t header, uint32_t *mark)
{
    uint32_t count = 0;
    mark[header] = header + 1;
    bool found = false;
    for (uint32_t p = tree->predecessor_starts[header]; p < tree->predecessor_starts[header + 1];
         p++) {
        const uint32_t source = tree->predecessors[p];
        if (source < header) {
            continue;
        }
        if (!dominates(tree, header, source)) {
            tree->irreducible = true;
            continue;
        }
        found = true;
        if (mark[source] != header + 1) {
            mark[source] = header + 1;
            tree->work[count++] = source;
        }
    }
    if (!found) {
        return;
    }
    tree->is_header[header] = true;
    tree->depths[header]++;
    while (count > 0) {
        const uint32_t block = tree->work[--count];
        tree->depths[block]++;
        for (uint32_t p = tree->predecessor_starts[block]; p < tree->predecessor_starts[block + 1];
             p++) {
            const uint32_t source = tree->predecessors[p];
            if (mark[source] != header + 1) {
                mark[source] = header + 1;
                tree->work[count++] = source;
            }
        }
    }
}

// clang notes at the branch back, as operands 1 and 2 of its "llvm.loop", where the statement
// begins and ends.
static void add_range(struct loop_tree *tree, LLVMValueRef branch, uint32_t block,
                      unsigned loop_kind)
{
    const LLVMValueRef node = LLVMGetMetadata(branch, loop_kind);
    LLVMValueRef operands[LOOP_OPERANDS_MAX];
    const unsigned count = node ? LLVMGetMDNodeNumOperands(node) : 0;
    if (count < 3 || count > LOOP_OPERANDS_MAX) {
        return;
    }
    LLVMGetMDNodeOperands(node, operands);
    LLVMMetadataRef places[2];
    for (unsigned i = 0; i < 2; i++) {
        places[i] = operands[i + 1] ? LLVMValueAsMetadata(operands[i + 1]) : NULL;
        if (!places[i] || LLVMGetMetadataKind(places[i]) != LLVMDILocationMetadataKind) {
            return;
        }
    }
    const unsigned successor_count = LLVMGetNumSuccessors(branch);
    for (unsigned s = 0; s < successor_count; s++) {
        const uint32_t header = number_of(tree, LLVMGetSuccessor(branch, s));
        if (header <= block && tree->is_header[header]) {
            tree->ranges = allocate_room(tree->ranges, tree->range_count, sizeof tree->ranges[0]);
            tree->ranges[tree->range_count++] = (struct loop_range){
                .header = header,
                .first_line = LLVMDILocationGetLine(places[0]),
                .first_column = LLVMDILocationGetColumn(places[0]),
                .last_line = LLVMDILocationGetLine(places[1]),
                .last_column = LLVMDILocationGetColumn(places[1]),
            };
        }
    }
}

static void list_ranges(struct loop_tree *tree, LLVMValueRef function)
{
    static const char name[] = "llvm.loop";
    const LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
    const unsigned kind = LLVMGetMDKindIDInContext(context, name, sizeof name - 1);
    tree->range_count = 0;
    for (uint32_t i = 0; i < tree->block_count; i++) {
        const LLVMValueRef end = LLVMGetBasicBlockTerminator(tree->blocks[i]);
        if (end && LLVMHasMetadata(end)) {
            add_range(tree, end, i, kind);
        }
    }
}

void loop_tree_fill(struct loop_tree *tree, LLVMValueRef function)
{
    ASSERT(LLVMCountBasicBlocks(function) > 0);
    order_blocks(tree, function);
    list_predecessors(tree);
    find_dominators(tree);
    memset(tree->depths, 0, tree->block_count * sizeof(uint32_t));
    memset(tree->is_header, 0, tree->block_count * sizeof(bool));
    memset(tree->marks, 0, tree->block_count * sizeof(uint32_t));
    tree->irreducible = false;
    for (uint32_t i = 0; i < tree->block_count; i++) {
        add_loop(tree, i, tree->marks);
    }
    list_ranges(tree, function);
}

void loop_tree_release(struct loop_tree *tree)
{
    free(tree->blocks);
    free(tree->dominators);
    free(tree->depths);
    free(tree->is_header);
    free(tree->predecessors);
    free(tree->predecessor_starts);
    free(tree->work);
    free(tree->marks);
    free(tree->ranges);
    value_map_release(&tree->numbers);
    *tree = (struct loop_tree){0};
}

uint32_t loop_tree_depth(const struct loop_tree *tree, LLVMBasicBlockRef block)
{
    const uint32_t number = value_map_get(&tree->numbers, block);
    return number ? tree->depths[number - 1] : 0;
}

bool loop_tree_is_header(const struct loop_tree *tree, LLVMBasicBlockRef block)
{
    const uint32_t number = value_map_get(&tree->numbers, block);
    return number != 0 && tree->is_header[number - 1];
}

uint32_t loop_tree_source_depth(const struct loop_tree *tree, LLVMBasicBlockRef block,
                                unsigned line, unsigned column)
{
    const uint32_t number = value_map_get(&tree->numbers, block);
    if (number == 0) {
        return 0;
    }
    uint32_t depth = 0;
    for (uint32_t i = 0; i < tree->range_count; i++) {
        const struct loop_range *const range = &tree->ranges[i];
        const bool is_after = line > range->first_line ||
                              (line == range->first_line && column >= range->first_column);
        const bool is_before =
            line < range->last_line || (line == range->last_line && column <= range->last_column);
        // What the header does not dominate is the loop's own beginning: `for (int i = 0;`.
        depth += is_after && is_before && dominates(tree, range->header, number - 1);
    }
    return depth > tree->depths[number - 1] ? depth : tree->depths[number - 1];
}
