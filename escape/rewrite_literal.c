#include "escape/rewrite_literal.h"

#include "escape/loop_tree.h"

static uint32_t common_dominator(const struct loop_tree *tree, uint32_t a, uint32_t b)
{
    while (a != b) { // blocks are in reverse postorder: a dominator has a smaller number
        if (a > b) {
            a = tree->dominators[a];
        } else {
            b = tree->dominators[b];
        }
    }
    return a;
}

LLVMValueRef rewrite_literal_start(const struct analysis_site *site)
{
    struct loop_tree tree = {0};
    loop_tree_fill(&tree, site->function);
    uint32_t common = UINT32_MAX, depth = 0;
    bool is_reachable = !tree.irreducible;
    for (LLVMUseRef use = LLVMGetFirstUse(site->value); use; use = LLVMGetNextUse(use)) {
        const LLVMBasicBlockRef block = LLVMGetInstructionParent(LLVMGetUser(use));
        const uint32_t number = value_map_get(&tree.numbers, block);
        if (number == 0 || LLVMIsAPHINode(LLVMGetUser(use))) {
            is_reachable = false;
            break;
        }
        common = common == UINT32_MAX ? number - 1 : common_dominator(&tree, common, number - 1);
        depth = loop_tree_depth(&tree, block) > depth ? loop_tree_depth(&tree, block) : depth;
    }
    LLVMValueRef start = NULL;
    if (is_reachable && common != UINT32_MAX && tree.depths[common] == depth) {
        start = LLVMGetFirstInstruction(tree.blocks[common]);
        while (LLVMIsAPHINode(start)) {
            start = LLVMGetNextInstruction(start);
        }
    }
    loop_tree_release(&tree);
    return start;
}
